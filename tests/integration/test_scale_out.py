"""Two web and two worker processes on one PostgreSQL, driven by people over HTTP."""

import os
import signal
import subprocess
import threading
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import workers
from engine.tables import history, job
from engine.types import CITY, SYSTEM
from housing import bootstrap, settings
from housing.demo import world
from housing.repairs.models import RepairTicket
from tests.integration.city_life import (
    ANJU,
    ROOT,
    Balancer,
    Server,
    Visitor,
    Work,
    free_port,
    keep,
    report_on_and_on,
    triage_on_and_on,
)

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

DIAGRAM = Path(__file__).parents[1] / "engine" / "diagrams" / "deadline.bpmn"
REPORTS = 10
DEADLINES = 40
MOST_ROUNDS = 60
SECOND = 1.0


@pytest.fixture
def given(tmp_path, postgres_url) -> dict[str, str]:
    return {"ANJU_VAR": str(tmp_path), "ANJU_DATABASE_URL": postgres_url}


@pytest.fixture
def house(given):
    """A house on PostgreSQL, with people and homes and no tickets."""
    application = bootstrap.build(settings.load(given))
    application.migrate()
    application.deploy_packages()
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
        files = {"deadline.bpmn": DIAGRAM.read_bytes()}
        application.engine.deploy(files, by=SYSTEM, session=session)
    yield application
    application.dispose()


@pytest.fixture
def servers(house, given, tmp_path):
    """Two web processes without a scheduler."""
    served = [
        Server(var=tmp_path, port=free_port(), settings=given, arguments=("--no-scheduler",))
        for _ in range(2)
    ]
    for each in served:
        each.start()
    yield served
    for each in served:
        each.kill()


@pytest.fixture
def crew(house, given):
    """Two workers; they are asked to stop at the end, and do."""
    started = [
        subprocess.Popen(
            [*ANJU, "worker"],
            cwd=ROOT,
            env={**os.environ, **given},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    yield started
    for each in started:
        each.send_signal(signal.SIGTERM)
    assert [each.wait(30) for each in started] == [0, 0]


def start_due(house) -> None:
    """Start cases whose deadline has come."""
    for number in range(DEADLINES):
        with house.unit_of_work() as session:
            house.engine.start(
                "deadline",
                {"due_at": house.clock.now()},
                business_key=f"D-{number}",
                scope=CITY,
                by=SYSTEM,
                session=session,
            )


def firing(house) -> set[str]:
    """Name the workers that held the lease of a job that is done."""
    with house.reading() as session:
        return set(session.scalars(select(job.c.lock_owner).where(job.c.state == "done"))) - {None}


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def go_to_work(balancer: Balancer, work: Work) -> list[threading.Thread]:
    """Let two residents report and two managers assess, all at once."""
    work.down.set()  # no server is down
    residents = [Visitor(balancer, f"resident{number}") for number in (1, 2)]
    managers = [Visitor(balancer, "manager1"), Visitor(balancer, "manager2")]
    for visitor in (*residents, *managers):
        visitor.sign_in()
    threads = [keep(work, report_on_and_on, each) for each in residents]
    return threads + [keep(work, triage_on_and_on, each) for each in managers]


def test_two_web_and_two_worker_processes_share_the_work_without_a_mistake(house, servers, crew):
    work = Work()
    threads = go_to_work(Balancer(servers), work)
    pause = threading.Event()
    for _ in range(MOST_ROUNDS):
        start_due(house)
        pause.wait(SECOND)
        if len(firing(house)) == 2 and len(work.reported) >= REPORTS:
            break
    work.stopped.set()
    for thread in threads:
        thread.join(timeout=60)

    assert work.failures == []
    assert len(firing(house)) == 2
    assert len(work.reported) >= REPORTS
    for server in servers:
        assert '"ready"' in read(f"{server.url}/readyz")
        assert "anju_workers 2.0" in read(f"{server.url}/metrics")
    with house.reading() as session:
        assert {each.name for each in workers.workers(session)} == firing(house)
        numbers = set(session.scalars(select(RepairTicket.number)))
        fired = Counter(
            session.scalars(select(history.c.instance_id).where(history.c.kind == "timer_fired"))
        )
    assert set(work.reported.values()) <= numbers
    assert set(fired.values()) == {1}
