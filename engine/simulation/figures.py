"""What a run is measured by: of one replication, and bands over all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import floor


@dataclass(kw_only=True, slots=True)
class StepFigures:
    """One element over the weeks that count.

    Attributes:
        done: completed.
        interrupted: taken away by a deadline, a message or the end of the case.
        wait_hours: working hours until somebody took it up, summed over `taken`.
        elapsed_hours: hours day and night from reaching it to completing it, summed over `done`.
    """

    reached: int = 0
    taken: int = 0
    done: int = 0
    interrupted: int = 0
    wait_hours: float = 0.0
    elapsed_hours: float = 0.0


@dataclass(kw_only=True, slots=True)
class LevelFigures:
    """One service level over the weeks that count; what was withdrawn in time does not count."""

    in_time: int = 0
    late: int = 0


@dataclass(kw_only=True, slots=True)
class Replication:
    """One run.

    Attributes:
        arrived, ended: in the weeks that count.
        all_arrived, all_ended, all_open: from the first hour on; what arrived has ended or is open.
        given_up: cases that went round too often, or could not go on; among `all_ended`.
        backlog: cases in progress at the end of each week.
        breaches: service levels that fell due unfulfilled, by week.
        cycle_hours: of the cases that ended, hours day and night.
        busy: role to the share of its working time that was used.
        case_hours: hours of all cases in progress, summed over the weeks that count.
    """

    arrived: int = 0
    ended: int = 0
    all_arrived: int = 0
    all_ended: int = 0
    all_open: int = 0
    given_up: int = 0
    backlog: list[int] = field(default_factory=list)
    breaches: list[int] = field(default_factory=list)
    cycle_hours: list[float] = field(default_factory=list)
    steps: dict[str, StepFigures] = field(default_factory=dict)
    levels: dict[str, LevelFigures] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)
    case_hours: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Of ten runs one lies below `low`, five below `middle`, nine below `high`."""

    low: float
    middle: float
    high: float


def quantile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of ascending values lies, between two by proportion.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    place = share * (len(values) - 1)
    left = floor(place)
    right = min(left + 1, len(values) - 1)
    return values[left] + (values[right] - values[left]) * (place - left)


def band(values: Iterable[float]) -> Band | None:
    """Give P10, P50 and P90 of values; None if there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    low, middle, high = (quantile(ordered, share) for share in (0.1, 0.5, 0.9))
    return Band(low=low, middle=middle, high=high)
