"""Reading calendar files: the open-data CSV of the government's office calendar, our own, ICS.

Three shapes are read:

- CSV 西元日期,星期,是否放假,備註 (0 works, 2 is off), as the Directorate-General of Personnel
  Administration publishes it; days in 20260101 or 2026-01-01;
- CSV date,kind,name with the kinds of `engine.periods.calendars`;
- ICS (RFC 5545) with whole days; 補行上班 or 補班 in the summary makes a make-up working day.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.periods.calendars import KINDS, SATURDAY, DayKind, SpecialDay
from engine.periods.errors import CalendarFileInvalid, LineProblem

MOST_DAYS = 2_000
LONGEST_EVENT_DAYS = 31
MOST_PROBLEMS = 50
_MAKE_UP = re.compile("補行上班|補班|make-?up", re.IGNORECASE)
_KEPT = 60
"""Characters of a wrong line that a problem shows."""


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    source: str
    days: dict[date, SpecialDay] = field(default_factory=dict)
    problems: list[LineProblem] = field(default_factory=list)

    def add(self, line: int, on: date, kind: DayKind, name: str) -> None:
        if on in self.days:
            self.fail(line, "twice", on.isoformat())
        self.days[on] = SpecialDay(on=on, kind=kind, name=name[:100], source=self.source)

    def fail(self, line: int, code: str, text: str = "") -> None:
        self.problems.append(LineProblem(line, code, text[:_KEPT]))


def read(content: bytes, filename: str) -> tuple[SpecialDay, ...]:
    """Read the days of a calendar file, in order.

    Args:
        content: of the file; UTF-8 with or without a byte order mark, or Big5.
        filename: becomes the source of each day.

    Raises:
        CalendarFileInvalid: with one problem a line; nothing is read then.
    """
    found = _Found(source=filename[:100])
    text = _decoded(content, found)
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        _read_ics(text, found)
    elif not found.problems:
        _read_csv(text, found)
    if not found.days and not found.problems:
        found.fail(0, "no_days")
    if len(found.days) > MOST_DAYS:
        found.fail(0, "too_many")
    if found.problems:
        raise CalendarFileInvalid(tuple(found.problems[:MOST_PROBLEMS]))
    return tuple(found.days[on] for on in sorted(found.days))


def _decoded(content: bytes, found: _Found) -> str:
    for encoding in ("utf-8-sig", "cp950"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    found.fail(0, "no_text")
    return ""


def _read_csv(text: str, found: _Found) -> None:
    lines = text.splitlines()
    rows = csv.reader(lines)
    header = [name.strip() for name in next(rows, [])]
    if {"西元日期", "是否放假"} <= set(header):
        read_row = _read_official_row
    elif {"date", "kind", "name"} <= set(header):
        read_row = _read_own_row
    else:
        found.fail(1, "no_columns", lines[0] if lines else "")
        return
    for row in rows:
        values = dict(zip(header, (value.strip() for value in row), strict=False))
        if any(values.values()):
            read_row(rows.line_num, values, found)


def _read_official_row(line: int, values: dict[str, str], found: _Found) -> None:
    on = _day(values.get("西元日期", ""))
    if on is None:
        found.fail(line, "bad_date", values.get("西元日期", ""))
        return
    note, is_weekend = values.get("備註", ""), on.weekday() >= SATURDAY
    match values.get("是否放假"):
        case "2" if note or not is_weekend:
            found.add(line, on, "holiday", note or "放假日")
        case "0" if is_weekend:
            found.add(line, on, "make_up", note or "補行上班日")
        case "0" | "2":
            pass  # as every weekday or week-end
        case other:
            found.fail(line, "unknown_kind", other or "")


def _read_own_row(line: int, values: dict[str, str], found: _Found) -> None:
    on, name = _day(values.get("date", "")), values.get("name", "")
    kind = next((each for each in KINDS if each == values.get("kind")), None)
    if on is None:
        found.fail(line, "bad_date", values.get("date", ""))
    elif kind is None:
        found.fail(line, "unknown_kind", values.get("kind", ""))
    elif not name:
        found.fail(line, "no_name", on.isoformat())
    else:
        found.add(line, on, kind, name)


def _read_ics(text: str, found: _Found) -> None:
    event: dict[str, str] = {}
    for line, content in _unfolded(text):
        name, _, value = content.partition(":")
        name = name.partition(";")[0].upper()
        if name == "BEGIN" and value.upper() == "VEVENT":
            event = {}
        elif name == "END" and value.upper() == "VEVENT":
            _add_event(line, event, found)
        else:
            event.setdefault(name, value)


def _add_event(line: int, event: dict[str, str], found: _Found) -> None:
    begin = _day(event.get("DTSTART", "")[:8])
    end = _day(event["DTEND"][:8]) if "DTEND" in event else None
    name = re.sub(r"\\([,;\\])", r"\1", event.get("SUMMARY", "")).strip()
    if begin is None or ("DTEND" in event and end is None):
        found.fail(line, "bad_date", event.get("DTSTART", ""))
        return
    count = (end - begin).days if end and end > begin else 1
    if "RRULE" in event or count > LONGEST_EVENT_DAYS:
        found.fail(line, "repeats", event.get("RRULE", name))
    elif not name:
        found.fail(line, "no_name", begin.isoformat())
    else:
        kind: DayKind = "make_up" if _MAKE_UP.search(name) else "holiday"
        for number in range(count):
            found.add(line, begin + timedelta(days=number), kind, name)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Join folded lines (RFC 5545 3.1); each with the number of its last line."""
    lines: Sequence[str] = text.splitlines()
    kept = ""
    for number, line in enumerate(lines, start=1):
        if line[:1] in (" ", "\t"):
            kept += line[1:]
            continue
        if kept:
            yield number - 1, kept
        kept = line
    if kept:
        yield len(lines), kept


def _day(text: str) -> date | None:
    digits = re.fullmatch(r"(\d{4})[-/]?(\d{1,2})[-/]?(\d{1,2})", text.strip(), re.ASCII)
    if digits is None:
        return None
    year, month, day = map(int, digits.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
