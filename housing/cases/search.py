"""Find cases by their words, or by the person or home they are about."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
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
from housing.places.models import Unit
from housing.renewals.models import RenewalCase
from housing.repairs.models import RepairTicket

LAST_CHARACTER = "\U0010ffff"
"""Sorts behind every character: the end of the words that begin alike."""

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


def cases_with(text: str, actor: Actor) -> Select[str]:
    """Ask for the cases that bear a text, as far as an actor may find them by it.

    Everybody finds a case by its number, home, place and matter, its readers by the person too.
    The query is not run: the inbox looks with it among the tasks that somebody may see.

    Args:
        text: case number or its end, code of a home, name, community, words of a report; all of
            several words must fit.
        actor: who looks.
    """
    terms = words.terms_of(text)
    if not terms:
        return select(CaseWord.instance_id).where(false())
    is_open = _is_found_by(actor)
    first, *others = sorted(terms, key=lambda each: (each.is_beginning, -len(each.word)))
    found = select(CaseWord.instance_id).where(_fits(CaseWord, first), is_open(CaseWord))
    for each in others:
        other = aliased(CaseWord)
        bears = select(other.instance_id).where(
            other.instance_id == CaseWord.instance_id, _fits(other, each), is_open(other)
        )
        found = found.where(bears.exists())
    return found


def _fits(row: type[CaseWord], term: Term) -> ColumnElement[bool]:
    if not term.is_beginning:
        return row.word == term.word
    return and_(row.word >= term.word, row.word < term.word + LAST_CHARACTER)


def _is_found_by(actor: Actor) -> Callable[[type[CaseWord]], ColumnElement[bool]]:
    """Say which words of a case somebody finds it by: open ones, and those he is a reader of."""
    scopes = sorted({scope for _role, scope in actor.groups})
    everywhere = [key for key in READINGS if reads(actor, key, CITY)]
    guards = [
        guard_of(key, scope)
        for key in READINGS
        for scope in scopes
        if key not in everywhere and reads(actor, key, scope)
    ]

    def condition(row: type[CaseWord]) -> ColumnElement[bool]:
        if len(everywhere) == len(READINGS):
            return true()
        ways: list[ColumnElement[bool]] = [row.guard.in_(["", *guards])]
        ways += (row.guard.startswith(guard_of(key, ""), autoescape=True) for key in everywhere)
        return or_(*ways)

    return condition


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
