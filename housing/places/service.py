"""The verbs of homes: their state, who lives in them, the sheets of their handover."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.places.errors import (
    ConditionUnknown,
    ItemNotFound,
    SheetFinal,
    SheetNotFound,
    UnitNotFound,
)
from housing.places.models import (
    Asset,
    HandoverItem,
    HandoverSheet,
    Residency,
    Unit,
    UnitStateChange,
)
from housing.places.rules import CONDITIONS, ensure_reachable


@dataclass(frozen=True, kw_only=True, slots=True)
class StateChange:
    """A home's way into another state.

    Attributes:
        on: calendar day from which it counts.
        key: idempotency key; the same key changes nothing a second time.
        instance_id: of the case it happens in.
    """

    unit_id: int
    to_state: str
    on: date
    key: str
    reason: str = ""
    instance_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewItem:
    """One line of a handover sheet; `condition` as in `rules.CONDITIONS`."""

    name: str
    room: str = ""
    condition: str = "good"
    asset_id: int | None = None
    bim_id: str | None = None
    remark: str = ""
    photos: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSheet:
    """A handover sheet.

    Attributes:
        kind: entry or exit.
        key: idempotency key.
    """

    unit_id: int
    kind: str
    held_on: date
    key: str
    lease_id: int | None = None
    instance_id: str | None = None


def change_state(change: StateChange, *, by: Actor, session: Session, clock: Clock) -> None:
    """Bring a home into another state and write it into its history.

    Raises:
        UnitNotFound: there is none.
        UnitStateNotReachable: the state cannot follow on the present one.
    """
    if _is_known(UnitStateChange, change.key, session):
        return
    unit = session.get(Unit, change.unit_id, with_for_update=True)
    if unit is None:
        raise UnitNotFound(str(change.unit_id))
    ensure_reachable(unit.state, change.to_state)
    session.add(
        UnitStateChange(
            idem=change.key,
            unit_id=unit.id,
            from_state=unit.state,
            to_state=change.to_state,
            on=change.on,
            at=clock.now(),
            actor_id=by.id,
            reason=change.reason,
            instance_id=change.instance_id,
        )
    )
    unit.state = change.to_state
    session.flush()


def move_in(unit_id: int, account_ids: Iterable[int], *, on: date, session: Session) -> None:
    """Let accounts live in a home from a day on; who lives there already stays."""
    living = select(Residency.account_id).where(
        Residency.unit_id == unit_id, Residency.until_on.is_(None)
    )
    known = set(session.scalars(living))
    session.add_all(
        Residency(unit_id=unit_id, account_id=each, from_on=on, until_on=None)
        for each in sorted(set(account_ids) - known)
    )
    session.flush()


def move_out(
    unit_id: int, *, on: date, account_ids: Iterable[int] | None = None, session: Session
) -> None:
    """End the residency of all, or of some accounts; the day is the last one."""
    open_ended = select(Residency).where(Residency.unit_id == unit_id, Residency.until_on.is_(None))
    wanted = None if account_ids is None else set(account_ids)
    for row in session.scalars(open_ended):
        if wanted is None or row.account_id in wanted:
            row.until_on = on
    session.flush()


def open_sheet(new: NewSheet, *, session: Session) -> int:
    """Begin a handover sheet with the home's asset register as its items.

    Returns:
        The sheet's id; the same key gives the same sheet.
    """
    known = session.scalars(select(HandoverSheet.id).where(HandoverSheet.idem == new.key)).first()
    if known is not None:
        return known
    sheet = HandoverSheet(
        idem=new.key,
        unit_id=new.unit_id,
        lease_id=new.lease_id,
        instance_id=new.instance_id,
        kind=new.kind,
        state="open",
        held_on=new.held_on,
        meters={},
        keys=[],
        signatures=[],
    )
    session.add(sheet)
    session.flush()
    assets = session.scalars(
        select(Asset).where(Asset.unit_id == new.unit_id).order_by(Asset.room, Asset.id)
    )
    items = [
        NewItem(name=each.name, room=each.room or "", asset_id=each.id, bim_id=each.bim_id)
        for each in assets
    ]
    _add_items(sheet.id, items, session)
    return sheet.id


def record_items(sheet_id: int, items: Iterable[NewItem], *, session: Session) -> None:
    """Set the items of an open sheet: one of a known asset replaces its line, others are added.

    Raises:
        SheetNotFound, SheetFinal: there is none that can be changed.
        ConditionUnknown: a condition that the sheet does not know.
    """
    _open_sheet(sheet_id, session)
    lines = select(HandoverItem).where(HandoverItem.sheet_id == sheet_id)
    by_asset = {row.asset_id: row for row in session.scalars(lines) if row.asset_id is not None}
    added = []
    for item in items:
        row = by_asset.get(item.asset_id) if item.asset_id is not None else None
        if row is None:
            added.append(item)
            continue
        _check(item)
        row.condition, row.remark = item.condition, item.remark
        row.photos, row.details = list(item.photos), dict(item.details)
    _add_items(sheet_id, added, session)


def set_item(sheet_id: int, item_id: int, item: NewItem, *, session: Session) -> None:
    """Set one line of an open sheet by its id; what it is and where it stands stays.

    Raises:
        SheetNotFound, SheetFinal: there is no sheet that can be changed.
        ItemNotFound: it has no such line.
        ConditionUnknown: a condition that the sheet does not know.
    """
    _open_sheet(sheet_id, session)
    row = session.get(HandoverItem, item_id)
    if row is None or row.sheet_id != sheet_id:
        raise ItemNotFound(str(item_id))
    _check(item)
    row.condition, row.remark = item.condition, item.remark
    row.photos, row.details = list(item.photos), dict(item.details)
    session.flush()


def add_item(sheet_id: int, item: NewItem, *, session: Session) -> int:
    """Add a line to an open sheet: something that is not in the register.

    Returns:
        The line's id.

    Raises:
        SheetNotFound, SheetFinal: there is no sheet that can be changed.
        ConditionUnknown: a condition that the sheet does not know.
    """
    _open_sheet(sheet_id, session)
    return _add_items(sheet_id, [item], session)[0]


def remove_item(sheet_id: int, item_id: int, *, session: Session) -> None:
    """Take a line out of an open sheet again; those of the register stay.

    Raises:
        SheetNotFound, SheetFinal: there is no sheet that can be changed.
        ItemNotFound: it has no such line, or the line is of the register.
    """
    _open_sheet(sheet_id, session)
    row = session.get(HandoverItem, item_id)
    if row is None or row.sheet_id != sheet_id or row.asset_id is not None:
        raise ItemNotFound(str(item_id))
    session.delete(row)
    session.flush()


def set_repairs(
    sheet_id: int, repairs: Iterable[Mapping[str, object]], *, session: Session
) -> None:
    """Write the repairs of the household's time into an open sheet.

    Raises:
        SheetNotFound, SheetFinal: there is no sheet that can be changed.
    """
    _open_sheet(sheet_id, session).repairs = [dict(each) for each in repairs]
    session.flush()


def set_readings(
    sheet_id: int,
    *,
    meters: Mapping[str, object],
    keys: Iterable[Mapping[str, object]],
    session: Session,
) -> None:
    """Keep meters and keys of an open sheet.

    Raises:
        SheetNotFound, SheetFinal: there is none that can be changed.
    """
    sheet = _open_sheet(sheet_id, session)
    sheet.meters, sheet.keys = dict(meters), [dict(each) for each in keys]
    session.flush()


def set_signature(sheet_id: int, signature: Mapping[str, object], *, session: Session) -> None:
    """Keep the signature of a role on an open sheet; a newer one replaces it.

    Raises:
        SheetNotFound, SheetFinal: there is none that can be changed.
    """
    sheet = _open_sheet(sheet_id, session)
    others = [each for each in sheet.signatures if each.get("role") != signature["role"]]
    sheet.signatures = [*others, dict(signature)]
    session.flush()


def finish_sheet(  # noqa: PLR0913  # each is a part of the sheet
    sheet_id: int,
    *,
    meters: Mapping[str, object],
    keys: Iterable[Mapping[str, object]],
    signatures: Iterable[Mapping[str, object]],
    held_on: date | None = None,
    session: Session,
) -> None:
    """Complete a sheet with meters, keys and signatures: it is final from now on.

    Raises:
        SheetNotFound, SheetFinal: there is none that can be changed.
    """
    sheet = _open_sheet(sheet_id, session)
    sheet.meters, sheet.keys = dict(meters), [dict(each) for each in keys]
    sheet.signatures = [dict(each) for each in signatures]
    sheet.held_on = held_on or sheet.held_on
    sheet.state = "final"
    session.flush()


def _open_sheet(sheet_id: int, session: Session) -> HandoverSheet:
    sheet = session.get(HandoverSheet, sheet_id)
    if sheet is None:
        raise SheetNotFound(str(sheet_id))
    if sheet.state == "final":
        raise SheetFinal
    return sheet


def _add_items(sheet_id: int, items: Iterable[NewItem], session: Session) -> list[int]:
    rows = [_row_of(sheet_id, item) for item in items]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _row_of(sheet_id: int, item: NewItem) -> HandoverItem:
    _check(item)
    return HandoverItem(
        sheet_id=sheet_id,
        asset_id=item.asset_id,
        bim_id=item.bim_id,
        room=item.room,
        name=item.name,
        condition=item.condition,
        remark=item.remark,
        photos=list(item.photos),
        details=dict(item.details),
    )


def _check(item: NewItem) -> None:
    if item.condition not in CONDITIONS:
        raise ConditionUnknown(item.condition)


def _is_known(table: type[UnitStateChange], key: str, session: Session) -> bool:
    return session.scalars(select(table.id).where(table.idem == key)).first() is not None
