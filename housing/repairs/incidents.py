"""Mass incidents (大規模事故): one outage, many reporters, one case and one word to all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.types import CITY, Actor, InstanceRef
from housing.notices.service import notify
from housing.places.rules import COMMUNITY_PREFIX, code_of, community_scope
from housing.repairs.desk import (
    group_of,
    place_of,
    residents_of,
    scope_of,
    tell,
    ticket_by_number,
    ticket_of,
    words_of,
)
from housing.repairs.errors import (
    IncidentEnded,
    IncidentNotFound,
    IncidentNotPossible,
    IncidentTextMissing,
)
from housing.repairs.models import IncidentNews, RepairFollower, RepairIncident, RepairTicket
from housing.repairs.rules import FINAL_STAGES
from housing.slices import Call

LONGEST_TEXT = 500
KINDS = ("progress", "done")
"""What may be told of a running incident; that it was opened tells itself."""


OVER_MESSAGE = "repair.incident_over"
KEPT_FOR = timedelta(hours=1)
"""How long the message of an incident's end looks for somebody who waits for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """A word to all reporters: kind progress or done, and the text."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsView:
    """What was told, when, by whom, to how many people."""

    kind: str
    text: str
    at: datetime
    by_name: str
    told: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportView:
    """One report of the incident: the first, one merged into it, or one that may join."""

    number: str
    reporter_name: str
    place: str
    text: str
    submitted_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentView:
    """A mass incident as its page shows it.

    Attributes:
        number: of the ticket that goes on.
        stage: of that ticket.
        reports: the first report, then those merged into it.
        news: what all were told, oldest first.
    """

    id: int
    number: str
    community: str
    category: str
    stage: str
    announcement: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    reports: tuple[ReportView, ...]
    news: tuple[NewsView, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether its ticket still goes on."""
        return self.closed_at is None and self.stage not in FINAL_STAGES

    @property
    def scope(self) -> str:
        """Tell the scope of its people: the community."""
        return community_scope(self.community)


def open_incident(
    number: str, announcement: str, *, by: Actor, session: Session, clock: Clock
) -> int:
    """Make a mass incident of a ticket and tell everybody who reported it so far.

    Returns:
        The incident's id; a ticket that has one already gives that one.

    Raises:
        TicketNotFound: there is no such ticket.
        IncidentNotPossible: the ticket has ended or was merged.
        IncidentTextMissing: the announcement is empty or too long.
    """
    ticket = ticket_by_number(number, session=session)
    known = _of_ticket(ticket.id, session)
    if known is not None:
        return known.id
    if ticket.stage in FINAL_STAGES or ticket.instance_id is None:
        raise IncidentNotPossible(ticket.number)
    incident = RepairIncident(
        ticket_id=ticket.id,
        community=ticket.community,
        category=ticket.category,
        announcement=_checked(announcement),
        opened_at=clock.now(),
        opened_by=by.id,
        opened_by_name=by.name,
    )
    session.add(incident)
    session.flush()
    opened = News(kind="opened", text=incident.announcement)
    _tell_reporters(incident, opened, by=by, session=session, clock=clock)
    return incident.id


def tell_all(incident_id: int, news: News, *, by: Actor, session: Session, clock: Clock) -> None:
    """Tell all reporters of a running incident how it goes on.

    Raises:
        IncidentNotFound: there is none of this id.
        IncidentEnded: its ticket has ended.
        IncidentTextMissing: the text is empty or too long, or the kind is none of KINDS.
    """
    incident = _row(incident_id, session)
    ticket = ticket_of(incident.ticket_id, session=session)
    if ticket.stage in FINAL_STAGES:
        raise IncidentEnded(ticket.number)
    if news.kind not in KINDS:
        raise IncidentTextMissing(LONGEST_TEXT)
    checked = News(kind=news.kind, text=_checked(news.text))
    _tell_reporters(incident, checked, by=by, session=session, clock=clock)


def tell_of_joining(call: Call, target: RepairTicket, joined: RepairTicket) -> None:
    """Tell both sides that a report joined an incident: its reporter, and who runs it."""
    incident = _of_ticket(target.id, call.session)
    if incident is None:
        return
    fields = {"announcement": incident.announcement}
    tell(call, target, "incident_opened", [joined.reporter_id], fields)
    count = select(func.count()).where(RepairFollower.ticket_id == target.id)
    reports = 1 + (call.session.scalar(count) or 0)
    managers = group_of("property_manager", target, session=call.session)
    officers = group_of("officer", target, session=call.session)
    words = {"joined": joined.number, "reports": reports}
    tell(call, target, "incident_joined", [*managers, *officers], words)


def end_incident(call: Call, ticket: RepairTicket) -> None:
    """End the incident of a ticket that is closed; the notice of closing goes to all anyway."""
    incident = _of_ticket(ticket.id, call.session)
    if incident is not None and incident.closed_at is None:
        incident.closed_at = call.now
        tell_over(ticket.number, by=call.by, engine=call.engine, session=call.session)


def tell_over(number: str, *, by: Actor, engine: ProcessEngine, session: Session) -> None:
    """Tell whatever waits for the end of an incident, such as the announcement of an outage.

    Args:
        number: of the ticket that led the incident.
        by: who closed it.
        engine: carries the message.
        session: of the unit of work.
    """
    engine.publish_message(OVER_MESSAGE, number, ttl=KEPT_FOR, by=by, session=session)


def incident(incident_id: int, *, session: Session) -> IncidentView:
    """Read a mass incident.

    Raises:
        IncidentNotFound: there is none of this id.
    """
    return _view(_row(incident_id, session), session)


def incident_of(number: str, *, session: Session) -> IncidentView | None:
    """Find the mass incident that a ticket leads, or into which it was merged."""
    ticket = ticket_by_number(number, session=session)
    found = _of_ticket(ticket.duplicate_of_id or ticket.id, session)
    return None if found is None else _view(found, session)


def incidents_in(
    scopes: frozenset[str], *, is_open: bool | None = None, session: Session
) -> list[IncidentView]:
    """List the incidents of communities, the newest first; a scope "city" means all.

    Args:
        scopes: "community:SW" or "city"; none gives no incident.
        is_open: only running or only ended ones; None for both.
        session: any.
    """
    wanted = select(RepairIncident).order_by(RepairIncident.opened_at.desc()).limit(200)
    if CITY not in scopes:
        codes = [code_of(scope) for scope in scopes if scope.startswith(COMMUNITY_PREFIX)]
        wanted = wanted.where(RepairIncident.community.in_(codes))
    views = [_view(row, session) for row in session.scalars(wanted)]
    return [view for view in views if is_open is None or view.is_open == is_open]


def candidates(of: IncidentView, *, session: Session) -> list[ReportView]:
    """List reports that wait for triage and may belong to a running incident.

    They are of the same community and category; those of the common area come first.
    """
    if not of.is_open:
        return []
    found = session.scalars(
        select(RepairTicket)
        .where(
            RepairTicket.community == of.community,
            RepairTicket.category == of.category,
            RepairTicket.stage == "submitted",
            RepairTicket.number != of.number,
        )
        .order_by(~RepairTicket.is_common_area, RepairTicket.submitted_at)
        .limit(100)
    )
    return [_report(ticket, session) for ticket in found]


def _checked(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_TEXT:
        raise IncidentTextMissing(LONGEST_TEXT)
    return said


def _row(incident_id: int, session: Session) -> RepairIncident:
    found = session.get(RepairIncident, incident_id)
    if found is None:
        raise IncidentNotFound(str(incident_id))
    return found


def _of_ticket(ticket_id: int, session: Session) -> RepairIncident | None:
    return session.scalar(select(RepairIncident).where(RepairIncident.ticket_id == ticket_id))


def _tell_reporters(
    incident: RepairIncident, news: News, *, by: Actor, session: Session, clock: Clock
) -> None:
    ticket = ticket_of(incident.ticket_id, session=session)
    people = residents_of(ticket, session=session)
    said = "announcement" if news.kind == "opened" else "news"
    notify(
        people,
        f"incident_{news.kind}",
        {**words_of(ticket, session=session), said: news.text},
        instance=InstanceRef(
            id=ticket.instance_id or "", business_key=ticket.number, scope=scope_of(ticket)
        ),
        session=session,
        clock=clock,
    )
    session.add(
        IncidentNews(
            incident_id=incident.id,
            kind=news.kind,
            text=news.text,
            at=clock.now(),
            by_name=by.name,
            told=len(people),
        )
    )
    session.flush()


def _view(row: RepairIncident, session: Session) -> IncidentView:
    lead = ticket_of(row.ticket_id, session=session)
    merged = session.scalars(
        select(RepairTicket)
        .join(RepairFollower, RepairFollower.merged_ticket_id == RepairTicket.id)
        .where(RepairFollower.ticket_id == lead.id)
        .order_by(RepairFollower.since, RepairTicket.id)
    )
    news = session.scalars(
        select(IncidentNews).where(IncidentNews.incident_id == row.id).order_by(IncidentNews.id)
    )
    return IncidentView(
        id=row.id,
        number=lead.number,
        community=row.community,
        category=row.category,
        stage=lead.stage,
        announcement=row.announcement,
        opened_at=row.opened_at,
        opened_by=row.opened_by_name,
        closed_at=row.closed_at,
        reports=tuple(_report(each, session) for each in (lead, *merged)),
        news=_news(news.all()),
    )


def _news(rows: Sequence[IncidentNews]) -> tuple[NewsView, ...]:
    return tuple(
        NewsView(kind=row.kind, text=row.text, at=row.at, by_name=row.by_name, told=row.told)
        for row in rows
    )


def _report(ticket: RepairTicket, session: Session) -> ReportView:
    return ReportView(
        number=ticket.number,
        reporter_name=ticket.reporter_name,
        place=place_of(ticket, session=session),
        text=ticket.text,
        submitted_at=ticket.submitted_at,
    )
