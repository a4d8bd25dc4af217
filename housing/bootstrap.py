"""The composition root: settings in, a wired Anju out."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session

from bpmn import catalogue
from engine import calendars
from engine.bundles import Bundle
from engine.clock import Clock, ShiftedClock, SystemClock
from engine.db import Database, metadata
from engine.periods.calendars import Calendar
from engine.process_engine import ProcessEngine
from housing import demo_clock
from housing.background import service as background
from housing.bulk import service as bulk
from housing.care import sealing as care_sealing
from housing.case_links import following
from housing.cases import indexing
from housing.delivery.office import PostOffice, open_office
from housing.demo_clock import DemoClock
from housing.deputies import reminders
from housing.deputies import service as deputies
from housing.drafts import going_live, shipped
from housing.errors import AlreadyRunning, NoDemoCity, SettingsInvalid
from housing.feedback import service as feedback
from housing.files.service import FileStore
from housing.inbox import service as saved_views
from housing.insight import service as insight
from housing.move_outs import accounts, bank
from housing.notes import service as notes
from housing.operations import OPERATIONS, WORKER_TOPICS
from housing.own_data import exports as data_copies
from housing.own_data import service as own_data
from housing.people import mobiles, second_factor
from housing.people import service as people
from housing.people.models import Account
from housing.people.queries import AccountView
from housing.people.rules import ROLES
from housing.persons import service as persons
from housing.plain_cases import service as plain_cases
from housing.progress import queries as progress_of_cases
from housing.progress import service as progress
from housing.settings import Settings
from housing.sign_up import claims as identity_claims
from housing.sign_up import queries as enrolments
from housing.sign_up import service as sign_up
from housing.teams import digests
from housing.tokens import service as tokens
from housing.vault import Vault


class SealAnew(Protocol):
    """Brings what one slice keeps sealed under the newest key, a part a call."""

    def __call__(self, *, vault: Vault, session: Session) -> int:
        """Give how many were changed; 0 when all are under it."""
        ...


@dataclass(frozen=True, kw_only=True)
class Application:
    """A wired Anju: what pages, jobs and commands get.

    Attributes:
        database: opens units of work.
        engine: runs the processes.
        clock: time of the business; in demo mode it can be moved.
        system_clock: the real time; sessions, locks and logs live on it.
        files: where photos lie.
        post_office: delivers what stands in the outbox.
        vault: seals personal data.
    """

    settings: Settings
    database: Database
    engine: ProcessEngine
    clock: Clock
    system_clock: Clock
    files: FileStore
    post_office: PostOffice
    vault: Vault

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open the session of one action; commits on success, rolls back on any error.

        The words that its cases are searched by are brought up to date with it.
        """
        with self.database.unit_of_work() as session:
            indexing.watch(session)
            yield session
            indexing.refresh(session)

    def reading(self) -> AbstractContextManager[Session]:
        """Open a session that only reads."""
        return self.database.reading()

    def calendar(self, scope: str, *, session: Session) -> Calendar:
        """Read the working calendar of the city or a community as it stands now."""
        return calendars.calendar_at(scope, self.clock.now(), session)

    def on_clock(self, clock: Clock) -> "Application":
        """Wire the same house to another clock of the business: for the demo loader."""
        files = FileStore(self.settings.files_path, clock=clock)
        office = _open_office(self.settings, self.database, clock, self.system_clock)
        return replace(self, clock=clock, files=files, engine=_engine(clock), post_office=office)

    def migrate(self) -> None:
        """Bring the database to the newest schema."""
        with self.database.connect_for_migration() as connection:
            command.upgrade(_alembic(connection), "head")
        self.refresh_clock()
        self.index_cases()

    def index_cases(self, *, anew: bool = False) -> int:
        """Cut the words of cases that have none yet, or of all; call it outside a unit of work.

        Returns:
            Of how many.
        """
        if anew:
            with self.unit_of_work() as session:
                indexing.forget(session)
        total = 0
        for model in indexing.CASES:
            found: tuple[str, ...] = ("",)
            while found:
                with self.unit_of_work() as session:
                    found = indexing.catch_up(model, found[-1], session)
                total += len(found)
        return total

    def has_newest_schema(self) -> bool:
        """Tell whether the database was brought to the schema of this code."""
        with self.reading() as session:
            connection = session.connection()
            script = ScriptDirectory.from_config(_alembic(connection))
            return (
                MigrationContext.configure(connection).get_current_revision() in script.get_heads()
            )

    def erase(self) -> None:
        """Throw a demo city away: every table of the house, every file and trial of its people.

        Raises:
            NoDemoCity: the database holds the accounts of a real office.
        """
        with self.database.connect_for_migration() as connection:
            if _holds_an_office(connection):
                raise NoDemoCity
            metadata.drop_all(connection)
            connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        for folder in self.settings.city_paths:
            shutil.rmtree(folder, ignore_errors=True)

    def deploy_packages(self) -> tuple[str, ...]:
        """Deploy the shipped process packages that are new.

        One that was deployed already stays as it is; where supervisors changed the process, the
        update becomes a draft.

        Returns:
            The names of all shipped packages.
        """
        for package in catalogue.packages():
            with self.unit_of_work() as session:
                shipped.install(package, engine=self.engine, session=session, clock=self.clock)
        return catalogue.packages()

    def put_drafts_in_service(self) -> int:
        """Put approved drafts in service whose day has come; call it outside of a unit of work.

        Returns:
            How many processes have a new version.
        """
        return going_live.run(database=self.database, engine=self.engine, clock=self.clock)

    def deliver(self, bundle: Bundle) -> None:
        """Deliver what leaves the outbox in one piece, by the carrier of its channel.

        Call it outside of any unit of work.

        Raises:
            DeliveryRefused: it is never to be tried again.
            DeliveryFailed: it may be tried again.
            OSError: the network failed; likewise.
        """
        self.post_office.deliver(bundle)

    def ask_bank(self) -> int:
        """Put the open questions about accounts to the bank; call it outside of any unit of work.

        Returns:
            How many the bank answered.
        """
        if self.settings.bank != "simulator":
            return 0
        return bank.ask(
            bank.SimulatedBank(),
            database=self.database,
            engine=self.engine,
            clock=self.clock,
            vault=self.vault,
        )

    def refresh_clock(self) -> None:
        """Take over the demo clock's offset that another process may have written."""
        if isinstance(self.clock, ShiftedClock):
            with self.reading() as session:
                self.clock.offset = demo_clock.read_offset(session=session)

    def hand_back_ended_absences(self) -> int:
        """Send the hand-back reports of absences that ended, each once.

        Returns:
            How many were sent.
        """
        with self.unit_of_work() as session:
            return deputies.report_ended(session=session, clock=self.clock)

    def send_digests(self) -> int:
        """Tell chiefs once a week how their teams stand; call it outside of any unit of work.

        Returns:
            How many were told.
        """
        return digests.run(database=self.database, clock=self.clock)

    def tidy(self) -> None:
        """Remove ended sessions and old failures, and photos that nobody handed in; once a day."""
        with self.unit_of_work() as session:
            people.purge(session=session, clock=self.system_clock)
            sign_up.purge(session=session, now=self.system_clock.now())
            own_data.close_due(session=session, clock=self.clock)
            data_copies.purge(folder=self.settings.exports_path, session=session, clock=self.clock)
            self.engine.migrations.purge(session)
            insight.purge(session=session, clock=self.system_clock)
            progress.purge(session=session, clock=self.system_clock)
            feedback.purge(session=session, clock=self.clock)
            plain_cases.purge(session=session, clock=self.clock)
            background.purge(session=session, now=self.clock.now())
            saved_views.purge(session=session)
            bulk.purge(session=session, now=self.clock.now())
        self.database.tend()
        if self.clock is self.system_clock:  # a moved clock cannot tell how old a file is
            with self.unit_of_work() as session:
                self.files.remove_orphans(session=session)

    @contextmanager
    def only_server(self) -> Iterator[None]:
        """Keep a second server away from an SQLite database; PostgreSQL serves any number.

        Raises:
            AlreadyRunning: another process holds the lock file.
        """
        if not self.database.is_sqlite:
            yield
            return
        with _locked(self.settings.lock_path):
            yield

    def follow_merged_cases(self) -> int:
        """Let merged cases end with their lead case; call it outside of any unit of work.

        Returns:
            How many mergers, and questions to units, were looked after.
        """
        return following.follow_all(database=self.database, engine=self.engine, clock=self.clock)

    def open_token(self, name: str) -> str:
        """Make an API token for a program; it is shown this one time.

        Raises:
            TokenNameTaken, TokenNameInvalid: as `housing.tokens.service.create`.
        """
        with self.unit_of_work() as session:
            return tokens.create(name, session=session, clock=self.system_clock)

    def revoke_token(self, name: str) -> None:
        """Make an API token worthless, at once.

        Raises:
            TokenNotFound: there is no such token in use.
        """
        with self.unit_of_work() as session:
            tokens.revoke(name, session=session, clock=self.system_clock)

    def renew_seals(self) -> int:
        """Seal ids, numbers, accounts and notes of care with the newest key, in batches.

        What older versions wrote unsealed is sealed too.

        Returns:
            How many were sealed anew.
        """
        seals = (
            persons.seal_anew,
            second_factor.seal_anew,
            mobiles.seal_anew,
            identity_claims.seal_anew,
            own_data.seal_anew,
            care_sealing.seal_anew,
            notes.seal_anew,
            accounts.seal_anew,
        )
        return sum(self._renew(seal) for seal in seals)

    def _renew(self, seal_anew: SealAnew) -> int:
        total = 0
        while True:
            with self.unit_of_work() as session:
                count = seal_anew(vault=self.vault, session=session)
            if not count:
                return total
            total += count

    def dispose(self) -> None:
        """Close the database."""
        self.database.dispose()


def build(settings: Settings, *, clock: Clock | None = None) -> Application:
    """Wire Anju.

    Args:
        settings: read by `housing.settings.load`.
        clock: of the machine; the real one if absent. In demo mode the business lives on another
            that can be moved against it.

    Raises:
        SettingsInvalid: a role that must set up a second factor does not exist.
    """
    if unknown := settings.require_totp - ROLES:
        raise SettingsInvalid("ANJU_REQUIRE_TOTP", f"there is no role {', '.join(sorted(unknown))}")
    system_clock = clock or SystemClock()
    business_clock = ShiftedClock(system_clock) if settings.is_demo else system_clock
    database = Database(settings.database_url)
    return Application(
        settings=settings,
        database=database,
        engine=_engine(business_clock),
        clock=business_clock,
        system_clock=system_clock,
        files=FileStore(settings.files_path, clock=business_clock),
        post_office=_open_office(settings, database, business_clock, system_clock),
        vault=Vault(keys=settings.keys),
    )


def _engine(clock: Clock) -> ProcessEngine:
    return ProcessEngine(
        operations=OPERATIONS, clock=clock, on_rung=reminders.on_rung, worker_topics=WORKER_TOPICS
    )


def _open_office(
    settings: Settings, database: Database, clock: Clock, system_clock: Clock
) -> PostOffice:
    vault = Vault(keys=settings.keys)

    def follow(case_id: str) -> str:
        with database.reading() as session:
            return progress_of_cases.path_of(case_id, vault=vault, session=session)

    def stranger(recipient: str) -> AccountView | None:
        with database.reading() as session:
            return enrolments.stranger(recipient, vault=vault, session=session)

    return open_office(
        settings.channels,
        base_url=settings.base_url,
        database=database,
        clock=clock,
        system_clock=system_clock,
        follow=follow,
        stranger=stranger,
    )


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "housing:migrations")
    config.attributes["connection"] = connection
    return config


def _holds_an_office(connection: Connection) -> bool:
    """Tell whether there are accounts and no demo clock, which every demo city has."""
    tables = inspect(connection).get_table_names()
    if Account.__tablename__ not in tables:
        return False
    has_accounts = connection.scalar(select(Account.id).limit(1)) is not None
    return has_accounts and connection.scalar(select(DemoClock.id)) is None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(str(path)) from error
        yield
