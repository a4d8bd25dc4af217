"""A founded city of invented people in an SQLite file, with process packages deployed in it."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from engine import definition_queries
from engine.clock import FrozenClock
from engine.db import metadata
from engine.errors import DefinitionNotFound
from engine.records import ProcessDefinition, ProcessModel
from engine.types import SYSTEM
from housing import packages
from housing.bootstrap import Application, build
from housing.demo import world
from housing.scenario_script import Scenario
from housing.scenario_walk import Walk
from housing.settings import Settings

FOUNDED_AT = datetime(2024, 1, 1, tzinfo=UTC)
SECRET = "scenarios sign nothing with this"  # noqa: S105
NOT_DEPLOYED = "scenarios/"
"""Files of a draft that begin so are read by the runner, not by the engine."""

Resources = Mapping[str, bytes]


def open_city(folder: Path, clock: FrozenClock, database: Path | None = None) -> Application:
    """Wire an Anju of its own to a database in a folder.

    Its people are invented and nothing leaves it: no channel is set up and nobody runs its outbox.

    Args:
        folder: of its files.
        clock: which the city lives on.
        database: an SQLite file; absent, the one of `database_of`.
    """
    settings = Settings(
        var=folder,
        database_url=f"sqlite:///{database or database_of(folder)}",
        secret_key=SECRET,
        keys={"k1": sha256(SECRET.encode()).digest()},  # seals of invented numbers last as copies
    )
    return build(settings, clock=clock)


def database_of(folder: Path) -> Path:
    """Name the database of a city's folder."""
    return folder / "anju.db"


def found_city(application: Application, clock: FrozenClock) -> None:
    """Make the tables, homes and people of a new city."""
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=clock)


def deploy(
    packages: Iterable[Resources], application: Application, session: Session
) -> ProcessDefinition:
    """Deploy packages and return the last one's process.

    Raises:
        DeploymentRefused: one has errors.
    """
    deployed = [
        application.engine.deploy(deployable(each), by=SYSTEM, session=session) for each in packages
    ]
    return deployed[-1]


def deployable(files: Resources) -> dict[str, bytes]:
    """Leave out what the engine does not read: the scenarios among the files of a draft."""
    return {name: content for name, content in files.items() if not name.startswith(NOT_DEPLOYED)}


def in_service(application: Application, package: str) -> Resources:
    """Read the resources of a package as it is in service, or as shipped while it is not.

    Args:
        application: the house whose service is meant.
        package: a shipped one.
    """
    with application.reading() as session:
        try:
            newest = definition_queries.definition(packages.process_of(package), None, session)
        except DefinitionNotFound:
            return packages.resources(package)
        return definition_queries.resources(newest.id, session)


def copy_database(source: Path, target: Path) -> None:
    """Make an SQLite database the same as another; open connections see it at once."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """A founded city with a package deployed, put back as it was before each scenario.

    One house serves all scenarios: a new one would compile every SQL statement anew.

    Attributes:
        own: resources of the package.
        also: resources of the packages that its scenarios ask for beside it, by name.
        folder: of the database; a copy of it as founded lies beside it.
    """

    application: Application
    clock: FrozenClock
    model: ProcessModel
    own: Resources
    also: Mapping[str, Resources]
    folder: Path

    @classmethod
    def found(cls, own: Resources, also: Mapping[str, Resources], folder: Path) -> "City":
        """Found a city in an empty folder.

        Raises:
            DeploymentRefused: a package has errors.
        """
        clock = FrozenClock(FOUNDED_AT)
        application = open_city(folder, clock)
        found_city(application, clock)
        with application.unit_of_work() as session:
            definition = deploy([*also.values(), own], application, session)
            session.flush()
            model = definition_queries.process_model(definition, session)
            session.execute(metadata.tables["job"].delete())  # begun timers: see `walk`
        copy_database(database_of(folder), _founded(folder))
        return cls(
            application=application, clock=clock, model=model, own=own, also=also, folder=folder
        )

    def walk(self, scenario: Scenario) -> Walk:
        """Begin a scenario: forget what the one before wrote, and set the clock.

        Deploying again plans the timers that begin an instance from the scenario's own day on.
        """
        self.clock.set(scenario.now)
        copy_database(_founded(self.folder), database_of(self.folder))
        with self.application.unit_of_work() as session:
            beside = (self.also[each] for each in scenario.also)
            deploy([*beside, self.own], self.application, session)
        process = self.model.definition.key
        return Walk(application=self.application, process=process, clock=self.clock)


def _founded(folder: Path) -> Path:
    """Name the copy of the database as it was founded."""
    return folder / "anju.db.founded"
