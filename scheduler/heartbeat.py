"""The heartbeat: every few seconds a worker writes that it lives and what it did."""

import os
import socket

from engine import workers
from engine.workers import Worker
from scheduler.guard import ClockGuard
from scheduler.ports import Application
from scheduler.tally import Tally

LONGEST_NAME = 48


class Heartbeat:
    """Writes the row of this process, and compares its clock with the database's.

    Args:
        application: the wired application.
        tally: what this process counts.
        guard: of the clock.
    """

    def __init__(self, application: Application, tally: Tally, guard: ClockGuard) -> None:
        self._application = application
        self._tally = tally
        self._guard = guard
        self._started_at = application.system_clock.now()

    def run(self) -> None:
        """Beat once; workers that have been gone for long are forgotten."""
        with self._application.unit_of_work() as session:
            connection = session.connection()
            now = self._application.system_clock.now()
            there = workers.database_now(connection)
            if there is not None:
                self._guard.compare(now - there)
            workers.beat(self._seen(), connection)
            workers.forget_gone(now, connection)

    def stop(self) -> None:
        """Take the row away: this process ends as it should."""
        with self._application.unit_of_work() as session:
            workers.leave(worker_name(), session.connection())

    def _seen(self) -> Worker:
        counts, jump = self._tally.read(), self._guard.jump
        return Worker(
            name=worker_name(),
            host=host_name(),
            pid=os.getpid(),
            started_at=self._started_at,
            last_seen_at=self._application.system_clock.now(),
            last_tick_at=counts.last_tick_at,
            fired=counts.fired,
            failed=counts.failed,
            buckets=counts.buckets,
            seconds=counts.seconds,
            clock_jump=None if jump is None else jump.total_seconds(),
        )


def host_name() -> str:
    """Name this machine, in at most 48 characters."""
    return socket.gethostname()[:LONGEST_NAME]


def worker_name() -> str:
    """Name this process in leases: host and process number, at most 64 characters."""
    return f"{host_name()}:{os.getpid()}"
