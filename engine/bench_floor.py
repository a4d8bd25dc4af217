"""The floor of `engine.bench_timers`: the rows a firing timer writes, through the bare driver.

A process of its own, like a worker: address, which part it takes, of how many, bytes of state and
lines of history. It says "ready", waits for a line, and tells the seconds it took.
"""

import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from engine.clock import SystemClock

Execute = Callable[[str, tuple[object, ...]], Sequence[tuple[object, ...]]]

CLOCK = SystemClock()
TOGETHER = 10
"""Firings a transaction, as in the sweep."""

STATEMENTS = {
    "instance": "select i.version, i.state, j.id from process_instance i join process_definition d"
    " on d.id = i.definition_id join job j on j.instance_id = i.id where j.id = {p} {lock}",
    "store": "update process_instance set version = version + 1, state = {p} where id = {p}",
    "close": "update user_task set state = 'cancelled', ended_at = {p}, ended_by = 'system',"
    " ended_by_name = 'system' where id = {p}",
    "open": "insert into user_task (id, instance_id, element_id, name, lane, candidate_group,"
    " scope, priority, created_at, state)"
    " values ({p}, {p}, 'decide', 'decide', '', 'officer', 'city', 50, {p}, 'open')",
    "finish": "update job set state = 'done' where id = {p}",
    "message": "insert into outbox (idem, instance_id, channel, recipient, payload, created_at,"
    " not_before, attempts, is_dead) values ({p}, {p}, 'mail', '1', {p}, {p}, {p}, 0, {false})",
    "history": "insert into history (instance_id, step, at, kind, element_id, element_name,"
    " actor_id, actor_name, details)"
    " values ({p}, 2, {p}, 'timer_fired', 'late', 'Late', 'system', 'system', {p})",
}
PAYLOAD = '{"subject":"Late","body":"The period is over.","url":"/cases/1"}'
DETAILS = '{"token_id":"0123456789abcdef0123456789abcdef"}'


def fill_queue(url: str, number: int) -> None:
    """Insert pending jobs that are due over the next ten years, in one statement."""
    columns = (
        "(id, kind, element_id, token_id, due_at, original_due_at, state, retries, attempts,"
        " payload, priority, idem)"
    )
    values = "'timer', 'late', {id}, {due}, {due}, 'pending', 3, 0, '{{}}', 0, 'far:' || n"
    begin = CLOCK.now() + timedelta(days=1)
    if url.startswith("sqlite"):
        due = f"datetime('{begin:%Y-%m-%d %H:%M:%S}', '+' || (n * 300) || ' seconds') || '.000000'"
        rows = values.format(id="printf('%032d', n)", due=due)
        with sqlite3.connect(make_url(url).database or "") as connection:
            connection.execute(
                f"with recursive far(n) as (select 1 union all select n + 1 from far"  # noqa: S608
                f" where n < {number}) insert into job {columns}"
                f" select printf('%032d', n), {rows} from far"
            )
        connection.close()
        return
    due = f"timestamptz '{begin.isoformat()}' + n * interval '300 seconds'"
    rows = values.format(id="lpad(n::text, 32, '0')", due=due)
    with psycopg.connect(_address(url)) as server:
        server.execute(
            f"insert into job {columns} select lpad(n::text, 32, '0'), {rows}"  # noqa: S608
            f" from generate_series(1, {number}) as n".encode()
        )


def main(url: str, part: int, parts: int, state_bytes: int, lines: int) -> float:
    """Fire one part of all timers; return the seconds it took."""
    if url.startswith("sqlite"):
        return _on_sqlite(url, (part, parts), (state_bytes, lines))
    with psycopg.connect(_address(url), autocommit=True) as server:

        def execute(sql: str, values: tuple[object, ...]) -> Sequence[tuple[object, ...]]:
            cursor = server.execute(sql.encode(), values, prepare=bool(values))
            return cursor.fetchall() if cursor.description else []

        marks = {"p": "%s", "lock": "for no key update of i, j", "false": "false"}
        statements = {name: text.format(**marks) for name, text in STATEMENTS.items()}
        return _fire(execute, statements, (part, parts), (state_bytes, lines))


def _on_sqlite(url: str, share: tuple[int, int], sizes: tuple[int, int]) -> float:
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")

    def execute(sql: str, values: tuple[object, ...]) -> Sequence[tuple[object, ...]]:
        return connection.execute(sql, tuple(map(_plain, values))).fetchall()

    marks = {"p": "?", "lock": "", "false": "0"}
    statements = {name: text.format(**marks) for name, text in STATEMENTS.items()}
    try:
        return _fire(execute, {**statements, "begin": "begin immediate"}, share, sizes)
    finally:
        connection.close()


def _plain(value: object) -> object:
    return str(value) if isinstance(value, datetime) else value


def _fire(
    execute: Execute,
    statements: dict[str, str],
    share: tuple[int, int],
    sizes: tuple[int, int],
) -> float:
    part, parts = share
    pending = "select id, instance_id, token_id from job where state = 'pending' order by id"
    tasks = {row[0]: row[1] for row in execute("select instance_id, id from user_task", ())}
    mine = [(row[0], row[1], tasks[row[1]]) for row in execute(pending, ())][part::parts]
    _say("ready")
    sys.stdin.readline()
    begun_at = perf_counter()
    for at in range(0, len(mine), TOGETHER):
        execute(statements.get("begin", "begin"), ())
        for job_id, instance_id, task_id in mine[at : at + TOGETHER]:
            _fire_one(execute, statements, (job_id, instance_id, task_id), sizes)
        execute("commit", ())
    return perf_counter() - begun_at


def _fire_one(
    execute: Execute,
    statements: dict[str, str],
    ids: tuple[object, object, object],
    sizes: tuple[int, int],
) -> None:
    job_id, instance_id, task_id = ids
    state_bytes, lines = sizes
    now = CLOCK.now()
    execute(statements["instance"], (job_id,))
    execute(statements["message"], (f"late:{instance_id}", instance_id, PAYLOAD, now, now))
    execute(statements["store"], (bytes(state_bytes), instance_id))
    execute(statements["close"], (now, task_id))
    execute(statements["open"], (uuid4().hex, instance_id, now))
    execute(statements["finish"], (job_id,))
    for _ in range(lines):
        execute(statements["history"], (instance_id, now, DETAILS))


def _address(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql", 1)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    address, *numbers = sys.argv[1:]
    taken = main(address, *map(int, numbers))
    _say(f"{taken:.6f}")
