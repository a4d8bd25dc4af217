"""What must hold in every database, whatever was killed, cut off or delivered twice.

The numbers are those of the reliability design. Check a database at rest: nothing due, nobody
working; the chaos suite drains it first.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Select, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine import deployments, instances, jobs
from engine.clock import FrozenClock
from engine.db import Database
from engine.differences import Trigger
from engine.errors import EngineError
from engine.service_tasks import OperationTable
from engine.sla_tables import sla_clock
from engine.spiff.execution import Execution
from engine.steps import Setting, Step
from engine.tables import (
    history,
    incident,
    job,
    outbox,
    process_definition,
    process_instance,
    subscription,
    user_task,
)
from engine.types import SYSTEM

NAMES: Mapping[str, str] = {
    "I1": "nothing took effect twice",
    "I2": "nothing is missing",
    "I3": "the history has no gap and is in order",
    "I4": "the outbox holds each notice that is owed, once",
    "I5": "what was acknowledged is in the database",
    "I6": "every state can be read and its waits are the rows",
    "I7": "nothing is overdue and no lease is left",
    "I8": "the incidents are the poisoned cases",
    "I9": "the database itself is whole",
    "I10": "the version counts the steps of the history",
}
"""Every invariant, in a few words."""

MOST_TOLD = 5
"""So many breaches of one invariant are told in words; the rest is counted."""

_ONCE = frozenset(
    {"task_created", "task_completed", "task_cancelled", "timer_fired", "service_done"}
)
_RUNGS = frozenset({"reminder_sent", "escalated"})
_INSTANCES = select(
    *(column for column in process_instance.c if column.name != "state"),
    process_definition.c.key.label("process_key"),
).select_from(process_instance.join(process_definition))

_RUNNING_CLOCKS = select(sla_clock.c.kind, sla_clock.c.token_id, sla_clock.c.instance_id).where(
    sla_clock.c.ended_at.is_(None)
)

Row = dict[str, Any]

Owed = Callable[[Row], str | None]
"""Says of a line of the history which notice is owed for it, by its key in the outbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the one who drove the load knows besides the database.

    Attributes:
        started: ids of instances whose start was acknowledged.
        completed: ids of user tasks whose completion was acknowledged.
        is_poisoned: says of a business key that the instance must have one open incident as soon
            as its operation has failed; all others must have none.
        levels: what every open task with a ladder has been told by now, in order; none: unknown.
        owed: which notice a line of the history owes; none: the outbox is not checked.
        letters: process key and business keys that must have been begun by a message, once each.
        totals: instance id to the number its variable `total` must have.
        posted: Message-IDs that arrived, and how often; none: nobody knows.
    """

    started: frozenset[str] = frozenset()
    completed: frozenset[str] = frozenset()
    is_poisoned: Callable[[str], bool] = lambda _: False
    levels: tuple[str, ...] = ()
    owed: Owed | None = None
    letters: tuple[str, frozenset[str]] | None = None
    totals: Mapping[str, int] = field(default_factory=dict)
    posted: Mapping[str, int] | None = None

    def counting(self, totals: Mapping[str, int]) -> "Facts":
        """Copy what is known, with the numbers that instances must have counted to."""
        return replace(self, totals=totals)

    def only_stored(self) -> "Facts":
        """Copy what is known, for a copy of the database: what else arrived does not count."""
        return replace(self, posted=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """One thing that is not as it must be; `invariant` is one of NAMES."""

    invariant: str
    text: str


def broken(database: Database, facts: Facts, now: datetime) -> tuple[Breach, ...]:
    """Check every invariant.

    Args:
        database: at rest.
        facts: what is known besides.
        now: of the business; whatever was due by then must be done.

    Returns:
        What is broken, in the order of the invariants.
    """
    damage = _integrity(database)
    if damage:  # what is read from a damaged database means nothing
        return tuple(damage)
    with database.reading() as session:
        connection = session.connection()
        seen = _Seen(
            lines=_rows(connection, select(history).order_by(history.c.id)),
            instances=_rows(connection, _INSTANCES),
            tasks=_rows(connection, select(user_task)),
            jobs=_rows(connection, select(job)),
            outbox=_rows(connection, select(outbox)),
            clocks=_rows(connection, _RUNNING_CLOCKS),
        )
        found = [
            *_twice(seen, facts),
            *_missing(seen, facts),
            *_gaps(seen),
            *_notices(seen, facts),
            *_acknowledged(seen, facts),
            *_states(seen, facts, now, session),
            *_clocks(seen),
            *_overdue(seen, now),
            *_incidents(seen, facts, connection),
            *_versions(seen),
        ]
    order = list(NAMES)
    return tuple(sorted(found, key=lambda breach: order.index(breach.invariant)))


def summary(breaches: Iterable[Breach]) -> tuple[Breach, ...]:
    """Keep the first few breaches of each invariant and count the rest."""
    grouped: dict[str, list[Breach]] = defaultdict(list)
    for breach in breaches:
        grouped[breach.invariant].append(breach)
    told: list[Breach] = []
    for invariant, each in grouped.items():
        told += each[:MOST_TOLD]
        if more := len(each) - MOST_TOLD:
            told += [Breach(invariant=invariant, text=f"and {more} more")] if more > 0 else []
    return tuple(told)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """All rows but the states."""

    lines: list[Row]
    instances: list[Row]
    tasks: list[Row]
    jobs: list[Row]
    outbox: list[Row]
    clocks: list[Row]

    def told(self) -> dict[str, list[str]]:
        """List the rungs told of each task, in order."""
        levels: dict[str, list[str]] = defaultdict(list)
        for line in self.lines:
            if line["kind"] in _RUNGS:
                levels[line["details"]["task_id"]].append(line["details"]["level"])
        return levels

    def begun(self, process_key: str) -> Counter[str]:
        """Count the instances of a process by business key."""
        return Counter(
            each["business_key"] for each in self.instances if each["process_key"] == process_key
        )


def _twice(seen: _Seen, facts: Facts) -> Iterator[Breach]:
    done = (line for line in seen.lines if line["kind"] in _ONCE)
    effects = [f"{line['kind']} of {line['details']['token_id']}" for line in done]
    effects += [
        f"{level} told of {task}" for task, levels in seen.told().items() for level in levels
    ]
    counts = Counter(effects)
    if facts.letters is not None:
        counts += Counter({f"start by {k}": n for k, n in seen.begun(facts.letters[0]).items()})
    for effect, count in counts.items():
        if count > 1:
            yield Breach(invariant="I1", text=f"{effect}: {count} times")


def _missing(seen: _Seen, facts: Facts) -> Iterator[Breach]:
    told = seen.told()
    for task in seen.tasks if facts.levels else ():
        if task["ladder"] is None or task["state"] != "open":
            continue
        levels = tuple(told.get(task["id"], ()))
        if tuple(dict.fromkeys(levels)) != facts.levels:
            yield Breach(invariant="I2", text=f"{task['id']} was told {', '.join(levels) or '-'}")
    if facts.letters is not None:
        begun = seen.begun(facts.letters[0])
        for key in sorted(facts.letters[1] - set(begun)):
            yield Breach(invariant="I2", text=f"message {key} began nothing")


def _gaps(seen: _Seen) -> Iterator[Breach]:
    steps: dict[str, list[int]] = defaultdict(list)
    for line in seen.lines:
        steps[line["instance_id"]].append(line["step"])
    for instance_id, numbers in steps.items():
        numbered = [number for number in numbers if number > 0]
        if numbered[:1] != [1] or any(
            after - before not in (0, 1) for before, after in pairwise(numbered)
        ):
            yield Breach(invariant="I3", text=f"steps of {instance_id}: {numbered}")


def _notices(seen: _Seen, facts: Facts) -> Iterator[Breach]:
    if facts.owed is None:
        return
    owed = Counter(key for line in seen.lines if (key := facts.owed(line)) is not None)
    written = Counter(row["idem"] for row in seen.outbox)
    texts = [f"no notice {key}" for key in owed - written]
    texts += [f"notice {key} without its reason" for key in written - owed]
    posted = written if facts.posted is None else facts.posted
    texts += [f"notice {key} arrived and does not exist" for key in posted.keys() - written]
    for row in seen.outbox:
        if row["sent_at"] is None:
            texts.append(f"notice {row['idem']} was not sent: {row['error']}")
        elif row["idem"] not in posted:
            texts.append(f"notice {row['idem']} never arrived")
    yield from (Breach(invariant="I4", text=each) for each in sorted(texts))


def _acknowledged(seen: _Seen, facts: Facts) -> Iterator[Breach]:
    completed = {task["id"] for task in seen.tasks if task["state"] == "completed"}
    existing = {each["id"] for each in seen.instances}
    for task_id in sorted(facts.completed - completed):
        yield Breach(invariant="I5", text=f"completion of {task_id} was acknowledged and is lost")
    for instance_id in sorted(facts.started - existing):
        yield Breach(invariant="I5", text=f"start of {instance_id} was acknowledged and is lost")


def _states(seen: _Seen, facts: Facts, now: datetime, session: Session) -> Iterator[Breach]:
    open_rows = _by_instance(seen.tasks, "id", lambda row: row["state"] == "open")
    timers = _by_instance(
        seen.jobs, "token_id", lambda row: row["kind"] == "timer" and row["state"] == "pending"
    )
    awaited = _by_instance(
        _rows(session.connection(), select(subscription)), "token_id", lambda _: True
    )
    for row in seen.instances:
        instance_id = row["id"]
        try:
            execution = _restored(instance_id, now, session)
            waits, total = execution.waits(), execution.variables().get("total")
        except EngineError as error:
            yield Breach(invariant="I6", text=f"state of {instance_id}: {error}")
            continue
        expected = facts.totals.get(instance_id, total)
        if total != expected:
            words = f"{expected} completions of {instance_id} were acknowledged, {total} count"
            yield Breach(invariant="I5", text=words)
        for what, inside, rows in (
            ("open tasks", waits.user_tasks, open_rows),
            ("timers", waits.timers, timers),
            ("subscriptions", waits.messages, awaited),
        ):
            tokens = {each.token_id for each in inside}
            if tokens != rows[instance_id]:
                words = f"{instance_id}: {len(tokens)} {what} in its state"
                yield Breach(invariant="I6", text=f"{words}, {len(rows[instance_id])} as rows")


def _restored(instance_id: str, now: datetime, session: Session) -> Execution:
    """Read the state of an instance, as its next step would."""
    clock = FrozenClock(now)
    connection = session.connection()
    seen = instances.read(instance_id, connection)
    step = Step(
        seen=seen,
        process=deployments.compiled(seen.definition_id, seen.content_hash, connection),
        trigger=Trigger(by=SYSTEM),
        setting=Setting(operations=OperationTable({}, frozenset()), clock=clock, engine=_Nobody()),
        session=session,
    )
    return step.restore()


class _Nobody:
    """Stands where operations would be handed the engine."""


def _clocks(seen: _Seen) -> Iterator[Breach]:
    """Look for SLA clocks that run on after their user task or their instance has ended."""
    active = {each["id"] for each in seen.instances if each["ended_at"] is None}
    open_tasks = {task["id"] for task in seen.tasks if task["state"] == "open"}
    for clock in seen.clocks:
        is_of_task = clock["kind"] == "task"
        runs_for = clock["token_id"] if is_of_task else clock["instance_id"]
        if runs_for not in (open_tasks if is_of_task else active):
            yield Breach(invariant="I6", text=f"the SLA clock of {runs_for} runs on")


def _overdue(seen: _Seen, now: datetime) -> Iterator[Breach]:
    for row in seen.jobs:
        if row["state"] != "pending":
            continue
        if row["due_at"] <= now:
            yield Breach(invariant="I7", text=f"{row['kind']} {row['idem']} is still to be done")
        elif row["lock_until"] is not None and row["lock_until"] > now + jobs.LEASE:
            yield Breach(invariant="I7", text=f"{row['kind']} {row['idem']} is leased for long")


def _incidents(seen: _Seen, facts: Facts, connection: Connection) -> Iterator[Breach]:
    keys = {each["id"]: each["business_key"] for each in seen.instances}
    rows = _rows(connection, select(incident).where(incident.c.resolved_at.is_(None)))
    counts = Counter(keys.get(row["instance_id"], "none") for row in rows)
    messages = {keys.get(row["instance_id"], "none"): row["message"] for row in rows}
    failed = {keys[line["instance_id"]] for line in seen.lines if line["kind"] == "service_failed"}
    for key, count in counts.items():
        if not facts.is_poisoned(key):
            yield Breach(invariant="I8", text=f"incident of {key}: {messages[key]}")
        elif count > 1:
            yield Breach(invariant="I8", text=f"{count} incidents of {key}")
    for key in sorted(filter(facts.is_poisoned, failed - set(counts))):
        yield Breach(invariant="I8", text=f"no incident of {key}")


def _versions(seen: _Seen) -> Iterator[Breach]:
    steps: dict[str, int] = defaultdict(int)
    for line in seen.lines:
        steps[line["instance_id"]] = max(steps[line["instance_id"]], line["step"])
    for row in seen.instances:
        if row["version"] != steps[row["id"]]:
            words = f"{row['id']} is at version {row['version']}, its history at {steps[row['id']]}"
            yield Breach(invariant="I10", text=words)


def _integrity(database: Database) -> list[Breach]:
    """Ask the database to check itself: pages, keys and indexes."""
    try:
        return _broken_parts(database)
    except DBAPIError as error:  # it cannot even be opened
        return [Breach(invariant="I9", text=str(error.orig))]


def _broken_parts(database: Database) -> list[Breach]:
    with database.reading() as session:
        connection = session.connection()
        if database.is_sqlite:
            return _broken_pages(connection)
        failures = connection.scalar(_CHECKSUM_FAILURES) or 0
        found = [Breach(invariant="I9", text=f"{failures} pages with a wrong checksum")]
        return [*(found if failures else []), *_broken_indexes(connection)]


def _broken_pages(connection: Connection) -> list[Breach]:
    try:
        said = [str(row[0]) for row in connection.execute(text("pragma integrity_check"))]
        said += [f"no row {row[2]}" for row in connection.execute(text("pragma foreign_key_check"))]
    except DBAPIError as error:
        said = [str(error.orig)]
    return [Breach(invariant="I9", text=word) for word in said if word != "ok"]


def _broken_indexes(connection: Connection) -> list[Breach]:
    """Let amcheck compare every index with its table, where the extension is installed."""
    if connection.scalar(_HAS_AMCHECK) is None:
        return []
    try:
        connection.execute(_CHECK_INDEXES).all()
    except DBAPIError as error:
        return [Breach(invariant="I9", text=str(error.orig))]
    return []


_CHECKSUM_FAILURES = text(
    "select checksum_failures from pg_stat_database where datname = current_database()"
)
_HAS_AMCHECK = text("select 1 from pg_extension where extname = 'amcheck'")
_CHECK_INDEXES = text(
    "select bt_index_check(index => i.indexrelid, heapallindexed => true)"
    " from pg_index i join pg_class c on c.oid = i.indexrelid"
    " join pg_am a on a.oid = c.relam join pg_namespace n on n.oid = c.relnamespace"
    " where a.amname = 'btree' and n.nspname = 'public' and i.indisvalid"
)


def _by_instance(
    rows: Iterable[Row], column: str, wanted: Callable[[Row], bool]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if wanted(row):
            found[row["instance_id"]].add(row[column])
    return found


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]
