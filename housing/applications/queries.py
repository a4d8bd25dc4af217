"""Read calls and applications for pages: public lists, the review inbox, one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from engine.records import Page
from housing.applications.desk import (
    application_by_number,
    changes_of,
    consents_of,
    round_by_number,
    round_of,
    settings_of,
    sites_of,
)
from housing.applications.drawing import result_of
from housing.applications.errors import ListNotPublished
from housing.applications.listing import newest_list, numbers_in
from housing.applications.models import (
    CallOffer,
    CallRound,
    HousingApplication,
    QualifiedList,
    QueuePlace,
    SealedDraft,
)
from housing.applications.supplements import newest_supplement
from housing.persons.models import Person
from housing.places.queries import communities

PUBLIC_STAGES = ("published", "open", "closed", "listed", "frozen", "drawn", "ended")
"""Stages in which everybody may see a call; drafts are the office's matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferLine:
    """Homes of a room type that a site offers to a class."""

    site: str
    site_name: str
    room_type: str
    household_class: str
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawView:
    """The recorded result of a draw: how many ranks, the SHA-256 of the file, when, by whom."""

    count: int
    sha256: str
    at: datetime
    account_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallView:
    """A call as the public sees it.

    Attributes:
        count: entries of its newest list; None as long as there is none.
        awaits_draw: it reviews after the draw, whose result is awaited now.
        draw: the recorded result, or None.
    """

    number: str
    kind: str
    title: str
    stage: str
    opens_at: datetime
    closes_at: datetime | None
    published_at: datetime | None
    income_limit_twd: int
    property_limit_twd: int
    years_limit: int
    list_sha256: str | None
    count: int | None
    awaits_draw: bool = False
    draw: DrawView | None = None
    offers: tuple[OfferLine, ...] = ()

    @property
    def units(self) -> int:
        """Count all homes."""
        return sum(each.units for each in self.offers)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListView:
    """The list of a call: lottery numbers only, never names or classes beside them."""

    number: str
    title: str
    kind: str
    version: int
    at: datetime
    sha256: str
    numbers: tuple[str, ...]
    entries: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationRow:
    """An application as a line of the review inbox or of one's own list.

    Attributes:
        name: of the applicant; for those who review only.
        merged_into: number of the application that counts for it, or None.
    """

    number: str
    round_number: str
    round_title: str
    name: str
    channel: str
    state: str
    state_at: datetime
    counts_at: datetime
    household_class: str
    room_type: str
    lottery_number: str | None
    draw_rank: int | None
    reason_code: str | None
    supplement_rounds: int
    needs_second: bool
    merged_into: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationFilter:
    """Which applications to list, by the order of their arrival, and which part of the list."""

    round_number: str = ""
    state: str = ""
    household_class: str = ""
    channel: str = ""
    text: str = ""
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place in a rolling queue."""

    site: str
    position: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentLine:
    """Where a consent stands; `version` is that of the text shown."""

    kind: str
    version: str
    is_given: bool
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeLine:
    """Who changed which fields of the form, never what they said."""

    at: datetime
    account_name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationView:
    """One application for its own page.

    Attributes:
        may_extend: more time may be asked for the running supplement.
        places: in the queues of a rolling call.
        changes: made after handing in, the newest first.
    """

    row: ApplicationRow
    sites: tuple[str, ...]
    postmark_on: date | None
    received_at: datetime
    may_extend: bool
    places: tuple[Place, ...]
    consents: tuple[ConsentLine, ...]
    changes: tuple[ChangeLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftLine:
    """An application somebody has begun to write."""

    round_number: str
    title: str
    step: str
    saved_at: datetime


def calls(*, session: Session, is_staff: bool = False) -> list[CallView]:
    """List the calls, the newest first; the public sees no drafts."""
    rows = select(CallRound).order_by(CallRound.opens_at.desc(), CallRound.id.desc())
    if not is_staff:
        rows = rows.where(CallRound.stage.in_(PUBLIC_STAGES))
    return [_call(each, session) for each in session.scalars(rows)]


def call_titles(*, session: Session) -> list[tuple[str, str]]:
    """List the numbers and titles of all calls, for those who choose one; the newest first."""
    rows = select(CallRound.number, CallRound.title).order_by(CallRound.id.desc())
    return [(number, title) for number, title in session.execute(rows)]


def call(number: str, *, session: Session) -> CallView:
    """Read one call.

    Raises:
        RoundNotFound: there is none.
    """
    return _call(round_by_number(number, session=session), session)


def qualified_list(number: str, *, session: Session) -> ListView:
    """Read the newest list of a call.

    Raises:
        RoundNotFound, ListNotPublished: there is none.
    """
    call_round = round_by_number(number, session=session)
    newest = newest_list(call_round.id, session=session)
    if newest is None:
        raise ListNotPublished(number)
    return ListView(
        number=call_round.number,
        title=call_round.title,
        kind=newest.kind,
        version=newest.version,
        at=newest.at,
        sha256=newest.sha256,
        numbers=tuple(numbers_in(newest.entries)),
        entries=newest.entries,
    )


def applications(wanted: ApplicationFilter, *, session: Session) -> Page[ApplicationRow]:
    """List applications for those who review."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.round_number:
        of_call = select(CallRound.id).where(CallRound.number == wanted.round_number)
        conditions.append(HousingApplication.round_id.in_(of_call))
    if wanted.state:
        conditions.append(HousingApplication.state == wanted.state)
    if wanted.household_class:
        conditions.append(HousingApplication.household_class == wanted.household_class)
    if wanted.channel:
        conditions.append(HousingApplication.channel == wanted.channel)
    if wanted.text:
        number = wanted.text.strip().upper()
        conditions.append(HousingApplication.number.startswith(number, autoescape=True))
    chosen = select(HousingApplication.id).where(*conditions)
    order = (HousingApplication.counts_at, HousingApplication.id)
    ids = session.scalars(chosen.order_by(*order).offset(wanted.offset).limit(wanted.limit)).all()
    lines = session.execute(_lines().where(HousingApplication.id.in_(ids)).order_by(*order))
    total = session.scalar(select(func.count()).select_from(chosen.subquery()))
    return Page(
        rows=tuple(_row(*each) for each in lines),
        total=total or 0,
        offset=wanted.offset,
        limit=wanted.limit,
    )


def state_counts(round_number: str, *, session: Session) -> dict[str, int]:
    """Count the applications of a call, or of all calls, by state."""
    rows = select(HousingApplication.state, func.count()).group_by(HousingApplication.state)
    if round_number:
        rows = rows.join(CallRound, CallRound.id == HousingApplication.round_id)
        rows = rows.where(CallRound.number == round_number)
    return {str(state): int(count) for state, count in session.execute(rows)}


def own_applications(account_id: int, *, session: Session) -> list[ApplicationRow]:
    """List the applications of an account, the newest first."""
    rows = _lines().where(HousingApplication.account_id == account_id)
    return [_row(*each) for each in session.execute(rows.order_by(HousingApplication.id.desc()))]


def application(number: str, *, session: Session) -> ApplicationView:
    """Read one application.

    Raises:
        ApplicationNotFound: there is none.
    """
    found = application_by_number(number, session=session)
    line = session.execute(_lines().where(HousingApplication.id == found.id)).one()
    names = {each.code: each.name for each in communities(session=session)}
    places = select(QueuePlace).where(QueuePlace.application_id == found.id)
    return ApplicationView(
        row=_row(*line),
        sites=tuple(names.get(each, each) for each in sites_of(found.id, session=session)),
        postmark_on=found.postmark_on,
        received_at=found.received_at,
        may_extend=_may_extend(found, session),
        places=tuple(
            Place(site=names.get(each.site, each.site), position=each.position, state=each.state)
            for each in session.scalars(places)
        ),
        consents=tuple(
            ConsentLine(kind=each.kind, version=each.version, is_given=each.is_given, at=each.at)
            for each in consents_of(found.id, session=session).values()
        ),
        changes=tuple(
            ChangeLine(at=each.at, account_name=each.account_name, fields=tuple(each.fields))
            for each in changes_of(found.id, session=session)
        ),
    )


def drafts_of(account_id: str, *, session: Session) -> Sequence[DraftLine]:
    """List the applications an account has begun, the newest first."""
    rows = session.execute(
        select(SealedDraft, CallRound)
        .join(CallRound, CallRound.id == SealedDraft.round_id)
        .where(SealedDraft.account_id == account_id, CallRound.stage == "open")
        .order_by(SealedDraft.saved_at.desc())
    )
    return [
        DraftLine(
            round_number=call_round.number,
            title=call_round.title,
            step=draft.step,
            saved_at=draft.saved_at,
        )
        for draft, call_round in rows
    ]


def _may_extend(found: HousingApplication, session: Session) -> bool:
    running = newest_supplement(found.id, session=session)
    settings = settings_of(round_of(found.round_id, session=session))
    is_running = found.state == "supplement" and running is not None
    is_first = running is not None and running.extended_at is None
    return is_running and is_first and settings.may_extend(found.channel)


def _lines() -> Select[HousingApplication, CallRound, str, str]:
    lead = aliased(HousingApplication)
    return (
        select(HousingApplication, CallRound, Person.name, lead.number)
        .join(CallRound, CallRound.id == HousingApplication.round_id)
        .join(Person, Person.id == HousingApplication.person_id)
        .outerjoin(lead, lead.id == HousingApplication.merged_into_id)
    )


def _call(row: CallRound, session: Session) -> CallView:
    names = {each.code: each.name for each in communities(session=session)}
    counts = select(QualifiedList.count).where(QualifiedList.round_id == row.id)
    offers = select(CallOffer).where(CallOffer.round_id == row.id)
    order = (CallOffer.site, CallOffer.room_type, CallOffer.household_class)
    is_draw_first = row.kind == "periodic" and not settings_of(row).is_review_first
    drawn = result_of(row.id, session=session) if is_draw_first else None
    return CallView(
        number=row.number,
        kind=row.kind,
        title=row.title,
        stage=row.stage,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        published_at=row.published_at,
        income_limit_twd=row.income_limit_twd,
        property_limit_twd=row.property_limit_twd,
        years_limit=row.years_limit,
        list_sha256=row.list_sha256,
        awaits_draw=is_draw_first and row.stage == "frozen" and drawn is None,
        draw=DrawView(
            count=drawn.count, sha256=drawn.sha256, at=drawn.at, account_name=drawn.account_name
        )
        if drawn is not None
        else None,
        count=session.scalars(counts.order_by(QualifiedList.version.desc()).limit(1)).first(),
        offers=tuple(
            OfferLine(
                site=each.site,
                site_name=names.get(each.site, each.site),
                room_type=each.room_type,
                household_class=each.household_class,
                units=each.units,
            )
            for each in session.scalars(offers.order_by(*order))
        ),
    )


def _row(
    found: HousingApplication, call_round: CallRound, name: str, merged_into: str | None
) -> ApplicationRow:
    return ApplicationRow(
        number=found.number,
        round_number=call_round.number,
        round_title=call_round.title,
        name=name,
        channel=found.channel,
        state=found.state,
        state_at=found.state_at,
        counts_at=found.counts_at,
        household_class=found.household_class,
        room_type=found.room_type,
        lottery_number=found.lottery_number,
        draw_rank=found.draw_rank,
        reason_code=found.reason_code,
        supplement_rounds=found.supplement_rounds,
        needs_second=found.needs_second,
        merged_into=merged_into,
    )
