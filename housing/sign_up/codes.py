"""Codes that prove a mobile number or an e-mail address: sent, tried five times, used once."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.delivery.office import STRANGER
from housing.notices import service as notices
from housing.people.queries import AccountView
from housing.people.sessions import Client
from housing.sign_up import limits
from housing.sign_up.errors import TooManyCodes
from housing.sign_up.models import Enrolment, ProofCode
from housing.sign_up.rules import (
    CODE_LIFE,
    CODE_TRIES,
    MOST_FOR_PERSON,
    MOST_FROM_NETWORK,
    MOST_TO_ADDRESS,
    new_code,
    plain_code,
)
from housing.vault import Vault

SMS, MAIL = "sms", "mail"
_KINDS = {SMS: "code_by_sms", MAIL: "code_by_mail"}
_NAMES = {"zh_Hant_TW": "申請人", "en": "applicant"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """With what codes are sent and checked.

    Attributes:
        clock: the real clock, never the demo's.
        business_clock: messages leave by it.
    """

    vault: Vault
    session: Session
    clock: Clock
    business_clock: Clock
    client: Client

    @property
    def now(self) -> datetime:
        """The real instant."""
        return self.clock.now()


def ensure_rested(address: str, national_id: str, *, desk: Desk) -> None:
    """Count a wish for a code.

    Raises:
        TooManyCodes: too many went to this number, for this person or from this network.
    """
    wanted = (
        (f"to:{desk.vault.blind(address)}", MOST_TO_ADDRESS),
        (f"id:{desk.vault.blind(national_id)}", MOST_FOR_PERSON),
        (f"from:{desk.client.address}", MOST_FROM_NETWORK),
    )
    if any(limits.is_tired(key, most, session=desk.session, now=desk.now) for key, most in wanted):
        raise TooManyCodes
    for key, _most in wanted:
        limits.note(key, session=desk.session, now=desk.now)


def send(
    row: Enrolment, channel: str, address: str, *, is_delivered: bool = True, desk: Desk
) -> None:
    """Draw a code for a number or address; it replaces the one before.

    Args:
        row: who is on the way.
        channel: sms or mail.
        address: where to.
        is_delivered: whether the code really goes out; without, nobody ever learns it, and pages
            behave alike.
        desk: keys, session and clocks.
    """
    now = desk.now
    _forget(row, channel, session=desk.session)
    drawn = new_code()
    code = ProofCode(
        enrolment_id=row.id,
        channel=channel,
        address_index=desk.vault.blind(address),
        code_hash="",
        message_id="",
        created_at=now,
        expires_at=now + CODE_LIFE,
        tries=0,
    )
    desk.session.add(code)
    desk.session.flush()
    code.code_hash = desk.vault.blind(_hashed(code.id, drawn))
    if is_delivered:
        code.message_id = notices.tell_account(
            stranger(row.language),
            _KINDS[channel],
            {"code": drawn},
            f"/sign-up/{channel}",
            channel=channel,
            recipient=f"{STRANGER}{code.id}",
            session=desk.session,
            clock=desk.business_clock,
        )


def check(row: Enrolment, channel: str, address: str, typed: str, *, desk: Desk) -> str:
    """Use a code up; every try is counted, so commit whatever comes out.

    Returns:
        "right"; "wrong"; or "over": it expired, was used, tried five times, or sent elsewhere.
    """
    code = desk.session.scalars(_newest(row.id, channel).with_for_update()).first()
    if code is None or not _is_good(code, address, desk):
        return "over"
    code.tries += 1
    wanted = desk.vault.blinds(_hashed(code.id, plain_code(typed)))
    if not any(hmac.compare_digest(code.code_hash, each) for each in wanted):
        return "wrong"
    code.used_at = desk.now
    return "right"


def newest(enrolment_id: int, channel: str, *, session: Session) -> ProofCode | None:
    """Find the code that was drawn last."""
    return session.scalars(_newest(enrolment_id, channel)).first()


def stranger(language: str, *, email: str | None = None, mobile: str | None = None) -> AccountView:
    """Speak of somebody who has no account yet as messages need him."""
    return AccountView(
        id=0,
        login="",
        name=_NAMES[language],
        language=language,
        state="active",
        email=email,
        mobile=mobile,
    )


def _newest(enrolment_id: int, channel: str) -> Select[ProofCode]:
    wanted = (ProofCode.enrolment_id == enrolment_id, ProofCode.channel == channel)
    return select(ProofCode).where(*wanted).order_by(ProofCode.id.desc()).limit(1)


def _is_good(code: ProofCode, address: str, desk: Desk) -> bool:
    is_open = code.used_at is None and desk.now < code.expires_at and code.tries < CODE_TRIES
    return is_open and code.address_index in desk.vault.blinds(address)


def _forget(row: Enrolment, channel: str, *, session: Session) -> None:
    session.execute(
        update(ProofCode)
        .where(ProofCode.enrolment_id == row.id, ProofCode.channel == channel)
        .values(tries=CODE_TRIES)
    )


def _hashed(code_id: int, code: str) -> str:
    return f"code|{code_id}|{code}"
