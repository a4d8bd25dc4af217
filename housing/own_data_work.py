"""The long work of making a copy of somebody's own data."""

from collections.abc import Callable, Mapping
from typing import Any

from housing.bootstrap import Application
from housing.own_data import exports

KIND = exports.KIND


def run(
    application: Application, params: Mapping[str, Any], report: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    """Make a copy of somebody's own data.

    Args:
        application: the house.
        params: export_id.
        report: takes steps done, steps in all, and words.

    Raises:
        DataExportNotFound: it was not ordered, or its days are over.
    """
    report(0, 1, exports.TITLE)
    with application.unit_of_work() as session:
        exports.make(
            str(params["export_id"]),
            folder=application.settings.exports_path,
            vault=application.vault,
            session=session,
            clock=application.clock,
        )
    report(1, 1, exports.TITLE)
    return {"export_id": params["export_id"]}
