"""The kinds of long work, and how one is done: in this process or in a child of the scheduler."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from engine.errors import EngineError
from housing import (
    bootstrap,
    bulk_work,
    case_work,
    own_data_work,
    replay_work,
    scenario_work,
    simulation_work,
)
from housing.background import queries, service
from housing.background.errors import BackgroundTaskStopped
from housing.bootstrap import Application
from housing.insight import service as insight
from housing.scenario_runs import service as scenario_runs
from housing.settings import Settings

Report = Callable[[int, int, str], None]
"""Takes steps done, steps in all, and what is being done now; raises when the work was stopped."""

Kind = Callable[[Application, Mapping[str, Any], Report], Mapping[str, Any]]
"""JSON in, JSON out; it opens its own units of work."""

KINDS: dict[str, Kind] = {
    scenario_runs.KIND: scenario_work.run,
    insight.KIND: simulation_work.run,
    replay_work.KIND: replay_work.run,
    case_work.KIND: case_work.run,
    own_data_work.KIND: own_data_work.run,
    bulk_work.KIND: bulk_work.run,
}

BETWEEN_REPORTS = timedelta(seconds=0.5)
"""Reports that come faster are not written."""

log = logging.getLogger(__name__)


def run_next(application: Application, kinds: Mapping[str, Kind] = KINDS) -> bool:
    """Do the next waiting work here and now; tell whether there was any."""
    worker = uuid4().hex
    now, clock = application.system_clock.now(), application.clock
    with application.unit_of_work() as session:
        task_id = service.take(worker, session=session, now=now, clock=clock)
    if task_id is None:
        return False
    run(application, task_id, worker, kinds)
    return True


def run(
    application: Application, task_id: str, worker: str, kinds: Mapping[str, Kind] = KINDS
) -> None:
    """Do work that this worker took. A refusal is kept with the work; a defect is raised."""
    with application.reading() as session:
        wanted = queries.task(task_id, session)
    try:
        result = kinds[wanted.kind](
            application, wanted.params, _reporter(application, task_id, worker)
        )
        with application.unit_of_work() as session:
            service.finish(task_id, worker, result, session=session, clock=application.clock)
    except BackgroundTaskStopped:
        log.info("work %s was stopped", task_id)
    except EngineError as error:
        _fail(application, task_id, worker, error)


def run_as_child(settings: Settings, task_id: str, worker: str) -> None:
    """Do work in a process of its own, so that pages stay quick."""
    application = bootstrap.build(settings)
    application.refresh_clock()
    try:
        run(application, task_id, worker)
    finally:
        application.dispose()


def _reporter(application: Application, task_id: str, worker: str) -> Report:
    written_at = application.system_clock.now() - BETWEEN_REPORTS

    def report(done: int, total: int, note: str) -> None:
        nonlocal written_at
        now = application.system_clock.now()
        if now - written_at < BETWEEN_REPORTS and done < total:
            return
        written_at = now
        with application.unit_of_work() as session:
            service.report(
                task_id, worker, done=done, total=total, note=note, session=session, now=now
            )

    return report


def _fail(application: Application, task_id: str, worker: str, error: EngineError) -> None:
    try:
        with application.unit_of_work() as session:
            service.fail(task_id, worker, error, session=session, clock=application.clock)
    except BackgroundTaskStopped:
        log.info("work %s was stopped while it failed: %s", task_id, error)
