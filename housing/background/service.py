"""Order long work, take it, say how far it is, end it.

A worker owns what it took as long as it beats; one that fell silent loses the work to the next
taker, once. What the worker writes carries its name, so that a late one changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import EngineError
from engine.types import Actor
from housing.background.errors import BackgroundTaskNotFound, BackgroundTaskStopped, WorkerLost
from housing.background.models import BackgroundTask
from housing.kept_errors import keep

SILENCE = timedelta(seconds=60)
"""Without a beat for so long, a worker counts as gone."""

ATTEMPTS = 2
"""How often work is begun before it counts as failed."""

KEPT = timedelta(days=60)
"""How long ended work is kept."""


def order(  # noqa: PLR0913  # each is a word of the field of its own
    kind: str,
    params: Mapping[str, Any],
    *,
    title: str,
    by: Actor,
    session: Session,
    clock: Clock,
) -> str:
    """Put work into the queue.

    Args:
        kind: key of `housing.background_kinds.KINDS`.
        params: JSON for it; ids, never personal data.
        title: what people read above the bar.
        by: who may watch and stop it.
        session: of the caller's unit of work.
        clock: of the business.

    Returns:
        The id of the work.
    """
    made = BackgroundTask(
        id=uuid4().hex,
        kind=kind,
        title=title,
        params=dict(params),
        state="waiting",
        ordered_by=by.id,
        ordered_by_name=by.name,
        ordered_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made.id


def stop(task_id: str, *, session: Session, clock: Clock) -> None:
    """Stop work that waits or runs; what has ended stays as it is.

    Raises:
        BackgroundTaskNotFound: there is none of this id.
    """
    found = session.get(BackgroundTask, task_id)
    if found is None:
        raise BackgroundTaskNotFound
    if found.state in {"waiting", "running"}:
        found.state, found.ended_at = "stopped", clock.now()


def take(worker: str, *, session: Session, now: datetime, clock: Clock) -> str | None:
    """Take the oldest work that nobody does; give up what was begun too often.

    Args:
        worker: unique name of the taker.
        session: of the caller's unit of work.
        now: of the machine's clock.
        clock: of the business.
    """
    silent = now - SILENCE
    is_lost = (BackgroundTask.state == "running") & (BackgroundTask.beat_at < silent)
    free = or_(BackgroundTask.state == "waiting", is_lost)
    query = (
        select(BackgroundTask)
        .where(free)
        .order_by(BackgroundTask.ordered_at, BackgroundTask.id)
        .with_for_update(skip_locked=True)
        .limit(1)
    )
    found = session.scalars(query).first()
    if found is None:
        return None
    if found.attempts >= ATTEMPTS:
        for name, value in _failed(WorkerLost(), clock).items():
            setattr(found, name, value)
        return None
    found.state, found.worker, found.beat_at = "running", worker, now
    found.attempts += 1
    return found.id


def report(  # noqa: PLR0913  # each is a word of the field of its own
    task_id: str,
    worker: str,
    *,
    done: int,
    total: int,
    note: str,
    session: Session,
    now: datetime,
) -> None:
    """Say how far the work is.

    Raises:
        BackgroundTaskStopped: it was stopped, or another worker has it.
    """
    values = {"done": done, "total": total, "note": note[:200], "beat_at": now}
    _write(task_id, worker, values, session)


def beat(task_id: str, worker: str, *, session: Session, now: datetime) -> None:
    """Say that the worker lives.

    Raises:
        BackgroundTaskStopped: it was stopped, or another worker has it.
    """
    _write(task_id, worker, {"beat_at": now}, session)


def finish(
    task_id: str, worker: str, result: Mapping[str, Any], *, session: Session, clock: Clock
) -> None:
    """Keep what came out.

    Raises:
        BackgroundTaskStopped: it was stopped, or another worker has it.
    """
    values = {"state": "done", "result": dict(result), "ended_at": clock.now(), "note": ""}
    _write(task_id, worker, values, session)


def fail(task_id: str, worker: str, error: EngineError, *, session: Session, clock: Clock) -> None:
    """Keep why it failed; work that was stopped meanwhile stays stopped.

    Raises:
        BackgroundTaskStopped: it was stopped, or another worker has it.
    """
    _write(task_id, worker, _failed(error, clock), session)


def purge(*, session: Session, now: datetime) -> None:
    """Forget what ended long ago."""
    old = select(BackgroundTask).where(BackgroundTask.ended_at < now - KEPT)
    for each in session.scalars(old):
        session.delete(each)


def _failed(error: EngineError, clock: Clock) -> dict[str, Any]:
    """Say what failed work holds: English words for the log, and the error for its readers."""
    return {
        "state": "failed",
        "error": str(error)[:500],
        "result": {"error": keep(error)},
        "ended_at": clock.now(),
    }


def _write(task_id: str, worker: str, values: Mapping[str, Any], session: Session) -> None:
    """Change running work of this worker, and nothing else."""
    written = session.execute(
        update(BackgroundTask)
        .where(
            BackgroundTask.id == task_id,
            BackgroundTask.state == "running",
            BackgroundTask.worker == worker,
        )
        .values(dict(values))
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[Any], written).rowcount != 1:
        raise BackgroundTaskStopped
