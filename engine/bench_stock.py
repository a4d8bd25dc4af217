"""Stock SpiffWorkflow on the same diagrams and the same database: one JSON text in one row."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from engine import bench_diagrams
from engine.spiff.stock import StockProcess

Execute = Callable[[str, tuple[object, ...]], list[tuple[object, ...]]]
STATEMENTS = (
    "insert into stock_instance values ({p}, {p})",
    "select state from stock_instance where id = {p}",
    "update stock_instance set state = {p} where id = {p}",
)
PLACES = (1, 10, 50, 200)
BLOCKS = 5
"""Eight blocks take stock SpiffWorkflow seconds; five show the growth."""


def measure(url: str, *, instances: int, seconds: float) -> dict[str, object]:
    """Measure stock SpiffWorkflow on one database.

    Args:
        url: an SQLAlchemy address.
        instances: whole runs.
        seconds: each part ends after so long, whatever it has done.
    """
    with _row(url) as row:
        figures = _straight(row, instances, seconds)
        return {**figures, **_loop(row, seconds), **_blocks()}


class _Row:
    """One table, one row an instance, one transaction a step."""

    def __init__(self, execute: Execute, mark: str, begin: str) -> None:
        self._execute, self._begin = execute, begin
        self._insert, self._select, self._update = (text.format(p=mark) for text in STATEMENTS)

    def insert(self, state: str) -> str:
        """Write a new instance."""
        key = uuid4().hex
        self._execute(self._begin, ())
        self._execute(self._insert, (key, state))
        self._execute("commit", ())
        return key

    def change(self, key: str, step: Callable[[str], str]) -> None:
        """Read, step, write and commit."""
        self._execute(self._begin, ())
        ((state,),) = self._execute(self._select, (key,))
        self._execute(self._update, (step(str(state)), key))
        self._execute("commit", ())


@contextmanager
def _row(url: str) -> Iterator[_Row]:
    create = "create table stock_instance (id char(32) primary key, state text)"
    drop = "drop table stock_instance"
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=full"):
            connection.execute(f"pragma {pragma}")
        connection.execute(create)
        yield _Row(
            lambda text, values: connection.execute(text, values).fetchall(), "?", "begin immediate"
        )
        connection.execute(drop)
        connection.close()
        return
    address = url.replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(address, autocommit=True) as server:

        def execute(text: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
            cursor = server.execute(text.encode(), values, prepare=bool(values))
            return cursor.fetchall() if cursor.description else []

        execute(create, ())
        yield _Row(execute, "%s", "begin")
        execute(drop, ())


def _straight(row: _Row, instances: int, seconds: float) -> dict[str, object]:
    process = StockProcess(bench_diagrams.straight(), "bench")
    spent: list[float] = []
    begun_at, done = perf_counter(), 0
    while done < instances and perf_counter() - begun_at < seconds:
        key = row.insert(process.start(bench_diagrams.STRAIGHT_VARIABLES))
        spent.extend(_complete(row, key, process, each) for each in ({"answer": "yes"}, {}))
        done += 1
    elapsed = perf_counter() - begun_at
    spent.sort()
    return {
        "instances": done,
        "instances_per_s": round(done / elapsed, 1),
        "complete_ms_p50": _ms(median(spent)),
        "complete_ms_p95": _ms(spent[int(len(spent) * 0.95)]),
        "sql_per_complete": 2,
        "commits_per_complete": 1,
    }


def _loop(row: _Row, seconds: float) -> dict[str, object]:
    """Go round in one instance; the growth is why this ends at the 200th completion."""
    process = StockProcess(bench_diagrams.loop(), "bench_loop")
    key = row.insert(process.start(bench_diagrams.LOOP_VARIABLES))
    spent: list[float] = []
    begun_at = perf_counter()
    while len(spent) < PLACES[-1] + 4 and perf_counter() - begun_at < 2 * seconds:
        spent.append(_complete(row, key, process, {}))
    return around(spent, PLACES)


def around(spent: list[float], places: tuple[int, ...]) -> dict[str, object]:
    """Give the median of the nine completions around each place, in milliseconds."""
    return {
        f"complete_{place}_ms": _ms(median(spent[max(0, place - 5) : place + 4]))
        for place in places
        if len(spent) >= place
    }


def _blocks() -> dict[str, object]:
    process = StockProcess(bench_diagrams.blocks(BLOCKS), "bench_blocks")
    begun_at = perf_counter()
    tasks = process.count_tasks({})
    return {f"blocks_{BLOCKS}_ms": _ms(perf_counter() - begun_at), f"blocks_{BLOCKS}_tasks": tasks}


def _complete(row: _Row, key: str, process: StockProcess, values: Mapping[str, object]) -> float:
    begun_at = perf_counter()
    row.change(key, lambda state: process.complete(state, values))
    return perf_counter() - begun_at


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
