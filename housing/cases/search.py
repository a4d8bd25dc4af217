"""Find cases by their words, or by the person or home they are about."""

import re
from collections.abc import Callable, Sequence
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

from engine import inbox
from engine.inbox import Search
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

MOST_RARE = 1_000
"""Up to so many cases bear a rare word; no more are counted."""

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


def search_for(text: str, actor: Actor, session: Session) -> Search | None:
    """Look for a text in the inbox; None when there is nothing to look for.

    Args:
        text: what somebody typed; see `bearing`.
        actor: who looks.
        session: any.
    """
    if not text:
        return None
    cases, is_common = _ranked(text, actor, session)
    return inbox.search_for(text, cases, is_common=is_common, session=session)


def bearing(text: str, actor: Actor, session: Session) -> Select[str]:
    """Ask for the cases that bear a text, as far as an actor may find them by it.

    Everybody finds a case by its number, home, place and matter, its readers by the person too.
    The query is not run.

    Args:
        text: case number or its end, code of a home, name, community, words of a report; all of
            several words must fit.
        actor: who looks.
        session: any.
    """
    cases, _is_common = _ranked(text, actor, session)
    return cases


def _ranked(text: str, actor: Actor, session: Session) -> tuple[Select[str], bool]:
    """Ask for cases by the rarest word first, and tell whether even that one is common."""
    terms = words.terms_of(text)
    if not terms:
        return select(CaseWord.instance_id).where(false()), False
    is_found = _is_found_by(actor)
    looks = [
        select(func.count()).select_from(
            select(CaseWord.word).where(_fits(CaseWord, each)).limit(MOST_RARE + 1).subquery()
        )
        for each in terms
    ]
    numbers = session.scalars(union_all(*looks)).all()
    ranked = [each for _number, each in sorted(zip(numbers, terms, strict=True), key=_by_number)]
    return _bearing(ranked, is_found), min(numbers) > MOST_RARE


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


def _is_found_by(actor: Actor) -> Callable[[type[CaseWord]], ColumnElement[bool]]:
    """Say which words of a case somebody finds it by: open ones, and those he is a reader of."""
    everywhere = [key for key in READINGS if reads(actor, key, CITY)]
    local = [
        guard_of(key, at)
        for key in READINGS
        if key not in everywhere
        for at in sorted({scope for _role, scope in actor.groups})
        if reads(actor, key, at)
    ]
    beginnings = [f"{_escaped(guard_of(key, ''))}%" for key in everywhere]

    def is_found(row: type[CaseWord]) -> ColumnElement[bool]:
        begins = (row.guard.like(each, escape="/") for each in beginnings)
        return or_(row.guard.in_(["", *local]), *begins)

    return is_found


def _escaped(text: str) -> str:
    """Take the meaning that signs have in a pattern from a text."""
    return re.sub(r"([/%_])", r"/\1", text)


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
