"""What the verbs of repairs share: finding rows, moving a ticket's stage, telling people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.notices.service import notify
from housing.people.queries import accounts_in
from housing.places.queries import ContractorView, community, contractor, contractor_for, unit
from housing.places.rules import community_scope, contractor_scope
from housing.records.service import latest_answers
from housing.repairs.errors import DuplicateOfItself, NoContractorFor, OrderNotFound, TicketNotFound
from housing.repairs.models import RepairFollower, RepairOrder, RepairStageChange, RepairTicket
from housing.repairs.rules import FINAL_STAGES, ensure_stage_reachable
from housing.slices import Call

KIND_BY_CLASS = {"B1": "warranty", "B2": "repair", "C2": "repair"}

WHAT_LENGTH = 40
"""So many characters of a report name it in a notice."""


def ticket_of(ticket_id: int, *, session: Session) -> RepairTicket:
    """Find a ticket by its id.

    Raises:
        TicketNotFound: there is none.
    """
    found = session.get(RepairTicket, int(ticket_id))
    if found is None:
        raise TicketNotFound(str(ticket_id))
    return found


def ticket_by_number(number: str, *, session: Session) -> RepairTicket:
    """Find a ticket by its number, or by its bare id as staff may type it.

    Raises:
        TicketNotFound: there is none.
    """
    text = number.strip().upper()
    if text.isdecimal():
        return ticket_of(int(text), session=session)
    found = session.scalar(select(RepairTicket).where(RepairTicket.number == text))
    if found is None:
        raise TicketNotFound(number)
    return found


def ticket_by_instance(instance_id: str, *, session: Session) -> RepairTicket:
    """Find the ticket of a process instance.

    Raises:
        TicketNotFound: there is none.
    """
    found = session.scalar(select(RepairTicket).where(RepairTicket.instance_id == instance_id))
    if found is None:
        raise TicketNotFound(instance_id)
    return found


def merge_target(ticket: RepairTicket, duplicate_of: object, *, session: Session) -> RepairTicket:
    """Find the open ticket that a report is merged into, through tickets merged themselves.

    Args:
        ticket: the later report.
        duplicate_of: number or id of the ticket that goes on.
        session: any.

    Raises:
        TicketNotFound: there is no such ticket.
        DuplicateOfItself: it is the same ticket, has ended, or is of another community.
    """
    target = ticket_by_number(str(duplicate_of), session=session)
    while target.duplicate_of_id is not None and target.id != ticket.id:
        target = ticket_of(target.duplicate_of_id, session=session)
    is_other = target.id != ticket.id and target.stage not in FINAL_STAGES
    if not is_other or target.community != ticket.community:
        raise DuplicateOfItself(ticket.number)
    return target


def order_of(order_id: int, *, session: Session) -> RepairOrder:
    """Find an order by its id.

    Raises:
        OrderNotFound: there is none.
    """
    found = session.get(RepairOrder, int(order_id))
    if found is None:
        raise OrderNotFound(int(order_id))
    return found


def orders_of(ticket_id: int, *, session: Session) -> list[RepairOrder]:
    """List the orders of a ticket, oldest first."""
    orders = select(RepairOrder).where(RepairOrder.ticket_id == ticket_id)
    return list(session.scalars(orders.order_by(RepairOrder.id)))


def enter_stage(ticket: RepairTicket, stage: str, *, at: datetime, session: Session) -> None:
    """Move a ticket to a stage and remember when; where it already is, nothing happens.

    Raises:
        StageNotReachable: the ticket has ended or the stage does not exist.
    """
    ensure_stage_reachable(ticket.stage, stage)
    if ticket.stage == stage:
        return
    turn_back(ticket, stage, at=at, session=session)


def turn_back(ticket: RepairTicket, stage: str, *, at: datetime, session: Session) -> None:
    """Bring a ticket into a stage whatever it is in now, as when a merger is undone."""
    ticket.stage, ticket.stage_at = stage, at
    session.add(RepairStageChange(ticket_id=ticket.id, stage=stage, at=at))


def move(call: Call, ticket: RepairTicket, stage: str) -> None:
    """Move a ticket to a stage at the instant of a call."""
    enter_stage(ticket, stage, at=call.now, session=call.session)


def scope_of(ticket: RepairTicket) -> str:
    """Name the scope of a ticket's tasks: its community."""
    return community_scope(ticket.community)


def place_of(ticket: RepairTicket, *, session: Session) -> str:
    """Say where it is: community, home or common area, place in it."""
    where = (
        unit(ticket.unit_id, session=session).label
        if ticket.unit_id is not None
        else community(ticket.community, session=session).name
    )
    return f"{where} {ticket.place}".strip()


def words_of(ticket: RepairTicket, *, session: Session) -> dict[str, object]:
    """Give the fields that every notice about a ticket may use."""
    return {
        "what": ticket.text[:WHAT_LENGTH],
        "category": ticket.category,
        "place": place_of(ticket, session=session),
    }


def residents_of(ticket: RepairTicket, *, session: Session) -> list[int]:
    """List who reported: the reporter and those whose reports were merged into this one."""
    followers = select(RepairFollower.account_id).where(RepairFollower.ticket_id == ticket.id)
    return sorted({ticket.reporter_id, *session.scalars(followers)})


def group_of(group: str, ticket: RepairTicket, *, session: Session) -> list[int]:
    """List who holds a role in the ticket's community or in the whole city."""
    return [each.id for each in accounts_in(group, scope_of(ticket), session=session)]


def people_of(contractor: str, *, session: Session) -> list[int]:
    """List the accounts of a contractor."""
    members = accounts_in("contractor", contractor_scope(contractor), session=session)
    return [each.id for each in members]


def tell(
    call: Call, ticket: RepairTicket, kind: str, to: list[int], fields: Mapping[str, object]
) -> None:
    """Write a notice about a ticket to the outbox."""
    notify(
        to,
        kind,
        {**words_of(ticket, session=call.session), **fields},
        instance=call.instance,
        session=call.session,
        clock=call.clock,
    )


def tell_residents(
    call: Call, ticket: RepairTicket, kind: str, fields: Mapping[str, object]
) -> None:
    """Write a notice to the reporter and the followers of a ticket."""
    tell(call, ticket, kind, residents_of(ticket, session=call.session), fields)


def contractor_of(call: Call, ticket: RepairTicket, repair_class: str) -> ContractorView:
    """Choose who repairs: who had this work before, else who serves the community."""
    kind = KIND_BY_CLASS.get(repair_class, "repair")
    before = orders_of(ticket.id, session=call.session)
    if not before and ticket.rework_of_id is not None:
        before = orders_of(ticket.rework_of_id, session=call.session)
    for order in reversed(before):
        if KIND_BY_CLASS[order.repair_class] == kind:
            return contractor(order.contractor, session=call.session)
    company = contractor_for(ticket.community, kind, session=call.session)
    if company is None:
        raise NoContractorFor(ticket.community, repair_class)
    return company


def rows_of(
    call: Call, form_key: str, field: str, *, since: datetime | None = None
) -> Sequence[Mapping[str, object]]:
    """Read the rows of a list in the form of this key that was handed in last."""
    answers = latest_answers(call.instance.id, form_key, since=since, session=call.session)
    rows = answers.get(field)
    return rows if isinstance(rows, list) else []
