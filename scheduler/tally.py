"""What this process did: jobs fired and failed, and how long each took."""

import threading
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime

from engine.workers import BUCKETS


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What was counted since the process began.

    Attributes:
        last_tick_at: when the sweep last ran to its end, by the machine's clock.
        buckets: jobs by their time, one count a bucket of `engine.workers.BUCKETS`, and one more.
        seconds: the time of all jobs together.
    """

    fired: int
    failed: int
    last_tick_at: datetime | None
    buckets: tuple[int, ...]
    seconds: float


class Tally:
    """Counts. Safe for threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._fired = self._failed = 0
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._last_tick_at: datetime | None = None

    def fire(self, jobs: int, seconds: float) -> None:
        """Count jobs that took effect in one transaction of so many seconds."""
        if not jobs:
            return
        with self._guard:
            self._fired += jobs
            self._seconds += seconds
            self._buckets[bisect_left(BUCKETS, seconds / jobs)] += jobs

    def fail(self) -> None:
        """Count a job that failed."""
        with self._guard:
            self._failed += 1

    def tick(self, now: datetime) -> None:
        """Note that the sweep came to its end."""
        with self._guard:
            self._last_tick_at = now

    def read(self) -> Counts:
        """Tell what was counted."""
        with self._guard:
            return Counts(
                fired=self._fired,
                failed=self._failed,
                last_tick_at=self._last_tick_at,
                buckets=tuple(self._buckets),
                seconds=self._seconds,
            )
