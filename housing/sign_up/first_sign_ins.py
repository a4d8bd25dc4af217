"""Letters of the office with a code for the first sign-in: issued, proven with a second fact, used.

There are no passwords of the office: the code only leads to the page where a person chooses one.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from engine.calendar import local_date
from engine.types import Actor
from housing.people import audit, second_factor
from housing.people.queries import account as account_of
from housing.persons import queries as persons
from housing.persons import service as person_verbs
from housing.persons.errors import BirthDateInvalid
from housing.persons.queries import PersonView
from housing.persons.rules import parse_birth_date
from housing.sign_up import binding, claims, drafts, limits
from housing.sign_up.codes import Desk
from housing.sign_up.errors import (
    AccountClosed,
    CheckMissing,
    EnrolmentOver,
    PersonDead,
    TooManyCodes,
    WorksHere,
)
from housing.sign_up.models import Enrolment, FirstSignIn
from housing.sign_up.rules import (
    LETTER_LIFE,
    LETTER_TRIES,
    MIN_CHECK_LENGTH,
    MOST_FROM_NETWORK,
    new_letter_code,
    plain_digits,
    plain_letter_code,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A letter that was just issued.

    Attributes:
        code: shown this once.
        login: of the account that gets a new password; "" when a new account is opened.
    """

    code: str = field(repr=False)
    expires_at: datetime
    login: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterView:
    """A letter that was issued: state is open, used, revoked, tried (too often) or expired."""

    issued_at: datetime
    issued_by_name: str
    checked: str
    expires_at: datetime
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What somebody shows to begin.

    Attributes:
        code: of the letter.
        born_on: date of birth.
        digits: the last four of the national id.
    """

    code: str = field(repr=False)
    born_on: str = ""
    digits: str = field(default="", repr=False)


def issue(person_id: int, checked: str, *, by: Actor, desk: Desk) -> Issued:
    """Issue a letter; one that was issued before is worthless from now on.

    Args:
        person_id: for whom.
        checked: how the officer knows who it is.
        by: the officer.
        desk: keys, session and clocks.

    Raises:
        PersonNotFound: there is none.
        CheckMissing: it is not said how that was checked.
        PersonDead: the person has died.
        AccountClosed: the person's account was closed: a new password would open nothing.
        WorksHere: the account has roles of the office, or is the officer's own.
    """
    if len(checked.strip()) < MIN_CHECK_LENGTH:
        raise CheckMissing(MIN_CHECK_LENGTH)
    person = persons.person(person_id, session=desk.session)
    login = _login_of(person, by, desk)
    if person.died_on is not None:
        raise PersonDead
    _revoke(person_id, desk)
    code = new_letter_code()
    row = FirstSignIn(
        person_id=person_id,
        code_index=desk.vault.blind(plain_letter_code(code)),
        issued_at=desk.now,
        issued_by=by.id,
        issued_by_name=by.name,
        checked=checked.strip()[:300],
        expires_at=desk.now + LETTER_LIFE,
        tries=0,
    )
    desk.session.add(row)
    desk.session.flush()
    return Issued(code=code, expires_at=row.expires_at, login=login)


def letters_of(person_id: int, *, desk: Desk) -> list[LetterView]:
    """List what was issued for a person, the newest first."""
    rows = desk.session.scalars(
        select(FirstSignIn)
        .where(FirstSignIn.person_id == person_id)
        .order_by(FirstSignIn.id.desc())
    )
    return [
        LetterView(
            issued_at=row.issued_at,
            issued_by_name=row.issued_by_name,
            checked=row.checked,
            expires_at=row.expires_at,
            state=_state(row, desk.now),
        )
        for row in rows
    ]


def prove(shown: Shown, language: str, *, desk: Desk) -> str | None:
    """Begin with a letter; commit whatever comes out, wrong tries are counted.

    Returns:
        The token for the cookie; None when something does not fit, which is not told apart.

    Raises:
        TooManyCodes: too many came from this network.
    """
    network = f"letter:{desk.client.address}"
    if limits.is_tired(network, MOST_FROM_NETWORK, session=desk.session, now=desk.now):
        raise TooManyCodes
    wanted = desk.vault.blinds(plain_letter_code(shown.code))
    row = desk.session.scalars(
        select(FirstSignIn).where(FirstSignIn.code_index.in_(wanted)).with_for_update()
    ).first()
    if row is None or not _fits(row, shown, desk):
        limits.note(network, session=desk.session, now=desk.now)
        return None
    person = persons.person(row.person_id, session=desk.session)
    token = drafts.let_in("first", language, vault=desk.vault, session=desk.session, now=desk.now)
    desk.session.flush()
    enrolment = drafts.row_of(token, session=desk.session, now=desk.now)
    enrolment.person_id, enrolment.first_sign_in_id = person.id, row.id
    enrolment.account_id = person.account_id
    return token


def use_up(enrolment: Enrolment, account_id: int, *, desk: Desk) -> None:
    """End a letter with the account it led to, and bind that to its person.

    Raises:
        EnrolmentOver: the letter was used, revoked or has expired meanwhile.
    """
    row = desk.session.get(FirstSignIn, enrolment.first_sign_in_id, with_for_update=True)
    if row is None or _state(row, desk.now) != "open":
        raise EnrolmentOver
    row.used_at = desk.now
    second_factor.forget(account_id, session=desk.session)
    binding.bind(row.person_id, account_id, session=desk.session, clock=desk.business_clock)
    claims.settle(account_id, claims.LETTER, session=desk.session, now=desk.now)
    audit.write(
        "first_sign_in", account_id, desk.client.address, session=desk.session, now=desk.now
    )


def _login_of(person: PersonView, by: Actor, desk: Desk) -> str:
    if person.account_id is None:
        return ""
    account = account_of(person.account_id, session=desk.session)
    if account.state != "active":
        raise AccountClosed
    if account.works_here or str(account.id) == by.id:
        raise WorksHere
    return account.login


def _revoke(person_id: int, desk: Desk) -> None:
    desk.session.execute(
        update(FirstSignIn)
        .where(
            FirstSignIn.person_id == person_id,
            FirstSignIn.used_at.is_(None),
            FirstSignIn.revoked_at.is_(None),
        )
        .values(revoked_at=desk.now)
    )


def _fits(row: FirstSignIn, shown: Shown, desk: Desk) -> bool:
    """Compare the second facts; a wrong one is counted on the letter."""
    if _state(row, desk.now) != "open":
        return False
    person = persons.person(row.person_id, session=desk.session)
    known = f"{person.born_on.isoformat()}|{_last_digits(row.person_id, desk)}"
    typed = f"{_day(shown.born_on, desk)}|{plain_digits(shown.digits)}"
    if hmac.compare_digest(known.encode(), typed.encode()):
        return True
    row.tries += 1
    return False


def _day(typed: str, desk: Desk) -> str:
    try:
        return parse_birth_date(typed, today=local_date(desk.now)).isoformat()
    except BirthDateInvalid:
        return ""


def _last_digits(person_id: int, desk: Desk) -> str:
    return person_verbs.last_digits(person_id, vault=desk.vault, session=desk.session)


def _state(row: FirstSignIn, now: datetime) -> str:
    if row.used_at is not None:
        return "used"
    if row.revoked_at is not None:
        return "revoked"
    if row.tries >= LETTER_TRIES:
        return "tried"
    return "expired" if now >= row.expires_at else "open"
