"""A ticket that rests in another one: lists lead to that one, figures count it once."""

from datetime import datetime

from sqlalchemy.orm import Session

from housing.repairs.desk import enter_stage, ticket_by_number, turn_back
from housing.repairs.models import RepairTicket
from housing.slices import Merging


def join(ticket: RepairTicket, lead: RepairTicket, *, at: datetime, session: Session) -> None:
    """Note that a ticket is handled under another one.

    Raises:
        StageNotReachable: the ticket has ended.
    """
    ticket.duplicate_of_id = lead.id
    enter_stage(ticket, "merged", at=at, session=session)


def _merge(number: str, lead: str, *, session: Session, now: datetime) -> str:
    ticket = ticket_by_number(number, session=session)
    stage = ticket.stage
    join(ticket, ticket_by_number(lead, session=session), at=now, session=session)
    return stage


def _part(number: str, stage: str, *, session: Session, now: datetime) -> None:
    ticket = ticket_by_number(number, session=session)
    ticket.duplicate_of_id = None
    turn_back(ticket, stage, at=now, session=session)


def _was_dropped(number: str, *, session: Session) -> bool:
    return ticket_by_number(number, session=session).stage in {"cancelled", "merged"}


MERGING = Merging(merge=_merge, part=_part, was_dropped=_was_dropped)
