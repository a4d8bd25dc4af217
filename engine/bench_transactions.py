"""The floor of `anju bench web`: INSERT, UPDATE, COMMIT through the bare driver, by many clients.

The table is its own and is dropped again. Writers of SQLite stand in a queue, as they do in
`engine.db`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from engine.bench_clients import Act, Figures, Told, together
from engine.db import FifoLock

TABLE = "create table floor_row (id char(32) primary key, version integer, body varchar(300))"
DROP = "drop table floor_row"
INSERT = "insert into floor_row values ({p}, 1, {p})"
UPDATE = "update floor_row set version = version + 1, body = {p} where id = {p}"
BODY = "x" * 200

Execute = Callable[[str, tuple[object, ...]], object]


def measure(url: str, *, clients: int, times: int, told: Told) -> Figures:
    """Let clients write, each `times` transactions on a connection of its own."""
    is_sqlite = url.startswith("sqlite")
    open_one = partial(_on_sqlite, url, FifoLock()) if is_sqlite else partial(_on_postgres, url)
    with ExitStack() as stack:
        execute, _act = open_one(stack)
        execute(TABLE, ())
        try:
            acts = [open_one(stack)[1] for _ in range(clients)]
            return together([_repeat(act, times) for act in acts], told)
        finally:
            execute(DROP, ())


def _repeat(act: Act, times: int) -> Iterator[Act]:
    for _ in range(times):
        yield act


def _on_sqlite(url: str, turn: FifoLock, stack: ExitStack) -> tuple[Execute, Act]:
    path = make_url(url).database or ""
    connection = stack.enter_context(
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    )
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")

    def act() -> bool:
        with turn:
            return _transaction(connection.execute, "?", "begin immediate")

    return connection.execute, act


def _on_postgres(url: str, stack: ExitStack) -> tuple[Execute, Act]:
    address = url.replace("postgresql+psycopg", "postgresql", 1)
    connection = stack.enter_context(psycopg.connect(address, autocommit=True))

    def execute(text: str, values: tuple[object, ...]) -> object:
        return connection.execute(text.encode(), values, prepare=bool(values))

    return execute, partial(_transaction, execute, "%s", "begin")


def _transaction(execute: Execute, mark: str, begin: str) -> bool:
    row_id = uuid4().hex
    execute(begin, ())
    execute(INSERT.format(p=mark), (row_id, BODY))
    execute(UPDATE.format(p=mark), (BODY, row_id))
    execute("commit", ())
    return True
