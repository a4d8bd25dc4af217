"""FEEL in forms: the one door to the language, with errors of this room."""

from collections.abc import Mapping
from datetime import datetime

from feel.errors import FeelError
from feel.evaluator import evaluate
from feel.zones import in_zone
from forms.dates import TAIPEI
from forms.errors import ConditionFailed


def compute(
    expression: str, variables: Mapping[str, object], *, now: datetime, name: str
) -> object:
    """Evaluate an expression of a field.

    Args:
        expression: FEEL without the leading `=`.
        variables: context and values; a missing name is null.
        now: the instant of `now()` and `today()`, which are those of Taipei.
        name: of the field, for the error.

    Raises:
        ConditionFailed: the expression does not parse or is over its budget.
    """
    try:
        return evaluate(expression, in_zone(variables, TAIPEI), now=now.astimezone(TAIPEI))
    except FeelError as error:
        raise ConditionFailed(name, str(error)) from error
