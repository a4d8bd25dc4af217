"""Read orders for many tasks: what would happen, how far they are, what became of each task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records import UserTask
from engine.types import Actor
from forms.schema import Form
from housing.bulk import selection
from housing.bulk.errors import BatchNotFound
from housing.bulk.judging import as_deputy, deed, judge, shared_form
from housing.bulk.models import BulkBatch, BulkItem
from housing.bulk.rules import ASSIGN, COMPLETE, Refusal, Terms
from housing.deputies.standing import standing_at
from housing.people import queries as people

OUTCOMES = ("done", "skipped", "failed")
PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """An order for many tasks.

    Attributes:
        id: the audit id that stands in the history of every case it touched.
        terms: None while they were not said.
        state: prepared, confirmed or done.
        assignee_name: who gets the tasks of an assignment, or "".
        is_of_view: all of a view was chosen, not single tasks.
        is_direct: ordered on the page of its one task: it is done without a preview.
        listing: query string of the list that it was ordered from, or "".
        is_of_team: that list is a chief's list of his team, not one of the inbox.
        counts: outcome to number of tasks; "" for those not done yet.
        undone_by: id of the order that took this one back, or None.
    """

    id: str
    verb: str
    terms: Terms | None
    state: str
    assignee_name: str
    is_of_view: bool
    is_direct: bool
    listing: str
    is_of_team: bool
    ordered_by_name: str
    prepared_at: datetime
    ended_at: datetime | None
    work_id: str | None
    counts: Mapping[str, int]
    undoes: str | None
    undone_by: str | None

    @property
    def total(self) -> int:
        """Tell how many tasks it has."""
        return sum(self.counts.values())

    @property
    def can_be_undone(self) -> bool:
        """Tell whether it may be tried to take it back."""
        is_assigned = self.verb == ASSIGN and self.state == "done"
        return is_assigned and not self.undone_by and bool(self.counts.get("done"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What would happen, task by task.

    Attributes:
        able: tasks that it would be done to.
        refused: tasks that would stay as they are, and why.
        form, form_key: the one form that stands for all, of an order to complete.
    """

    able: tuple[UserTask, ...]
    refused: tuple[tuple[UserTask, Refusal], ...]
    form: Form | None = None
    form_key: str = ""

    @property
    def total(self) -> int:
        """Tell how many tasks were chosen."""
        return len(self.able) + len(self.refused)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """What became of one task.

    Attributes:
        outcome: one of OUTCOMES, or "" while it waits.
        why: of a task that was left as it is.
    """

    task_id: str
    number: str
    name: str
    outcome: str
    why: Refusal | None


def batch(batch_id: str, by: Actor, session: Session) -> Batch:
    """Read an order of a person.

    Raises:
        BatchNotFound: there is none, or it is somebody else's; the same for both.
    """
    row = session.get(BulkBatch, batch_id)
    if row is None or row.ordered_by != by.id:
        raise BatchNotFound
    counted = session.execute(
        select(BulkItem.outcome, func.count())
        .where(BulkItem.batch_id == batch_id)
        .group_by(BulkItem.outcome)
    )
    terms = Terms.from_json(row.terms) if row.terms else None
    named = people.names_of([terms.assignee], session=session) if terms else {}
    undone_by = session.scalar(select(BulkBatch.id).where(BulkBatch.undoes == batch_id))
    return Batch(
        id=row.id,
        verb=row.verb,
        terms=terms,
        state=row.state,
        assignee_name=named.get(terms.assignee, "") if terms else "",
        is_of_view="ids" not in row.selection,
        is_direct=bool(row.selection.get("is_direct")) and len(row.selection.get("ids", ())) == 1,
        listing=str(row.selection.get("listing", "")),
        is_of_team=bool(row.selection.get("is_of_team")),
        ordered_by_name=row.ordered_by_name,
        prepared_at=row.prepared_at,
        ended_at=row.ended_at,
        work_id=row.work_id,
        counts={row[0]: row[1] for row in counted},
        undoes=row.undoes,
        undone_by=undone_by,
    )


def preview(batch_id: str, by: Actor, session: Session, now: datetime) -> Preview:
    """Tell what would happen to each task if the order were confirmed now.

    Raises:
        BatchNotFound: there is no such order of this person.
    """
    wanted = batch(batch_id, by, session)
    tasks = chosen(batch_id, by, session, now)
    form = _form_of(tasks, wanted, session)
    terms = wanted.terms or Terms(form_key=form[0] if form else "")
    planned = deed(wanted.verb, terms, by, session)
    standing = standing_at(now, session=session)
    as_he_acts = partial(as_deputy, planned, session=session, at=now, standing=standing)
    judged = [(each, judge(each, as_he_acts(each), session)) for each in tasks]
    return Preview(
        able=tuple(task for task, why in judged if why is None),
        refused=tuple((task, why) for task, why in judged if why is not None),
        form=form[1] if form else None,
        form_key=form[0] if form else "",
    )


def chosen(batch_id: str, by: Actor, session: Session, now: datetime) -> tuple[UserTask, ...]:
    """Read the tasks that an order would be for now."""
    row = session.get(BulkBatch, batch_id)
    return selection.resolve(row.selection, by, now, session) if row else ()


def items(
    batch_id: str, session: Session, *, outcome: str = "", page: int = 1, size: int = PAGE_SIZE
) -> tuple[Item, ...]:
    """List what became of the tasks of an order, a page of it; `outcome` "" lists all."""
    wanted = select(BulkItem).where(BulkItem.batch_id == batch_id)
    if outcome:
        wanted = wanted.where(BulkItem.outcome == outcome)
    part = wanted.order_by(BulkItem.position).offset((page - 1) * size).limit(size)
    return tuple(
        Item(
            task_id=each.task_id,
            number=each.number,
            name=each.name,
            outcome=each.outcome,
            why=Refusal(**each.why) if each.why else None,
        )
        for each in session.scalars(part)
    )


def waiting(batch_id: str, session: Session) -> tuple[tuple[str, str], ...]:
    """List the tasks of an order that are not done yet: id and case number, in order."""
    found = (
        select(BulkItem.task_id, BulkItem.number)
        .where(BulkItem.batch_id == batch_id, BulkItem.outcome == "")
        .order_by(BulkItem.position)
    )
    return tuple((task_id, number) for task_id, number in session.execute(found))


def colleagues_for(tasks: Sequence[UserTask], *, session: Session) -> Mapping[str, str]:
    """Name who may get at least one of some tasks: account id to name, by name."""
    teams = {(each.candidate_group, each.scope) for each in tasks if each.candidate_group}
    found = {
        str(member.id): member.name
        for group, scope in sorted(teams)
        for member in people.accounts_in(str(group), scope, session=session)
    }
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _form_of(tasks: Sequence[UserTask], wanted: Batch, session: Session) -> tuple[str, Form] | None:
    """Find the form that is filled in once: that of the first task that has one."""
    if wanted.verb != COMPLETE:
        return None
    for each in tasks:
        form = shared_form(each, session)
        if form is not None and each.form_key is not None:
            return each.form_key, form
    return None
