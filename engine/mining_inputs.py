"""What a simulation takes from history: arrivals, times by step, ways at gateways, what came."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine import mining
from engine.mining import Chosen, MinedTask
from engine.mining_figures import Measure
from engine.simulation.measured import Inputs, Times, times
from engine.sla_tables import sla_clock
from engine.tables import history, process_definition, process_instance

_HOUR = timedelta(hours=1)
_EVENTS = ("timer_fired", "message_received", "signal_received")
_WALKED = (*_EVENTS, "task_created", "task_completed", "service_done", "started")


def inputs(chosen: Chosen, measure: Measure, session: Session) -> Inputs:
    """Read what a simulation needs from the cases of a period."""
    cases = mining.cases(chosen, session)
    begun = sorted(case.started_at for case in cases if case.started_at >= chosen.since)
    ended = [
        (case.ended_at - case.started_at) / _HOUR
        for case in cases
        if case.ended_at is not None and chosen.since <= case.ended_at < chosen.until
    ]
    tasks = mining.tasks(chosen, session)
    delays = _delays(chosen, session)
    return Inputs(
        since=chosen.since,
        until=chosen.until,
        arrived=len(begun),
        ended=len(ended),
        gaps=times((later - earlier) / _HOUR for earlier, later in pairwise(begun)),
        cycle=times(ended),
        handling=_handling(tasks, measure),
        elapsed=_elapsed(tasks),
        reached=Counter(task.element_id for task in tasks),
        flows=_flows(chosen, session),
        fired={element: len(found) for element, found in delays.items()},
        delays={element: each for element, found in delays.items() if (each := times(found))},
        periods=_periods(chosen, session),
    )


def _handling(tasks: Iterable[MinedTask], measure: Measure) -> dict[str, Times]:
    by_element: dict[str, list[float]] = defaultdict(list)
    for task in tasks:
        if task.state == "completed" and task.claimed_at and task.ended_at:
            by_element[task.element_id].append(measure.hours(task.claimed_at, task.ended_at))
    return {each: found for each, done in by_element.items() if (found := times(done))}


def _elapsed(tasks: Iterable[MinedTask]) -> dict[str, Times]:
    done: dict[str, list[float]] = defaultdict(list)
    cut: dict[str, list[float]] = defaultdict(list)
    for task in tasks:
        if task.ended_at is not None:
            kept = done if task.state == "completed" else cut
            kept[task.element_id].append((task.ended_at - task.created_at) / _HOUR)
    return {each: found for each in done if (found := times(done[each], cut[each]))}


def _flows(chosen: Chosen, session: Session) -> dict[str, int]:
    """Count the ways taken at gateways."""
    details = _recent(select(history.c.details), chosen).where(history.c.kind == "gateway_passed")
    flows: Counter[str] = Counter()
    for (found,) in session.execute(details):
        flows.update(found.get("flows", ()))
    return dict(flows)


def _delays(chosen: Chosen, session: Session) -> dict[str, list[float]]:
    """Measure how long events took to come: from the last thing that happened in the case."""
    columns = (history.c.instance_id, history.c.kind, history.c.element_id, history.c.at)
    lines = (
        _recent(select(*columns), chosen)
        .where(history.c.kind.in_(_WALKED))
        .order_by(history.c.instance_id, history.c.id)
    )
    delays: dict[str, list[float]] = defaultdict(list)
    for one, other in pairwise(session.execute(lines)):
        if other.kind in _EVENTS and one.instance_id == other.instance_id:
            delays[other.element_id].append((other.at - one.at) / _HOUR)
    return delays


def _recent(query: Select[Any], chosen: Chosen) -> Select[Any]:
    """Take the history of the cases that were open in the period."""
    is_recent = or_(
        process_instance.c.ended_at >= chosen.since, process_instance.c.ended_at.is_(None)
    )
    return query.select_from(history.join(process_instance).join(process_definition)).where(
        *mining.of_choice(chosen), is_recent, process_instance.c.started_at < chosen.until
    )


def _periods(chosen: Chosen, session: Session) -> dict[str, Times]:
    query = (
        select(sla_clock.c.sla_id, sla_clock.c.started_at, sla_clock.c.original_due_at)
        .select_from(sla_clock.join(process_instance).join(process_definition))
        .where(*mining.of_choice(chosen), sla_clock.c.started_at < chosen.until)
    )
    by_level: dict[str, list[float]] = defaultdict(list)
    for sla_id, started_at, due_at in session.execute(query):
        by_level[sla_id].append((due_at - started_at) / timedelta(days=1))
    return {each: found for each, days in by_level.items() if (found := times(days))}
