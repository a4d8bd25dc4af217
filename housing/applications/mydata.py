"""MyData: single-use transfers by consent. A failure never blocks: the applicant uploads instead.

The office asks, the person consents at MyData, and what comes is used once and never kept: only
that register, income and property came. Behind `MyData` stands the real service or a simulator.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.applications.desk import round_by_number, round_of
from housing.applications.errors import TransferUsed
from housing.applications.models import MyDataTransfer
from housing.applications.rules import CONSENT_TEXTS

TIMEOUT = timedelta(seconds=60)
"""An answer after this counts as none; the applicant uploads by hand."""

ANSWERS = frozenset({"ready", "refused", "failed"})


class MyData(Protocol):
    """Where a person consents."""

    def consent_address(self, token: str) -> str:
        """Give the address to which the person is led with the token of a transfer."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedMyData:
    """The simulator: a page of ours on which a person plays MyData, plainly labelled.

    Attributes:
        base: path of that page.
    """

    base: str

    def consent_address(self, token: str) -> str:
        """Give the simulator's page of a transfer."""
        return f"{self.base}/{token}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """A transfer as pages see it; `state` is asked, ready, refused, failed or used."""

    token: str
    state: str
    account_id: str
    round_number: str
    consent_version: str


def ask(account_id: str, round_number: str, *, session: Session, clock: Clock) -> str:
    """Begin a transfer; gives its token.

    Raises:
        RoundNotFound: there is no such call.
    """
    call_round = round_by_number(round_number, session=session)
    row = MyDataTransfer(
        token=secrets.token_hex(16),
        account_id=account_id,
        round_id=call_round.id,
        consent_version=CONSENT_TEXTS["mydata"],
        state="asked",
        sealed="",
        asked_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row.token


def answer(token: str, account_id: str, state: str, *, session: Session, clock: Clock) -> Transfer:
    """Take MyData's answer; one that comes after the timeout counts as a failure.

    Raises:
        TransferUsed: the transfer is unknown, somebody else's, or was answered before.
    """
    row = _row(token, account_id, session)
    if row.state != "asked" or state not in ANSWERS:
        raise TransferUsed
    is_late = clock.now() - row.asked_at > TIMEOUT
    row.state, row.answered_at = ("failed" if is_late else state), clock.now()
    session.flush()
    return _view(row, session)


def transfer(token: str, account_id: str, *, session: Session) -> Transfer:
    """Read a transfer of an account.

    Raises:
        TransferUsed: it is unknown or somebody else's.
    """
    return _view(_row(token, account_id, session), session)


def newest(account_id: str, round_number: str, *, session: Session) -> Transfer | None:
    """Read an account's newest transfer for a call; None without one."""
    call_round = round_by_number(round_number, session=session)
    rows = select(MyDataTransfer).where(
        MyDataTransfer.account_id == account_id, MyDataTransfer.round_id == call_round.id
    )
    row = session.scalars(rows.order_by(MyDataTransfer.id.desc()).limit(1)).first()
    return None if row is None else _view(row, session)


def use(account_id: str, round_number: str, *, session: Session, clock: Clock) -> bool:
    """Use the newest transfer up, once; tells whether there was one to use."""
    found = newest(account_id, round_number, session=session)
    if found is None or found.state != "ready":
        return False
    row = _row(found.token, account_id, session)
    row.state, row.used_at = "used", clock.now()
    session.flush()
    return True


def refuse_waiting(account_id: str, round_id: int, *, session: Session, clock: Clock) -> None:
    """Refuse the transfers of an account for a call that wait to be answered or used."""
    rows = select(MyDataTransfer).where(
        MyDataTransfer.account_id == account_id,
        MyDataTransfer.round_id == round_id,
        MyDataTransfer.state.in_(("asked", "ready")),
    )
    for row in session.scalars(rows):
        row.state, row.sealed, row.answered_at = "refused", "", clock.now()


def _row(token: str, account_id: str, session: Session) -> MyDataTransfer:
    row = session.scalar(select(MyDataTransfer).where(MyDataTransfer.token == token))
    if row is None or row.account_id != account_id:
        raise TransferUsed
    return row


def _view(row: MyDataTransfer, session: Session) -> Transfer:
    return Transfer(
        token=row.token,
        state=row.state,
        account_id=row.account_id,
        round_number=round_of(row.round_id, session=session).number,
        consent_version=row.consent_version,
    )
