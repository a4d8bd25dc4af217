"""Prepare and run a simulation: files and history in, a result out; nothing is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from engine import calendars, definition_queries, mining, mining_inputs
from engine.calendar import local_date
from engine.errors import DefinitionNotFound
from engine.mining import Chosen
from engine.mining_figures import Measure
from engine.periods.calendars import Calendar
from engine.records import ProcessDefinition
from engine.simulation.figures import Replication
from engine.simulation.joins import Joins
from engine.simulation.measured import Inputs
from engine.simulation.model import Span
from engine.simulation.plan import Plan
from engine.simulation.reading import read_plan
from engine.simulation.run import replicate
from engine.simulation.summary import compare, summarise
from engine.simulation.working_time import WorkingTime
from engine.types import CITY
from housing.insight.assumptions import Assumptions, RoleGiven, propose
from housing.insight.building import Built, Ground, build
from housing.insight.errors import DiagramUnreadable
from housing.insight.results import Result, Side
from housing.people import queries as people

HISTORY = timedelta(days=365)
"""So far back history is read."""

BEYOND_WEEKS = 60
"""The calendar reaches so far beyond the simulated weeks; behind it every day counts as open."""

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_WEEK_DAYS = 7

Report = Callable[[int, int], None]
"""Takes runs done and runs in all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What a simulation starts from.

    Attributes:
        new: the process as it is to be simulated.
        old: the process as it is in service; None if it is not.
        base: the version in service.
        people: role to its accounts.
    """

    new: Plan
    old: Plan | None
    base: ProcessDefinition | None
    inputs: Inputs
    calendar: Calendar
    people: Mapping[str, int]
    now: datetime

    @property
    def roles(self) -> Mapping[str, RoleGiven]:
        """How each role of both versions is proposed to work."""
        older = propose(self.old, self.inputs, self.people) if self.old else {}
        return {**older, **propose(self.new, self.inputs, self.people)}

    @property
    def first_monday(self) -> date:
        """The Monday on which the simulation, with its warm-up, begins."""
        today = local_date(self.now)
        return today + _DAY * (-today.weekday() % _WEEK_DAYS)

    def ground(self, given: Assumptions) -> Ground:
        """Tell what both versions are built on."""
        days = (given.weeks + given.warm_up_weeks + BEYOND_WEEKS) * _WEEK_DAYS
        known = self.old or self.new
        return Ground(
            inputs=self.inputs,
            given=given,
            calendar=WorkingTime.of(self.calendar, self.first_monday, days),
            known_flows=frozenset(known.targets),
        )


def prepare(
    files: Mapping[str, bytes],
    process_key: str,
    base: ProcessDefinition | None,
    *,
    session: Session,
    now: datetime,
) -> Prepared:
    """Read the plans of both versions and what history tells.

    Args:
        files: of the version to be simulated.
        process_key: its process.
        base: the version in service, if there is one.
        session: only reads.
        now: of the business.

    Raises:
        DiagramUnreadable: the files hold no such process that can be read.
    """
    try:
        new = read_plan(files, process_key)
    except DefinitionNotFound as error:
        raise DiagramUnreadable(process_key) from error
    old_files = {} if base is None else definition_queries.resources(base.id, session)
    old = None if base is None else read_plan(old_files, process_key)
    return Prepared(
        new=new,
        old=old,
        base=base,
        inputs=figures_of(process_key, session=session, now=now),
        calendar=calendars.counting_calendar(CITY, now, session.connection()),
        people={
            role: len(people.accounts_in(role, CITY, session=session)) or _in_scopes(role, session)
            for role in {*new.roles, *(old.roles if old else ())}
        },
        now=now,
    )


def figures_of(process_key: str, *, session: Session, now: datetime) -> Inputs:
    """Read arrivals, times, ways and events of a process from its last year."""
    first = mining.first_started(process_key, session) or now
    since = max(now - HISTORY, first)
    chosen = Chosen(process_key=process_key, since=since, until=now + timedelta(microseconds=1))
    begin = local_date(since) - _DAY * (HISTORY.days + 1)  # tasks that end in it may be older
    calendar = calendars.calendar_at(CITY, now, session)
    return mining_inputs.inputs(chosen, Measure(calendar, begin, local_date(now) + _DAY), session)


def simulate(
    prepared: Prepared, given: Assumptions, report: Report = lambda _done, _total: None
) -> Result:
    """Run both versions with the same chance.

    Args:
        prepared: by `prepare`.
        given: what is assumed.
        report: told after each pair of runs.
    """
    ground = prepared.ground(given)
    new = build(prepared.new, ground, is_new=True)
    old = None if prepared.old is None else build(prepared.old, ground, is_new=False)
    span = Span(
        weeks=given.weeks,
        warm_up_weeks=given.warm_up_weeks,
        replications=given.replications,
        seed=given.seed,
    )
    new_runs, old_runs = _runs(new, old, span, report)
    inputs = prepared.inputs
    return Result(
        first_monday=prepared.first_monday + _WEEK * given.warm_up_weeks,
        cases=inputs.arrived,
        since=local_date(inputs.since),
        until=local_date(inputs.until),
        measured_days=inputs.cycle.middle / 24 if inputs.cycle else None,
        measured_ended=inputs.ended,
        calendar=prepared.calendar.version,
        new=_side(prepared.new, new, new_runs, None),
        old=_old_side(prepared, old, old_runs),
        difference=compare(old_runs, new_runs) if old_runs else None,
    )


def _runs(
    new: Built, old: Built | None, span: Span, report: Report
) -> tuple[list[Replication], list[Replication]]:
    new_joins, new_runs = Joins(new.model), list[Replication]()
    old_joins, old_runs = None if old is None else Joins(old.model), list[Replication]()
    for number in range(span.replications):
        new_runs.append(replicate(new.model, span, number, joins=new_joins))
        if old is not None and old_joins is not None:
            old_runs.append(replicate(old.model, span, number, joins=old_joins))
        report(number + 1, span.replications)
    return new_runs, old_runs


def _old_side(prepared: Prepared, built: Built | None, runs: list[Replication]) -> Side | None:
    if prepared.old is None or prepared.base is None or built is None:
        return None
    return _side(prepared.old, built, runs, prepared.base.version)


def _side(plan: Plan, built: Built, runs: list[Replication], version: int | None) -> Side:
    levels = [*plan.levels, *(level for each in plan.elements.values() for level in each.levels)]
    names = {each.id: each.name for each in plan.elements.values()}
    return Side(
        version=version,
        summary=summarise(runs),
        sources=built.sources,
        is_thin=built.is_thin,
        names={**names, **{level.id: level.name for level in levels}},
        lanes={each.id: each.role for each in plan.work},
        left_out={kind: list(found) for kind, found in plan.left_out.items()},
    )


def _in_scopes(role: str, session: Session) -> int:
    """Count the accounts that hold a role anywhere."""
    return sum(
        role in account.roles and account.state == "active"
        for account in people.all_accounts(session=session)
    )
