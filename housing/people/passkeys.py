"""Passkeys (WebAuthn): registered, named and removed by their owner; one alone opens an account.

A passkey that verified its user, by a finger, a face or a PIN, is something one has and something
one is or knows: both factors at once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import webauthn
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from engine.clock import Clock
from housing.people import audit, locks, recovery, sessions
from housing.people.errors import PasskeyNotFound, PasskeyRefused, TooManyPasskeys
from housing.people.models import Account, LoginFailure, Passkey, PasskeyChallenge
from housing.people.rules import token_hash
from housing.people.service import SignInOutcome
from housing.people.sessions import Client

MOST = 10
"""Passkeys of one account."""

CHALLENGE_LIFE = timedelta(minutes=5)
REGISTER, SIGN_IN, CONFIRM = "register", "sign_in", "confirm"
_MALFORMED = (WebAuthnException, ValueError, RecursionError)  # the last from JSON in JSON in JSON
_LONGEST_NAME = 60
_LONGEST_ANSWER = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Who asks, as browsers know it.

    Attributes:
        id: domain that passkeys are bound to.
        name: as the phone shows it.
        origin: address from which alone answers are accepted.
    """

    id: str
    name: str
    origin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is put to a browser.

    Attributes:
        token: names the question, for the cookie of the form.
        options: JSON for `navigator.credentials`.
    """

    token: str = field(repr=False)
    options: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a browser gave back: the question's token, and its JSON as it came."""

    token: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """With what passkeys are registered and checked; the clock is the real one."""

    party: Party
    session: Session
    clock: Clock
    client: Client

    @property
    def now(self) -> datetime:
        """The real instant."""
        return self.clock.now()


def list_of(account_id: int, *, session: Session) -> Sequence[PasskeyView]:
    """List the passkeys of an account, the oldest first."""
    rows = _rows(account_id, session)
    return [
        PasskeyView(id=row.id, name=row.name, created_at=row.created_at, used_at=row.used_at)
        for row in rows
    ]


def ask_to_register(account_id: int, *, counter: Counter) -> Question:
    """Ask a browser to make a passkey.

    Raises:
        TooManyPasskeys: the account has ten.
    """
    account = counter.session.get_one(Account, account_id)
    known = _rows(account_id, counter.session)
    if len(known) >= MOST:
        raise TooManyPasskeys(MOST)
    account.passkey_handle = account.passkey_handle or secrets.token_urlsafe(32)
    options = webauthn.generate_registration_options(
        rp_id=counter.party.id,
        rp_name=counter.party.name,
        user_name=account.login,
        user_display_name=account.name,
        user_id=account.passkey_handle.encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    token = _keep(options.challenge, REGISTER, account_id, counter)
    return Question(token=token, options=webauthn.options_to_json(options))


def register(account_id: int, answer: Answer, name: str, *, counter: Counter) -> list[str]:
    """Keep a passkey that a browser made.

    Returns:
        Recovery codes, to be shown this once, when it is the first second factor; else nothing.

    Raises:
        PasskeyRefused: the answer does not fit the question.
    """
    challenge = _take(answer.token, REGISTER, account_id, counter)
    try:
        made = webauthn.verify_registration_response(
            credential=answer.text[:_LONGEST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=counter.party.id,
            expected_origin=counter.party.origin,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyRefused from error
    credential_id = bytes_to_base64url(made.credential_id)
    taken = select(Passkey.id).where(Passkey.credential_id == credential_id)
    if counter.session.scalar(taken) is not None:
        raise PasskeyRefused
    is_first = not recovery.has_factor(account_id, session=counter.session)
    row = Passkey(
        account_id=account_id,
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        name=name.strip()[:_LONGEST_NAME] or counter.client.device[:_LONGEST_NAME],
        created_at=counter.now,
    )
    counter.session.add(row)
    _note("passkey_added", account_id, counter)
    return recovery.renew(account_id, session=counter.session) if is_first else []


def remove(account_id: int, passkey_id: int, *, counter: Counter) -> None:
    """Forget a passkey of an account; with the last factor the recovery codes go.

    Raises:
        PasskeyNotFound: it has none of this id.
    """
    row = counter.session.get(Passkey, passkey_id)
    if row is None or row.account_id != account_id:
        raise PasskeyNotFound
    counter.session.delete(row)
    counter.session.flush()
    if not recovery.has_factor(account_id, session=counter.session):
        recovery.forget(account_id, session=counter.session)
    _note("passkey_removed", account_id, counter)


def ask(purpose: str, account_id: int | None, *, counter: Counter) -> Question:
    """Ask a browser to show a passkey: of one account, or of whoever has one here.

    Args:
        purpose: SIGN_IN or CONFIRM.
        account_id: None lets the browser offer all that it knows.
        counter: party, session, clock.
    """
    known = [] if account_id is None else _rows(account_id, counter.session)
    options = webauthn.generate_authentication_options(
        rp_id=counter.party.id,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    token = _keep(options.challenge, purpose, account_id, counter)
    return Question(token=token, options=webauthn.options_to_json(options))


def sign_in(answer: Answer, *, counter: Counter) -> SignInOutcome:
    """Open a session by a passkey alone; commit whatever comes out.

    A lock after wrong passwords does not hold: who locks somebody out does not have his passkey.
    """
    if locks.is_address_tired(counter.client.address, session=counter.session, now=counter.now):
        return SignInOutcome(kind="too_many")
    account_id = _owner(answer, SIGN_IN, None, counter)
    if account_id is None:
        return SignInOutcome(kind="wrong")
    token = sessions.open_one(
        account_id, client=counter.client, session=counter.session, now=counter.now
    )
    return SignInOutcome(kind="accepted", account_id=account_id, token=token)


def ask_second(waiting: str, *, counter: Counter) -> Question:
    """Ask a browser to show a passkey of the account whose sign-in waits for its second step.

    Raises:
        PasskeyRefused: none waits.
    """
    account_id = _waiting_account(waiting, counter)
    if account_id is None:
        raise PasskeyRefused
    return ask(SIGN_IN, account_id, counter=counter)


def finish_sign_in(waiting: str, answer: Answer, *, counter: Counter) -> SignInOutcome:
    """Open the session of a sign-in that waits for its second step; commit whatever comes out.

    Args:
        waiting: token of the sign-in.
        answer: of a passkey of the same account.
        counter: party, session, clock.
    """
    account_id = _waiting_account(waiting, counter)
    if account_id is None:
        return SignInOutcome(kind="over")
    if _owner(answer, SIGN_IN, account_id, counter) is None:
        return SignInOutcome(kind="wrong")
    token = sessions.finish_waiting(
        waiting, account_id, client=counter.client, session=counter.session, now=counter.now
    )
    return SignInOutcome(kind="accepted", account_id=account_id, token=token)


def confirm(account_id: int, token: str, answer: Answer, *, counter: Counter) -> bool:
    """Note that the owner of a session showed himself anew; commit whatever comes out."""
    if _owner(answer, CONFIRM, account_id, counter) is None:
        return False
    sessions.confirm(token, session=counter.session, now=counter.now)
    return True


def _owner(answer: Answer, purpose: str, account_id: int | None, counter: Counter) -> int | None:
    """Tell whose passkey answered; None, counted as a failure, when it is not right."""
    try:
        return _verified(answer, purpose, account_id, counter)
    except PasskeyRefused:
        counter.session.add(LoginFailure(address=counter.client.address, at=counter.now))
        _note("passkey_refused", account_id, counter)
        return None


def _verified(answer: Answer, purpose: str, account_id: int | None, counter: Counter) -> int:
    challenge = _take(answer.token, purpose, account_id, counter)
    text = answer.text[:_LONGEST_ANSWER]
    try:
        credential = parse_authentication_credential_json(text)
        row = _row_of(bytes_to_base64url(credential.raw_id), account_id, counter)
        shown = _check(text, row, challenge, counter)
    except _MALFORMED as error:
        raise PasskeyRefused from error
    row.sign_count, row.used_at = shown.new_sign_count, counter.now
    return row.account_id


def _check(text: str, row: Passkey, challenge: bytes, counter: Counter) -> VerifiedAuthentication:
    """Check signature, origin, user verification, and that the counter did not go back.

    A counter that goes back tells of a copied key (WebAuthn level 2, section 6.1.1).
    """
    return webauthn.verify_authentication_response(
        credential=text,
        expected_challenge=challenge,
        expected_rp_id=counter.party.id,
        expected_origin=counter.party.origin,
        credential_public_key=base64url_to_bytes(row.public_key),
        credential_current_sign_count=row.sign_count,
        require_user_verification=True,
    )


def _row_of(credential_id: str, account_id: int | None, counter: Counter) -> Passkey:
    row = counter.session.scalars(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    ).first()
    if row is None or (account_id is not None and row.account_id != account_id):
        raise PasskeyRefused
    if counter.session.get_one(Account, row.account_id).state != "active":
        raise PasskeyRefused
    return row


def _waiting_account(waiting: str, counter: Counter) -> int | None:
    return sessions.waiting_account(waiting, session=counter.session, now=counter.now)


def _keep(challenge: bytes, purpose: str, account_id: int | None, counter: Counter) -> str:
    token = secrets.token_urlsafe(24)
    counter.session.add(
        PasskeyChallenge(
            token_hash=token_hash(token),
            challenge=bytes_to_base64url(challenge),
            purpose=purpose,
            account_id=account_id,
            expires_at=counter.now + CHALLENGE_LIFE,
        )
    )
    return token


def _take(token: str, purpose: str, account_id: int | None, counter: Counter) -> bytes:
    """Use a question up: it is answered once, whatever the answer."""
    row = counter.session.get(PasskeyChallenge, token_hash(token), with_for_update=True)
    if row is None:
        raise PasskeyRefused
    counter.session.delete(row)
    counter.session.flush()
    if counter.now >= row.expires_at or (row.purpose, row.account_id) != (purpose, account_id):
        raise PasskeyRefused
    return base64url_to_bytes(row.challenge)


def _rows(account_id: int, session: Session) -> list[Passkey]:
    found = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    return list(session.scalars(found))


def count(account_id: int, *, session: Session) -> int:
    """Count the passkeys of an account."""
    found = select(func.count(Passkey.id)).where(Passkey.account_id == account_id)
    return session.scalar(found) or 0


def _descriptors(rows: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in rows]


def _note(kind: str, account_id: int | None, counter: Counter) -> None:
    audit.write(kind, account_id, counter.client.address, session=counter.session, now=counter.now)
