"""The clock is an argument; only this module reads the real one."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time: an aware instant in UTC."""

    def now(self) -> datetime:
        """Tell the present instant, aware, in UTC."""
        ...


def seconds_since_boot() -> float:
    """Tell how long the machine has been up, suspended or not; nobody can set this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Tell the machine's instant in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class ShiftedClock:
    """Another clock moved by an offset; the demo city lives on it.

    Attributes:
        offset: added to the base clock's instant; may be negative.
    """

    base: Clock = field(default_factory=SystemClock)
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Tell the shifted instant."""
        return self.base.now() + self.offset


@dataclass(slots=True)
class FrozenClock:
    """A clock that stands still until it is moved: for tests, scenarios and the demo loader."""

    instant: datetime

    def now(self) -> datetime:
        """Tell the instant it was set to."""
        return self.instant

    def advance(self, period: timedelta) -> None:
        """Move onward by a period."""
        self.instant += period

    def set(self, instant: datetime) -> None:
        """Move to an aware instant."""
        self.instant = instant.astimezone(UTC)
