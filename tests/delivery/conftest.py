"""A house with one officer, real servers to send to, and the relay that sends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from engine import dispatches
from engine.clock import FrozenClock
from engine.db import metadata
from engine.dispatches import Dispatch
from engine.types import InstanceRef
from housing import bootstrap, settings
from housing.bootstrap import Application
from housing.notices import service as notices
from housing.people import queries, service
from housing.people.queries import AccountView
from housing.people.service import NewAccount
from scheduler.relay import Relay

RIGHT = "a long right password"
CASE = InstanceRef(id="a" * 32, business_key="R115-000001", scope="city")


@dataclass
class Post:
    """The house, its only reader, and what a test does with them."""

    application: Application
    clock: FrozenClock
    reader_id: int
    told: int = field(default=0)

    def tell(self, kind: str = "repair_closed") -> None:
        """Tell the reader something new."""
        self.told += 1
        with self.application.unit_of_work() as session:
            notices.notify(
                [self.reader_id],
                kind,
                {"what": f"第 {self.told} 件漏水"},
                instance=CASE,
                session=session,
                clock=self.clock,
            )

    def relay(self) -> int:
        """Let the relay run once."""
        return Relay(self.application).run()

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))

    def rows(self, channel: str | None = None) -> list[Dispatch]:
        """Read what became of all messages, oldest first."""
        with self.application.reading() as session:
            found = dispatches.of_instance(CASE.id, 1000, session.connection())[::-1]
        return [each for each in found if channel in {None, each.channel}]

    def states(self) -> dict[str, str]:
        """Tell the state of the newest message of each channel."""
        return {each.channel: each.state for each in self.rows()}

    def reader(self) -> AccountView:
        """Read the reader's account."""
        with self.application.reading() as session:
            return queries.account(self.reader_id, session=session)


@pytest.fixture
def open_post(tmp_path: Path, clock: FrozenClock) -> Iterator[Callable[..., Post]]:
    """Open a house whose settings a test chooses; its reader is an officer."""
    opened: list[Application] = []

    def make(**environment: str) -> Post:
        given = {"ANJU_VAR": str(tmp_path / "var"), "ANJU_SECRET_KEY": "x" * 40, **environment}
        application = bootstrap.build(settings.load(given), clock=clock)
        opened.append(application)
        with application.database.connect_for_migration() as connection:
            metadata.create_all(connection)
        officer = NewAccount(
            login="officer1",
            name="許承辦",
            password=RIGHT,
            memberships=(("officer", "city"),),
            email="officer1@example.org",
        )
        with application.unit_of_work() as session:
            reader_id = service.open_account(officer, session=session, clock=clock)
        return Post(application=application, clock=clock, reader_id=reader_id)

    yield make
    for application in opened:
        application.dispose()
