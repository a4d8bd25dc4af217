"""What a simulation takes from history: arrivals, times by step, ways at gateways, what came."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import mining
from engine.mining import Chosen, MinedTask
from engine.mining_figures import Measure
from engine.simulation.measured import Inputs, Times, times
from engine.sla_tables import sla_clock
from engine.tables import history, process_definition, process_instance

_HOUR = timedelta(hours=1)
_EVENTS = ("timer_fired", "message_received", "signal_received")
_WALKED = (*_EVENTS, "task_created", "task_completed", "service_done", "gateway_passed")


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
    flows, fired, delays = _walked(chosen, session)
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
        flows=flows,
        fired=fired,
        delays=delays,
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


def _walked(
    chosen: Chosen, session: Session
) -> tuple[dict[str, int], dict[str, int], dict[str, Times]]:
    """Count ways and events; an event is delayed by the time since the case moved last."""
    flows: Counter[str] = Counter()
    delays: dict[str, list[float]] = defaultdict(list)
    for _case, lines in groupby(_lines(chosen, session), key=lambda line: line[0]):
        last: datetime | None = None
        for _id, kind, element, at, details in lines:
            if kind == "gateway_passed":
                flows.update(details.get("flows", ()))
            elif kind in _EVENTS and last is not None:
                delays[element].append((at - last) / _HOUR)
            last = at
    fired = {element: len(found) for element, found in delays.items()}
    known = {element: each for element, found in delays.items() if (each := times(found))}
    return dict(flows), fired, known


def _lines(
    chosen: Chosen, session: Session
) -> Iterable[tuple[str, str, str, datetime, Mapping[str, Sequence[str]]]]:
    columns = (history.c.instance_id, history.c.kind, history.c.element_id, history.c.at)
    is_recent = or_(
        process_instance.c.ended_at >= chosen.since, process_instance.c.ended_at.is_(None)
    )
    query = (
        select(*columns, history.c.details)
        .select_from(history.join(process_instance).join(process_definition))
        .where(
            *mining.of_choice(chosen),
            is_recent,
            process_instance.c.started_at < chosen.until,
            history.c.kind.in_(_WALKED),
        )
        .order_by(history.c.instance_id, history.c.id)
    )
    for row in session.execute(query):
        yield row[0], row[1], row[2], row[3], row[4]


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
