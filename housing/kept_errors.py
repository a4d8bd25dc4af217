"""Errors of the business kept as JSON, to be said later in the language of whoever reads them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.errors import EngineError

KeptError = Mapping[str, Any]
"""Under "sentence" the words of the error's class, under "values" what fills them in."""


def keep(error: EngineError) -> KeptError:
    """Make JSON of an error: its sentence and the values of its fields.

    Args:
        error: one of ours; its class says the sentence.
    """
    values = {name: _plain(value) for name, value in vars(error).items()}
    return {"sentence": type(error).__doc__ or EngineError.__doc__, "values": values}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float) else str(value)
