"""The database: one metadata, aware UTC instants, and the only place that begins and commits."""

import fcntl
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

import orjson
from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from engine import crash_points

UnitOfWork = Session
"""The session of one action; rooms that write no SQL pass it on under this name."""

DatabaseFailed = DBAPIError
"""What is raised when the database cannot be reached or refuses; for rooms that write no SQL."""

LARGEST_JSON = 2**63 - 1
"""The largest integer that is written as one."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Put UTC back: SQLite returns naive values."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FifoLock:
    """First come, first served; SQLite's busy_timeout sleeps instead and starves writers."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._busy = False

    @property
    def waiting(self) -> int:
        """Tell how many stand in the queue."""
        with self._guard:
            return len(self._waiting)

    def __enter__(self) -> None:
        """Wait for the turn."""
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def __exit__(self, *exc_info: object) -> None:
        """Hand the turn to the next."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


class _FileLock:
    """An exclusive flock on a side file, so that processes queue too; under the FifoLock only."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w")

    def __enter__(self) -> None:
        """Wait for the other processes."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *exc_info: object) -> None:
        """Let the next process write."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the side file."""
        self._file.close()


class Database:
    """One database, SQLite or PostgreSQL, with a unit of work for writing and another for reading.

    Args:
        url: an SQLAlchemy address; `sqlite:///path` or `postgresql+psycopg://...`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url, writing=True) if self.is_sqlite else _server_engine(url)
        self._reading = _sqlite_engine(url, writing=False) if self.is_sqlite else self.engine
        self._thread = threading.local()
        self._turn: AbstractContextManager[None] = FifoLock() if self.is_sqlite else nullcontext()
        self._file_lock = (
            _FileLock(Path(f"{make_url(url).database}.lock")) if self.is_sqlite else None
        )

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open the session of one action; commit on success, roll back on any error.

        Raises:
            RuntimeError: one is open in this thread already; on SQLite it would wait for ever.
        """
        with (
            self._only_one(),
            self._turn,
            self._file_lock or nullcontext(),
            Session(self.engine, autoflush=True) as session,
            session.begin(),
        ):
            yield session
            crash_points.reach("before-commit")
        crash_points.reach("after-commit")

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        if getattr(self._thread, "is_writing", False):
            raise RuntimeError("a unit of work is open already in this thread")
        self._thread.is_writing = True
        try:
            yield
        finally:
            self._thread.is_writing = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads; nothing done in it is kept."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    @contextmanager
    def connect_for_migration(self) -> Iterator[Connection]:
        """Open the connection a schema migration runs on; commits on success."""
        with self._turn, self._file_lock or nullcontext(), self.engine.begin() as connection:
            yield connection

    def tend(self) -> None:
        """Let the database clear up, and look how its tables are filled to find the shortest ways.

        Done once a day. PostgreSQL does it by itself too, some time after many changes.
        """
        if self.is_sqlite:
            with self.connect_for_migration() as connection:
                connection.exec_driver_sql("ANALYZE")
            self._reading.dispose()  # open connections would not look at what was found
        else:
            with self.engine.connect() as connection:
                outside = connection.execution_options(isolation_level="AUTOCOMMIT")
                outside.exec_driver_sql("VACUUM ANALYZE")

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._reading.dispose()
        if self._file_lock:
            self._file_lock.close()


def connection_of(session: Session) -> Connection:
    """Hand a session's connection on; pending ORM rows, which it would not see, go first."""
    session.flush()
    return session.connection()


def to_json(value: object) -> str:
    """Write a JSON column: instants as ISO text, numbers as numbers, any other FEEL value as text.

    A Decimal becomes an integer when it is one of at most 64 bits, else text, so that no digit is
    lost.
    """
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        is_whole = abs(value) <= LARGEST_JSON and value == value.to_integral_value()
        return int(value) if is_whole else str(value)
    if isinstance(value, Set):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _server_engine(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, json_serializer=to_json)


def _sqlite_engine(url: str, *, writing: bool) -> Engine:
    """SQLite in WAL mode with full sync: an acknowledged commit survives kill -9 and power loss."""
    engine = create_engine(url, connect_args={"timeout": 60}, json_serializer=to_json)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=wal",
            "synchronous=full",
            "busy_timeout=60000",
            "foreign_keys=on",
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred read-to-write upgrade fails with SQLITE_BUSY at once, so writers take the lock
        # first; readers must not, or they would stop all writers.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
