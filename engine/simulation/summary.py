"""Many runs of one version in figures, and two versions against each other run by run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.simulation.figures import Band, LevelFigures, Replication, StepFigures, band, quantile
from engine.simulation.working_time import DAY_HOURS

NOTHING = Band(low=0.0, middle=0.0, high=0.0)
_NO_STEP, _NO_LEVEL = StepFigures(), LevelFigures()


@dataclass(frozen=True, kw_only=True, slots=True)
class StepSummary:
    """One step.

    Attributes:
        reached: how often in the weeks that count, mean of the runs.
        wait_hours: mean working hours until somebody takes it up.
        elapsed_days: mean days from reaching to completing it; None if it never was.
        interrupted_share: of those that ended, taken away by a deadline or message.
    """

    id: str
    reached: float
    wait_hours: float
    elapsed_days: float | None
    interrupted_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelSummary:
    """One service level: how often it is judged and missed in the weeks that count."""

    id: str
    judged: float
    late: Band


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleSummary:
    """The share of a role's working time for this process that is used."""

    id: str
    busy: Band


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """All runs of one version.

    Attributes:
        cases: cases of all runs that ended in the weeks that count.
        backlog, breaches: by week.
        cycle_days: band of the runs' medians; None if no case ended.
        given_up: cases that were given up, in all runs.
    """

    replications: int
    cases: int
    arrived: Band
    ended: Band
    backlog: tuple[Band, ...]
    breaches: tuple[Band, ...]
    all_breaches: Band
    cycle_days: Band | None
    steps: tuple[StepSummary, ...]
    levels: tuple[LevelSummary, ...]
    roles: tuple[RoleSummary, ...]
    given_up: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The new version less the old one, run by run with the same chance.

    Attributes:
        fewer_breaches, more_breaches: runs in which the new version missed fewer or more.
        smaller_backlog, larger_backlog: runs in which fewer or more cases were left in the end.
    """

    backlog: Band
    breaches: Band
    cycle_days: Band | None
    fewer_breaches: int
    more_breaches: int
    smaller_backlog: int
    larger_backlog: int


def summarise(runs: Sequence[Replication]) -> Summary:
    """Put the runs of one version together; at least one."""
    weeks = range(len(runs[0].backlog))
    return Summary(
        replications=len(runs),
        cases=sum(run.ended for run in runs),
        arrived=_band(run.arrived for run in runs),
        ended=_band(run.ended for run in runs),
        backlog=tuple(_band(run.backlog[week] for run in runs) for week in weeks),
        breaches=tuple(_band(run.breaches[week] for run in runs) for week in weeks),
        all_breaches=_band(sum(run.breaches) for run in runs),
        cycle_days=band(_medians(runs)),
        steps=tuple(_step(each, runs) for each in _ids(runs, lambda run: run.steps)),
        levels=tuple(_level(each, runs) for each in _ids(runs, lambda run: run.levels)),
        roles=tuple(
            RoleSummary(id=role, busy=_band(run.busy[role] for run in runs))
            for role in runs[0].busy
        ),
        given_up=sum(run.given_up for run in runs),
    )


def compare(old: Sequence[Replication], new: Sequence[Replication]) -> Difference:
    """Compare two versions run by run."""
    pairs = list(zip(old, new, strict=True))
    backlog = [after.backlog[-1] - before.backlog[-1] for before, after in pairs]
    breaches = [sum(after.breaches) - sum(before.breaches) for before, after in pairs]
    cycles = [
        _median_days(after) - _median_days(before)
        for before, after in pairs
        if before.cycle_hours and after.cycle_hours
    ]
    return Difference(
        backlog=_band(backlog),
        breaches=_band(breaches),
        cycle_days=band(cycles),
        fewer_breaches=sum(each < 0 for each in breaches),
        more_breaches=sum(each > 0 for each in breaches),
        smaller_backlog=sum(each < 0 for each in backlog),
        larger_backlog=sum(each > 0 for each in backlog),
    )


def _band(values: Iterable[float]) -> Band:
    return band(values) or NOTHING


def _medians(runs: Iterable[Replication]) -> list[float]:
    return [_median_days(run) for run in runs if run.cycle_hours]


def _median_days(run: Replication) -> float:
    return quantile(sorted(run.cycle_hours), 0.5) / DAY_HOURS


def _ids(
    runs: Sequence[Replication], of: Callable[[Replication], Iterable[str]]
) -> dict[str, None]:
    return {each: None for run in runs for each in of(run)}


def _step(element: str, runs: Sequence[Replication]) -> StepSummary:
    found = [run.steps.get(element, _NO_STEP) for run in runs]
    taken, done = sum(each.taken for each in found), sum(each.done for each in found)
    interrupted = sum(each.interrupted for each in found)
    ended = done + interrupted
    elapsed = sum(each.elapsed_hours for each in found)
    return StepSummary(
        id=element,
        reached=sum(each.reached for each in found) / len(runs),
        wait_hours=sum(each.wait_hours for each in found) / taken if taken else 0.0,
        elapsed_days=elapsed / done / DAY_HOURS if done else None,
        interrupted_share=interrupted / ended if ended else None,
    )


def _level(level: str, runs: Sequence[Replication]) -> LevelSummary:
    found = [run.levels.get(level, _NO_LEVEL) for run in runs]
    return LevelSummary(
        id=level,
        judged=sum(each.in_time + each.late for each in found) / len(runs),
        late=_band(each.late for each in found),
    )
