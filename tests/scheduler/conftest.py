"""A small application: one process with a deadline, and a post office that can be shut."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.orm import Session

from engine.clock import Clock, FrozenClock
from engine.db import Database
from engine.errors import DeliveryFailed
from engine.outbox import Message, NewMessage, add
from engine.process_engine import ProcessEngine
from engine.sla import Rung
from engine.testing import Case, Walker

DIAGRAMS = Path(__file__).parents[1] / "engine" / "diagrams"
WEEK = timedelta(days=7)


@dataclass(kw_only=True)
class House:
    """The application of these tests.

    Attributes:
        is_shut: the post office takes no mail.
        delivered: Message-IDs in the order they were delivered.
        failing: service calls that are still to fail.
        deadly: instances whose notices end the process.
        arrived: set when something was delivered.
    """

    database: Database
    clock: FrozenClock
    system_clock: Clock
    engine: ProcessEngine = field(init=False)
    is_shut: bool = False
    delivered: list[str] = field(default_factory=list)
    failing: int = 0
    deadly: set[str] = field(default_factory=set)
    arrived: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.engine = ProcessEngine(
            operations={"tests.charge": self.charge}, clock=self.clock, on_rung=self.on_rung
        )

    def unit_of_work(self) -> AbstractContextManager[Session]:
        return self.database.unit_of_work()

    def refresh_clock(self) -> None:
        """Nobody else moves this clock."""

    def ask_bank(self) -> int:
        """There is no bank here."""
        return 0

    def put_drafts_in_service(self) -> int:
        """Nobody drafts here."""
        return 0

    def hand_back_ended_absences(self) -> int:
        """Nobody is away here."""
        return 0

    def send_digests(self) -> int:
        """Nobody reads digests here."""
        return 0

    def follow_merged_cases(self) -> int:
        """No case was merged here."""
        return 0

    def tidy(self) -> None:
        """Nothing is left lying about here."""

    def deliver(self, message: Message) -> None:
        if self.is_shut:
            raise DeliveryFailed("the post office is shut")
        self.delivered.append(message.idem)
        self.arrived.set()

    def charge(self, amount: int) -> dict[str, object]:
        if self.failing:
            self.failing -= 1
            raise RuntimeError("the till is locked")
        return {"receipt": f"R-{amount}"}

    def on_rung(self, rung: Rung, *, session: Session, clock: Clock) -> None:
        if rung.task.instance_id in self.deadly:
            raise KeyboardInterrupt
        idem = f"{rung.task.id}:{rung.level}"
        message = NewMessage(idem=idem, channel="mail", recipient="1", payload={})
        add([message], clock.now(), session.connection())

    def start(self, name: str, variables: dict[str, object]) -> Case:
        walker = Walker(engine=self.engine, database=self.database, clock=self.clock)
        walker.deploy({f"{name}.bpmn": (DIAGRAMS / f"{name}.bpmn").read_bytes()})
        return walker.start(name, variables)


@pytest.fixture
def house(tables_url: str, clock: FrozenClock) -> Iterator[House]:
    database = Database(tables_url)
    yield House(database=database, clock=clock, system_clock=FrozenClock(clock.now()))
    database.dispose()
