"""Read models of long work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.background.errors import BackgroundTaskNotFound
from housing.background.models import BackgroundTask
from housing.kept_errors import KeptError


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How an order of long work stands.

    Attributes:
        state: waiting, running, done, failed or stopped.
        done, total: steps; total is 0 while it is not known.
        note: what is being done just now.
        result: what came out, once it is done; of failed work its kept error.
        error: why it failed, in English for a log; pages say `failure`.
    """

    id: str
    kind: str
    title: str
    params: Mapping[str, Any]
    state: str
    done: int
    total: int
    note: str
    result: Mapping[str, Any] | None
    error: str | None
    ordered_by: str
    ordered_by_name: str
    ordered_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in {"waiting", "running"}

    @property
    def failure(self) -> KeptError | None:
        """Why it failed, to be said in the reader's language."""
        return (self.result or {}).get("error") if self.state == "failed" else None


def task(task_id: str, session: Session) -> Work:
    """Read one order.

    Raises:
        BackgroundTaskNotFound: there is none of this id.
    """
    found = session.get(BackgroundTask, task_id)
    if found is None:
        raise BackgroundTaskNotFound
    return _work(found)


def newest(kind: str, session: Session, *, limit: int = 1) -> tuple[Work, ...]:
    """List the newest orders of a kind."""
    found = (
        select(BackgroundTask)
        .where(BackgroundTask.kind == kind)
        .order_by(BackgroundTask.ordered_at.desc(), BackgroundTask.id)
        .limit(limit)
    )
    return tuple(_work(each) for each in session.scalars(found))


def _work(row: BackgroundTask) -> Work:
    return Work(**{name: getattr(row, name) for name in Work.__dataclass_fields__})
