"""Chance that can be repeated: numbers drawn by name, and the distributions they go through.

A number is drawn for a name (case, element, visit), never from a stream. So two versions of a
process that share an element draw the same number there: common random numbers, which show the
difference of the versions and not that of the dice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from typing import Protocol

_BITS = 53
_SCALE = 1.0 / (1 << _BITS)
_NORMAL = NormalDist()


class Chance:
    """Draws numbers between 0 and 1, the same for the same seed and name."""

    def __init__(self, seed: int, replication: int) -> None:
        self._key = f"{seed}:{replication}".encode()

    def draw(self, case: int, name: str, visit: int = 0) -> float:
        """Draw the number of a name: above 0, below 1."""
        digest = blake2b(f"{case}:{visit}:{name}".encode(), digest_size=8, key=self._key).digest()
        return ((int.from_bytes(digest, "big") >> (64 - _BITS)) + 0.5) * _SCALE


class Distribution(Protocol):
    """How long something takes, in hours."""

    @property
    def mean(self) -> float:
        """The mean in hours."""
        ...

    def at(self, share: float) -> float:
        """Give the value that a share of all values lies below; share is above 0, below 1."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    hours: float

    @property
    def mean(self) -> float:
        """The mean in hours."""
        return self.hours

    def at(self, share: float) -> float:  # noqa: ARG002  # every share is the same here
        """Give the one value."""
        return self.hours


@dataclass(frozen=True, slots=True)
class Exponential:
    """Mostly short, sometimes very long: memoryless, as in the closed forms of queues."""

    mean_hours: float

    @property
    def mean(self) -> float:
        """The mean in hours."""
        return self.mean_hours

    def at(self, share: float) -> float:
        """Give the value that a share of all values lies below."""
        return -self.mean_hours * log(1.0 - share)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Around a middle, with a long tail: as people's handling times usually are.

    Attributes:
        spread: standard deviation of the logarithm; 0.5 is moderate, 1 is wide.
    """

    mean_hours: float
    spread: float = 0.5

    @property
    def mean(self) -> float:
        """The mean in hours."""
        return self.mean_hours

    def at(self, share: float) -> float:
        """Give the value that a share of all values lies below."""
        if not self.mean_hours:
            return 0.0
        middle = log(self.mean_hours) - self.spread * self.spread / 2
        return exp(middle + self.spread * _NORMAL.inv_cdf(share))


@dataclass(frozen=True, slots=True)
class Empirical:
    """As it was: one of the measured values, each as likely as it was often.

    Attributes:
        hours: measured values in ascending order, at least one.
    """

    hours: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> "Empirical":
        """Take measured values in any order.

        Raises:
            ValueError: there are none.
        """
        if not values:
            raise ValueError("no values")
        return cls(tuple(sorted(values)))

    @property
    def mean(self) -> float:
        """The mean in hours."""
        return sum(self.hours) / len(self.hours)

    def at(self, share: float) -> float:
        """Give the value that a share of all values lies below."""
        return self.hours[int(share * len(self.hours))]
