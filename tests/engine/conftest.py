"""An engine with a few operations that can be told to fail, on both databases."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engine.clock import Clock, FrozenClock
from engine.db import Database
from engine.errors import BusinessError, LostRace
from engine.outbox import NewMessage, add
from engine.process_engine import ProcessEngine
from engine.sla import Rung
from engine.testing import Walker
from engine.types import Actor, InstanceRef

DIAGRAMS = Path(__file__).parent / "diagrams"


@dataclass(kw_only=True, slots=True)
class Office:
    """What the operations of the tests did and are told to do.

    Attributes:
        failing: topics whose operation is out of order.
        refusing: topics whose operation refuses with code "refused".
        racing: topics whose operation loses a race against another transaction.
        calls: (topic, idempotency key) of every operation that was called.
        rungs: (element, level) of every notice.
    """

    failing: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    racing: set[str] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)
    rungs: list[tuple[str, str]] = field(default_factory=list)

    def charge(
        self,
        amount: int,
        *,
        session: Session,
        clock: Clock,
        instance: InstanceRef,
        idempotency_key: str,
    ) -> Mapping[str, object]:
        """Write a message, then succeed, refuse or fail."""
        self.calls.append(("tests.charge", idempotency_key))
        message = NewMessage(
            idem=f"charge:{len(self.calls)}",
            channel="mail",
            recipient="1",
            payload={"amount": amount},
            instance_id=instance.id,
        )
        add([message], clock.now(), session.connection())
        if "tests.charge" in self.racing:
            raise LostRace(instance.id)
        if "tests.charge" in self.failing:
            raise RuntimeError("the till is locked")
        if "tests.charge" in self.refusing:
            raise BusinessError("refused", "no money")
        return {"receipt": f"R-{amount}"}

    def ring(self, *, idempotency_key: str) -> Mapping[str, object]:
        """Do nothing but be counted."""
        self.calls.append(("tests.ring", idempotency_key))
        return {}

    def on_rung(self, rung: Rung, *, session: Session, clock: Clock) -> None:
        """Note the notice and write its message."""
        self.rungs.append((rung.task.element_id, rung.level))
        message = NewMessage(
            idem=f"{rung.task.id}:{rung.level}",
            channel="mail",
            recipient="1",
            payload={},
            instance_id=rung.task.instance_id,
        )
        add([message], clock.now(), session.connection())


@pytest.fixture
def database(tables_url: str) -> Iterator[Database]:
    """An empty database with the engine's tables; SQLite and PostgreSQL."""
    database = Database(tables_url)
    yield database
    database.dispose()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def engine(office: Office, clock: FrozenClock) -> ProcessEngine:
    return ProcessEngine(
        operations={"tests.charge": office.charge, "tests.ring": office.ring},
        clock=clock,
        on_rung=office.on_rung,
    )


@pytest.fixture
def walker(engine: ProcessEngine, database: Database, clock: FrozenClock) -> Walker:
    return Walker(engine=engine, database=database, clock=clock)


@pytest.fixture
def diagram() -> Callable[..., Mapping[str, bytes]]:
    """The files of a test process by name, with the decisions it uses."""

    def read(name: str, *others: str) -> Mapping[str, bytes]:
        return {each: (DIAGRAMS / each).read_bytes() for each in (f"{name}.bpmn", *others)}

    return read


@pytest.fixture
def process(walker: Walker, diagram: Callable[..., Mapping[str, bytes]]) -> Callable[..., Walker]:
    """Deploys a test process and hands the walker on."""

    def deploy(name: str, *others: str) -> Walker:
        walker.deploy(diagram(name, *others))
        return walker

    return deploy


def officer(name: str = "officer") -> Actor:
    return Actor(id=name, name=name, groups=frozenset({("officer", "city")}))


@pytest.fixture(name="officer")
def make_officer() -> Callable[..., Actor]:
    """Makes members of the group that the test processes offer their tasks to."""
    return officer
