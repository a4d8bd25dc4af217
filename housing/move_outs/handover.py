"""The exit handover on the tablet: what its page shows, each line saved by itself, the signing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.types import Actor, InstanceRef
from housing.files.service import attach
from housing.leases.queries import LeaseView
from housing.letters import service as letters
from housing.letters.service import NewLetter
from housing.move_outs.desk import case_by_number, exit_sheet, home_of, lease_of
from housing.move_outs.errors import ItemIncomplete, SheetNotFinished
from housing.move_outs.models import MoveOutCase
from housing.move_outs.repair_lines import (
    RepairLine,
    letter_line,
    repairs_on,
    write_repairs,
)
from housing.move_outs.rules import (
    CHARGEABLE,
    CONDITIONS_OF_FINDINGS,
    NEEDED_METERS,
    SIGNERS,
    age_years,
    is_signed,
    problems_of_item,
)
from housing.move_outs.service import ExitSheet, open_sheet, sign_sheet
from housing.places import handovers
from housing.places import service as places
from housing.places.handovers import ItemView, SheetView
from housing.places.queries import AssetView, assets_of_unit, unit
from housing.places.rules import community_scope
from housing.places.service import NewItem

TEMPLATE = "handover"
GOOD = "good"

ROOMS: Mapping[str, str] = {
    "living_room": "客廳",
    "kitchen": "廚房",
    "bathroom": "浴室",
    "bedroom": "臥室",
    "balcony": "陽台",
    "entrance": "玄關",
}
_CONDITIONS = {"as_entry": "同點交", "wear": "自然耗損", "damage": "損壞", "missing": "短少"}
_METERS = {"water": "水表", "electric": "電表", "gas": "瓦斯表"}
_KEYS = {"key": "鑰匙", "fob": "磁扣", "remote": "遙控器", "card": "感應卡"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ExitItem:
    """A line of the exit sheet beside the same line of the entry sheet.

    Attributes:
        entry: condition and remark at entry; None when the entry sheet does not know it.
        price_twd, life_span_years, age_years: as typed, else of the register and the lease.
        problems: what is missing; see `rules.problems_of_item`.
    """

    line: ItemView
    entry: ItemView | None
    finding: str
    price_twd: int | None
    life_span_years: int | None
    age_years: int
    is_disputed: bool
    dispute_reason: str
    problems: tuple[str, ...]

    @property
    def is_added(self) -> bool:
        """Tell whether it is outside the register, added on the day."""
        return self.line.asset_id is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """What the page of an exit handover shows.

    Attributes:
        items: none as long as the sheet was not begun.
        entry_meters, entry_keys: of the entry sheet.
        repairs: reported while the household lived there, newest first; a final sheet tells what
            it was signed with.
        missing: what keeps the sheet from being signed: items, meters, keys, signatures.
    """

    number: str
    home: str
    unit_id: int
    tenant_id: int
    sheet: SheetView | None
    items: tuple[ExitItem, ...]
    entry_meters: Mapping[str, object]
    entry_keys: tuple[Mapping[str, object], ...]
    repairs: tuple[RepairLine, ...]
    missing: tuple[str, ...]

    @property
    def done_count(self) -> int:
        """Count the items of which all is noted."""
        return sum(not each.problems for each in self.items)

    def signature(self, role: str) -> Mapping[str, object] | None:
        """Find the signature of a role."""
        given = self.sheet.signatures if self.sheet else ()
        return next((each for each in given if each.get("role") == role), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was found of one item, as typed.

    Attributes:
        photos: ids of stored files, all of them.
    """

    finding: str
    remark: str = ""
    photos: tuple[str, ...] = ()
    price_twd: int | None = None
    life_span_years: int | None = None
    age_years: int | None = None
    is_disputed: bool = False
    dispute_reason: str = ""


def read(number: str, *, session: Session, today: date) -> Handover:
    """Read the exit handover of a move-out.

    Raises:
        MoveOutNotFound: there is no such case.
    """
    case = case_by_number(number, session=session)
    lease, sheet = lease_of(case, session=session), exit_sheet(case, session=session)
    entry = handovers.newest_sheet(case.unit_id, "entry", session=session)
    items = _items(case, lease, sheet, entry, today, session) if sheet else ()
    return Handover(
        number=case.number,
        home=home_of(case, session=session),
        unit_id=case.unit_id,
        tenant_id=lease.tenant_id,
        sheet=sheet,
        items=items,
        entry_meters=entry.meters if entry else {},
        entry_keys=entry.keys if entry else (),
        repairs=repairs_on(sheet, case.unit_id, lease.used_since, session=session),
        missing=_missing(sheet, items),
    )


def save_finding(  # noqa: PLR0913  # which line, what was found, by whom
    number: str, item_id: int, found: Finding, *, by: Actor, session: Session, clock: Clock
) -> None:
    """Keep what was found of one item; its photos become the case's.

    Raises:
        ItemIncomplete: a damage without photo or price, a dispute without reason.
        ItemNotFound, SheetFinal: it cannot be changed.
        FileNotYours: a photo is somebody else's.
    """
    case = case_by_number(number, session=session)
    sheet_id = open_sheet(number, session=session, clock=clock)
    item = _typed(case, item_id, found, session)
    problems = problems_of_item(item.details, item.photos)
    if problems:
        raise ItemIncomplete(problems[0])
    attach(item.photos, case.instance_id or "", by=by, session=session)
    places.set_item(sheet_id, item_id, item, session=session)


def details_of(found: Finding) -> dict[str, object]:
    """Write what was found as the sheet keeps it: price and dispute only of what is charged."""
    if found.finding not in CHARGEABLE:
        return {"finding": found.finding}
    return {
        "finding": found.finding,
        "price_twd": found.price_twd,
        "life_span_years": found.life_span_years or 1,
        "age_years": found.age_years or 0,
        "is_disputed": found.is_disputed,
        "dispute_reason": found.dispute_reason if found.is_disputed else "",
    }


def save_readings(
    number: str,
    *,
    meters: Mapping[str, str],
    keys: Iterable[Mapping[str, object]],
    session: Session,
    clock: Clock,
) -> None:
    """Keep meters and keys; the sheet stays open."""
    sheet_id = open_sheet(number, session=session, clock=clock)
    places.set_readings(sheet_id, meters=meters, keys=keys, session=session)


def save_signature(
    number: str, signature: Mapping[str, object], *, by: Actor, session: Session, clock: Clock
) -> None:
    """Keep one signature: role, name, and one of file_id, typed or refused_because."""
    case = case_by_number(number, session=session)
    sheet_id = open_sheet(number, session=session, clock=clock)
    if file_id := signature.get("file_id"):
        attach([str(file_id)], case.instance_id or "", by=by, session=session)
    kept = {**signature, "at": clock.now().isoformat()}
    places.set_signature(sheet_id, kept, session=session)


def finish(
    number: str, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> None:
    """Complete the sheet and send it to the tenant as a letter.

    Raises:
        SheetNotFinished: something is missing.
        SheetFinal: it was signed before.
    """
    page = read(number, session=session, today=local_date(clock.now()))
    if page.missing or page.sheet is None:
        raise SheetNotFinished
    sheet = ExitSheet(
        items=(),
        meters=page.sheet.meters,
        keys=page.sheet.keys,
        signatures=page.sheet.signatures,
    )
    write_repairs(page.sheet.id, page.repairs, session=session)
    sign_sheet(number, sheet, session=session, clock=clock)
    case = case_by_number(number, session=session)
    home = unit(case.unit_id, session=session)
    new = NewLetter(
        key=f"handover:{number}",
        instance=InstanceRef(
            id=case.instance_id or "",
            business_key=number,
            scope=community_scope(home.community_code),
        ),
        template=TEMPLATE,
        person_id=page.tenant_id,
        fields=_letter_fields(case, page, local_date(clock.now()), session),
    )
    letter_id = letters.write(new, by=by, session=session, clock=clock)
    letters.send(letter_id, engine=engine, session=session, clock=clock)


def _items(  # noqa: PLR0913  # a line is put together from six places
    case: MoveOutCase,
    lease: LeaseView,
    sheet: SheetView,
    entry: SheetView | None,
    today: date,
    session: Session,
) -> tuple[ExitItem, ...]:
    assets = {each.id: each for each in assets_of_unit(case.unit_id, session=session)}
    before = {each.asset_id: each for each in entry.items} if entry else {}
    used = age_years(lease.used_since, today)
    return tuple(
        _item(
            line,
            before.get(line.asset_id) if line.asset_id is not None else None,
            assets.get(line.asset_id or 0),
            used,
        )
        for line in sheet.items
    )


def _item(line: ItemView, entry: ItemView | None, asset: AssetView | None, used: int) -> ExitItem:
    details = line.details
    return ExitItem(
        line=line,
        entry=entry,
        finding=str(details.get("finding") or ""),
        price_twd=_typed_or(details.get("price_twd"), asset.price_twd if asset else None),
        life_span_years=_typed_or(
            details.get("life_span_years"), asset.life_span_years if asset else None
        ),
        age_years=_typed_or(details.get("age_years"), used) or 0,
        is_disputed=bool(details.get("is_disputed")),
        dispute_reason=str(details.get("dispute_reason") or ""),
        problems=tuple(problems_of_item(details, line.photos)),
    )


def _typed_or(typed: object, otherwise: int | None) -> int | None:
    return typed if isinstance(typed, int) else otherwise


def _typed(case: MoveOutCase, item_id: int, found: Finding, session: Session) -> NewItem:
    sheet = exit_sheet(case, session=session)
    line = next((each for each in sheet.items if each.id == item_id), None) if sheet else None
    entry = handovers.newest_sheet(case.unit_id, "entry", session=session)
    before = {each.asset_id: each.condition for each in entry.items} if entry else {}
    asset_id = line.asset_id if line else None
    return NewItem(
        name=line.name if line else "",
        room=line.room if line else "",
        asset_id=asset_id,
        condition=CONDITIONS_OF_FINDINGS.get(found.finding, before.get(asset_id, GOOD)),
        remark=found.remark,
        photos=found.photos,
        details=details_of(found),
    )


def _missing(sheet: SheetView | None, items: tuple[ExitItem, ...]) -> tuple[str, ...]:
    """Tell what keeps the sheet from being signed."""
    if sheet is None:
        return ("items", "meters", "keys", "signatures")
    signed = {str(each.get("role")) for each in sheet.signatures if is_signed(each)}
    gaps = {
        "items": any(each.problems for each in items),
        "meters": any(not sheet.meters.get(each) for each in NEEDED_METERS),
        "keys": not sheet.keys,
        "signatures": not set(SIGNERS) <= signed,
    }
    return tuple(name for name, is_open in gaps.items() if is_open)


def _letter_fields(
    case: MoveOutCase, page: Handover, today: date, session: Session
) -> dict[str, object]:
    sheet = page.sheet
    refused = [
        str(each["refused_because"])
        for each in (sheet.signatures if sheet else ())
        if each.get("refused_because")
    ]
    return {
        "home": page.home,
        "kind_words": "點退",
        "held_on": today,
        "lease_number": lease_of(case, session=session).number,
        "items": [_letter_item(each) for each in page.items],
        "meters": [
            {"name": words, "reading": sheet.meters[code]}
            for code, words in _METERS.items()
            if sheet and sheet.meters.get(code)
        ],
        "keys": [
            {
                "name": _KEYS.get(str(each.get("kind")), ""),
                "serial": each.get("serial") or "",
                "count": each.get("count"),
            }
            for each in (sheet.keys if sheet else ())
        ],
        "repairs": [letter_line(each) for each in page.repairs],
        "remark": "；".join(f"拒絕簽名，理由：{each}" for each in refused),
    }


def _letter_item(each: ExitItem) -> dict[str, object]:
    words = _CONDITIONS[each.finding]
    remark = each.line.remark
    if each.finding in CHARGEABLE:
        remark = f"{remark} 價格 {each.price_twd or 0:,} 元".strip()
    if each.is_disputed:
        remark = f"{remark}；承租人有異議：{each.dispute_reason}"
    return {
        "room": ROOMS.get(each.line.room, each.line.room),
        "name": each.line.name,
        "bim_id": each.line.bim_id,
        "condition": words,
        "remark": remark,
    }
