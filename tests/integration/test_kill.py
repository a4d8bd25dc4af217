"""The server is killed with -9 in mid-work: what it acknowledged is there, and nothing twice."""

import os
from collections import Counter

import pytest
from sqlalchemy import func, select, text

from engine import queries
from housing import bootstrap, settings
from housing.demo import world
from housing.records.models import FormSubmission
from housing.repairs.models import RepairTicket
from tests.integration.city_life import (
    Server,
    Visitor,
    Work,
    free_port,
    keep,
    report_on_and_on,
    triage_on_and_on,
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

KILLS = int(os.environ.get("ANJU_TEST_KILLS", "3"))
REPORTS_BETWEEN_KILLS = 6


@pytest.fixture
def house(tmp_path):
    """A house on an SQLite file, with people and homes and no tickets."""
    environment = {"ANJU_VAR": str(tmp_path)}
    application = bootstrap.build(settings.load(environment))
    application.migrate()
    application.deploy_packages()
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
    yield application
    application.dispose()


@pytest.fixture
def server(house, tmp_path):
    served = Server(var=tmp_path, port=free_port())
    served.start()
    yield served
    served.kill()


def test_kill_9_loses_nothing_that_was_acknowledged_and_doubles_nothing(house, server):
    work = Work()
    residents = [Visitor(server, f"resident{number}") for number in (1, 2, 3)]
    managers = [Visitor(server, "manager1"), Visitor(server, "manager2")]
    for visitor in (*residents, *managers):
        visitor.sign_in()
    threads = [keep(work, report_on_and_on, each) for each in residents]
    threads += [keep(work, triage_on_and_on, each) for each in managers]

    for _ in range(KILLS):
        for _ in range(REPORTS_BETWEEN_KILLS):
            assert work.progress.acquire(timeout=60)
        work.down.clear()
        server.kill()
        server.start()
        work.down.set()
    work.stopped.set()
    for thread in threads:
        thread.join(timeout=60)

    assert work.failures == []
    assert len(work.reported) >= KILLS * REPORTS_BETWEEN_KILLS
    assert_all_there_once(house, work)


def assert_all_there_once(house, work: Work) -> None:
    with house.reading() as session:
        stored = session.execute(select(RepairTicket.text, RepairTicket.number)).all()
        counts = Counter(words for words, _ in stored)
        submissions = session.execute(
            select(FormSubmission.task_id, func.count())
            .where(FormSubmission.task_id.is_not(None))
            .group_by(FormSubmission.task_id)
        ).all()
        states = {each: queries.task(each, session).state for each in work.completed}
        intact = session.execute(text("pragma integrity_check")).scalar()

    assert [words for words, count in counts.items() if count != 1] == []
    assert {words: dict(map(tuple, stored)).get(words) for words in work.reported} == work.reported
    assert [task_id for task_id, count in submissions if count != 1] == []
    assert set(states.values()) <= {"completed"}
    assert intact == "ok"
