"""Who stands in for whom at an instant: chains of deputies resolved, task by task.

A task goes to the first in the line of its holder who covers it, still holds its group and scope,
and has no conflict of interest; so the next one sees what the first one may not do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.queries import TaskFilter
from engine.records import UserTask
from engine.types import CITY, Actor
from housing.deputies import conflicts
from housing.deputies.models import Absence, AbsenceDeputy
from housing.deputies.rules import Deputy, Period, Place, Pool, Right, line_of, work_rights
from housing.people import queries as people
from housing.people.queries import AccountView

MOST_TASKS = 1000
"""So many open tasks of one absent person are looked at."""


@dataclass(kw_only=True, slots=True)
class Standing:
    """Everybody who is absent at an instant, and who stands in for them.

    Attributes:
        pools: by the absent person's id.
        accounts: of the absent people and of all in their lines, by id.
    """

    session: Session
    pools: Mapping[str, Pool]
    accounts: Mapping[str, AccountView]
    _tied: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def line(self, person_id: str) -> tuple[Place, ...]:
        """List who stands in for somebody, the first one first; empty when he is there."""
        return tuple(
            each
            for each in line_of(person_id, self.pools)
            if each.person_id in self.accounts and self.accounts[each.person_id].state == "active"
        )

    def stood_in_for(self, person_id: str) -> tuple[str, ...]:
        """List the absent people in whose line somebody stands, in the order of their ids."""
        return tuple(
            each
            for each in sorted(self.pools, key=int)
            if any(place.person_id == person_id for place in self.line(each))
        )

    def holder_of(self, task: UserTask) -> str | None:
        """Name the absent person whose task it is; None for one of somebody who is there.

        An unclaimed task is that of an absent member of its group if nobody else of exactly that
        group and scope is there.
        """
        if task.assignee is not None:
            return task.assignee if task.assignee in self.pools else None
        right = (task.candidate_group or "", task.scope)
        return next((each for each in self.pools if right in self.alone_in(each)), None)

    def alone_in(self, person_id: str) -> frozenset[Right]:
        """Give the groups and scopes that somebody leaves without any member of their own."""
        own = (
            each for each in work_rights(self.accounts[person_id].memberships) if each[1] != CITY
        )
        return frozenset(each for each in own if not self._has_member(each))

    def deputy_of(self, task: UserTask) -> str | None:
        """Name who does a task for its absent holder; None when nobody may, or none is needed."""
        holder = self.holder_of(task)
        if holder is None:
            return None
        return next(
            (each.person_id for each in self.line(holder) if self.may_do(each, task, holder)), None
        )

    def may_do(self, place: Place, task: UserTask, holder: str) -> bool:
        """Tell whether somebody of a line covers a task, has its rights and is unbiased."""
        if not self.is_covered(place, task):
            return False
        acting = replace(self.accounts[place.person_id].actor, on_behalf_of=holder)
        tied = self._tied_to(place.person_id, task.instance_id)
        return conflicts.is_unbiased(task, acting, tied, session=self.session)

    def is_covered(self, place: Place, task: UserTask) -> bool:
        """Tell whether somebody of a line covers the group of a task and still belongs to it."""
        if not place.covers(task.candidate_group):
            return False
        group = task.candidate_group
        return group is None or self.accounts[place.person_id].actor.belongs_to(group, task.scope)

    def look_ahead(self, tasks: Iterable[UserTask]) -> None:
        """Read at once which cases of these tasks the people in the lines are tied to."""
        instances = frozenset(each.instance_id for each in tasks)
        for person_id in {place.person_id for each in self.pools for place in self.line(each)}:
            tied = conflicts.tied_cases(person_id, instances, session=self.session)
            self._tied[person_id] = (instances, tied)

    def _tied_to(self, person_id: str, instance_id: str) -> frozenset[str]:
        seen, tied = self._tied.get(person_id, (frozenset(), frozenset()))
        if instance_id in seen:
            return tied
        return conflicts.tied_cases(person_id, [instance_id], session=self.session)

    def _has_member(self, right: Right) -> bool:
        group, scope = right
        return any(
            right in each.memberships and str(each.id) not in self.pools
            for each in people.accounts_in(group, scope, session=self.session)
        )


def standing_at(at: datetime, *, session: Session) -> Standing:
    """Read who is absent at an instant and who stands in for them: one statement when nobody is."""
    pools = {
        each.person_id: each
        for each in read_pools(session, Absence.from_at <= at, Absence.until_at > at)
    }
    named = {deputy.person_id for each in pools.values() for deputy in each.deputies}
    accounts = people.accounts({*pools, *named}, session=session) if pools else []
    return Standing(
        session=session, pools=pools, accounts={str(each.id): each for each in accounts}
    )


def open_tasks_of(
    absent: Iterable[str], standing: Standing, *, session: Session
) -> tuple[UserTask, ...]:
    """List the open tasks that absent people hold, and those of groups that they leave empty."""
    found: dict[str, UserTask] = {}
    rights: frozenset[Right] = frozenset()
    for each in absent:
        held = engine_queries.open_tasks(TaskFilter(assigned_to=each, limit=MOST_TASKS), session)
        found.update({task.id: task for task in held.rows})
        rights |= standing.alone_in(each)
    if rights:
        offered = TaskFilter(offered_to=Actor(id="", name="", groups=rights), limit=MOST_TASKS)
        found.update({task.id: task for task in engine_queries.open_tasks(offered, session).rows})
    return tuple(found.values())


def read_pools(session: Session, *where: ColumnElement[bool]) -> list[Pool]:
    """Read the pools of absences that were not cancelled, under further conditions on `Absence`."""
    rows = list(
        session.scalars(
            select(Absence).where(Absence.cancelled_at.is_(None), *where).order_by(Absence.id)
        )
    )
    deputies = deputies_of([each.id for each in rows], session=session)
    return [
        Pool(
            person_id=str(row.person_id),
            period=Period(from_at=row.from_at, until_at=row.until_at),
            deputies=deputies.get(row.id, ()),
        )
        for row in rows
    ]


def deputies_of(
    absence_ids: Iterable[int], *, session: Session
) -> Mapping[int, tuple[Deputy, ...]]:
    """Read the pools of some absences, the first deputy first, by the id of the absence."""
    wanted, found = list(absence_ids), dict[int, tuple[Deputy, ...]]()
    if not wanted:
        return found
    rows = session.scalars(
        select(AbsenceDeputy)
        .where(AbsenceDeputy.absence_id.in_(wanted))
        .order_by(AbsenceDeputy.absence_id, AbsenceDeputy.place)
    )
    for row in rows:
        deputy = Deputy(person_id=str(row.person_id), groups=frozenset(row.groups))
        found[row.absence_id] = (*found.get(row.absence_id, ()), deputy)
    return found
