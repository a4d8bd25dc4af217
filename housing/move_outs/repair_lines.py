"""Repairs of a household's time, as the exit sheet shows them and is signed with."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine.calendar import local_date
from forms.dates import parse_day
from housing.notices.codes import CATEGORIES
from housing.places import service as places
from housing.places.handovers import SheetView
from housing.repairs.queries import tickets_of_home
from housing.repairs.views import TicketRow


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairLine:
    """One repair of the home.

    Attributes:
        number: of the case.
        category: a repair category.
        text: the beginning of the report.
        closed_on: None as long as the repair goes on.
    """

    number: str
    category: str
    text: str
    reported_on: date
    closed_on: date | None


def repairs_on(
    sheet: SheetView | None, unit_id: int, since: date, *, session: Session
) -> tuple[RepairLine, ...]:
    """List the repairs an exit sheet tells of, newest first.

    Args:
        sheet: a signed one tells what it was signed with.
        unit_id: the home.
        since: first day of the household in the home.
        session: to read with.
    """
    if sheet is not None and sheet.repairs is not None:
        return tuple(_read(each) for each in sheet.repairs)
    reported = (_line(each) for each in tickets_of_home(unit_id, session=session))
    return tuple(line for line in reported if line.reported_on >= since)


def write_repairs(sheet_id: int, lines: Sequence[RepairLine], *, session: Session) -> None:
    """Freeze the repairs in a sheet that is about to be signed."""
    kept = [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(line).items()
        }
        for line in lines
    ]
    places.set_repairs(sheet_id, kept, session=session)


def letter_line(line: RepairLine) -> Mapping[str, object]:
    """Say a repair as the letter of the sheet does."""
    return {
        "number": line.number,
        "category": CATEGORIES.get(line.category, CATEGORIES["other"])[0],
        "what": line.text,
        "reported_on": line.reported_on,
        "closed_on": line.closed_on or "辦理中",
    }


def _line(row: TicketRow) -> RepairLine:
    return RepairLine(
        number=row.number,
        category=row.category,
        text=row.title,
        reported_on=local_date(row.submitted_at),
        closed_on=local_date(row.closed_at) if row.closed_at else None,
    )


def _read(kept: Mapping[str, object]) -> RepairLine:
    return RepairLine(
        number=str(kept["number"]),
        category=str(kept["category"]),
        text=str(kept["text"]),
        reported_on=date.fromisoformat(str(kept["reported_on"])),
        closed_on=parse_day(str(kept["closed_on"])) if kept["closed_on"] else None,
    )
