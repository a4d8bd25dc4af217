"""Trials with the clock: it jumps, or the scheduler stands still for three days."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event

from engine.clock import FrozenClock
from engine.invariants import Breach, Facts
from scheduler.chaos.crew import Crew, at_work
from scheduler.chaos.house import House
from scheduler.chaos.killing import figures
from scheduler.chaos.stage import Outcome, Stage, settled
from scheduler.guard import ClockGuard
from scheduler.sweep import Sweep

JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=-3), timedelta(days=3))
ROUNDS = 5
MOST_LOOKS = 6000
"""So often it is looked whether all is done; then the rest is left to the check."""
SOON = timedelta(minutes=30)
DOWNTIME = timedelta(days=3)
AT_WORK = timedelta(days=5)
"""How far the clock is when work begins again: the last rung was due by then."""
WHOLE_LADDER = ("half", "overdue", "escalated", "chief")
_pause = Event()


def jump_the_clock(stage: Stage) -> Outcome:
    """Set the machine's clock wrong, and right again: nothing may be done before its time."""
    house = stage.house("clock")
    count, early = 0, []
    for number in range(ROUNDS):
        for jump in JUMPS:
            name = f"{number}-{count}"
            house.start("late", name, due_at=_in(house, SOON), late_at=_in(house, SOON))
            early += _jump(house, jump)
            count += 1
    settled_later = settled(house.site, AT_WORK, partial(_told, levels=()))
    breaches = (*early, *settled_later)
    return Outcome(count=count, breaches=breaches)


def stand_still(stage: Stage) -> Outcome:
    """Let nobody work for three days, then everybody; some cases are poisoned.

    Every rung that was missed comes once and in order.
    """
    house = stage.house("still")
    count, poisoned = stage.share(1000, at_least=20), 10
    due_at = _in(house, timedelta(hours=1))
    for number in range(count):
        house.start("remind", str(number), due_at=due_at)
        stage.progress(number / count / 2)
    for number in range(poisoned):
        _, tasks = house.start("poison", str(number), due_at=due_at)
        house.decide(tasks[0].id)
    site = replace(house.site, ahead=DOWNTIME + AT_WORK)
    chaos = Crew(orders=stage.orders(site, "late"), dice=stage.dice.child("still"))
    with at_work(chaos, stage.ground.workers, clerks=0):
        for _ in range(MOST_LOOKS):
            if _is_done(house, site.ahead):
                break
            _pause.wait(0.1)
    breaches = settled(house.site, chaos.ahead, partial(_told, levels=WHOLE_LADDER))
    return Outcome(count=count, breaches=breaches, figures=figures(house))


def _told(house: House, *, levels: tuple[str, ...]) -> Facts:
    return replace(house.facts(), levels=levels)


def _jump(house: House, jump: timedelta) -> list[Breach]:
    """Sweep before, during and after a jump; tell what was fired that was not due."""
    machine, uptime = FrozenClock(house.clock.now()), 0.0
    guard = ClockGuard(machine, lambda: uptime)
    truth = machine.now()
    sweep = Sweep(house, "clock", guard.allows)
    fired = sweep.run()
    for now, ahead in ((truth + jump, jump), (truth, timedelta())):
        machine.set(now)
        house.move(ahead)
        fired += sweep.run()
    if not fired:
        return []
    return [Breach(invariant="I7", text=f"{fired} jobs were fired early by a jump of {jump}")]


def _is_done(house: House, ahead: timedelta) -> bool:
    with house.reading() as session:
        now = house.clock.now() + ahead
        return not any(job.kind == "rung" for job in house.engine.due_jobs(session, now, 1000))


def _in(house: House, period: timedelta) -> datetime:
    return house.clock.now() + period
