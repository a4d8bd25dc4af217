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
    followed; a jump closes the gate until the clock comes back or the scheduler is restarted.

    Args:
        clock: the machine's clock.
        elapsed: seconds on a clock that cannot be set.
    """

    def __init__(self, clock: Clock, elapsed: Callable[[], float] = seconds_since_boot) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._accepted = self._origin()
        self._is_closed = False

    def allows(self) -> bool:
        """Tell whether deadlines may be fired now; raise the alarm when they may not."""
        origin = self._origin()
        jump = origin - self._accepted
        if abs(jump) <= TOLERANCE:
            self._accepted = origin
            self._is_closed = False
            return True
        if not self._is_closed:
            log.critical(
                "The machine's clock moved by %s against its uptime: no deadline is fired until it "
                "is set right or the scheduler is restarted.",
                jump,
            )
        self._is_closed = True
        return False

    def _origin(self) -> datetime:
        """Tell when the unsettable clock was zero, by the machine's clock."""
        return self._clock.now() - timedelta(seconds=self._elapsed())
