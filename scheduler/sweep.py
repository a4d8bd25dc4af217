"""The sweep: lease due jobs and fire them, some in one transaction.

A transaction that fires several jobs costs one commit. When one of them fails, the whole of it is
rolled back and each job is fired in a transaction of its own, so that one never harms another.
"""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter

from engine import crash_points
from engine.db import UnitOfWork
from engine.errors import JobFailed, LostRace
from engine.records import Job
from scheduler.ports import Application
from scheduler.tally import Tally

BATCH = 20
TOGETHER = 10
"""So many jobs share a transaction: their instances are locked until it ends."""

SHARING = frozenset({"timer", "rung"})
"""Kinds of jobs that may share one; a service task that is repeated has failed before."""

MOST_BATCHES = 50
"""A tick ends after so many batches, so that a stop is heard."""

log = logging.getLogger(__name__)


class Sweep:
    """Fires due jobs. Any number of sweeps may run, in any number of processes.

    Args:
        application: the wired application.
        owner: names this process in the leases.
        allows: the guard; see `scheduler.guard`.
        tally: counts what was fired and what failed.
    """

    def __init__(
        self,
        application: Application,
        owner: str,
        allows: Callable[[], bool],
        tally: Tally | None = None,
    ) -> None:
        self._application = application
        self._owner = owner
        self._allows = allows
        self._tally = tally or Tally()

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
            effects = self._fire_all(claimed)
            fired += effects
            if not effects:
                break
        self._tally.tick(self._application.system_clock.now())
        return fired

    def _claim(self) -> tuple[Job, ...]:
        """Lease due jobs, but only one of those that may have ended a process before.

        A lease that no outcome followed makes a job a suspect. The others that were leased with it
        are suspects too; the one with the fewest leases goes first, so that the innocent get
        through and only the guilty one uses up its attempts. The rest goes back before the leases
        are committed: processes that end between two transactions must not use up theirs.
        """
        with self._application.unit_of_work() as session:
            jobs = self._application.engine.claim_jobs(self._owner, session, BATCH)
            suspects = sorted(filter(_is_suspect, jobs), key=lambda job: job.attempts)
            rest = [job.id for job in suspects[1:]]
            if rest:
                self._application.engine.put_back(rest, self._owner, session=session)
        return tuple(job for job in jobs if job.id not in rest)

    def _fire_all(self, jobs: Sequence[Job]) -> int:
        """Fire leased jobs; the suspect goes alone, last."""
        fresh = [job for job in jobs if not _is_suspect(job)]
        return self._fire_fresh(fresh) + sum(self._fire(job) for job in filter(_is_suspect, jobs))

    def _fire_fresh(self, jobs: Sequence[Job]) -> int:
        """Fire timers and rungs together, in the order of their instances' locks, others alone.

        Sweeps that lock instances in one order cannot wait for each other in a circle.
        """
        alone = [job for job in jobs if job.kind not in SHARING]
        together = sorted((job for job in jobs if job.kind in SHARING), key=_lock_order)
        parts = range(0, len(together), TOGETHER)
        fired = sum(self._fire_together(together[at : at + TOGETHER]) for at in parts)
        return fired + sum(self._fire(job) for job in alone)

    def _fire_together(self, jobs: Sequence[Job]) -> int:
        if len(jobs) == 1:
            return self._fire(jobs[0])
        begun_at = perf_counter()
        try:
            with self._application.unit_of_work() as session:
                fired = sum(self._fire_in(session, job) for job in jobs)
        except (LostRace, JobFailed):
            return sum(self._fire(job) for job in jobs)
        self._tally.fire(fired, perf_counter() - begun_at)
        return fired

    def _fire_in(self, session: UnitOfWork, job: Job) -> bool:
        """Fire one of several; the next sees nothing that this one read before."""
        has_effect = self._application.engine.fire(job.id, session=session)
        session.flush()
        session.expire_all()
        return has_effect

    def _fire(self, job: Job) -> bool:
        begun_at = perf_counter()
        try:
            with self._application.unit_of_work() as session:
                has_effect = self._application.engine.fire(job.id, session=session)
        except LostRace:
            self._release(job)
        except JobFailed as failure:
            log.warning("%s", failure, exc_info=failure)
            self._tally.fail()
            crash_points.reach("before-failure")
            self._record(failure)
        else:
            self._tally.fire(int(has_effect), perf_counter() - begun_at)
            return has_effect
        return False

    def _release(self, job: Job) -> None:
        with self._application.unit_of_work() as session:
            self._application.engine.release_job(job.id, session=session)

    def _record(self, failure: JobFailed) -> None:
        with self._application.unit_of_work() as session:
            self._application.engine.record_failure(failure.job_id, failure.reason, session=session)


def _is_suspect(job: Job) -> bool:
    """Tell whether a lease of a job before this one had no outcome."""
    return job.attempts > 1


def _lock_order(job: Job) -> str:
    """Order jobs by their instances, as all do who lock several, so that none wait in a circle."""
    return job.instance_id or ""
