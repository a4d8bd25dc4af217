"""What a simulation showed, as it is kept: both versions, their difference, all sources."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from engine.simulation.figures import Band
from engine.simulation.summary import (
    Difference,
    LevelSummary,
    RoleSummary,
    StepSummary,
    Summary,
)
from housing.insight.building import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One version.

    Attributes:
        version: number in service; None for the draft.
        is_thin: most times of its steps were not measured.
        names: element, flow or level to its name in this version.
        lanes: step to its role.
        left_out: what was simplified, to the names of its elements.
    """

    version: int | None
    summary: Summary
    sources: tuple[Source, ...]
    is_thin: bool
    names: Mapping[str, str]
    lanes: Mapping[str, str]
    left_out: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """Everything a page shows of a simulation.

    Attributes:
        first_monday: first day of the weeks that count.
        cases: that began in the period history was taken from.
        since, until: that period.
        measured_days: median days from beginning to end in history; None if no case ended.
        measured_ended: cases behind it.
        calendar: version of the office calendar.
        old: None for a process that is not in service yet.
    """

    first_monday: date
    cases: int
    since: date
    until: date
    measured_days: float | None
    measured_ended: int
    calendar: str
    new: Side
    old: Side | None
    difference: Difference | None

    def as_json(self) -> dict[str, Any]:
        """Write it as JSON values."""
        days = {name: getattr(self, name).isoformat() for name in _DAYS}
        return asdict(self) | days

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Result":
        """Read what `as_json` wrote."""
        days = {name: date.fromisoformat(given[name]) for name in _DAYS}
        difference = given["difference"]
        return cls(
            **{
                **given,
                **days,
                "new": _side(given["new"]),
                "old": None if given["old"] is None else _side(given["old"]),
                "difference": None if difference is None else _difference(difference),
            }
        )


_DAYS = ("first_monday", "since", "until")


def _side(given: Mapping[str, Any]) -> Side:
    sources = tuple(Source(**each) for each in given["sources"])
    return Side(**{**given, "summary": _summary(given["summary"]), "sources": sources})


def _summary(given: Mapping[str, Any]) -> Summary:
    bands = {name: Band(**given[name]) for name in ("arrived", "ended", "all_breaches")}
    weekly = {name: tuple(Band(**each) for each in given[name]) for name in ("backlog", "breaches")}
    return Summary(
        **{
            **given,
            **bands,
            **weekly,
            "cycle_days": _band(given["cycle_days"]),
            "steps": tuple(StepSummary(**each) for each in given["steps"]),
            "levels": tuple(
                LevelSummary(**{**each, "late": Band(**each["late"])}) for each in given["levels"]
            ),
            "roles": tuple(
                RoleSummary(**{**each, "busy": Band(**each["busy"])}) for each in given["roles"]
            ),
        }
    )


def _difference(given: Mapping[str, Any]) -> Difference:
    bands = {name: Band(**given[name]) for name in ("backlog", "breaches")}
    return Difference(**{**given, **bands, "cycle_days": _band(given["cycle_days"])})


def _band(given: Mapping[str, Any] | None) -> Band | None:
    return None if given is None else Band(**given)
