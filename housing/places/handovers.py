"""Read the states of homes, their vacancy, and handover sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.places.errors import SheetNotFound
from housing.places.models import HandoverItem, HandoverSheet, UnitStateChange
from housing.places.rules import vacancy_days


@dataclass(frozen=True, kw_only=True, slots=True)
class StateLine:
    """A home went into a state; `on` is the calendar day from which it counts."""

    from_state: str | None
    to_state: str
    on: date
    at: datetime
    reason: str
    instance_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemView:
    """One line of a handover sheet."""

    id: int
    asset_id: int | None
    bim_id: str | None
    room: str
    name: str
    condition: str
    remark: str
    photos: tuple[str, ...]
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetView:
    """A handover sheet with its items in the register's order, then those outside of it.

    Attributes:
        repairs: frozen with an exit sheet, see `models.HandoverSheet`; None before.
    """

    id: int
    unit_id: int
    lease_id: int | None
    kind: str
    is_final: bool
    held_on: date
    meters: Mapping[str, Any]
    keys: tuple[Mapping[str, Any], ...]
    signatures: tuple[Mapping[str, Any], ...]
    items: tuple[ItemView, ...]
    repairs: tuple[Mapping[str, Any], ...] | None


def states_of(unit_id: int, *, session: Session) -> list[StateLine]:
    """List the states of a home, oldest first."""
    rows = session.scalars(
        select(UnitStateChange)
        .where(UnitStateChange.unit_id == unit_id)
        .order_by(UnitStateChange.on, UnitStateChange.id)
    )
    return [
        StateLine(
            from_state=row.from_state,
            to_state=row.to_state,
            on=row.on,
            at=row.at,
            reason=row.reason,
            instance_id=row.instance_id,
        )
        for row in rows
    ]


def vacancy_of(unit_id: int, *, until: date, session: Session) -> int:
    """Count the days on which a home stood empty, up to the day before `until`."""
    changes = [(line.on, line.to_state) for line in states_of(unit_id, session=session)]
    return vacancy_days(changes, until)


def sheet(sheet_id: int, *, session: Session) -> SheetView:
    """Read a handover sheet.

    Raises:
        SheetNotFound: there is none.
    """
    row = session.get(HandoverSheet, sheet_id)
    if row is None:
        raise SheetNotFound(str(sheet_id))
    return _view(row, session)


def newest_sheet(unit_id: int, kind: str, *, session: Session) -> SheetView | None:
    """Read the newest entry or exit sheet of a home; None when there is none."""
    row = session.scalars(
        select(HandoverSheet)
        .where(HandoverSheet.unit_id == unit_id, HandoverSheet.kind == kind)
        .order_by(HandoverSheet.held_on.desc(), HandoverSheet.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _view(row, session)


def _view(row: HandoverSheet, session: Session) -> SheetView:
    items = session.scalars(
        select(HandoverItem).where(HandoverItem.sheet_id == row.id).order_by(HandoverItem.id)
    )
    return SheetView(
        id=row.id,
        unit_id=row.unit_id,
        lease_id=row.lease_id,
        kind=row.kind,
        is_final=row.state == "final",
        held_on=row.held_on,
        meters=row.meters,
        keys=tuple(row.keys),
        signatures=tuple(row.signatures),
        items=tuple(_item(each) for each in items),
        repairs=None if row.repairs is None else tuple(row.repairs),
    )


def _item(row: HandoverItem) -> ItemView:
    return ItemView(
        id=row.id,
        asset_id=row.asset_id,
        bim_id=row.bim_id,
        room=row.room,
        name=row.name,
        condition=row.condition,
        remark=row.remark,
        photos=tuple(row.photos),
        details=row.details,
    )
