"""Rows of tasks for the benchmark of the inbox, as the engine writes them, without running it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.sla_tables import sla_clock
from engine.tables import process_instance, user_task

STEPS = 9
"""Of the diagram `bench_diagrams.steps`."""

UNTOLD = timedelta(days=30)
"""The time of a case whose task has no due date."""

STATE = bytes(1_000)
"""As long as the state of a case; nothing reads it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTask:
    """A case that stands at one task.

    Attributes:
        id: of the case and of its task, 32 hexadecimal digits.
        step: number of the element it stands at.
        holder: number of the account that claimed or completed it; None when nobody did.
        ended_at: when the holder completed it.
        is_paused: whether the clock of the case stands.
    """

    id: str
    business_key: str
    step: int
    group: str
    scope: str
    holder: int | None
    begun_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    is_suspended: bool
    is_paused: bool


def insert_tasks(tasks: Sequence[NewTask], definition_id: str, session: Session) -> None:
    """Write cases of a definition, and their tasks."""
    rows = [{**_instance(each), "definition_id": definition_id} for each in tasks]
    session.execute(insert(process_instance), rows)
    session.execute(insert(user_task), [_task(each) for each in tasks])
    session.execute(insert(sla_clock), [_clock(each) for each in tasks])


def _instance(task: NewTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "business_key": task.business_key,
        "scope": task.scope,
        "status": "suspended" if task.is_suspended else "active",
        "version": 1,
        "state": STATE,
        "started_at": task.begun_at,
        "started_by": "1",
    }


def _task(task: NewTask) -> dict[str, Any]:
    holder = str(task.holder) if task.holder else None
    return {
        "id": task.id,
        "instance_id": task.id,
        "element_id": f"step{task.step}",
        "name": f"處理{task.step}",
        "lane": "",
        "candidate_group": task.group,
        "scope": task.scope,
        "assignee": holder,
        "assignee_name": holder,
        "priority": 50,
        "created_at": task.begun_at,
        "due_at": task.due_at,
        "original_due_at": task.due_at,
        "state": "completed" if task.ended_at else "open",
        "ended_at": task.ended_at,
        "ended_by": holder if task.ended_at else None,
    }


def _clock(task: NewTask) -> dict[str, Any]:
    due_at = task.due_at or task.begun_at + UNTOLD
    return {
        "id": task.id,
        "instance_id": task.id,
        "sla_id": "bench",
        "kind": "process",
        "element_id": "bench",
        "name": "處理期限",
        "scope": task.scope,
        "state": "met" if task.ended_at else "paused" if task.is_paused else "running",
        "started_at": task.begun_at,
        "due_at": due_at,
        "original_due_at": due_at,
        "counted_from": task.begun_at,
        "paused_since": task.begun_at if task.is_paused else None,
        "ended_at": task.ended_at,
        "rule": {},
        "pauses": [],
        "orders": [],
        "rungs_done": [],
        "plan": 1,
    }
