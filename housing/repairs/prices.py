"""The table of consumables (耗材項目表) with versions of its prices: each day has its price."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.calendar import local_date
from engine.clock import Clock
from engine.queries import TaskFilter
from engine.types import Actor
from housing.repairs.errors import ConsumableNotFound, PriceInPast, PriceInvalid, PriceReasonMissing
from housing.repairs.models import ConsumableItem, ConsumablePrice

HIGHEST_PRICE_TWD = 1_000_000
LONGEST_REASON = 200
QUOTE_TASK = "quote"


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceView:
    """One version of a price.

    Attributes:
        valid_from: first day on which it is the price; None for the price of the beginning.
        set_at: when it was entered; None for the price of the beginning.
    """

    unit_price_twd: int
    valid_from: date | None
    set_by: str
    set_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemView:
    """One item of the table with all versions of its price, newest first.

    Attributes:
        now: the version of the day that was asked for.
        planned: versions that begin later.
    """

    code: str
    name: str
    category: str
    unit: str
    now: PriceView
    planned: tuple[PriceView, ...]
    versions: tuple[PriceView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPrice:
    """A price as somebody enters it, in TWD.

    Attributes:
        valid_from: first day of the price, today or later.
        reason: why it changes, such as a new framework contract.
    """

    code: str
    unit_price_twd: int
    valid_from: date
    reason: str


def price_table(on: date, *, session: Session) -> list[ItemView]:
    """List the items by code with the price of a day."""
    items = session.scalars(select(ConsumableItem).order_by(ConsumableItem.code))
    versions = _versions(session)
    return [_view(item, versions.get(item.code, []), on) for item in items]


def item(code: str, on: date, *, session: Session) -> ItemView:
    """Read one item with the price of a day.

    Raises:
        ConsumableNotFound: the table has no such item.
    """
    found = session.get(ConsumableItem, code)
    if found is None:
        raise ConsumableNotFound(code)
    return _view(found, _versions(session, code).get(code, []), on)


def prices_on(on: date, *, session: Session) -> Mapping[str, int]:
    """Map the codes of the table to their prices of a day, in TWD."""
    table = price_table(on, session=session)
    return {each.code: each.now.unit_price_twd for each in table}


def day_of_quote(instance_id: str | None, now: datetime, *, session: Session) -> date:
    """Name the day whose prices a quote uses: the day on which it was asked for, else today.

    A price that changes while the contractor writes his quote does not make it wrong.
    """
    if instance_id is not None:
        tasks = engine_queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
        for task in tasks:
            if task.element_id == QUOTE_TASK:
                return local_date(task.created_at)
    return local_date(now)


def set_price(new: NewPrice, *, by: Actor, session: Session, clock: Clock) -> None:
    """Enter a new version of a price; earlier versions stay, and quotes of their days with them.

    Raises:
        ConsumableNotFound: the table has no such item.
        PriceInvalid: the price is not from 1 to 1,000,000 TWD.
        PriceInPast: it would begin before today, under quotes that were written already.
        PriceReasonMissing: nobody says why.
    """
    now = clock.now()
    today = local_date(now)
    if session.get(ConsumableItem, new.code) is None:
        raise ConsumableNotFound(new.code)
    if not 1 <= new.unit_price_twd <= HIGHEST_PRICE_TWD:
        raise PriceInvalid(HIGHEST_PRICE_TWD)
    if new.valid_from < today:
        raise PriceInPast(today.isoformat())
    if not new.reason.strip():
        raise PriceReasonMissing
    session.add(
        ConsumablePrice(
            item=new.code,
            unit_price_twd=new.unit_price_twd,
            valid_from=new.valid_from,
            reason=new.reason.strip()[:LONGEST_REASON],
            set_by=by.id,
            set_by_name=by.name,
            set_at=now,
        )
    )
    session.flush()


def _versions(session: Session, code: str | None = None) -> Mapping[str, list[ConsumablePrice]]:
    """Group the versions by item, the newest first; of one day the one entered last."""
    wanted = select(ConsumablePrice).order_by(
        ConsumablePrice.valid_from.desc(), ConsumablePrice.id.desc()
    )
    if code is not None:
        wanted = wanted.where(ConsumablePrice.item == code)
    groups: dict[str, list[ConsumablePrice]] = {}
    for row in session.scalars(wanted):
        groups.setdefault(row.item, []).append(row)
    return groups


def _view(item_row: ConsumableItem, rows: list[ConsumablePrice], on: date) -> ItemView:
    first = PriceView(
        unit_price_twd=item_row.unit_price_twd, valid_from=None, set_by="", set_at=None, reason=""
    )
    versions = (*(_version(row) for row in rows), first)
    return ItemView(
        code=item_row.code,
        name=item_row.name,
        category=item_row.category,
        unit=item_row.unit,
        now=next(each for each in versions if each.valid_from is None or each.valid_from <= on),
        planned=tuple(each for each in versions if each.valid_from and each.valid_from > on),
        versions=versions,
    )


def _version(row: ConsumablePrice) -> PriceView:
    return PriceView(
        unit_price_twd=row.unit_price_twd,
        valid_from=row.valid_from,
        set_by=row.set_by_name,
        set_at=row.set_at,
        reason=row.reason,
    )
