"""Import the synthetic set as a closed call of the demo city, each with its process."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import FrozenClock
from engine.types import CITY, Actor
from housing.applications.desk import next_serial
from housing.applications.models import (
    ApplicationConsent,
    ApplicationDocument,
    ApplicationMember,
    ApplicationSite,
    CallRound,
    HousingApplication,
)
from housing.applications.rounds import NewRound, open_at_once
from housing.applications.rules import CONSENT_TEXTS, application_number
from housing.applications.service import PROCESS
from housing.bootstrap import Application
from housing.demo.synthetic import Applied, Human
from housing.people.models import Account, Membership
from housing.persons.models import Person
from housing.persons.rules import mask_national_id
from housing.persons.service import sealed_columns
from housing.records.models import CaseParty
from housing.records.rules import account_party

TITLE = "東區尚武好宅 113 年招租（合成資料）"
SITE = "SW"
INTAKE = timedelta(days=30)
LAST_HOUR = timedelta(hours=1)
BATCH = 50
UNUSABLE = "!"
"""No password has this hash: nobody signs in as a synthetic applicant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What was imported: the call, and each application with its case and account."""

    round_number: str
    cases: dict[str, "Case"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An imported application; `by` is the applicant, or None for paper."""

    applied: Applied
    number: str
    instance_id: str
    by: Actor | None


def import_set(
    application: Application,
    clock: FrozenClock,
    applied: Sequence[Applied],
    *,
    progress: Callable[[int], object],
) -> Imported:
    """Import applications of an intake that ends an hour after the clock's instant.

    Their cases wait for the closing time, as those of people do.

    Args:
        application: the demo city, on that clock.
        clock: stands at the beginning of the last hour.
        applied: of `synthetic.the_set`.
        progress: called with how many came in.
    """
    officer = _officer(application)
    call_round = _round(application, clock)
    closes_at = clock.now() + LAST_HOUR
    found: dict[str, Case] = {}
    for begin in range(0, len(applied), BATCH):
        batch = applied[begin : begin + BATCH]
        with application.unit_of_work() as session:
            for case in _import(
                application, clock, (call_round, closes_at, officer), batch, session
            ):
                found[case.instance_id] = case
        progress(len(batch))
    return Imported(round_number=call_round.number, cases=found)


def _round(application: Application, clock: FrozenClock) -> CallRound:
    opened_at = clock.now() - INTAKE
    onward = FrozenClock(opened_at)
    with application.unit_of_work() as session:
        call_round = open_at_once(
            NewRound(kind="periodic", title=TITLE, closes_at=clock.now() + LAST_HOUR),
            session=session,
            clock=onward,
        )
        session.flush()
        session.expunge(call_round)
    return call_round


def _import(
    application: Application,
    clock: FrozenClock,
    call: tuple[CallRound, datetime, Actor],
    batch: Sequence[Applied],
    session: Session,
) -> Iterable[Case]:
    """Write the rows of a batch at once, then start its processes."""
    call_round, closes_at, officer = call
    people = _people(application, clock, batch, session)
    accounts = _accounts(clock, batch, people, session)
    first_id = (session.scalar(select(func.max(HousingApplication.id))) or 0) + 1
    numbers = _numbers(clock, len(batch), session)
    rows = [
        _row(each, place + first_id, numbers[place], (call_round, closes_at), people, accounts)
        for place, each in enumerate(batch)
    ]
    session.execute(insert(HousingApplication), rows)
    _children(rows, batch, people, closes_at, session)
    for row, each in zip(rows, batch, strict=True):
        account_id = accounts.get(each.index)
        by = officer if account_id is None else _applicant(account_id, each)
        result = application.engine.start(
            PROCESS,
            {"application_id": row["id"]},
            business_key=str(row["number"]),
            scope=CITY,
            by=by,
            session=session,
        )
        _bind(row["id"], result.instance_id, account_id, session)
        yield Case(
            applied=each,
            number=str(row["number"]),
            instance_id=result.instance_id,
            by=None if account_id is None else by,
        )


def _bind(
    application_id: object, instance_id: str, account_id: int | None, session: Session
) -> None:
    row = session.get_one(HousingApplication, application_id)
    row.instance_id = instance_id
    if account_id is not None:
        party = account_party(account_id)
        session.add(CaseParty(instance_id=instance_id, party=party, relation="reporter"))


def _applicant(account_id: int, each: Applied) -> Actor:
    return Actor(
        id=str(account_id),
        name=each.applicant.name,
        groups=frozenset({("applicant", CITY)}),
    )


def _numbers(clock: FrozenClock, count: int, session: Session) -> list[str]:
    """Take the next numbers of the year at once."""
    year, first = next_serial("application", clock.now(), session, count=count)
    return [application_number(year, first + place) for place in range(count)]


def _people(
    application: Application, clock: FrozenClock, batch: Sequence[Applied], session: Session
) -> dict[str, int]:
    """Write the people of a batch; those known already are found by their hash."""
    vault = application.vault
    humans = {h.national_id: h for each in batch for h in (each.applicant, *each.members)}
    hashes = {vault.blind(national_id): national_id for national_id in humans}
    known = session.execute(
        select(Person.national_id_index, Person.id).where(Person.national_id_index.in_(hashes))
    )
    found = {hashes[index]: person_id for index, person_id in known}
    next_id = (session.scalar(select(func.max(Person.id))) or 0) + 1
    rows: list[dict[str, object]] = []
    for blind, national_id in hashes.items():
        if national_id not in found:
            found[national_id] = next_id + len(rows)
            rows.append(
                _person(humans[national_id], blind, found[national_id], clock)
                | sealed_columns(
                    national_id, _mobile(found[national_id]), found[national_id], vault
                )
            )
    if rows:
        session.execute(insert(Person), rows)
    return found


def _mobile(person_id: int) -> str:
    return f"0900000{person_id % 1000:03}"


def _person(human: Human, blind: str, person_id: int, clock: FrozenClock) -> dict[str, object]:
    return {
        "id": person_id,
        "name": human.name,
        "id_kind": "citizen",
        "national_id_index": blind,
        "national_id_masked": mask_national_id(human.national_id),
        "born_on": date(*human.born),
        "email": f"person{person_id}@example.org",
        "registered_address": "401 臺中市東區（合成資料）",
        "contact_address": "401 臺中市東區（合成資料）",
        "created_at": clock.now(),
    }


def _accounts(
    clock: FrozenClock, batch: Sequence[Applied], people: dict[str, int], session: Session
) -> dict[int, int]:
    """Give online applicants an account that nobody can sign in with."""
    online = [each for each in batch if each.is_online]
    next_id = (session.scalar(select(func.max(Account.id))) or 0) + 1
    accounts = {each.index: next_id + place for place, each in enumerate(online)}
    if not online:
        return accounts
    session.execute(
        insert(Account),
        [
            {
                "id": accounts[each.index],
                "login": f"synthetic-{each.index + 1:04}",
                "name": each.applicant.name,
                "password_hash": UNUSABLE,
                "language": "zh_Hant_TW",
                "state": "disabled",
                "created_at": clock.now(),
            }
            for each in online
        ],
    )
    session.execute(
        insert(Membership),
        [
            {"account_id": accounts[each.index], "role": "applicant", "scope": CITY}
            for each in online
        ],
    )
    for each in online:
        row = session.get_one(Person, people[each.applicant.national_id])
        row.account_id, row.electronic_service_since = accounts[each.index], clock.now()
    session.flush()
    return accounts


def _row(  # noqa: PLR0913  # a row gathers what the batch looked up
    each: Applied,
    application_id: int,
    number: str,
    call: tuple[CallRound, datetime],
    people: dict[str, int],
    accounts: dict[int, int],
) -> dict[str, object]:
    call_round, closes_at = call
    came_at = (closes_at - INTAKE + INTAKE * (each.index + 1) / 5_000).astimezone(UTC)
    return {
        "id": application_id,
        "number": number,
        "token": f"synthetic-{call_round.id}-{each.index}",
        "round_id": call_round.id,
        "person_id": people[each.applicant.national_id],
        "account_id": accounts.get(each.index),
        "channel": "online" if each.is_online else "paper",
        "postmark_on": None if each.is_online else local_date(came_at),
        "received_at": came_at,
        "counts_at": came_at,
        "state": "submitted",
        "state_at": came_at,
        "household_class": each.household_class,
        "class_subtype": "elder" if each.household_class == "care" else None,
        "agrees_general": each.outcome == "fell_back",
        "room_type": each.room_type,
        "city_link": "registered",
        "owns_home": each.owns_home,
        "income_month_person_twd": each.income_twd,
        "property_twd": each.property_twd,
        "other_subsidy": False,
        "years_used": 0,
        "has_arrears": False,
        "unborn": 0,
        "is_disabled": False,
        "wishes": [],
        "used_mydata": each.has_mydata,
        "needs_second": False,
        "supplement_rounds": 0,
    }


def _children(
    rows: Sequence[dict[str, object]],
    batch: Sequence[Applied],
    people: dict[str, int],
    came_at: datetime,
    session: Session,
) -> None:
    """Write sites, members, papers and consents of a batch."""
    pairs = list(zip(rows, batch, strict=True))
    session.execute(
        insert(ApplicationSite),
        [{"application_id": row["id"], "preference": 1, "site": SITE} for row, _each in pairs],
    )
    members = [
        {
            "application_id": row["id"],
            "person_id": people[human.national_id],
            "relation": human.relation,
            "lives_in": True,
            "is_disabled": False,
            "is_pregnant": False,
        }
        for row, each in pairs
        for human in each.members
    ]
    if members:
        session.execute(insert(ApplicationMember), members)
    session.execute(
        insert(ApplicationDocument),
        [
            {
                "application_id": row["id"],
                "kind": kind,
                "source": source if each.is_online else "scan",
                "file_id": None,
                "is_readable": True,
                "came_at": came_at,
            }
            for row, each in pairs
            for kind, source in each.papers.items()
        ],
    )
    session.execute(
        insert(ApplicationConsent),
        [
            {
                "application_id": row["id"],
                "kind": kind,
                "version": version,
                "is_given": True,
                "at": came_at,
                "channel": row["channel"],
                "address": "",
            }
            for row, _each in pairs
            for kind, version in CONSENT_TEXTS.items()
        ],
    )


def _officer(application: Application) -> Actor:
    with application.reading() as session:
        from_login = select(Account).where(Account.login == "officer1")
        row = session.scalars(from_login).one()
        return Actor(id=str(row.id), name=row.name, groups=frozenset({("officer", CITY)}))
