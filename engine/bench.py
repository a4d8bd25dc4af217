"""How fast the engine is on this machine, beside the floor of the database itself.

The diagram is the smallest honest one: start, user task, script, user task, end. The floor is one
transaction of the same writes through the bare driver, on the same database, in the same run.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from uuid import uuid4

import psycopg
from sqlalchemy import event, select
from sqlalchemy.engine import make_url

from engine import bench_diagrams, bench_stock, deployments
from engine.clock import FrozenClock
from engine.db import Database, metadata
from engine.process_engine import ProcessEngine
from engine.records import ProcessDefinition
from engine.sla import Rung
from engine.spiff.stock import count_tasks
from engine.tables import process_instance
from engine.types import CITY, Actor

INSTANCES = 200
MOST_SECONDS = 4.0
PLACES = (1, 10, 50, 200, 500)
STARTS_OF_BLOCKS = 15
"""Each part of a measurement ends after so many seconds, whatever it has done."""

OFFICER = Actor(id="1", name="officer", groups=frozenset({("officer", CITY)}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What was measured on one database.

    Attributes:
        instances: whole runs, from start to end.
        instances_per_s: whole runs a second, one client.
        complete_ms_p50: completing a user task, median.
        complete_ms_p95: likewise, the 95th percentile.
        sql_per_complete: statements, the worst completion.
        commits_per_complete: commits, the worst completion.
        db_floor_ms: the same writes through the bare driver, median.
        state_bytes: the stored state between the two tasks.
    """

    instances: int
    instances_per_s: float
    complete_ms_p50: float
    complete_ms_p95: float
    sql_per_complete: int
    commits_per_complete: int
    db_floor_ms: float
    state_bytes: int


def measure(url: str, *, instances: int = INSTANCES) -> dict[str, object]:
    """Measure on one empty database; tables are made there and dropped again.

    Returns:
        The figures of Anju by name, and under `engines` those of the raw driver, of stock
        SpiffWorkflow and of Anju, for the same diagrams and data.
    """
    database = Database(url)
    metadata.create_all(database.engine)
    try:
        anju = asdict(_measure(database, instances))
        grown = {**anju, **_measure_growth(database)}
        floor = {"complete_ms_p50": anju["db_floor_ms"], "commits_per_complete": 1}
        stock = bench_stock.measure(url, instances=instances, seconds=MOST_SECONDS)
        memory = round(getrusage(RUSAGE_SELF).ru_maxrss / 1024, 1)
        engines = {"raw_driver": floor, "spiffworkflow": stock, "anju": grown}
        return {**grown, "memory_mb": memory, "engines": engines}
    finally:
        metadata.drop_all(database.engine)
        database.dispose()


def _measure(database: Database, instances: int) -> Figures:
    engine = ProcessEngine(
        operations={}, clock=FrozenClock(datetime(2026, 3, 2, 1, tzinfo=UTC)), on_rung=_no_rung
    )
    with database.unit_of_work() as session:
        engine.deploy({"bench.bpmn": bench_diagrams.straight()}, by=OFFICER, session=session)
    run = _Run(engine, database)
    for _ in range(5):  # warm up: compile statements and the definition, open the connection
        run.once()
    counts = run.count()
    run.seconds.clear()
    begun_at = perf_counter()
    done = _repeat(run.once, instances)
    elapsed = perf_counter() - begun_at
    spent = sorted(run.seconds)
    return Figures(
        instances=done,
        instances_per_s=round(done / elapsed, 1),
        complete_ms_p50=_ms(median(spent)),
        complete_ms_p95=_ms(spent[int(len(spent) * 0.95)]),
        sql_per_complete=counts["statements"],
        commits_per_complete=counts["commits"],
        db_floor_ms=_ms(_floor(database, run.state_bytes, instances)),
        state_bytes=run.state_bytes,
    )


def _measure_growth(database: Database) -> dict[str, object]:
    """Complete 500 times in one instance, and start parallel blocks."""
    engine = ProcessEngine(
        operations={}, clock=FrozenClock(datetime(2026, 3, 2, 1, tzinfo=UTC)), on_rung=_no_rung
    )
    run = _Run(engine, database)
    for name in ("loop", "blocks"):
        with database.unit_of_work() as session:
            files = {f"{name}.bpmn": getattr(bench_diagrams, name)()}
            engine.deploy(files, by=OFFICER, session=session)
    run.start("bench_blocks", {})  # warm up
    task_id = run.start("bench_loop", bench_diagrams.LOOP_VARIABLES)
    for _ in range(PLACES[-1] + 4):
        task_id = run.complete(task_id, {})
    spent: list[float] = []
    for _ in range(STARTS_OF_BLOCKS):
        begun_at = perf_counter()
        run.start("bench_blocks", {})
        spent.append(perf_counter() - begun_at)
    return {
        **bench_stock.around(run.seconds, PLACES),
        "state_bytes_at_end": run.state_size("bench_loop"),
        f"blocks_{bench_diagrams.BLOCKS}_ms": _ms(median(spent)),
        f"blocks_{bench_diagrams.BLOCKS}_tasks": run.count_tasks("bench_blocks"),
    }


class _Run:
    """Runs the diagram from start to end and keeps the time of every completion."""

    def __init__(self, engine: ProcessEngine, database: Database) -> None:
        self._engine = engine
        self._database = database
        self.seconds: list[float] = []
        self.state_bytes = 0

    def once(self) -> None:
        """Start one instance and complete both tasks."""
        task_id = self.start()
        task_id = self.complete(task_id, {"answer": "yes", "amount": 41})
        self.complete(task_id, {})

    def count(self) -> Counter[str]:
        """Count statements and commits of the costlier of the two completions."""
        task_id = self.start()
        with _counting(self._database) as first:
            task_id = self.complete(task_id, {"amount": 41})
        self.state_bytes = self.state_size("bench")
        with _counting(self._database) as second:
            self.complete(task_id, {})
        return first | second

    def start(
        self,
        key: str = "bench",
        variables: Mapping[str, object] = bench_diagrams.STRAIGHT_VARIABLES,
    ) -> str:
        """Start an instance; return its first open user task."""
        with self._database.unit_of_work() as session:
            result = self._engine.start(
                key,
                variables,
                business_key="B-1",
                scope=CITY,
                by=OFFICER,
                session=session,
            )
        return result.open_tasks[0].id

    def complete(self, task_id: str, values: Mapping[str, object]) -> str:
        """Complete a user task; return the next one."""
        begun_at = perf_counter()
        with self._database.unit_of_work() as session:
            result = self._engine.complete(task_id, values, by=OFFICER, session=session)
        self.seconds.append(perf_counter() - begun_at)
        return result.open_tasks[0].id if result.open_tasks else ""

    def state_size(self, key: str) -> int:
        """Read how many bytes the state of a running instance takes."""
        return len(self._stored(key)[1])

    def count_tasks(self, key: str) -> int:
        """Restore a running instance and count its task objects."""
        with self._database.reading() as session:
            definition, state = self._stored(key)
            process = deployments.compiled(
                definition.id, definition.content_hash, session.connection()
            )
            return count_tasks(process.definition, state)

    def _stored(self, key: str) -> tuple[ProcessDefinition, bytes]:
        with self._database.reading() as session:
            definition = deployments.latest(key, session.connection())
            newest = select(process_instance.c.state).where(
                process_instance.c.status == "active",
                process_instance.c.definition_id == definition.id,
            )
            return definition, session.scalar(newest.limit(1)) or b""


@contextmanager
def _counting(database: Database) -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()

    def statement(*details: object) -> None:
        counts["statements"] += not str(details[2]).startswith("BEGIN")

    def commit(_connection: object) -> None:
        counts["commits"] += 1

    event.listen(database.engine, "before_cursor_execute", statement)
    event.listen(database.engine, "commit", commit)
    try:
        yield counts
    finally:
        event.remove(database.engine, "before_cursor_execute", statement)
        event.remove(database.engine, "commit", commit)


def _repeat(act: Callable[[], None], times: int) -> int:
    """Act so many times, or until the time is up; return how often."""
    begun_at = perf_counter()
    for done in range(times):
        if perf_counter() - begun_at > MOST_SECONDS:
            return done
        act()
    return times


FLOOR_TABLES = (
    "create table floor_instance (id char(32) primary key, version integer, state {blob})",
    "create table floor_task (id char(32) primary key,"
    " instance_id char(32) references floor_instance, body varchar(300))",
    "create table floor_history (id {serial},"
    " instance_id char(32) references floor_instance, body varchar(300))",
)
# the indexes and the foreign keys that every such write has to keep up
FLOOR_INDEXES = (
    "create index floor_task_1 on floor_task (instance_id)",
    "create index floor_task_2 on floor_task (body, id)",
    "create index floor_task_3 on floor_task (body, instance_id)",
    "create index floor_history_1 on floor_history (instance_id, id)",
)
FLOOR_STATEMENTS = (
    "select version, state from floor_instance where id = {p}",
    "update floor_instance set version = version + 1, state = {p} where id = {p}",
    "update floor_task set body = {p} where id = {p}",
    "insert into floor_task values ({p}, {p}, {p})",
    "insert into floor_history (instance_id, body) values ({p}, {p}), ({p}, {p}), ({p}, {p})",
)


def _floor(database: Database, state_bytes: int, times: int) -> float:
    """Write what a completion writes, as plainly as the driver can; median of seconds."""
    if database.is_sqlite:
        return _sqlite_floor(make_url(database.url).database or "", state_bytes, times)
    return _postgres_floor(database.url, state_bytes, times)


def _sqlite_floor(path: str, state_bytes: int, times: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")
        names = {"blob": "blob", "serial": "integer primary key"}

        def execute(text: str, values: tuple[object, ...]) -> None:
            connection.execute(text, values).fetchall()

        return _time_floor(execute, names, ("?", "begin immediate"), (state_bytes, times))
    finally:
        connection.close()


def _postgres_floor(url: str, state_bytes: int, times: int) -> float:
    address = url.replace("postgresql+psycopg", "postgresql", 1)
    names = {"blob": "bytea", "serial": "bigserial primary key"}
    with psycopg.connect(address, autocommit=True) as connection:

        def execute(text: str, values: tuple[object, ...]) -> None:
            connection.execute(text.encode(), values, prepare=bool(values))

        return _time_floor(execute, names, ("%s", "begin"), (state_bytes, times))


def _time_floor(
    execute: Callable[[str, tuple[object, ...]], None],
    names: Mapping[str, str],
    words: tuple[str, str],
    size: tuple[int, int],
) -> float:
    """Time the floor's transaction on an open connection, then drop its tables."""
    placeholder, begin = words
    state_bytes, times = size
    for table in (*FLOOR_TABLES, *FLOOR_INDEXES):
        execute(table.format(**names), ())
    statements = [text.format(p=placeholder) for text in FLOOR_STATEMENTS]
    instance, state, body = uuid4().hex, bytes(state_bytes), "x" * 200
    insert = f"insert into floor_instance values ({placeholder}, 1, {placeholder})"  # noqa: S608
    execute(insert, (instance, state))
    seconds = []
    for _ in range(times):
        begun_at = perf_counter()
        execute(begin, ())
        task = uuid4().hex
        rows = ((instance,), (state, instance), (body, task), (task, instance, body))
        for text, values in zip(statements, (*rows, (instance, body) * 3), strict=True):
            execute(text, values)
        execute("commit", ())
        seconds.append(perf_counter() - begun_at)
    for table in ("floor_task", "floor_history", "floor_instance"):
        execute(f"drop table {table}", ())
    return median(seconds)


def _no_rung(rung: Rung, *, session: object, clock: object) -> None:
    """Tell nobody: the diagram has no ladder."""


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
