"""What the processes of the chaos suite do; each function is the whole life of one process."""

import itertools
import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from engine import crash_points, queries
from engine.errors import Conflict, JobFailed, LostRace
from engine.sabotage import SABOTAGES
from scheduler.chaos.dice import Dice
from scheduler.chaos.house import CLERK, LONG_AGO, NEVER, House, Site
from scheduler.main import guarded
from scheduler.relay import Relay
from scheduler.sweep import Sweep
from scheduler.timetable import Entry

CRASHED = 9
"""Exit status of a process that ended itself at a crash point."""
FATES = ("answer", "remind", "late")
MOST_TRIES = 20
REST = 0.01
"""Seconds between two rounds of a worker: short, so that there is no quiet moment."""

_pause = threading.Event()  # never set: waiting on it lets a process rest


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What one process is told.

    Attributes:
        name: of the process; also of the cases that it starts.
        sabotage: names of SABOTAGES that break its engine.
        crash: a crash point, and at which passing it ends its process.
        seed: of its dice.
    """

    site: Site
    name: str
    sabotage: tuple[str, ...] = ()
    crash: tuple[str, int] | None = None
    seed: str = ""

    def crashing(self, crash: tuple[str, int]) -> "Orders":
        """Copy the orders, to end at a crash point."""
        return replace(self, crash=crash)


def work(orders: Orders) -> None:
    """Fire what is due and deliver, until the stop file appears; nothing but a kill ends it."""
    house = _house(orders)
    acts = _guarded(_sweep(house, orders.name), Relay(house).run)
    while not orders.site.stop_file.exists():
        for act in acts:
            act()
        _pause.wait(REST)


def clerk(orders: Orders) -> None:
    """Start cases and decide them, until the stop file appears."""
    house, dice = _house(orders), Dice(orders.seed)
    undecided: list[str] = []
    number = 0

    def act() -> None:
        nonlocal number
        number += 1
        fate = dice.one_of(FATES)
        _, tasks = house.start(fate, f"{orders.name}-{number}", late_at=_late_at(fate))
        undecided.extend(task.id for task in tasks if fate == "answer")
        if len(undecided) > 1:
            house.decide(undecided.pop(0))

    (guarded_act,) = _guarded(act)
    while not orders.site.stop_file.exists():
        guarded_act()
        _pause.wait(dice.between(0.005, 0.03))


def everything_once(orders: Orders) -> None:
    """Come by every crash point several times: start, decide, fire, fail, deliver."""
    house = _house(orders)
    for number in range(3):
        for fate in (*FATES, "poison"):
            _, tasks = house.start(fate, f"{orders.name}-{number}", late_at=_late_at(fate))
            if fate in {"answer", "poison"}:
                house.decide(tasks[0].id)
    sweep, relay = _sweep(house, orders.name), Relay(house)
    for _ in range(3):
        sweep()
        relay.run()


def work_cramped(orders: Orders, pages: int | None) -> None:
    """Start, decide, fire and deliver in a database that cannot grow.

    Args:
        orders: of this process.
        pages: so many an SQLite file may have; None: the server sees to it.
    """
    house = _house(orders)
    if pages is not None:
        with house.unit_of_work() as session:  # a limit of the connection, and there is one only
            session.connection().exec_driver_sql(f"pragma max_page_count = {pages}")
    numbers = itertools.count()

    def act() -> None:
        fate = FATES[next(numbers) % len(FATES)]
        _, tasks = house.start(fate, f"{orders.name}-{next(numbers)}", late_at=_late_at(fate))
        house.decide(tasks[0].id)

    acts = _guarded(act, _sweep(house, orders.name), Relay(house).run)
    while not orders.site.stop_file.exists():
        for each in acts:
            each()
        _pause.wait(REST)


def deliver_once(orders: Orders) -> None:
    """Deliver what waits in the outbox, one round."""
    house = _house(orders)
    _sweep(house, orders.name)()
    Relay(house).run()


def fire_often(orders: Orders, job_ids: tuple[str, ...], threads: int, times: int) -> None:
    """Deliver the same jobs several times from several threads, in different orders."""
    house = _house(orders)
    shift = max(1, len(job_ids) // threads)
    _together(
        [
            partial(_fire_all, house, (job_ids[n * shift :] + job_ids[: n * shift]) * times)
            for n in range(threads)
        ]
    )


def count_together(orders: Orders, instances: tuple[tuple[str, str, str], ...]) -> None:
    """Let two people count in one case at once: each adds one to what the form showed.

    Args:
        orders: of this process.
        instances: instance id and the two tasks of each case.
    """
    house = _house(orders)
    for instance_id, *task_ids in instances:
        barrier = threading.Barrier(len(task_ids))
        _together([partial(_count, house, barrier, instance_id, each) for each in task_ids])


def race(orders: Orders, tasks: tuple[tuple[str, str | None], ...]) -> None:
    """Let two act on one task at the same moment.

    Args:
        orders: of this process.
        tasks: user task, and the job of the timer that takes it away; none: a second person.
    """
    house = _house(orders)
    for number, (task_id, job_id) in enumerate(tasks):
        barrier = threading.Barrier(2)
        decide = partial(house.decide, task_id)
        other = decide if job_id is None else partial(_fire, house, job_id)
        # whoever comes to the barrier last need not be woken: let that be each in turn
        acts = (decide, other) if number % 2 else (other, decide)
        _together([partial(_at_once, barrier, act) for act in acts])


def _house(orders: Orders) -> House:
    logging.basicConfig(filename=orders.site.log, level=logging.WARNING)
    for name in orders.sabotage:
        SABOTAGES[name]()
    if orders.crash is not None:
        crash_points.arm(_Crash(*orders.crash))
    return House(site=orders.site)


class _Crash:
    """Ends this process at a passing of a point, as a power switch would: no handler runs."""

    def __init__(self, point: str, passing: int) -> None:
        self._point = point
        self._left = passing

    def __call__(self, point: str) -> None:
        self._left -= point == self._point
        if self._left == 0:
            os._exit(CRASHED)


def _sweep(house: House, name: str) -> Callable[[], int]:
    return Sweep(house, name, lambda: True).run


def _guarded(*acts: Callable[[], object]) -> list[Callable[[], None]]:
    """Wrap as the scheduler does: whatever fails is logged, and the next tick comes."""
    every = timedelta(seconds=1)
    return [guarded(Entry(id="chaos", every=every, run=act)) for act in acts]


def _together(acts: Sequence[Callable[[], None]]) -> None:
    """Do several things, each in a thread of its own; come back when all are done."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _at_once(barrier: threading.Barrier, act: Callable[[], None]) -> None:
    """Do something at the same moment as another; to come too late is no error."""
    barrier.wait()
    with suppress(Conflict):
        act()


def _count(house: House, barrier: threading.Barrier, instance_id: str, task_id: str) -> None:
    """Read a form, add one to what it shows, send it; when told that it is old, begin again."""
    for attempt in range(MOST_TRIES):
        with house.reading() as session:
            version = queries.instance(instance_id, session).version
            total = house.engine.variables(instance_id, session)["total"]
        if attempt == 0:
            barrier.wait()
        values = {"total": int(str(total)) + 1}
        try:
            with house.unit_of_work() as session:
                house.engine.complete(task_id, values, by=CLERK, session=session, version=version)
        except LostRace:
            continue
        house.site.ledger.note("counted", instance_id)
        return


def _fire_all(house: House, job_ids: Sequence[str]) -> None:
    for job_id in job_ids:
        _fire(house, job_id)


def _fire(house: House, job_id: str) -> None:
    """Fire a job as any driver may: whether it is due or not."""
    try:
        with house.unit_of_work() as session:
            house.engine.fire(job_id, session=session)
    except LostRace:
        return
    except JobFailed as failure:
        with house.unit_of_work() as session:
            house.engine.record_failure(job_id, failure.reason, session=session)


def _late_at(fate: str) -> datetime:
    return LONG_AGO if fate == "late" else NEVER
