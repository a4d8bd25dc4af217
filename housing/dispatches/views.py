"""A dispatch with its answers, as pages and forms read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import queries as engine_queries
from housing.dispatches.errors import DispatchNotFound
from housing.dispatches.models import CaseDispatch
from housing.dispatches.rules import Unit, unit_from_json
from housing.records.models import FormSubmission

ANSWER_FORM, SUMMARY_FORM = "dispatch/answer", "dispatch/summary"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitAnswer:
    """What one unit answered.

    Attributes:
        is_summary: the lead unit summed up.
    """

    group: str
    is_lead: bool
    is_summary: bool
    text: str
    by_name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """A question to several units.

    Attributes:
        state: open, answered or withdrawn.
        answers: oldest first.
    """

    number: str
    parent_number: str
    question: str
    units: tuple[Unit, ...]
    completion: str
    asked_by_name: str
    asked_at: datetime
    state: str
    ended_at: datetime | None
    answers: tuple[UnitAnswer, ...]


def of_parent(parent_id: str, *, session: Session) -> tuple[Dispatch, ...]:
    """List the dispatches that were asked from a case, oldest first."""
    rows = session.scalars(
        select(CaseDispatch).where(CaseDispatch.parent_id == parent_id).order_by(CaseDispatch.id)
    )
    return tuple(view(row, session=session) for row in rows)


def by_number(number: str, *, session: Session) -> CaseDispatch:
    """Find a dispatch.

    Raises:
        DispatchNotFound: there is none of this number.
    """
    row = session.scalars(select(CaseDispatch).where(CaseDispatch.number == number)).first()
    if row is None:
        raise DispatchNotFound(number)
    return row


def view(row: CaseDispatch, *, session: Session) -> Dispatch:
    """Read a dispatch with its answers."""
    return Dispatch(
        number=row.number,
        parent_number=row.parent_number,
        question=row.question,
        units=tuple(unit_from_json(each) for each in row.units),
        completion=row.completion,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        state=row.state,
        ended_at=row.ended_at,
        answers=tuple(_answers(row, session)),
    )


def _answers(row: CaseDispatch, session: Session) -> Iterable[UnitAnswer]:
    if row.instance_id is None:
        return
    tasks = {each.id: each for each in engine_queries.tasks_of(row.instance_id, session)}
    leads = {str(each["group"]) for each in row.units if each["is_lead"]}
    submissions = session.scalars(
        select(FormSubmission)
        .where(
            FormSubmission.instance_id == row.instance_id,
            FormSubmission.form_key.in_((ANSWER_FORM, SUMMARY_FORM)),
        )
        .order_by(FormSubmission.id)
    )
    for each in submissions:
        task = tasks.get(each.task_id or "")
        group = (task.candidate_group if task else None) or ""
        yield UnitAnswer(
            group=group,
            is_lead=group in leads,
            is_summary=each.form_key == SUMMARY_FORM,
            text=str(each.values.get("answer") or each.values.get("summary") or ""),
            by_name=each.account_name,
            at=each.at,
        )


def parent_of(instance_id: str, *, session: Session) -> str:
    """Name the case that a question was asked from; "" for a case that is no question."""
    asked = select(CaseDispatch.parent_number).where(CaseDispatch.instance_id == instance_id)
    return session.scalars(asked).first() or ""
