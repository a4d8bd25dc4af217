"""What the year view of a calendar shows: twelve small months and the equal list."""

import calendar as months_of
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import flask
import orjson
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from engine import calendar_files, calendars
from engine.calendars import Change
from engine.periods.calendars import KINDS, SATURDAY, Calendar, SpecialDay
from webapp.day_words import DAY_MARKS

YEARS = range(2000, 2101)
LARGEST_FILE = 1024 * 1024
MOST_NAME = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One day of a small month.

    Attributes:
        mark: a short word on a day that differs.
        css: names of its looks; never the only sign.
    """

    on: date
    mark: str
    css: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A small month; None stands before its first and after its last day."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(calendar: Calendar, year: int, today: date) -> list[Month]:
    """Lay out a year, weeks from Monday."""
    layout = months_of.Calendar()
    return [
        Month(
            number=number,
            weeks=tuple(
                tuple(_cell(day, calendar, today) if day.month == number else None for day in week)
                for week in layout.monthdatescalendar(year, number)
            ),
        )
        for number in range(1, 13)
    ]


def days_of(calendar: Calendar, year: int) -> list[SpecialDay]:
    """List the days of a year that differ, in order."""
    return [calendar.days[on] for on in sorted(calendar.days) if on.year == year]


def _cell(day: date, calendar: Calendar, today: date) -> Cell:
    special = calendar.days.get(day)
    looks = ["is-weekend"] if day.weekday() >= SATURDAY else []
    if special:
        looks.append(f"is-{special.kind}")
    if day == today:
        looks.append("is-today")
    mark = str(DAY_MARKS[special.kind]) if special else ""
    return Cell(on=day, mark=mark, css=" ".join(looks))


def asked_change(form: Mapping[str, str], file: FileStorage | None) -> Change:
    """Read the change that a form asks for.

    Raises:
        CalendarFileInvalid: the uploaded file cannot be read.
        BadRequest: a field is missing or wrong; the page's own form never sends that.
    """
    match form.get("action"):
        case "add":
            return Change(put=(_entered_day(form),))
        case "remove":
            return Change(removed=frozenset({day_field(form.get("on"))}))
        case "confirm":
            year = year_field(form.get("year"))
            return Change(put=tuple(_expected(year)), years=frozenset({year}))
        case "import" if file is not None:
            days = calendar_files.read(file.read(LARGEST_FILE), file.filename or "")
            return Change(put=days, years=_whole_years(days))
    raise BadRequest


def _expected(year: int) -> Sequence[SpecialDay]:
    empty = Calendar(id="", version="")
    return days_of(calendars.with_expected_days(empty, {year}), year)


def _whole_years(days: Sequence[SpecialDay]) -> frozenset[int]:
    """A file with eight days of a year or more is taken for its whole office calendar."""
    years = {day.on.year for day in days}
    return frozenset(year for year in years if sum(day.on.year == year for day in days) >= 8)


def _entered_day(form: Mapping[str, str]) -> SpecialDay:
    kind = next((each for each in KINDS if each == form.get("kind")), None)
    name = form.get("name", "").strip()[:MOST_NAME]
    if kind is None or not name:
        flask.abort(400)
    source = form.get("source", "").strip()[:MOST_NAME]
    return SpecialDay(on=day_field(form.get("on")), kind=kind, name=name, source=source)


def day_field(text: str | None) -> date:
    """Read a day field; anything else is a bad request."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        flask.abort(400)


def year_field(text: str | None) -> int:
    """Read a year within this century; anything else is a bad request."""
    if not (text or "").isdecimal() or int(text or 0) not in YEARS:
        flask.abort(400)
    return int(text or 0)


def change_as_text(change: Change) -> str:
    """Write a change into a hidden field of the preview."""
    return orjson.dumps(
        {
            "put": [calendars.day_as_json(day) for day in change.put],
            "removed": sorted(day.isoformat() for day in change.removed),
            "years": sorted(change.years),
        }
    ).decode()


def change_from_text(text: str) -> Change:
    """Read a change back from the preview; anything else is a bad request."""
    try:
        values = orjson.loads(text)
        return Change(
            put=tuple(calendars.day_from_json(row) for row in values["put"]),
            removed=frozenset(date.fromisoformat(day) for day in values["removed"]),
            years=frozenset(int(year) for year in values["years"]),
        )
    except (ValueError, KeyError, TypeError):
        flask.abort(400)
