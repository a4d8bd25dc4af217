"""A founded city with the repair process deployed, and people at work in it."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from engine import queries as engine_queries
from engine.clock import FrozenClock
from engine.db import metadata
from engine.queries import TaskFilter
from engine.records import StepResult, UserTask
from engine.types import SYSTEM, Actor
from housing import packages
from housing.bootstrap import Application, build
from housing.cases.service import Completion, submit_task
from housing.demo import world
from housing.people.queries import account_by_login
from housing.repairs import service
from housing.repairs.desk import ticket_by_number
from housing.repairs.models import RepairTicket
from housing.settings import Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED_WITH = "a secret of the tests only"
LEAK: Mapping[str, object] = {
    "where": "unit",
    "place": "浴室",
    "category": "water",
    "text": "水龍頭漏水不止",
    "phone": "0912345678",
}
TRIAGED: Mapping[str, object] = {
    "is_duplicate": False,
    "broken": True,
    "simple": False,
    "human_cause": False,
    "in_warranty": True,
    "in_table": True,
    "finding": "墊片老化",
}
DONE: Mapping[str, object] = {
    "work_outcome": "done",
    "what": "更換墊片",
    "parts": [{"part": "墊片", "quantity": 1}],
    "hours": 1,
    "cost_twd": 1200,
}


@dataclass(kw_only=True, slots=True)
class House:
    """The application and short words for what people do in it."""

    application: Application
    clock: FrozenClock
    tokens: int = field(default=0)

    def actor(self, login: str) -> Actor:
        with self.application.reading() as session:
            found = account_by_login(login, session=session)
        assert found is not None
        return found.actor

    def photo(self, login: str) -> str:
        stream = BytesIO()
        Image.new("RGB", (32, 24)).save(stream, "JPEG")
        stream.seek(0)
        files = self.application.files
        with self.application.unit_of_work() as session:
            return files.save(stream, "a.jpg", by=self.actor(login), session=session).id

    def report(self, login: str = "resident1", token: str | None = None, **values: object):
        self.tokens += 1
        new = service.Report(
            token=token or f"token-{self.tokens}",
            values={**LEAK, "photos": [self.photo(login)], **values},
        )
        with self.application.unit_of_work() as session:
            return service.report(
                new,
                by=self.actor(login),
                engine=self.application.engine,
                session=session,
                clock=self.clock,
            )

    def open_tasks(self, instance_id: str) -> Mapping[str, UserTask]:
        with self.application.reading() as session:
            page = engine_queries.open_tasks(TaskFilter(instance_id=instance_id), session)
        return {task.element_id: task for task in page.rows}

    def complete(
        self, instance_id: str, element_id: str, login: str, values: Mapping[str, object]
    ) -> StepResult:
        task = self.open_tasks(instance_id)[element_id]
        with self.application.unit_of_work() as session:
            return submit_task(
                Completion(task_id=task.id, values=values, version=task.version),
                by=self.actor(login),
                engine=self.application.engine,
                session=session,
                clock=self.clock,
            )

    def close(self, instance_id: str) -> None:
        """Let a freshly reported leak be triaged, repaired under warranty, confirmed, accepted."""
        visit = self.clock.now() + timedelta(days=1)
        self.complete(instance_id, "triage", "manager1", TRIAGED)
        self.complete(instance_id, "b1_visit", "warranty1", {"visit_at": visit})
        self.complete(instance_id, "b1_repair", "warranty1", DONE)
        self.complete(instance_id, "confirm", "manager1", {"confirm_result": "close"})
        self.complete(instance_id, "accept", "resident1", {"acceptance": "accept", "rating": 4})

    def ticket(self, number: str) -> RepairTicket:
        with self.application.reading() as session:
            found = ticket_by_number(number, session=session)
            session.expunge(found)
            return found


def found_city(folder: Path, url: str, clock: FrozenClock) -> Application:
    made = build(Settings(var=folder, database_url=url, secret_key=SIGNED_WITH), clock=clock)
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
        made.engine.deploy(packages.resources("repair"), by=SYSTEM, session=session)
    return made


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database file of a founded city, to be copied."""
    folder = tmp_path_factory.mktemp("city")
    clock = FrozenClock(START)
    found_city(folder, f"sqlite:///{folder / 'anju.db'}", clock).dispose()
    return folder / "anju.db"


@pytest.fixture
def house(founded: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[House]:
    shutil.copyfile(founded, tmp_path / "anju.db")
    url = f"sqlite:///{tmp_path / 'anju.db'}"
    made = build(Settings(var=tmp_path, database_url=url, secret_key=SIGNED_WITH), clock=clock)
    yield House(application=made, clock=clock)
    made.dispose()


@pytest.fixture
def house_on(tmp_path: Path, clock: FrozenClock) -> Iterator[Callable[[str], House]]:
    """Found a city in the database of an address."""
    made: list[Application] = []

    def found(url: str) -> House:
        made.append(found_city(tmp_path, url, clock))
        return House(application=made[-1], clock=clock)

    yield found
    for each in made:
        each.dispose()
