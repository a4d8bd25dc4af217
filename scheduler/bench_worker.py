"""A worker process of `anju bench timers`: the sweep of every worker, on the benchmark's engine.

Arguments: the database's address, then "drain", or "tick" and seconds. It says "ready", waits for a
line, fires until nothing is due or the time is over, and tells the seconds it took.
"""

import sys
import threading
from contextlib import AbstractContextManager
from time import perf_counter

from engine import bench_timers
from engine.clock import SystemClock
from engine.db import Database, UnitOfWork
from scheduler.heartbeat import worker_name
from scheduler.sweep import Sweep
from scheduler.timetable import TICK


class House:
    """The least that a sweep needs.

    Args:
        url: of the database.
    """

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.clock = self.system_clock = SystemClock()
        self.engine = bench_timers.engine_of(self.clock)

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction; it commits on success."""
        return self.database.unit_of_work()

    def refresh_clock(self) -> None:
        """Nobody moves this clock."""

    def ask_bank(self) -> int:
        """There is no bank here."""
        return 0

    def put_drafts_in_service(self) -> int:
        """Nobody drafts here."""
        return 0

    def tidy(self) -> None:
        """Nothing lies about here."""

    def deliver(self, bundle: object) -> None:
        """Deliver nothing: only the sweep runs."""


def main(url: str, mode: str, seconds: float) -> float:
    """Fire until nothing is due, or tick for some seconds; return the seconds it took."""
    house = House(url)
    sweep = Sweep(house, worker_name(), lambda: True)
    with house.unit_of_work() as session:
        house.engine.due_jobs(session, house.clock.now(), 1)  # open the connection
    _say("ready")
    sys.stdin.readline()
    begun_at = last_at = perf_counter()
    if mode == "tick":
        pause = threading.Event()
        while perf_counter() - begun_at < seconds:
            sweep.run()
            pause.wait(TICK.total_seconds())
        return perf_counter() - begun_at
    while sweep.run():
        last_at = perf_counter()
    return last_at - begun_at


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    address, how, *rest = sys.argv[1:]
    taken = main(address, how, float(rest[0]) if rest else 0.0)
    _say(f"{taken:.6f}")
