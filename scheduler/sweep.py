"""The sweep: claim due jobs and fire each in a transaction of its own."""

import logging
from collections.abc import Callable

from engine import crash_points
from engine.errors import JobFailed, LostRace
from engine.records import Job
from scheduler.ports import Application

BATCH = 20
MOST_BATCHES = 50
"""A tick ends after so many batches, so that a stop is heard."""

log = logging.getLogger(__name__)


class Sweep:
    """Fires due jobs. Any number of sweeps may run, in any number of processes.

    Args:
        application: the wired application.
        owner: names this process in the leases.
        allows: the guard; see `scheduler.guard`.
    """

    def __init__(self, application: Application, owner: str, allows: Callable[[], bool]) -> None:
        self._application = application
        self._owner = owner
        self._allows = allows

    def run(self) -> int:
        """Fire what is due, batch by batch, until nothing is left.

        Returns:
            How many jobs took effect.
        """
        fired = 0
        for _ in range(MOST_BATCHES):
            if not self._allows():
                break
            claimed = self._claim()
            crash_points.reach("after-claim")
            effects = [self._fire(job) for job in claimed]
            fired += sum(effects)
            if not any(effects):
                break
        return fired

    def _claim(self) -> tuple[Job, ...]:
        with self._application.unit_of_work() as session:
            return self._application.engine.claim_jobs(self._owner, session, BATCH)

    def _fire(self, job: Job) -> bool:
        try:
            with self._application.unit_of_work() as session:
                return self._application.engine.fire(job.id, session=session)
        except LostRace:
            self._release(job)
        except JobFailed as failure:
            log.warning("%s", failure, exc_info=failure)
            crash_points.reach("before-failure")
            self._record(failure)
        return False

    def _release(self, job: Job) -> None:
        with self._application.unit_of_work() as session:
            self._application.engine.release_job(job.id, session=session)

    def _record(self, failure: JobFailed) -> None:
        with self._application.unit_of_work() as session:
            self._application.engine.record_failure(failure.job_id, failure.reason, session=session)
