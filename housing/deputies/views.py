"""Absences as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from housing.deputies.errors import AbsenceNotFound
from housing.deputies.models import Absence
from housing.deputies.standing import deputies_of
from housing.people import queries as people

MOST_LISTED = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class DeputyView:
    """One of a pool as pages show him; `groups` is empty for everything."""

    person_id: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceView:
    """An absence as pages show it.

    Attributes:
        state: planned, running, over or cancelled.
        deputies: the first one first.
    """

    id: int
    person_id: str
    person_name: str
    from_at: datetime
    until_at: datetime
    reason: str
    note: str
    entered_by: str
    entered_by_name: str
    entered_at: datetime
    state: str
    deputies: tuple[DeputyView, ...]


def absence(absence_id: int, at: datetime, *, session: Session) -> AbsenceView:
    """Read an absence.

    Raises:
        AbsenceNotFound: there is none.
    """
    found = views(session, at, Absence.id == absence_id)
    if not found:
        raise AbsenceNotFound(str(absence_id))
    return found[0]


def views(session: Session, at: datetime, *where: ColumnElement[bool]) -> list[AbsenceView]:
    """Read absences under conditions, the newest first, in the state of an instant."""
    rows = list(
        session.scalars(
            select(Absence)
            .where(*where)
            .order_by(Absence.from_at.desc(), Absence.id.desc())
            .limit(MOST_LISTED)
        )
    )
    pools = deputies_of([each.id for each in rows], session=session)
    ids = {str(each) for row in rows for each in (row.person_id, row.entered_by)}
    ids |= {deputy.person_id for pool in pools.values() for deputy in pool}
    names = people.names_of(ids, session=session)
    return [
        AbsenceView(
            id=row.id,
            person_id=str(row.person_id),
            person_name=names.get(str(row.person_id), ""),
            from_at=row.from_at,
            until_at=row.until_at,
            reason=row.reason,
            note=row.note,
            entered_by=str(row.entered_by),
            entered_by_name=names.get(str(row.entered_by), ""),
            entered_at=row.entered_at,
            state=_state(row, at),
            deputies=tuple(
                DeputyView(
                    person_id=each.person_id,
                    name=names.get(each.person_id, ""),
                    groups=tuple(sorted(each.groups)),
                )
                for each in pools.get(row.id, ())
            ),
        )
        for row in rows
    ]


def _state(row: Absence, at: datetime) -> str:
    if row.cancelled_at is not None:
        return "cancelled"
    if at < row.from_at:
        return "planned"
    return "running" if at < row.until_at else "over"
