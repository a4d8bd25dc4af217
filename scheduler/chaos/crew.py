"""The processes of the chaos suite: forked from a server that has everything loaded, so cheaply."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from types import ModuleType
from typing import Any

from scheduler.chaos import orders
from scheduler.chaos.dice import Dice
from scheduler.chaos.orders import Orders

LEASE = timedelta(seconds=31)
"""The clock of each process is so much ahead of the one before: the leases of the dead are over."""
PATIENCE = 60.0
"""Seconds until a process that should have ended is killed."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([orders.__name__])


def launch(act: Callable[..., None], *given: Any) -> ForkServerProcess:  # noqa: ANN401  # handed on
    """Start a process that does one thing."""
    process = _context.Process(target=act, args=given, daemon=True)
    with _without_main():
        process.start()
    return process


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program that runs: each process would import it anew, pages and all."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def run(act: Callable[..., None], *given: Any) -> int:  # noqa: ANN401  # handed on
    """Let a process do one thing and wait for its end.

    Returns:
        Its exit status; negative when it had to be killed.
    """
    process = launch(act, *given)
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
    return int(process.exitcode or 0)


def run_to_its_end(act: Callable[..., None], *given: Any) -> None:  # noqa: ANN401  # handed on
    """Let a process do one thing, which it must not fail to do.

    Raises:
        RuntimeError: it failed.
    """
    status = run(act, *given)
    if status:
        raise RuntimeError(f"a process ended with status {status}: see the traceback above")


@dataclass(kw_only=True, slots=True)
class Crew:
    """Processes that work until they are killed or told to stop.

    Attributes:
        orders: what each is told; name, seed and clock differ.
        born: how many there were.
    """

    orders: Orders
    dice: Dice
    members: list[tuple[Callable[[Orders], None], ForkServerProcess]] = field(default_factory=list)
    born: int = 0

    def hire(self, act: Callable[[Orders], None]) -> None:
        """Start one more process."""
        self.born += 1
        site = replace(self.orders.site, ahead=self.orders.site.ahead + LEASE * self.born)
        name = f"{self.orders.name}{self.born}"
        told = replace(self.orders, site=site, name=name, seed=f"{self.dice.seed}/{name}")
        self.members.append((act, launch(act, told)))

    def kill_one(self) -> None:
        """Kill one of them with -9, whichever, and hire another in its place."""
        victim = self.dice.one_of(self.members)
        self.members.remove(victim)
        act, process = victim
        process.kill()
        process.join()
        self.hire(act)

    def stop(self) -> None:
        """Let everybody end what they are doing and go."""
        self.orders.site.stop_file.touch()
        for _, process in self.members:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
        self.members.clear()

    @property
    def ahead(self) -> timedelta:
        """How far the clock of the newest process is ahead."""
        return self.orders.site.ahead + LEASE * self.born


@contextmanager
def at_work(crew: Crew, workers: int, clerks: int = 1) -> Iterator[Crew]:
    """Hire workers and clerks, and stop them at the end."""
    for _ in range(workers):
        crew.hire(orders.work)
    for _ in range(clerks):
        crew.hire(orders.clerk)
    try:
        yield crew
    finally:
        crew.stop()
