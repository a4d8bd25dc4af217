"""The ticker. APScheduler only ticks here: no deadline ever lives in its job store.

Its own stores lose due jobs on a crash, and its default misfire grace drops what is a second late.
So the store is in memory, ticks coalesce, and nothing counts as too late.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

from housing.bootstrap import Application
from scheduler.timetable import Entry, timetable

JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

log = logging.getLogger(__name__)


class RunningScheduler:
    """A ticker that runs in background threads.

    Args:
        ticker: started.
        entries: what it runs.
    """

    def __init__(self, ticker: BackgroundScheduler, entries: Sequence[Entry]) -> None:
        self._ticker = ticker
        self._entries = entries

    def stop(self) -> None:
        """Stop ticking; a run that has begun is finished first."""
        self._ticker.shutdown(wait=True)
        for entry in self._entries:
            if entry.stop is not None:
                guarded(replace(entry, run=entry.stop))()


def start(application: Application) -> RunningScheduler:
    """Start the ticker of this process."""
    ticker = BackgroundScheduler(timezone=UTC, job_defaults=JOB_DEFAULTS)
    entries = timetable(application)
    for entry in entries:
        if entry.stop is not None:  # it is known from the beginning that this process lives
            guarded(entry)()
        ticker.add_job(guarded(entry), "interval", seconds=entry.every.total_seconds(), id=entry.id)
    ticker.start()
    return RunningScheduler(ticker, entries)


def guarded(entry: Entry) -> Callable[[], None]:
    """Wrap an entry so that its failure is logged and the next tick comes."""

    def run() -> None:
        try:
            entry.run()
        except Exception:  # the job wrapper: whatever fails, the ticker must go on
            log.exception("%s failed; the next tick tries again", entry.id)

    return run
