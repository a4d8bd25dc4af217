"""Read models of insight: how cases of a process went, in figures of the office's working time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, definition_queries, mining, mining_figures
from engine.calendar import local_date
from engine.mining import Chosen
from engine.mining_figures import (
    THIN,
    HandOvers,
    LevelMonth,
    Measure,
    Rework,
    Spread,
    StepTimes,
    Variants,
    Week,
)
from engine.records import ProcessDefinition
from engine.types import CITY
from housing.insight.assumptions import Assumptions
from housing.insight.models import SimulationRun
from housing.insight.results import Result

MOST_VARIANTS = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Insight:
    """The figures of one process over a period.

    Attributes:
        calendar: version of the working calendar that hours are counted with.
        names: element to its name, of all versions, the newest wins.
        ended: cases that ended in the period; all but weeks, steps and levels come from these.
        tasks: user tasks that were completed in the period.
    """

    chosen: Chosen
    calendar: str
    names: Mapping[str, str]
    weeks: tuple[Week, ...]
    ended: int
    running: int
    tasks: int
    cycle_days: Spread | None
    first_time_right: float | None
    steps: tuple[StepTimes, ...]
    variants: Variants
    rework: tuple[Rework, ...]
    hand_overs: HandOvers
    levels: tuple[LevelMonth, ...]

    @property
    def is_thin(self) -> bool:
        """Whether so few cases ended that the figures say little."""
        return self.ended < THIN

    def name(self, element_id: str) -> str:
        """Name an element; its id if it has no name."""
        return self.names.get(element_id) or element_id


def insight(chosen: Chosen, session: Session) -> Insight:
    """Compute all figures of a process.

    Raises:
        DefinitionNotFound: the process, or its version, was never deployed.
    """
    definition_queries.definition(chosen.process_key, chosen.version, session)
    cases = mining.cases(chosen, session)
    tasks = mining.tasks(chosen, session)
    lines = mining.paths(chosen, session)
    began = [chosen.since, *(each.started_at for each in cases[:1])]
    began += [each.created_at for each in tasks]
    measure = _measure(min(began), chosen.until, session)
    ended = mining_figures.ended_within(cases, chosen.since, chosen.until)
    return Insight(
        chosen=chosen,
        calendar=measure.version,
        names=names(chosen.process_key, session),
        weeks=mining_figures.weeks(cases, chosen.since, chosen.until),
        ended=len(ended),
        running=sum(each.ended_at is None or each.ended_at >= chosen.until for each in cases),
        tasks=sum(each.state == "completed" for each in tasks),
        cycle_days=mining_figures.cycle_days(ended, measure),
        first_time_right=mining_figures.first_time_right(ended, lines),
        steps=mining_figures.step_times(tasks, measure),
        variants=mining_figures.variants(ended, lines, measure, shown=MOST_VARIANTS),
        rework=mining_figures.rework(lines),
        hand_overs=mining_figures.hand_overs(tasks, measure),
        levels=mining_figures.levels(mining.clocks(chosen, session)),
    )


def names(process_key: str, session: Session) -> Mapping[str, str]:
    """Map the process and the elements of all its versions to names; the newest version wins."""
    found: dict[str, str] = {}
    for version in reversed(versions(process_key, session)):
        model = definition_queries.process_model(version, session)
        found |= {each.id: each.name for each in model.elements if each.name}
        found[process_key] = version.name
    return found


def versions(process_key: str, session: Session) -> tuple[ProcessDefinition, ...]:
    """List the versions of a process, newest first."""
    return definition_queries.definitions(session, process_key)


def _measure(first: datetime, last: datetime, session: Session) -> Measure:
    """Measure with the office's calendar as it stands now, also what was long ago."""
    calendar = calendars.calendar_at(CITY, last, session)
    return Measure(calendar, local_date(first), local_date(last) + _DAY)


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulationView:
    """A simulation that was kept."""

    id: str
    content_hash: str
    base_id: str | None
    assumptions: Assumptions
    result: Result
    made_at: datetime


def simulation_of(content_hash: str, session: Session) -> SimulationView | None:
    """Read the newest simulation of some files, as a page of approval shows it; None without one.

    Args:
        content_hash: of the files, as `engine.deployments.content_hash`.
        session: any.
    """
    newest = (
        select(SimulationRun)
        .where(SimulationRun.content_hash == content_hash)
        .order_by(SimulationRun.made_at.desc(), SimulationRun.id)
        .limit(1)
    )
    found = session.scalars(newest).first()
    return None if found is None else _simulation(found)


def simulation(run_id: str, session: Session) -> SimulationView | None:
    """Read a simulation by its id; None if there is none."""
    found = session.get(SimulationRun, run_id)
    return None if found is None else _simulation(found)


def _simulation(row: SimulationRun) -> SimulationView:
    return SimulationView(
        id=row.id,
        content_hash=row.content_hash,
        base_id=row.base_id,
        assumptions=Assumptions.from_json(row.assumptions),
        result=Result.from_json(row.result),
        made_at=row.made_at,
    )
