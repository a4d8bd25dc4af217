"""A founded house that is put back as it was before each test, which takes milliseconds.

A new house for each test would make the schema, found the city and compile every SQL statement
anew.
"""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import update

from engine.clock import FrozenClock
from engine.db import metadata
from housing import bootstrap, settings
from housing.bootstrap import Application
from housing.demo import world
from housing.demo.accounts import PASSWORD
from housing.people.models import Account
from tests.conftest import BEGIN

QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Of the demo city's password, checked in a millisecond; the real ones take a fifth of a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Founded:
    """The demo city's people and places and the shipped processes, on an SQLite file.

    Attributes:
        clock: of the machine; at `BEGIN` after each restoring.
    """

    application: Application
    clock: FrozenClock

    def restore(self) -> Application:
        """Forget whatever was written since the house was founded."""
        folder = self.application.settings.var
        _copy(folder / "founded.db", folder / "anju.db")
        shutil.rmtree(self.application.settings.files_path, ignore_errors=True)
        self.clock.set(BEGIN)
        self.application.refresh_clock()
        return self.application


def found(folder: Path, *, with_packages: bool = True) -> Founded:
    """Found a house in an empty folder."""
    given = {"ANJU_VAR": str(folder), "ANJU_DEMO": "1", "ANJU_SECRET_KEY": "x" * 40}
    clock = FrozenClock(BEGIN)
    application = bootstrap.build(settings.load(given), clock=clock)
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
        session.execute(update(Account).values(password_hash=QUICK_HASH))
    if with_packages:
        application.deploy_packages()
    _copy(folder / "anju.db", folder / "founded.db")
    return Founded(application=application, clock=clock)


def _copy(source: Path, target: Path) -> None:
    """Make an SQLite database the same as another; open connections see it at once."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
