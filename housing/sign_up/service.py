"""The verbs of the ways to an account: begin, answer question by question, end with a password."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.types import CITY
from housing.notices import service as notices
from housing.people import mobiles, passwords
from housing.people import queries as people
from housing.people import service as accounts
from housing.people.models import Account
from housing.people.queries import AccountView
from housing.people.rules import check_email, check_mobile
from housing.people.service import NewAccount
from housing.persons import queries as persons
from housing.persons import service as person_verbs
from housing.persons.queries import PersonView
from housing.persons.rules import check_national_id, parse_birth_date
from housing.sign_up import claims, codes, drafts, first_sign_ins, limits
from housing.sign_up.codes import MAIL, SMS, Desk, Words
from housing.sign_up.drafts import OnTheWay
from housing.sign_up.errors import ConsentMissing, EmailMissing, EnrolmentOver
from housing.sign_up.models import Enrolment, ProofCode
from housing.sign_up.rules import check_name, open_step

CONSENT_VERSION = "115-01"
"""Of the notice by 個資法 §8; a changed text gets a new version, and both stay on record."""

_ADDRESS_BY_CHANNEL: Mapping[str, str] = {SMS: "mobile", MAIL: "email"}
"""Which answer a code is sent to."""

_WHO_AND_WHERE = frozenset({"national_id", "born_on", "mobile"})
"""Answers that decide together whether a code goes out by SMS, and about whom."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What stands at the end: a login, for a new account, and a password."""

    login: str
    password: str = field(repr=False)


def look(token: str, *, desk: Desk) -> OnTheWay:
    """Tell how far somebody is.

    Raises:
        EnrolmentOver: it ended, or there never was one.
    """
    row = drafts.look(token, session=desk.session, now=desk.now)
    return drafts.view(row, vault=desk.vault)


def answers_of(way: OnTheWay) -> frozenset[str]:
    """Name the questions that are answered."""
    marks = {
        "consent": way.has_consent,
        "sms": way.is_mobile_proven,
        "mail": way.is_email_proven,
        "password": False,
    }
    return frozenset(way.typed) | {step for step, is_done in marks.items() if is_done}


def agree(token: str, *, has_agreed: bool, desk: Desk) -> None:
    """Keep that somebody agreed to the notice, and to which version of it.

    Raises:
        ConsentMissing: the box was left empty.
    """
    if not has_agreed:
        raise ConsentMissing
    row = _row(token, desk)
    row.consent_version, row.consent_at = CONSENT_VERSION, desk.now


def answer(token: str, step: str, typed: str, *, is_demo: bool, desk: Desk) -> None:
    """Keep an answer; a number or address gets a code at once, also when it is for another person.

    Raises:
        EnrolmentOver: it ended.
        NationalIdInvalid, NationalIdOwnerless, BirthDateInvalid, NameMissing, MobileInvalid,
        EmailMissing, EmailInvalid: the answer cannot be used.
        TooManyCodes: a code cannot be sent now.
    """
    row = _row(token, desk)
    known = drafts.read(row, vault=desk.vault)
    known[step] = _readers(is_demo, desk)[step](typed)
    drafts.keep(row, known, vault=desk.vault)
    if step in _WHO_AND_WHERE:
        row.mobile_proven_at = row.account_id = None
        if "mobile" in known:
            _send(row, SMS, known, desk)
    elif step == "email":
        row.email_proven_at = None
        _send(row, MAIL, known, desk)


def send_again(token: str, channel: str, *, desk: Desk) -> None:
    """Send another code to the number or address given before.

    Raises:
        EnrolmentOver: it ended.
        TooManyCodes: a code cannot be sent now.
    """
    row = _row(token, desk)
    known = drafts.read(row, vault=desk.vault)
    if _ADDRESS_BY_CHANNEL[channel] not in known:
        raise EnrolmentOver
    _send(row, channel, known, desk)


def enter_code(token: str, channel: str, typed: str, *, desk: Desk) -> str:
    """Try a code; commit whatever comes out.

    Returns:
        As `codes.check`.
    """
    row = _row(token, desk)
    known = drafts.read(row, vault=desk.vault)
    address = known.get(_ADDRESS_BY_CHANNEL[channel], "")
    verdict = codes.check(row, channel, address, typed, desk=desk)
    if verdict == "right" and channel == SMS:
        row.mobile_proven_at = desk.now
    elif verdict == "right":
        row.email_proven_at = desk.now
    return verdict


def finish(token: str, choice: Choice, *, desk: Desk) -> str:
    """Open the account, or replace the password; the way there ends.

    Returns:
        The login.

    Raises:
        EnrolmentOver: it ended, or questions are still open.
        LoginInvalid, LoginTaken, PasswordTooShort, PasswordTooLong, PasswordTooCommon: choose
            another.
    """
    row = _row(token, desk)
    way = drafts.view(row, vault=desk.vault)
    if open_step(way.kind, answers_of(way)) != "password":
        raise EnrolmentOver
    if way.kind == "sign_up":
        account_id = _open(row, way, choice, desk)
    elif row.account_id is not None:
        account_id = _replace_password(row, row.account_id, choice, desk)
    elif way.kind == "first" and row.person_id is not None:
        account_id = _open_by_letter(row, row.person_id, choice, desk)
    else:
        raise EnrolmentOver
    login = desk.session.get_one(Account, account_id).login
    end(row, session=desk.session)
    return login


def end(row: Enrolment, *, session: Session) -> None:
    """Forget who was on the way, with all codes."""
    session.execute(delete(ProofCode).where(ProofCode.enrolment_id == row.id))
    session.delete(row)
    session.flush()


def purge(*, session: Session, now: datetime) -> None:
    """Forget who gave up, and what no limit looks at any more."""
    old = select(Enrolment.id).where(Enrolment.expires_at <= now)
    session.execute(delete(ProofCode).where(ProofCode.enrolment_id.in_(old)))
    session.execute(delete(Enrolment).where(Enrolment.expires_at <= now))
    limits.purge(session=session, now=now)


def _row(token: str, desk: Desk) -> Enrolment:
    return drafts.row_of(token, session=desk.session, now=desk.now)


def _readers(is_demo: bool, desk: Desk) -> Mapping[str, Callable[[str], str]]:
    """Name what reads the answer of each question."""
    today = local_date(desk.now)
    return {
        "national_id": lambda typed: check_national_id(typed, is_demo=is_demo)[0],
        "born_on": lambda typed: parse_birth_date(typed, today=today).isoformat(),
        "name": check_name,
        "mobile": check_mobile,
        "email": _email,
    }


def _email(typed: str) -> str:
    address = check_email(typed)
    if address is None:
        raise EmailMissing
    return address


def _send(row: Enrolment, channel: str, known: Mapping[str, str], desk: Desk) -> None:
    address = known[_ADDRESS_BY_CHANNEL[channel]]
    codes.ensure_rested(address, known.get("national_id", ""), desk=desk)
    if channel == SMS:
        _send_sms(row, known, desk)
    else:
        codes.send(row, MAIL, address, desk=desk)


def _send_sms(row: Enrolment, known: Mapping[str, str], desk: Desk) -> None:
    """Send a code, or tell the owner of a known account: what is seen here is the same."""
    mobile = known["mobile"]
    owner = _owner(known, desk)
    if row.kind == "forgotten":
        row.account_id = owner.id if owner else None
        send = codes.send if owner else codes.send_none
        send(row, SMS, mobile, desk=desk)
    elif owner is None:
        codes.send(row, SMS, mobile, desk=desk)
    else:
        words = Words(kind="account_known", fields={"what": owner.login}, path="/sign-in")
        codes.send_instead(row, SMS, mobile, words, desk=desk)


def _owner(known: Mapping[str, str], desk: Desk) -> AccountView | None:
    """Find the account of a citizen by national id, date of birth and proven or recorded number."""
    found = [*_of_register(known, desk), *_of_claims(known, desk)]
    return next((each for each in found if _may_help_himself(each)), None)


def _of_register(known: Mapping[str, str], desk: Desk) -> list[AccountView]:
    person = _registered(known, desk)
    if person is None or person.account_id is None:
        return []
    account = people.account(person.account_id, session=desk.session)
    numbers = {_proven_mobile(account.id, desk), _recorded_mobile(person, desk)}
    return [account] if known["mobile"] in numbers else []


def _of_claims(known: Mapping[str, str], desk: Desk) -> list[AccountView]:
    ids = claims.accounts_claiming(
        known["national_id"],
        date.fromisoformat(known["born_on"]),
        vault=desk.vault,
        session=desk.session,
    )
    found = people.accounts(ids, session=desk.session)
    return [each for each in found if _proven_mobile(each.id, desk) == known["mobile"]]


def _may_help_himself(account: AccountView) -> bool:
    return account.state == "active" and not account.works_here


def _registered(known: Mapping[str, str], desk: Desk) -> PersonView | None:
    """Find the person of the register with this national id and date of birth."""
    person_id = person_verbs.person_id_of(
        known["national_id"], vault=desk.vault, session=desk.session
    )
    if person_id is None:
        return None
    person = persons.person(person_id, session=desk.session)
    return person if person.born_on.isoformat() == known["born_on"] else None


def _proven_mobile(account_id: int, desk: Desk) -> str | None:
    row = desk.session.get_one(Account, account_id)
    return mobiles.read(row, desk.vault) if row.mobile_verified_at is not None else None


def _recorded_mobile(person: PersonView, desk: Desk) -> str | None:
    number = person_verbs.read_mobile(person.id, vault=desk.vault, session=desk.session)
    return number or None


def _open(row: Enrolment, way: OnTheWay, choice: Choice, desk: Desk) -> int:
    typed = way.typed
    account_id = _open_account(
        choice,
        name=typed["name"],
        language=row.language,
        email=typed["email"],
        mobile=typed["mobile"],
        desk=desk,
    )
    opened = desk.session.get_one(Account, account_id)
    opened.email_verified_at, opened.mobile_verified_at = row.email_proven_at, row.mobile_proven_at
    person = _registered(typed, desk)
    if person is not None:
        person_verbs.hold(person.id, session=desk.session)
        person = persons.person(person.id, session=desk.session)
    is_proven = (
        person is not None
        and person.account_id is None
        and person.died_on is None
        and _recorded_mobile(person, desk) == typed["mobile"]
    )
    claim = claims.NewClaim(
        account_id=account_id,
        national_id=typed["national_id"],
        name=typed["name"],
        born_on=date.fromisoformat(typed["born_on"]),
        consent_version=row.consent_version or "",
        consent_at=row.consent_at or desk.now,
    )
    claims.make(claim, person_id=person.id if person and is_proven else None, desk=desk)
    if not is_proven:
        _tell_known_owner(typed, desk)
    return account_id


def _tell_known_owner(typed: Mapping[str, str], desk: Desk) -> None:
    """Tell whose national id it is that somebody else may have signed up with it."""
    person_id = person_verbs.person_id_of(
        typed["national_id"], vault=desk.vault, session=desk.session
    )
    if person_id is None:
        return
    person = persons.person(person_id, session=desk.session)
    if person.account_id is None:
        return
    owner = people.account(person.account_id, session=desk.session)
    _tell(owner, "account_claimed", desk)


def _tell(owner: AccountView, kind: str, desk: Desk) -> None:
    """Tell the owner of an account what happens to it."""
    for channel in (SMS, MAIL):
        notices.tell_account(
            owner,
            kind,
            {"what": owner.login, "until": desk.now},
            "/account",
            channel=channel,
            session=desk.session,
            clock=desk.business_clock,
        )


def _open_by_letter(row: Enrolment, person_id: int, choice: Choice, desk: Desk) -> int:
    person = persons.person(person_id, session=desk.session)
    account_id = _open_account(
        choice,
        name=person.name,
        language=row.language,
        email=person.email,
        mobile=_recorded_mobile(person, desk) or "",
        desk=desk,
    )
    first_sign_ins.use_up(row, account_id, desk=desk)
    return account_id


def _open_account(  # noqa: PLR0913  # what an account is made of
    choice: Choice, *, name: str, language: str, email: str, mobile: str, desk: Desk
) -> int:
    new = NewAccount(
        login=choice.login,
        name=name,
        password=choice.password,
        language=language,
        memberships=(("applicant", CITY),),
        email=email,
    )
    account_id = accounts.open_account(new, session=desk.session, clock=desk.clock)
    mobiles.keep(desk.session.get_one(Account, account_id), mobile, desk.vault)
    return account_id


def _replace_password(row: Enrolment, account_id: int, choice: Choice, desk: Desk) -> int:
    passwords.replace(
        account_id, choice.password, client=desk.client, session=desk.session, clock=desk.clock
    )
    if row.kind == "forgotten":
        account = desk.session.get_one(Account, account_id)
        mobiles.keep(account, drafts.read(row, vault=desk.vault)["mobile"], desk.vault)
        account.mobile_verified_at = desk.now
    else:
        first_sign_ins.use_up(row, account_id, desk=desk)
    _tell(people.account(account_id, session=desk.session), "password_replaced", desk)
    return account_id
