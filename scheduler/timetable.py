"""What runs when. Deadlines are not here: they are rows of the job table, found by the sweep."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from housing.bootstrap import Application
from housing.tryouts.sandbox import purge
from scheduler.background import BackgroundWork
from scheduler.guard import ClockGuard
from scheduler.heartbeat import Heartbeat, worker_name
from scheduler.messages import Messages
from scheduler.relay import Relay
from scheduler.sweep import Sweep
from scheduler.tally import Tally

TICK = timedelta(seconds=1)
CLOCK_REFRESH = timedelta(seconds=5)
MATCHING = timedelta(seconds=5)
HEARTBEAT = timedelta(seconds=10)
BANKING = timedelta(seconds=30)
DIGESTING = timedelta(minutes=5)
GOING_LIVE = timedelta(seconds=15)
RETURNING = timedelta(minutes=1)
TIDYING = timedelta(days=1)
PURGING = timedelta(hours=1)
FOLLOWING = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the timetable.

    Attributes:
        id: stable.
        every: from start to start; a run that takes longer swallows the ticks in between.
        stop: what is done when the process ends as it should.
    """

    id: str
    every: timedelta
    run: Callable[[], object]
    stop: Callable[[], object] | None = None


def timetable(application: Application) -> tuple[Entry, ...]:
    """Lay out what this process runs."""
    guard, tally = ClockGuard(application.system_clock), Tally()
    heartbeat = Heartbeat(application, tally, guard)
    sweep = Sweep(application, owner=worker_name(), allows=guard.allows, tally=tally)
    relay, long_work = Relay(application), BackgroundWork(application)
    return (
        Entry(id="heartbeat", every=HEARTBEAT, run=heartbeat.run, stop=heartbeat.stop),
        Entry(id="clock", every=CLOCK_REFRESH, run=application.refresh_clock),
        Entry(id="sweep", every=TICK, run=sweep.run),
        Entry(id="relay", every=TICK, run=relay.run),
        Entry(id="messages", every=MATCHING, run=Messages(application).run),
        Entry(id="bank", every=BANKING, run=application.ask_bank),
        Entry(id="background", every=TICK, run=long_work.run, stop=long_work.stop),
        Entry(id="drafts", every=GOING_LIVE, run=application.put_drafts_in_service),
        Entry(id="absences", every=RETURNING, run=application.hand_back_ended_absences),
        Entry(id="digests", every=DIGESTING, run=application.send_digests),
        Entry(id="merged_cases", every=FOLLOWING, run=application.follow_merged_cases),
        Entry(id="tidy", every=TIDYING, run=application.tidy),
        Entry(id="tryouts", every=PURGING, run=partial(purge, application)),
    )
