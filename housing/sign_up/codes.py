"""Codes that prove a mobile number or an e-mail address: sent, tried five times, used once."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.delivery.office import STRANGER
from housing.notices import service as notices
from housing.notices.wording import spoken
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a message says: a kind of notice with its fields, and the page it leads to."""

    kind: str
    fields: Mapping[str, object]
    path: str


def ensure_rested(address: str, national_id: str, *, desk: Desk) -> None:
    """Count a wish for a code.

    Raises:
        TooManyCodes: too many went to this number, for this person or from this network.
    """
    wanted = (
        (f"to:{desk.vault.blind(address)}", MOST_TO_ADDRESS),
        (f"id:{desk.vault.blind(national_id)}", MOST_FOR_PERSON),
        (f"from:{desk.client.address}", MOST_FROM_NETWORK),
    )  # always in this order: they are queued for
    if any(limits.is_tired(key, most, session=desk.session, now=desk.now) for key, most in wanted):
        raise TooManyCodes
    for key, _most in wanted:
        limits.note(key, session=desk.session, now=desk.now)


def send(row: Enrolment, channel: str, address: str, *, desk: Desk) -> None:
    """Draw a code for a number or address and send it there; the one before is worthless."""
    code, drawn = _draw(row, channel, address, desk)
    words = Words(kind=_KINDS[channel], fields={"code": drawn}, path=f"/sign-up/{channel}")
    _write(row, code, words, desk)


def send_none(row: Enrolment, channel: str, address: str, *, desk: Desk) -> None:
    """Draw a code that nobody ever learns: pages behave as if one had been sent."""
    _draw(row, channel, address, desk)


def send_instead(row: Enrolment, channel: str, address: str, words: Words, *, desk: Desk) -> None:
    """Send other words than a code, while pages behave as if one had been sent."""
    code, _drawn = _draw(row, channel, address, desk)
    _write(row, code, words, desk)


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
        name=spoken(_NAMES, language),
        language=language,
        state="active",
        email=email,
        mobile=mobile,
    )


def _draw(row: Enrolment, channel: str, address: str, desk: Desk) -> tuple[ProofCode, str]:
    drawn = new_code()
    code = ProofCode(
        enrolment_id=row.id,
        channel=channel,
        address_index=desk.vault.blind(address),
        code_hash="",
        message_id="",
        created_at=desk.now,
        expires_at=desk.now + CODE_LIFE,
        tries=0,
    )
    desk.session.add(code)
    desk.session.flush()
    code.code_hash = desk.vault.blind(_hashed(code.id, drawn))
    return code, drawn


def _write(row: Enrolment, code: ProofCode, words: Words, desk: Desk) -> None:
    """Write a message to the number or address that a code is for."""
    code.message_id = notices.tell_account(
        stranger(row.language),
        words.kind,
        words.fields,
        words.path,
        channel=code.channel,
        recipient=f"{STRANGER}{code.id}",
        session=desk.session,
        clock=desk.business_clock,
    )


def _newest(enrolment_id: int, channel: str) -> Select[ProofCode]:
    wanted = (ProofCode.enrolment_id == enrolment_id, ProofCode.channel == channel)
    return select(ProofCode).where(*wanted).order_by(ProofCode.id.desc()).limit(1)


def _is_good(code: ProofCode, address: str, desk: Desk) -> bool:
    is_open = code.used_at is None and desk.now < code.expires_at and code.tries < CODE_TRIES
    return is_open and code.address_index in desk.vault.blinds(address)


def _hashed(code_id: int, code: str) -> str:
    return f"code|{code_id}|{code}"
