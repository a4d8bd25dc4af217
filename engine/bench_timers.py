"""How fast due timers take effect, with one or more worker processes, beside a floor.

Each timer is the interrupting boundary timer of a user task; it runs an escalation: the task is
withdrawn, a service task writes a message into the outbox, the next task is given out, all with
history, in one transaction an instance. The floor writes the same rows through the bare driver, in
as many processes, with one commit each (see `engine.bench_floor`).
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Table, func, select, text, update
from sqlalchemy.orm import Session

from engine import bench_diagrams, bench_floor, jobs
from engine.clock import Clock, SystemClock
from engine.db import Database, metadata
from engine.outbox import NewMessage, add
from engine.process_engine import ProcessEngine
from engine.sla import Rung
from engine.tables import history, job, outbox, process_instance, user_task
from engine.types import CITY, Actor, InstanceRef

TIMERS = 10_000
PENDING = 1_000_000
STARTED_TOGETHER = 200
POLLS = 400
ONE_ROW_INSERTS = 300
TICKING = 300
TICKING_PERIOD = timedelta(seconds=6)
YEAR = timedelta(days=365)
LOOK = 0.5
DUE = timedelta(minutes=1)
"""So long ago every timer fell due when the workers begin."""

CLOCK = SystemClock()
OFFICER = Actor(id="1", name="officer", groups=frozenset({("officer", CITY)}))
GROWING = (history, outbox, user_task, job, process_instance)
"""Tables that a run fills; a copy of them makes the next run begin where this one did."""

Told = Callable[[str, int, int], None]
"""Hears how far a part of the measurement is: its name, done, of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        timers: due timers of each run.
        pending: timers of the far future, for the polls.
        workers: numbers of worker processes, one run each.
        command: starts a worker process; the address of the database is put behind it.
        told: hears how far it is.
    """

    timers: int = TIMERS
    pending: int = PENDING
    workers: Sequence[int] = (1, 2, 4)
    command: Sequence[str]
    told: Told


def engine_of(clock: Clock) -> ProcessEngine:
    """Make the engine that a worker of this benchmark runs."""
    return ProcessEngine(
        operations={bench_diagrams.ESCALATION: escalate}, clock=clock, on_rung=_no_rung
    )


def escalate(*, instance: InstanceRef, session: Session, clock: Clock) -> None:
    """Write the message of an escalation into the outbox."""
    payload = {"subject": "Late", "body": "The period is over.", "url": "/cases/1"}
    message = NewMessage(
        idem=f"late:{instance.id}",
        instance_id=instance.id,
        channel="mail",
        recipient=OFFICER.id,
        payload=payload,
    )
    add([message], clock.now(), session.connection())


def measure(url: str, plan: Plan) -> dict[str, object]:
    """Measure on one empty database; tables are made there and dropped again.

    Returns:
        Under `runs` one row a number of workers, under `poll` the cost of looking and inserting.
    """
    database = Database(url)
    metadata.drop_all(database.engine)
    metadata.create_all(database.engine)
    try:
        without = {f"poll_at_none_{name}": value for name, value in _poll(database).items()}
        _start_instances(database, plan)
        _remember(database)
        runs = [_run(database, number, plan) for number in plan.workers]
        _restore(database)
        return {"runs": runs, "poll": {**without, **_measure_pending(database, plan)}}
    finally:
        _drop_copies(database)
        metadata.drop_all(database.engine)
        database.dispose()


def _start_instances(database: Database, plan: Plan) -> None:
    """Start every instance through the engine, then let all timers be due."""
    engine = engine_of(SystemClock())
    with database.unit_of_work() as session:
        files = {"bench_deadline.bpmn": bench_diagrams.deadline()}
        engine.deploy(files, by=OFFICER, session=session)
    for begun in range(0, plan.timers, STARTED_TOGETHER):
        with database.unit_of_work() as session:
            for number in range(begun, min(begun + STARTED_TOGETHER, plan.timers)):
                _start(engine, number, session)
        plan.told("start", min(begun + STARTED_TOGETHER, plan.timers), plan.timers)


def _start(engine: ProcessEngine, number: int, session: Session) -> None:
    variables = bench_diagrams.STRAIGHT_VARIABLES
    engine.start(
        "bench_deadline",
        variables,
        business_key=f"B-{number}",
        scope=CITY,
        by=OFFICER,
        session=session,
    )


def _run(database: Database, number: int, plan: Plan) -> dict[str, object]:
    """Let worker processes fire every timer; then the same rows through the bare driver."""
    _restore(database)
    with database.unit_of_work() as session:
        session.execute(update(job).values(due_at=CLOCK.now() - DUE))
    _analyze(database)
    with processes([*plan.command, database.url, "drain"], number) as started:
        begun_at, seconds = CLOCK.now(), _let_work(database, started, plan)
    written = _written(database)
    lags = _lags(database, begun_at)
    floor = _floor_seconds(database, written, number, plan)
    return {
        "workers": number,
        "fired": written.timers,
        "messages": written.messages,
        "fired_per_s": round(written.timers / seconds, 1),
        "ms_per_timer": round(1000 * seconds / written.timers, 3),
        "floor_per_s": round(written.timers / floor, 1),
        "times_floor": round(seconds / floor, 2),
        "fired_after_ms_p50": lags[0],
        "fired_after_ms_p95": lags[1],
    }


def _let_work(database: Database, started: Sequence[subprocess.Popen[str]], plan: Plan) -> float:
    """Let all processes begin at once; return the seconds until the last one is done."""
    begun_at = perf_counter()
    for each in started:
        _say(each, "go")
    while any(each.poll() is None for each in started):
        with suppress(subprocess.TimeoutExpired):
            started[-1].wait(LOOK)
        plan.told(f"fire, {len(started)} workers", _count(database, outbox), plan.timers)
    return max(float(_answer(each)) for each in started) or perf_counter() - begun_at


def _floor_seconds(database: Database, written: "Written", number: int, plan: Plan) -> float:
    """Write what the workers wrote, through the bare driver, in as many processes."""
    _restore(database)
    _analyze(database)
    sizes = (number, written.state_bytes, written.lines)
    commands = [
        [sys.executable, "-m", "engine.bench_floor", database.url, *map(str, (part, *sizes))]
        for part in range(number)
    ]
    with ExitStack() as stack:
        started = [stack.enter_context(processes(command, 1))[0] for command in commands]
        plan.told(f"floor, {number} processes", 0, plan.timers)
        for each in started:
            _say(each, "go")
        seconds = max(float(_answer(each)) for each in started)
    plan.told(f"floor, {number} processes", _count(database, outbox), plan.timers)
    return seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What the workers wrote.

    Attributes:
        state_bytes: of an instance after its timer fired.
        lines: of history that one firing writes.
    """

    timers: int
    messages: int
    state_bytes: int
    lines: int


def _written(database: Database) -> Written:
    done = select(func.count()).where(history.c.kind == "timer_fired")
    step = select(func.max(history.c.step)).scalar_subquery()
    with database.reading() as session:
        timers = session.scalar(done) or 0
        lines = session.scalar(select(func.count()).where(history.c.step == step)) or 0
        state = session.scalar(select(process_instance.c.state).limit(1)) or b""
        if not timers:
            raise RuntimeError("no timer fired")
        return Written(
            timers=timers,
            messages=_count(database, outbox),
            state_bytes=len(state),
            lines=lines // timers,
        )


def _lags(database: Database, begun_at: datetime) -> tuple[float, float]:
    """Tell how long after the beginning the median and the 95th percentile timer fired."""
    fired = select(history.c.at).where(history.c.kind == "timer_fired").order_by(history.c.at)
    with database.reading() as session:
        instants = session.scalars(fired).all()
    return _spread([(each - begun_at).total_seconds() for each in instants])


def _measure_pending(database: Database, plan: Plan) -> dict[str, object]:
    """Fill the queue with timers of the far future, then look, insert and fire beside them."""
    plan.told("insert", 0, plan.pending)
    begun_at = perf_counter()
    bench_floor.fill_queue(database.url, plan.pending)
    bulk = plan.pending / (perf_counter() - begun_at)
    plan.told("insert", plan.pending, plan.pending)
    _analyze(database)
    return {
        "pending": plan.pending,
        "bulk_inserts_per_s": round(bulk),
        "inserts_per_s": round(_insert_one_by_one(database)),
        **{f"idle_poll_{name}": value for name, value in _poll(database).items()},
        **_lag_when_ticking(database, plan),
    }


def _insert_one_by_one(database: Database) -> float:
    """Insert jobs through the engine, one a transaction; return how many a second."""
    due_at, begun_at = CLOCK.now() + YEAR, perf_counter()
    for _ in range(ONE_ROW_INSERTS):
        token = uuid4().hex
        new = jobs.NewJob(
            kind="timer", element_id="late", token_id=token, due_at=due_at, idem=f"one:{token}"
        )
        with database.unit_of_work() as session:
            jobs.insert_once(None, [new], session.connection())
    return ONE_ROW_INSERTS / (perf_counter() - begun_at)


def _poll(database: Database) -> dict[str, float]:
    """Ask for due jobs when there are none, as every tick of a worker does; in milliseconds."""
    engine, spent = engine_of(SystemClock()), []
    for _ in range(POLLS):
        with database.unit_of_work() as session:
            session.connection()
            begun_at = perf_counter()
            engine.claim_jobs("bench", session)
            spent.append(perf_counter() - begun_at)
    median_ms, worst_ms = _spread(spent[POLLS // 10 :])
    return {"ms_p50": median_ms, "ms_p95": worst_ms}


def _lag_when_ticking(database: Database, plan: Plan) -> dict[str, float]:
    """Let timers fall due one after another while two workers tick once a second."""
    begin = CLOCK.now() + timedelta(seconds=3)
    with database.unit_of_work() as session:
        ids = session.scalars(
            select(job.c.id).where(job.c.instance_id.is_not(None)).limit(TICKING)
        ).all()
        for number, job_id in enumerate(ids):
            due_at = begin + number * TICKING_PERIOD / TICKING
            session.execute(update(job).where(job.c.id == job_id).values(due_at=due_at))
    seconds = (begin + TICKING_PERIOD - CLOCK.now()).total_seconds() + 2
    number = 1 if database.is_sqlite else 2
    with processes([*plan.command, database.url, "tick", f"{seconds:.1f}"], number) as started:
        plan.told("tick", 0, TICKING)
        for each in started:
            _say(each, "go")
        for each in started:
            _answer(each)
    plan.told("tick", TICKING, TICKING)
    late = select(history.c.at, job.c.due_at).where(
        history.c.instance_id == job.c.instance_id,
        history.c.kind == "timer_fired",
        job.c.state == "done",
    )
    with database.reading() as session:
        lags = [(row.at - row.due_at).total_seconds() for row in session.execute(late)]
    median_ms, worst_ms = _spread(lags)
    return {"lag_ms_p50": median_ms, "lag_ms_p95": worst_ms}


def _remember(database: Database) -> None:
    with database.unit_of_work() as session:
        for table in GROWING:
            copy = f"create table seed_{table.name} as select * from {table.name}"  # noqa: S608
            session.execute(text(copy))


def _restore(database: Database) -> None:
    """Let every table hold what it held when all instances had been started."""
    with database.unit_of_work() as session:
        for table in GROWING:
            session.execute(text(f"delete from {table.name}"))  # noqa: S608  # our own names
        for table in reversed(GROWING):
            session.execute(
                text(f"insert into {table.name} select * from seed_{table.name}")  # noqa: S608
            )


def _drop_copies(database: Database) -> None:
    with database.unit_of_work() as session:
        for table in GROWING:
            session.execute(text(f"drop table if exists seed_{table.name}"))


def _analyze(database: Database) -> None:
    """Bring the planner's figures up to date, and on PostgreSQL clear away what was deleted."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in GROWING:
            verb = "analyze" if database.is_sqlite else "vacuum analyze"
            connection.exec_driver_sql(f"{verb} {table.name}")


def _count(database: Database, table: Table) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def processes(command: Sequence[str], number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Start processes and wait until each says that it is ready."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603  # our own modules
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            for _ in range(number)
        ]
        try:
            for each in started:
                _answer(each)
            yield started
        finally:
            for each in started:
                each.kill()


def _say(process: subprocess.Popen[str], word: str) -> None:
    if process.stdin is not None:
        process.stdin.write(f"{word}\n")
        process.stdin.flush()


def _answer(process: subprocess.Popen[str]) -> str:
    """Read the next line of a process.

    Raises:
        RuntimeError: it ended without one.
    """
    line = process.stdout.readline().strip() if process.stdout is not None else ""
    if not line:
        raise RuntimeError("a process of the benchmark ended without a word")
    return line


def _spread(seconds: Sequence[float]) -> tuple[float, float]:
    """Give the median and the 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    if not ordered:
        return 0.0, 0.0
    return round(median(ordered) * 1000, 3), round(ordered[int(len(ordered) * 0.95)] * 1000, 3)


def _no_rung(rung: Rung, *, session: object, clock: object) -> None:
    """Tell nobody: the diagram has no ladder."""
