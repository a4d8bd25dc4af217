"""The guard against a machine clock that was set: a forward jump would fire deadlines early."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from engine.clock import Clock, seconds_since_boot

TOLERANCE = timedelta(seconds=60)

log = logging.getLogger(__name__)


class ClockGuard:
    """Compares the machine's clock with one that nobody can set.

    It watches the base clock: a demo city that moves its business clock is no alarm. Slow drift is
    followed; a jump closes the gate until the clock comes back or the scheduler is restarted. A
    database server's clock, where there is one, is a second witness against a clock that was fast
    from the beginning; a slow one fires late, never early.

    Args:
        clock: the machine's clock.
        elapsed: seconds on a clock that cannot be set.
    """

    def __init__(self, clock: Clock, elapsed: Callable[[], float] = seconds_since_boot) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._accepted = self._origin()
        self._is_closed = False
        self._jump = self._apart = timedelta()

    @property
    def jump(self) -> timedelta | None:
        """Tell by how much the clock is off while the gate is closed; None while it is open."""
        if not self._is_closed:
            return None
        return self._jump if abs(self._jump) > TOLERANCE else self._apart

    def compare(self, ahead: timedelta) -> None:
        """Note by how much the machine's clock is ahead of the database server's."""
        self._apart = ahead

    def allows(self) -> bool:
        """Tell whether deadlines may be fired now; raise the alarm when they may not."""
        origin = self._origin()
        self._jump = origin - self._accepted
        if abs(self._jump) <= TOLERANCE:
            self._accepted = origin
        if max(abs(self._jump), self._apart) <= TOLERANCE:
            self._is_closed = False
            return True
        if not self._is_closed:
            log.critical(
                "The machine's clock moved by %s against its uptime, and is ahead of the database "
                "by %s: no deadline is fired until it is set right or the scheduler is restarted.",
                self._jump,
                self._apart,
            )
        self._is_closed = True
        return False

    def _origin(self) -> datetime:
        """Tell when the unsettable clock was zero, by the machine's clock."""
        return self._clock.now() - timedelta(seconds=self._elapsed())
