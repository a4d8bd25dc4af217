"""Whether an account belongs to a name: the bank is asked outside of any transaction."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.db import Database
from engine.process_engine import ProcessEngine
from engine.types import SYSTEM
from housing.move_outs.accounts import asked_number
from housing.move_outs.errors import InquiryNotOpen
from housing.move_outs.models import BankInquiry
from housing.move_outs.queries import Inquiry, open_inquiries
from housing.move_outs.service import answer_inquiry
from housing.vault import Vault


class BankGateway(Protocol):
    """What a connection to a bank can do."""

    def check(self, inquiry: Inquiry) -> bool | None:
        """Tell whether the account belongs to the name; None as long as the bank does not know.

        Raises:
            OSError: the bank cannot be reached; it is asked again.
        """
        ...


class SimulatedBank:
    """A bank that knows nothing by itself: a person answers on the simulator's page."""

    def check(self, inquiry: Inquiry) -> bool | None:
        """Leave the answer to a person."""
        del inquiry  # whoever plays the bank reads it on the page
        return None


def ask(
    gateway: BankGateway,
    *,
    database: Database,
    engine: ProcessEngine,
    clock: Clock,
    vault: Vault,
) -> int:
    """Put every open question to the bank; call it outside of any unit of work.

    The bank is told the whole account number.

    Returns:
        How many it answered. An answer that came from elsewhere meanwhile stays.
    """
    with database.reading() as session:
        waiting = [_unmasked(each, vault, session) for each in open_inquiries(session=session)]
    answered = 0
    for inquiry in waiting:
        try:
            is_match = gateway.check(inquiry)
        except OSError:
            return answered  # the bank is away: the next round asks again
        if is_match is not None:
            with database.unit_of_work() as session:
                answered += _take_in(inquiry.id, is_match, engine, session, clock)
    return answered


def _unmasked(inquiry: Inquiry, vault: Vault, session: Session) -> Inquiry:
    row = session.get_one(BankInquiry, inquiry.id)
    return replace(inquiry, account_number=asked_number(row, vault=vault, session=session))


def _take_in(
    inquiry_id: int, is_match: bool, engine: ProcessEngine, session: Session, clock: Clock
) -> int:
    try:
        answer_inquiry(
            inquiry_id, is_match=is_match, by=SYSTEM, engine=engine, session=session, clock=clock
        )
    except InquiryNotOpen:
        return 0
    return 1
