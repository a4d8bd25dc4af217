"""Who an account says it is: claimed at the sign-up, proven by phone, letter or at the counter."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import Page
from engine.types import Actor
from housing.notices import service as notices
from housing.people import queries as people
from housing.people.models import Account
from housing.people.rules import mask_mobile
from housing.persons import queries as persons
from housing.persons.models import Person
from housing.persons.rules import mask_national_id
from housing.sign_up import binding
from housing.sign_up.codes import Desk
from housing.sign_up.errors import CheckMissing, ClaimDecided, ClaimNotFound
from housing.sign_up.models import IdentityClaim
from housing.sign_up.rules import MIN_CHECK_LENGTH
from housing.vault import Place, Vault

PHONE, COUNTER, LETTER = "phone", "counter", "letter"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClaim:
    """Who somebody says to be; the consent is that to the notice by 個資法 §8."""

    account_id: int
    national_id: str = field(repr=False)
    name: str
    born_on: date
    consent_version: str
    consent_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimView:
    """A claim beside what the register says of that national id.

    Attributes:
        national_id: masked.
        mobile: of the account, proven by a code; masked.
        person_id: of the register.
        is_same_day: whether both dates of birth agree.
        known_mobile: of the register; masked, "" without one.
        has_account: whether another account stands for the person.
    """

    id: int
    name: str
    national_id: str
    born_on: date
    mobile: str
    made_at: datetime
    person_id: int
    known_name: str
    is_same_day: bool
    known_mobile: str
    has_account: bool


def make(claim: NewClaim, *, person_id: int | None, desk: Desk) -> None:
    """Keep a claim; with a person the phone on record has proven it, and it is bound at once."""
    row = IdentityClaim(
        account_id=claim.account_id,
        national_id_sealed="",
        national_id_index=desk.vault.blind(claim.national_id),
        national_id_masked=mask_national_id(claim.national_id),
        name=claim.name,
        born_on=claim.born_on,
        consent_version=claim.consent_version,
        consent_at=claim.consent_at,
        state="open",
        made_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    row.national_id_sealed = desk.vault.seal(claim.national_id, _place(row))
    if person_id is not None:
        binding.bind(person_id, claim.account_id, session=desk.session, clock=desk.business_clock)
        row.state, row.proof, row.decided_at = "confirmed", PHONE, desk.now


def confirm(claim_id: int, checked: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """Bind an account to the person it claims to be, after an officer checked who it is.

    Raises:
        ClaimNotFound, ClaimDecided: there is nothing to decide.
        CheckMissing: it is not said how that was checked.
        PersonHasAccount, PersonDead: as `binding.bind`.
    """
    row = _open_row(claim_id, checked, by, session)
    person_id = session.scalar(
        select(Person.id).where(Person.national_id_index == row.national_id_index)
    )
    if person_id is None:
        raise ClaimNotFound
    binding.bind(person_id, row.account_id, session=session, clock=clock)
    _decide(row, "confirmed", checked, by, session, clock)
    row.proof = COUNTER


def refuse(claim_id: int, reason: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """Refuse a claim; the account stays, but sees nothing of that person.

    Raises:
        ClaimNotFound, ClaimDecided: there is nothing to decide.
        CheckMissing: there is no reason.
    """
    row = _open_row(claim_id, reason, by, session)
    _decide(row, "refused", reason, by, session, clock)


def settle(account_id: int, proof: str, *, session: Session, now: datetime) -> None:
    """Note that another proof settled the claim of an account; without a claim nothing happens."""
    row = session.scalars(
        select(IdentityClaim).where(
            IdentityClaim.account_id == account_id, IdentityClaim.state == "open"
        )
    ).first()
    if row is not None:
        row.state, row.proof, row.decided_at = "confirmed", proof, now


def waiting(*, offset: int, limit: int, session: Session) -> Page[ClaimView]:
    """List open claims to people the register knows, the oldest first; the others can wait."""
    found = (
        select(IdentityClaim, Person, Account.mobile)
        .join(Person, Person.national_id_index == IdentityClaim.national_id_index)
        .join(Account, Account.id == IdentityClaim.account_id)
        .where(IdentityClaim.state == "open", Account.state == "active")
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pairs = session.execute(found.order_by(IdentityClaim.id).offset(offset).limit(limit))
    rows = tuple(
        ClaimView(
            id=row.id,
            name=row.name,
            national_id=row.national_id_masked,
            born_on=row.born_on,
            mobile=mask_mobile(mobile or ""),
            made_at=row.made_at,
            person_id=person.id,
            known_name=person.name,
            is_same_day=person.born_on == row.born_on,
            known_mobile=mask_mobile(person.mobile),  # once more does no harm
            has_account=person.account_id is not None,
        )
        for row, person, mobile in pairs
    )
    return Page(rows=rows, total=total, offset=offset, limit=limit)


def state_of(account_id: int, *, session: Session) -> str | None:
    """Tell how the claim of an account stands: open, confirmed, refused; None without one.

    An account that came to stand for its person in another way, as by an application, is confirmed.
    """
    wanted = select(IdentityClaim.state).where(IdentityClaim.account_id == account_id)
    state = session.scalar(wanted)
    is_bound = persons.person_of_account(account_id, session=session) is not None
    return "confirmed" if state == "open" and is_bound else state


def accounts_claiming(
    national_id: str, born_on: date, *, vault: Vault, session: Session
) -> list[int]:
    """List the accounts that claim to be somebody and were not refused."""
    wanted = select(IdentityClaim.account_id).where(
        IdentityClaim.national_id_index.in_(vault.blinds(national_id)),
        IdentityClaim.born_on == born_on,
        IdentityClaim.state != "refused",
    )
    return list(session.scalars(wanted))


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` national ids under the newest key.

    Returns:
        How many were changed; 0 when all are.
    """
    old = ~IdentityClaim.national_id_sealed.startswith(f"{vault.newest}:", autoescape=True)
    rows = session.scalars(
        select(IdentityClaim).where(old).order_by(IdentityClaim.id).limit(limit)
    ).all()
    for row in rows:
        national_id = vault.open(row.national_id_sealed, _place(row))
        row.national_id_sealed = vault.seal(national_id, _place(row))
        row.national_id_index = vault.blind(national_id)
    session.flush()
    return len(rows)


def _open_row(claim_id: int, words: str, by: Actor, session: Session) -> IdentityClaim:
    if len(words.strip()) < MIN_CHECK_LENGTH:
        raise CheckMissing(MIN_CHECK_LENGTH)
    row = session.get(IdentityClaim, claim_id, with_for_update=True)
    if row is None or by.id == str(row.account_id):
        raise ClaimNotFound
    if people.account(row.account_id, session=session).state != "active":
        raise ClaimNotFound
    if row.state != "open":
        raise ClaimDecided
    return row


def _decide(  # noqa: PLR0913  # a decision and its circumstances
    row: IdentityClaim, state: str, words: str, by: Actor, session: Session, clock: Clock
) -> None:
    row.state, row.decided_at = state, clock.now()
    row.decided_by, row.decided_by_name, row.reason = by.id, by.name, words.strip()[:300]
    account = people.account(row.account_id, session=session)
    notices.tell_account(
        account,
        f"identity_{state}",
        {"reason": row.reason} if state == "refused" else {},
        "/account",
        channel="mail",
        session=session,
        clock=clock,
    )


def _place(row: IdentityClaim) -> Place:
    return Place(table=IdentityClaim.__tablename__, column="national_id_sealed", row=row.id)
