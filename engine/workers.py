"""Workers: who runs the scheduler, when each was last seen, and what it did.

A row is one process. It is written every few seconds, so a process that died is known by silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.tables import worker

SILENCE = timedelta(seconds=60)
"""A worker that was not seen for so long is gone."""

MEMORY = timedelta(days=1)
"""A worker that is gone is forgotten after so long."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds, in seconds, of the buckets in which the time of jobs is counted."""

_COLUMNS = tuple(c for c in worker.c if c.name != "name")
_ON_SERVER, _IN_FILE = postgresql.insert(worker), sqlite.insert(worker)
_BEAT = {
    "postgresql": _ON_SERVER.on_conflict_do_update(
        index_elements=["name"], set_={c.name: _ON_SERVER.excluded[c.name] for c in _COLUMNS}
    ),
    "sqlite": _IN_FILE.on_conflict_do_update(
        index_elements=["name"], set_={c.name: _IN_FILE.excluded[c.name] for c in _COLUMNS}
    ),
}
_ALL = select(worker).order_by(worker.c.last_seen_at.desc(), worker.c.name)
_FORGET = delete(worker).where(worker.c.last_seen_at < bindparam("before"))
_LEAVE = delete(worker).where(worker.c.name == bindparam("of_name"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """A process that runs the scheduler.

    Attributes:
        name: in leases: host and process number.
        last_tick_at: when its sweep last came to its end, or None before the first one.
        fired: jobs since it started.
        failed: likewise.
        buckets: jobs by their time; see BUCKETS. The last count is of longer ones.
        seconds: the time of all these jobs.
        clock_jump: seconds by which its clock is off, when its guard holds all deadlines; else
            None.
    """

    name: str
    host: str
    pid: int
    started_at: datetime
    last_seen_at: datetime
    last_tick_at: datetime | None
    fired: int
    failed: int
    buckets: Sequence[int]
    seconds: float
    clock_jump: float | None

    def is_alive(self, now: datetime) -> bool:
        """Tell whether it was seen lately."""
        return now - self.last_seen_at < SILENCE


def beat(seen: Worker, connection: Connection) -> None:
    """Write that a worker lives, and what it did."""
    row: Mapping[str, object] = {**asdict(seen), "buckets": list(seen.buckets)}
    connection.execute(_BEAT[connection.dialect.name], row)


def leave(name: str, connection: Connection) -> None:
    """Forget a worker that stops as it should."""
    connection.execute(_LEAVE, {"of_name": name})


def forget_gone(now: datetime, connection: Connection) -> int:
    """Forget the workers that have been gone for MEMORY; return how many."""
    return connection.execute(_FORGET, {"before": now - MEMORY}).rowcount


def workers(session: Session) -> tuple[Worker, ...]:
    """List the workers, those seen last first."""
    return tuple(Worker(**row) for row in session.execute(_ALL).mappings())


def database_now(connection: Connection) -> datetime | None:
    """Tell the time of the database server, or None where the database has no clock of its own."""
    if connection.dialect.name != "postgresql":
        return None
    return connection.execute(select(func.clock_timestamp())).scalar()
