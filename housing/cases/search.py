"""Find cases by their words, or by the person or home they are about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from engine.types import CITY, Actor
from housing.applications.models import HousingApplication
from housing.cases import words
from housing.cases.about import READINGS, reads
from housing.cases.models import CaseWord
from housing.cases.rules import guard_of
from housing.cases.words import Term
from housing.leases.models import Lease
from housing.move_outs.models import MoveOutCase
from housing.persons.models import Person
from housing.places.models import Community, Unit
from housing.places.rules import community_scope
from housing.renewals.models import RenewalCase
from housing.repairs.models import RepairTicket

LAST_CHARACTER = "\U0010ffff"
"""Sorts behind every character: the end of the words that begin alike."""

MOST_RARE = 1_000
"""Up to so many cases bear a rare word."""

MOST_COUNTED = 5 * MOST_RARE
"""So far cases are counted to find the rarest of several words."""

MOST = 500
"""A text that more cases fit is too short to search by."""


def instances_about(text: str, *, session: Session) -> tuple[str, ...]:
    """List the ids of the cases whose person or home bears a text, at most MOST a kind.

    Care cases are found by nobody this way.

    Args:
        text: part of a name, or of the code of a home, such as A-0305; two characters at least.
        session: any.
    """
    wanted = text.strip()
    if len(wanted) < 2:
        return ()
    queries = _about(wanted)
    found = (each for query in queries for each in session.scalars(query.limit(MOST)))
    return tuple(each for each in found if each is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearing:
    """Cases that bear a text.

    Attributes:
        cases: asks for their ids.
        is_common: they are many, so that a list had better look whether its tasks are of them.
    """

    cases: Select[str]
    is_common: bool


def bearing(text: str, actor: Actor, session: Session) -> Bearing:
    """Ask for the cases that bear a text, as far as an actor may find them by it.

    Everybody finds a case by its number, home, place and matter, its readers by the person too.
    The query is not run: the inbox looks with it among the tasks that somebody may see.

    Args:
        text: case number or its end, code of a home, name, community, words of a report; all of
            several words must fit.
        actor: who looks.
        session: any.
    """
    terms = words.terms_of(text)
    if not terms:
        return Bearing(cases=select(CaseWord.instance_id).where(false()), is_common=False)
    is_found = _is_found_by(actor, session)
    looks = [
        select(func.count()).select_from(
            select(CaseWord.word)
            .where(_fits(CaseWord, each), is_found(CaseWord))
            .limit(MOST_COUNTED)
            .subquery()
        )
        for each in terms
    ]
    numbers = session.scalars(union_all(*looks)).all()
    ranked = [each for _number, each in sorted(zip(numbers, terms, strict=True), key=_by_number)]
    return Bearing(cases=_bearing(ranked, is_found), is_common=min(numbers) > MOST_RARE)


def _by_number(ranked: tuple[int, Term]) -> tuple[int, bool]:
    number, term = ranked
    return number, term.is_beginning


def _bearing(
    terms: Sequence[Term], is_found: Callable[[type[CaseWord]], ColumnElement[bool]]
) -> Select[str]:
    first, *others = terms
    found = select(CaseWord.instance_id).where(_fits(CaseWord, first), is_found(CaseWord))
    for each in others:
        other = aliased(CaseWord)
        same = select(other.instance_id).where(_fits(other, each), is_found(other))
        if each.is_beginning:  # a range of words: read once
            found = found.where(CaseWord.instance_id.in_(same))
        else:  # one word: looked up for each case
            found = found.where(same.where(other.instance_id == CaseWord.instance_id).exists())
    return found


def _fits(row: type[CaseWord], term: Term) -> ColumnElement[bool]:
    if not term.is_beginning:
        return row.word == term.word
    return and_(row.word >= term.word, row.word < term.word + LAST_CHARACTER)


def _is_found_by(actor: Actor, session: Session) -> Callable[[type[CaseWord]], ColumnElement[bool]]:
    """Say which words of a case somebody finds it by: open ones, and those he is a reader of."""
    scopes = [CITY, *map(community_scope, session.scalars(select(Community.code)))]
    allowed = [
        "",
        *(guard_of(key, at) for key in READINGS for at in scopes if reads(actor, key, at)),
    ]
    return lambda row: row.guard.in_(allowed)


def _about(wanted: str) -> tuple[Select[Any], ...]:
    is_person = Person.name.contains(wanted, autoescape=True)
    is_home = Unit.code.contains(wanted, autoescape=True)
    of_lease = or_(is_person, is_home)
    return (
        select(RepairTicket.instance_id).where(
            or_(
                RepairTicket.reporter_name.contains(wanted, autoescape=True),
                RepairTicket.unit_code.contains(wanted, autoescape=True),
            )
        ),
        select(HousingApplication.instance_id)
        .join(Person, Person.id == HousingApplication.person_id)
        .where(is_person),
        select(MoveOutCase.instance_id)
        .join(Lease, Lease.id == MoveOutCase.lease_id)
        .join(Person, Person.id == Lease.tenant_id)
        .join(Unit, Unit.id == Lease.unit_id)
        .where(of_lease),
        select(RenewalCase.instance_id)
        .join(Lease, Lease.id == RenewalCase.lease_id)
        .join(Person, Person.id == Lease.tenant_id)
        .join(Unit, Unit.id == Lease.unit_id)
        .where(of_lease),
    )
