"""The life of a home for staff: register with warranty, repairs, handovers, states."""

from dataclasses import dataclass

import flask
from flask import Blueprint

from engine.calendar import local_date
from engine.types import CITY
from housing.cases.rules import staff_scopes
from housing.places import handovers
from housing.places import queries as places
from housing.places.errors import UnitNotFound
from housing.places.handovers import SheetView
from housing.repairs import history, queries
from webapp import current

pages = Blueprint("units", __name__)

KINDS = ("entry", "exit")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A handover sheet and how many of its items were not in order."""

    sheet: SheetView
    flawed: int


@pages.get("/units/<int:unit_id>")
def show(unit_id: int) -> str:
    """Show a home of the person's communities; to everybody else there is none."""
    application = current.application()
    today = local_date(application.clock.now())
    scopes = staff_scopes(current.actor())
    with application.reading() as session:
        unit = places.unit(unit_id, session=session)
        if CITY not in scopes and unit.scope not in scopes:
            raise UnitNotFound(str(unit_id))
        found = [handovers.newest_sheet(unit_id, kind, session=session) for kind in KINDS]
        return flask.render_template(
            "units/show.html",
            unit=unit,
            today=today,
            assets=places.assets_of_unit(unit_id, session=session),
            repairs=history.history_of_unit(unit_id, session=session),
            open_repairs=queries.open_tickets_of_place(
                unit.community_code, unit_id, None, session=session
            ),
            sheets=[_sheet(each) for each in found if each is not None],
            states=handovers.states_of(unit_id, session=session),
        )


def _sheet(sheet: SheetView) -> Sheet:
    return Sheet(sheet=sheet, flawed=sum(item.condition != "good" for item in sheet.items))
