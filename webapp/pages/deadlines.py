"""The deadline calculator (日期試算): any period, with every skipped day explained."""

from collections.abc import Mapping
from datetime import date

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import calendars
from engine.calendar import local_date
from engine.periods.calendars import Calendar
from engine.periods.computation import START_KINDS, UNITS, Computation, Start
from engine.periods.counting import Period, Rules, count
from engine.types import CITY
from housing.calendars import service
from housing.places import queries as places
from webapp import current, day_words

pages = Blueprint("deadlines", __name__)

MOST_UNITS = 3_000
YEARS = range(2000, 2101)


@pages.get("/deadlines")
def show() -> str | tuple[str, int]:
    """Count a period and explain each step; without a start only the form is shown."""
    args = flask.request.args
    errors = _errors(args) if "start" in args else {}
    computation = _computed(args) if "start" in args and not errors else None
    application = current.application()
    with application.reading() as session:
        communities = places.communities(session=session)
    page = flask.render_template(
        "deadlines/show.html",
        computation=computation,
        errors=errors,
        asked=args,
        communities=communities,
        today=local_date(application.clock.now()),
        words=day_words,
    )
    return (page, 422) if errors else page


@pages.get("/deadlines.json")
def download() -> Response:
    """Hand out the computation as JSON."""
    args = flask.request.args
    if _errors(args):
        flask.abort(400)
    answer = flask.jsonify(_computed(args).as_json())
    answer.headers["Content-Disposition"] = "attachment; filename=deadline.json"
    return answer


def _errors(args: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with the fields, by name."""
    found = {}
    start = _day(args.get("start", ""))
    if start is None or start.year not in YEARS:
        found["start"] = _("Enter a date, such as 2026-03-02.")
    amount = args.get("amount", "")
    if not (amount.isascii() and amount.isdecimal()) or int(amount) > MOST_UNITS:
        found["amount"] = _("Enter a whole number from 0 to %(most)d.", most=MOST_UNITS)
    elif args.get("unit") == "months" and int(amount) > MOST_UNITS // 10:
        found["amount"] = _("Enter a whole number from 0 to %(most)d.", most=MOST_UNITS // 10)
    return found


def _computed(args: Mapping[str, str]) -> Computation:
    start = Start(
        at=date.fromisoformat(args["start"]),
        kind=next((kind for kind in START_KINDS if kind == args.get("kind")), "event"),
    )
    unit = next((unit for unit in UNITS if unit == args.get("unit")), UNITS[0])
    is_noon = args.get("saturday") == "MON_1200"
    return count(
        Period(
            start=start,
            amount=int(args["amount"]),
            unit=unit,
            calendar=_calendar(args.get("scope") or CITY, start.on.year),
            rules=Rules(saturday_end="MON_1200" if is_noon else "MON_2359"),
        )
    )


def _calendar(scope: str, year: int) -> Calendar:
    application = current.application()
    with application.reading() as session:
        service.ensure_scope(scope, session=session)
        calendar = application.calendar(scope, session=session)
    return calendars.with_expected_days(calendar, range(year, year + 3))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
