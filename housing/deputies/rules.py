"""Pure rules of absences: periods, rights of deputies, and chains from one deputy to the next."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from engine.calendar import TAIPEI
from engine.types import CITY, Actor

REASONS = ("leave", "official_trip", "sick", "other")
"""休假, 公差, 病假, 其他: why somebody is away."""

LONGEST_NOTE = 300
MOST_DEPUTIES = 3
LONGEST = timedelta(days=366)

Right = tuple[str, str]
"""Candidate group and scope."""

WITHOUT_WORK = frozenset({"resident", "applicant", "witness"})
"""Roles that get no tasks of the office."""
_LEADS: Mapping[str, str] = {
    "property_manager": "property_manager_lead",
    "social_worker": "social_worker_lead",
}
_HEADS = ("section_chief", "administrator")


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From an instant until another, which does not belong to it."""

    from_at: datetime
    until_at: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return self.from_at <= at < self.until_at

    def shared(self, other: "Period") -> "Period | None":
        """Give what two periods have in common; None when they do not meet."""
        from_at, until_at = max(self.from_at, other.from_at), min(self.until_at, other.until_at)
        return Period(from_at=from_at, until_at=until_at) if from_at < until_at else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Deputy:
    """One of a pool.

    Attributes:
        person_id: the account's id as text.
        groups: the candidate groups he covers; empty for everything.
    """

    person_id: str
    groups: frozenset[str] = frozenset()

    def covers(self, group: str | None) -> bool:
        """Tell whether tasks of a candidate group are his to do."""
        return not self.groups or group in self.groups


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Who stands in for an absent person, the first one first, and when."""

    person_id: str
    period: Period
    deputies: tuple[Deputy, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Somebody who is there, in the line of those who stand in for an absent person.

    Attributes:
        hops: the ways in which each deputy on the chain to him covers tasks.
    """

    person_id: str
    hops: tuple[Deputy, ...] = field(default=())

    def covers(self, group: str | None) -> bool:
        """Tell whether every deputy on the chain covers a candidate group."""
        return all(each.covers(group) for each in self.hops)


def whole_days(first: date, last: date) -> Period:
    """Give the period from the beginning of a day in Taipei to the end of another."""
    begins, ends = (
        datetime.combine(day, time(), tzinfo=TAIPEI) for day in (first, last + timedelta(days=1))
    )
    return Period(from_at=begins, until_at=ends)


def last_of(until_at: datetime) -> datetime:
    """Give the last minute of a period that ends at an instant, which people write as its end."""
    return until_at - timedelta(minutes=1)


def line_of(person_id: str, absent: Mapping[str, Pool]) -> tuple[Place, ...]:
    """List who stands in for an absent person, in order; only people who are there.

    First those of his own pool; then those of the pools of its absent members, and so on. Nobody
    comes twice, so that a chain always ends.

    Args:
        person_id: of the absent person; somebody who is there needs nobody.
        absent: the pools of everybody who is absent at the instant.
    """
    if person_id not in absent:
        return ()
    found: dict[str, Place] = {}
    seen = {person_id}
    level: list[tuple[str, tuple[Deputy, ...]]] = [(person_id, ())]
    while level:
        below: list[tuple[str, tuple[Deputy, ...]]] = []
        for holder, hops in level:
            for deputy in absent[holder].deputies:
                if deputy.person_id in seen:
                    continue
                seen.add(deputy.person_id)
                way = (*hops, deputy)
                if deputy.person_id in absent:
                    below.append((deputy.person_id, way))
                else:
                    found[deputy.person_id] = Place(person_id=deputy.person_id, hops=way)
        level = below
    return tuple(found.values())


def cycle_through(new: Pool, others: Iterable[Pool]) -> tuple[str, ...]:
    """Find a chain of deputies that would lead back to where it begins, at one and the same time.

    Returns:
        The ids on the way, the first one again at its end; empty when there is none.
    """
    pools: dict[str, list[Pool]] = {}
    for each in others:
        pools.setdefault(each.person_id, []).append(each)
    return next(_ways_back(new, new.period, (new.person_id,), pools), ())


def _ways_back(
    pool: Pool, period: Period, way: tuple[str, ...], pools: Mapping[str, Sequence[Pool]]
) -> Iterator[tuple[str, ...]]:
    for deputy in pool.deputies:
        if deputy.person_id == way[0]:
            yield (*way, way[0])
        if deputy.person_id in way:
            continue
        for further in pools.get(deputy.person_id, ()):
            if common := period.shared(further.period):
                yield from _ways_back(further, common, (*way, deputy.person_id), pools)


def work_rights(memberships: Iterable[Right]) -> tuple[Right, ...]:
    """Give the roles and scopes in which somebody gets tasks of the office."""
    return tuple(sorted(each for each in memberships if each[0] not in WITHOUT_WORK))


def missing_rights(
    needed: Iterable[Right], held: Collection[Right], groups: Collection[str]
) -> tuple[Right, ...]:
    """Tell which rights a deputy lacks for the groups he is to cover; empty groups mean all.

    The scope "city" covers every scope.
    """
    wanted = (each for each in needed if not groups or each[0] in groups)
    return tuple(
        sorted(
            (group, scope)
            for group, scope in wanted
            if (group, scope) not in held and (group, CITY) not in held
        )
    )


def uncovered_groups(needed: Iterable[Right], deputies: Collection[Deputy]) -> tuple[str, ...]:
    """Name the groups of an absent person that no deputy covers."""
    groups = {group for group, _scope in needed}
    return tuple(
        sorted(each for each in groups if not any(deputy.covers(each) for deputy in deputies))
    )


def leads(role: str) -> bool:
    """Tell whether a role may enter absences of others."""
    return role in _HEADS or role in _LEADS.values()


def may_arrange(by: Actor, person_id: str, memberships: Iterable[Right]) -> bool:
    """Tell whether somebody may enter an absence: himself, a lead, a chief, an administrator."""
    if by.id == person_id:
        return True
    if any(by.belongs_to(head, CITY) for head in _HEADS):
        return True
    return any(
        group in _LEADS and by.belongs_to(_LEADS[group], scope) for group, scope in memberships
    )
