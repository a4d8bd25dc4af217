"""Calls (招租案): drafted, approved, published, opened, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.calendar import end_of_local_day, local_date
from engine.clock import Clock
from housing.applications.desk import next_serial
from housing.applications.errors import RoundDatesInvalid, RoundUnitsMissing
from housing.applications.models import CallOffer, CallRound
from housing.applications.rules import REVIEW_DAYS, RoundSettings, round_number

INCOME_LIMIT_TWD = 57_509  # call of 115: a person and month
PROPERTY_LIMIT_TWD = 5_790_000  # call of 115
MIN_AGE = 18
YEARS_LIMIT = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """How many homes of a room type a site offers to a class."""

    site: str
    room_type: str
    household_class: str
    units: int


DEFAULT_OFFERS = tuple(
    Offer(site=site, room_type=room_type, household_class=household_class, units=10)
    for site in ("SW", "PX", "SM")
    for room_type in ("1BR", "2BR", "3BR")
    for household_class in ("general", "care", "married", "registered")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRound:
    """A call as it is drafted.

    Attributes:
        number: given by the office when absent.
        opens_at: at once when absent.
        closes_at: None for a rolling call.
        settings: keys of `rules.RoundSettings` that differ from the defaults.
    """

    kind: str
    title: str
    number: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    offers: Sequence[Offer] = DEFAULT_OFFERS
    income_limit_twd: int = INCOME_LIMIT_TWD
    property_limit_twd: int = PROPERTY_LIMIT_TWD
    min_age: int = MIN_AGE
    years_limit: int = YEARS_LIMIT
    settings: Mapping[str, object] = field(default_factory=dict)


def review_due(closes_at: datetime, *, rounds: int = 1) -> datetime:
    """Tell until when all applications are to be reviewed: 60 days after closing, 120 extended."""
    return end_of_local_day(local_date(closes_at) + timedelta(days=REVIEW_DAYS * rounds))


def draft_round(new: NewRound, *, session: Session, clock: Clock) -> CallRound:
    """Write the draft of a call.

    Raises:
        RoundDatesInvalid: it would end before it begins.
        RoundUnitsMissing: no homes are offered, or some twice.
    """
    now = clock.now()
    opens_at = new.opens_at or now
    if new.closes_at is not None and new.closes_at <= opens_at:
        raise RoundDatesInvalid
    year, serial = next_serial(new.kind, now, session)
    call_round = CallRound(
        number=new.number or round_number(new.kind, year, serial),
        kind=new.kind,
        title=new.title,
        stage="drafted",
        opens_at=opens_at,
        closes_at=new.closes_at,
        review_due_at=review_due(new.closes_at) if new.closes_at else None,
        min_age=new.min_age,
        income_limit_twd=new.income_limit_twd,
        property_limit_twd=new.property_limit_twd,
        years_limit=new.years_limit,
        settings={**RoundSettings().stored(), **new.settings},
        created_at=now,
    )
    session.add(call_round)
    session.flush()
    set_offers(call_round.id, new.offers, session=session)
    return call_round


def draft_of_form(kind: str, values: Mapping[str, object]) -> NewRound:
    """Read the draft of a call from its form, typed or as kept in the record."""
    rows = values.get("offers")
    settings = {
        name: values[name]
        for name in ("is_review_first", "may_extend_online", "uses_score", "queue_by")
        if values.get(name) is not None
    }
    return NewRound(
        kind=kind,
        title=str(values["title"]),
        opens_at=_instant(values.get("opens_at")),
        closes_at=_instant(values.get("closes_at")),
        offers=tuple(
            Offer(
                site=str(row["site"]),
                room_type=str(row["offer_room_type"]),
                household_class=str(row["offer_class"]),
                units=int(str(row["units"])),
            )
            for row in (rows if isinstance(rows, list) else [])
        ),
        income_limit_twd=int(str(values["income_limit_twd"])),
        property_limit_twd=int(str(values["property_limit_twd"])),
        years_limit=int(str(values["years_limit"])),
        settings={**settings, "second_check_percent": int(str(values["second_check_percent"]))},
    )


def update_round(call_round: CallRound, new: NewRound, *, session: Session) -> None:
    """Change a draft.

    Raises:
        RoundDatesInvalid, RoundUnitsMissing: as `draft_round`.
    """
    check_dates(new)
    call_round.title = new.title
    call_round.opens_at = new.opens_at or call_round.opens_at
    call_round.closes_at = new.closes_at
    call_round.review_due_at = review_due(new.closes_at) if new.closes_at else None
    call_round.income_limit_twd = new.income_limit_twd
    call_round.property_limit_twd = new.property_limit_twd
    call_round.years_limit = new.years_limit
    call_round.settings = {**call_round.settings, **new.settings}
    set_offers(call_round.id, new.offers, session=session)


def check_dates(new: NewRound) -> None:
    """Check the dates of a draft.

    Raises:
        RoundDatesInvalid: it would end before it begins, or a periodic call would never end.
    """
    if new.kind == "periodic" and new.closes_at is None:
        raise RoundDatesInvalid
    is_backward = (
        new.closes_at is not None and new.opens_at is not None and new.closes_at <= new.opens_at
    )
    if is_backward:
        raise RoundDatesInvalid


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value)) if value else None


def set_offers(round_id: int, offers: Sequence[Offer], *, session: Session) -> None:
    """Write what a call offers; what was written before goes.

    Raises:
        RoundUnitsMissing: nothing is offered, or something twice.
    """
    keys = {(each.site, each.room_type, each.household_class) for each in offers}
    if not offers or len(keys) != len(offers):
        raise RoundUnitsMissing
    session.execute(delete(CallOffer).where(CallOffer.round_id == round_id))
    session.add_all(
        CallOffer(
            round_id=round_id,
            site=each.site,
            room_type=each.room_type,
            household_class=each.household_class,
            units=each.units,
        )
        for each in offers
    )
    session.flush()


def open_at_once(new: NewRound, *, session: Session, clock: Clock) -> CallRound:
    """Make an open call without its process: for imports and scenarios."""
    call_round = draft_round(new, session=session, clock=clock)
    call_round.stage, call_round.published_at = "open", clock.now()
    session.flush()
    return call_round
