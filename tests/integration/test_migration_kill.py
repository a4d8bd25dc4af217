"""The scheduler is killed with -9 in the middle of a batch: the rest goes over, nothing twice."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.clock import FrozenClock
from engine.db import Database, metadata
from engine.migration import Plan
from engine.process_engine import ProcessEngine
from engine.tables import history, process_instance
from engine.testing import TESTER, Walker

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
CASES = 60
KILLED_AFTER = 15
PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="p" isExecutable="true">
 <startEvent id="s"/><userTask id="a" name="{name}" camunda:candidateGroups="officer"/>
 <endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
 <sequenceFlow id="f2" sourceRef="a" targetRef="e"/></process></definitions>"""
WORKER = """
import sys
from datetime import UTC, datetime
from engine.clock import FrozenClock
from engine.db import Database
from engine.process_engine import ProcessEngine

database, clock = Database(sys.argv[1]), FrozenClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
engine = ProcessEngine(operations={}, clock=clock, on_rung=print)
while True:
    with database.reading() as session:
        due = engine.due_jobs(session, clock.now(), 1)
    if not due:
        break
    with database.unit_of_work() as session:
        engine.fire(due[0].id, session=session)
    print("fired", flush=True)
"""


def test_a_killed_batch_goes_on_and_carries_nothing_over_twice(database_url):
    clock = FrozenClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    database = Database(database_url)
    metadata.create_all(database.engine)
    engine = ProcessEngine(operations={}, clock=clock, on_rung=print)
    walker = Walker(engine=engine, database=database, clock=clock)
    old = walker.deploy({"p.bpmn": PROCESS.format(name="old").encode()})
    cases = [walker.start("p").id for _ in range(CASES)]
    new = walker.deploy({"p.bpmn": PROCESS.format(name="new").encode()})
    plan = Plan(source_id=old.id, target_id=new.id)
    with database.unit_of_work() as session:
        batch = engine.migrations.start(plan, cases, reason="r", by=TESTER, session=session)

    _kill_in_the_middle(database_url)
    with database.reading() as session:
        halfway = engine.migrations.batch(batch, session).counts
    walker.advance_to(clock.now())

    with database.reading() as session:
        counts = engine.migrations.batch(batch, session).counts
        lines = session.execute(
            select(func.count())
            .select_from(history)
            .where(history.c.kind == "migrated")
            .group_by(history.c.instance_id)
        ).scalars()
        versions = set(session.scalars(select(process_instance.c.definition_id)))
        assert list(lines) == [1] * CASES
    database.dispose()
    assert KILLED_AFTER <= halfway["migrated"] < CASES
    assert counts == {"waiting": 0, "migrated": CASES, "failed": 0, "undone": 0}
    assert versions == {new.id}


def _kill_in_the_middle(database_url):
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, database_url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(KILLED_AFTER):
        worker.stdout.readline()
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
