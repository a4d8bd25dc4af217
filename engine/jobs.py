"""Jobs: due rows. The table is the truth; whoever delivers a job may do so any number of times.

States: pending (will be fired), done, failed (has an incident), cancelled, suspended (its instance
is), waiting (an outside worker will fetch it).
Kinds: timer, service (an operation to repeat), rung (a notice), worker (an outside service task),
message (a message on its way), signal (one to be given to all, or to one waiting instance), start
(an instance to begin), migration (an instance to be carried over), calendar (a published calendar
whose due dates are to be found), recount (an instance some of whose due dates that moves).
Messages, starts, calendars and signals to all belong to no instance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Connection, bindparam, case, insert, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.records import Job
from engine.tables import job

KINDS_IN_ORDER = (
    *("worker", "timer", "start", "signal", "service", "rung", "recount", "migration", "message"),
    "calendar",
)
RETRIES = 3
MAX_ATTEMPTS = 10
LEASE = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)

_COLUMNS = tuple(job.c[name] for name in Job.__dataclass_fields__)
_PENDING = job.c.state == "pending"
_IS_DUE = (_PENDING, job.c.due_at <= bindparam("now"))
# At one instant timers go first: a task that its deadline takes away is not called overdue.
_IN_ORDER = (job.c.due_at, job.c.kind.desc(), job.c.id)
_DUE = select(*_COLUMNS).where(*_IS_DUE).order_by(*_IN_ORDER).limit(bindparam("limit"))
# The instant is a bind parameter: a volatile function such as clock_timestamp() cannot use the
# index (984 ms an empty poll at a million rows, against 0.2 ms).
_FREE = (
    select(job.c.id)
    .where(*_IS_DUE, or_(job.c.lock_until.is_(None), job.c.lock_until < bindparam("now")))
    .order_by(*_IN_ORDER)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(job)
    .where(job.c.id.in_(_FREE))
    .values(
        lock_owner=bindparam("owner"),
        lock_until=bindparam("until"),
        attempts=job.c.attempts + 1,
    )
    .returning(*_COLUMNS)
)
_RELEASE = (
    update(job)
    .where(job.c.id == bindparam("job_id"), _PENDING)
    .values(lock_owner=null(), lock_until=null(), attempts=0)
)
_PUT_BACK = (
    update(job)
    .where(job.c.id == bindparam("job_id"), _PENDING, job.c.lock_owner == bindparam("owner"))
    .values(lock_owner=null(), lock_until=null(), attempts=job.c.attempts - 1)
)
_INSERT = insert(job)
# no IN here: its parameters expand, which executemany cannot do
_STANDS = or_(job.c.state == "pending", job.c.state == "waiting", job.c.state == "failed")
_CLOSE = (
    update(job)
    .where(
        job.c.instance_id == bindparam("of_instance"),
        job.c.token_id == bindparam("of_token"),
        _STANDS,
    )
    .values(state=bindparam("new_state"))
)
_FINISH = update(job).where(job.c.id == bindparam("job_id"), _PENDING).values(state="done")
_MOVE = (
    update(job)
    .where(
        job.c.instance_id == bindparam("of_instance"),
        job.c.token_id == bindparam("of_token"),
        job.c.kind == "timer",
        _PENDING,
    )
    .values(due_at=bindparam("until"), lock_owner=null(), lock_until=null())
)
_SUSPEND = (
    update(job)
    .where(job.c.instance_id == bindparam("of_instance"), _PENDING)
    .values(state="suspended")
)
_RESUME = (
    update(job)
    .where(job.c.instance_id == bindparam("of_instance"), job.c.state == "suspended")
    .values(state="pending", lock_owner=null(), lock_until=null(), attempts=0)
)
_CANCEL_ALL = (
    update(job)
    .where(
        job.c.instance_id == bindparam("of_instance"),
        job.c.state.in_(("pending", "waiting", "failed", "suspended")),
    )
    .values(state="cancelled")
)
_LOCK_ALONE = (
    select(*_COLUMNS)
    .where(job.c.id == bindparam("job_id"), job.c.instance_id.is_(None), *_IS_DUE)
    .with_for_update()
)
_INSERT_ONCE = {
    "sqlite": sqlite.insert(job).on_conflict_do_nothing(index_elements=["idem"]),
    "postgresql": postgresql.insert(job).on_conflict_do_nothing(index_elements=["idem"]),
}
_READ_PENDING = select(*_COLUMNS).where(job.c.id == bindparam("job_id"), _PENDING)
_COUNT_FAILURE = (
    update(job)
    .where(job.c.id == bindparam("job_id"), _PENDING, job.c.retries == bindparam("seen_retries"))
    .values(
        retries=bindparam("seen_retries") - 1,
        attempts=0,
        error=bindparam("message"),
        due_at=bindparam("again_at"),
        state=case((bindparam("seen_retries") <= 1, "failed"), else_="pending"),
        lock_owner=null(),
        lock_until=null(),
    )
)
_FAIL = (
    update(job)
    .where(job.c.id == bindparam("job_id"), _PENDING)
    .values(state="failed", error=bindparam("message"), lock_owner=null(), lock_until=null())
)
_REVIVE = (
    update(job)
    .where(job.c.id == bindparam("job_id"), job.c.state == "failed")
    .values(
        state=case((job.c.kind == "worker", "waiting"), else_="pending"),
        retries=RETRIES,
        attempts=0,
        due_at=bindparam("now"),
        error=null(),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewJob:
    """A job to be inserted.

    Attributes:
        idem: says what it stands for; a second job of the same key is impossible.
        is_of_instance: False for a message, a start or a signal to all: whoever wrote it may end.
        computation: of a timer, how its due date came about.
    """

    kind: str
    element_id: str
    token_id: str
    due_at: datetime
    idem: str
    state: str = "pending"
    error: str | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    topic: str | None = None
    priority: int = 0
    is_of_instance: bool = True
    computation: Mapping[str, object] | None = None


def due(now: datetime, limit: int, connection: Connection) -> tuple[Job, ...]:
    """List pending jobs that are due, in the order they fall due; leased ones too."""
    rows = connection.execute(_DUE, {"now": now, "limit": limit}).mappings()
    return tuple(Job(**row) for row in rows)


def claim(owner: str, now: datetime, batch: int, connection: Connection) -> tuple[Job, ...]:
    """Lease at most `batch` due jobs. A hint against collisions, no more: firing decides.

    The owner names process and thread; a lease lasts LEASE.
    """
    values = {"owner": owner, "now": now, "until": now + LEASE, "limit": batch}
    rows = connection.execute(_CLAIM, values).mappings().all()
    return tuple(sorted((Job(**row) for row in rows), key=_order))


def _order(each: Job) -> tuple[datetime, int, str]:
    return each.due_at, KINDS_IN_ORDER.index(each.kind), each.id


def release(job_id: str, connection: Connection) -> None:
    """Give a lease back after a lost race, which is an outcome: attempts count anew."""
    connection.execute(_RELEASE, {"job_id": job_id})


def put_back(job_ids: Sequence[str], owner: str, connection: Connection) -> None:
    """Give leases back that were not used: as if they had never been taken."""
    if job_ids:
        connection.execute(_PUT_BACK, [{"job_id": each, "owner": owner} for each in job_ids])


def insert_new(instance_id: str, new_jobs: Sequence[NewJob], connection: Connection) -> None:
    """Write new jobs, in one statement."""
    if new_jobs:
        connection.execute(_INSERT, [_row(instance_id, each) for each in new_jobs])


def insert_once(
    instance_id: str | None, new_jobs: Sequence[NewJob], connection: Connection
) -> None:
    """Write new jobs, in one statement; one whose key exists already changes nothing."""
    if new_jobs:
        statement = _INSERT_ONCE[connection.dialect.name]
        connection.execute(statement, [_row(instance_id, each) for each in new_jobs])


def _row(instance_id: str | None, each: NewJob) -> dict[str, object]:
    return {
        "id": uuid4().hex,
        "instance_id": instance_id if each.is_of_instance else None,
        "kind": each.kind,
        "element_id": each.element_id,
        "token_id": each.token_id,
        "due_at": each.due_at,
        "original_due_at": each.due_at,
        "state": each.state,
        "retries": RETRIES,
        "attempts": 0,
        "error": each.error,
        "payload": dict(each.payload),
        "topic": each.topic,
        "priority": each.priority,
        "idem": each.idem,
        "computation": each.computation,
    }


def lock_alone(job_id: str, now: datetime, connection: Connection) -> Job | None:
    """Lock a due job that belongs to no instance; None when there is nothing to be done.

    Such a job is locked before any instance; a step never locks one.
    """
    row = connection.execute(_LOCK_ALONE, {"job_id": job_id, "now": now}).mappings().first()
    return None if row is None else Job(**row)


def close(instance_id: str, state_by_token: Mapping[str, str], connection: Connection) -> None:
    """End the standing jobs of tokens, in one statement."""
    if state_by_token:
        connection.execute(
            _CLOSE,
            [
                {"of_instance": instance_id, "of_token": token_id, "new_state": state}
                for token_id, state in state_by_token.items()
            ],
        )


def finish(job_id: str, connection: Connection) -> None:
    """Mark a pending job as done."""
    connection.execute(_FINISH, {"job_id": job_id})


def move_timers(
    instance_id: str, until_by_token: Mapping[str, datetime], connection: Connection
) -> None:
    """Move running timers; original_due_at stays."""
    if until_by_token:
        connection.execute(
            _MOVE,
            [
                {"of_instance": instance_id, "of_token": token_id, "until": until}
                for token_id, until in until_by_token.items()
            ],
        )


def suspend(instance_id: str, connection: Connection) -> None:
    """Take the jobs of an instance out of the queue."""
    connection.execute(_SUSPEND, {"of_instance": instance_id})


def resume(instance_id: str, connection: Connection) -> None:
    """Put the jobs of an instance back into the queue."""
    connection.execute(_RESUME, {"of_instance": instance_id})


def cancel_all(instance_id: str, connection: Connection) -> None:
    """End every job of an instance."""
    connection.execute(_CANCEL_ALL, {"of_instance": instance_id})


def read_pending(job_id: str, connection: Connection) -> Job | None:
    """Read a pending job, or None when it is done, cancelled or failed meanwhile."""
    row = connection.execute(_READ_PENDING, {"job_id": job_id}).mappings().first()
    return None if row is None else Job(**row)


def count_failure(seen: Job, message: str, now: datetime, connection: Connection) -> bool:
    """Use up one retry and postpone the job; guarded, so that one failure counts once.

    Returns:
        True when this call counted it.
    """
    values = {
        "job_id": seen.id,
        "seen_retries": seen.retries,
        "message": message,
        "again_at": now + wait_before_retry(seen.id, RETRIES - seen.retries),
    }
    return connection.execute(_COUNT_FAILURE, values).rowcount == 1


def fail(job_id: str, message: str, connection: Connection) -> bool:
    """Take a job out of the queue for good.

    Returns:
        True when this call did it.
    """
    return connection.execute(_FAIL, {"job_id": job_id, "message": message}).rowcount == 1


def revive(job_id: str, now: datetime, connection: Connection) -> bool:
    """Put a failed job back into the queue, due now, with all its retries.

    Returns:
        True when this call did it.
    """
    return connection.execute(_REVIVE, {"job_id": job_id, "now": now}).rowcount == 1


def wait_before_retry(job_id: str, failures: int) -> timedelta:
    """Tell how long to wait after a failure: 10 s, 40 s, 160 s ... at most an hour, plus jitter.

    The jitter, up to a tenth, comes from the job's id, so that it is the same each time and jobs
    that failed together do not come back together. `failures` counts those before this one.
    """
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << 2 * failures))
    share = sha256(f"{job_id}:{failures}".encode()).digest()[0] / 255
    return wait + wait * (0.1 * share)
