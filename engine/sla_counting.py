"""How a clock is counted anew after a pause or by another calendar, and what its row keeps."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.periods.calendars import Calendar
from engine.periods.computation import Pause
from engine.sla import Terms, count_terms, extended
from engine.sla_clocks import SlaClock
from engine.sla_rules import ClockRule
from engine.spiff.timers import explanation_of


def resumed_at(clock: SlaClock, now: datetime) -> SlaClock:
    """Give a paused clock that runs on from an instant; it is as late as it was before."""
    if clock.paused_since is None:
        return clock
    pause = Pause(begins_at=clock.paused_since, ends_at=now, reason=clock.pause_reason or "")
    return replace(
        clock,
        state="running" if clock.breached_at is None else "breached",
        paused_since=None,
        pause_reason=None,
        pauses=(*clock.pauses, pause),
    )


def counted_anew(clock: SlaClock, calendar: Calendar | None) -> SlaClock:
    """Count a clock again with its pauses, extensions and calendar.

    Args:
        clock: with a due date that is counted; a given one stays.
        calendar: None where no calendar moves the end.
    """
    if clock.is_given:
        return clock
    known = calendar or Calendar(id=clock.scope, version="")
    computation = count_terms(clock.terms, known, clock.pauses)
    due_at = extended(computation.ends_at, clock.extensions, clock.terms, known, clock.pauses)
    return replace(clock, due_at=due_at, computation=explanation_of(computation))


def rule_as_json(rule: ClockRule, terms: Terms) -> dict[str, Any]:
    """Write what a clock is counted by and how it reminds, as JSON values."""
    at = terms.start.at
    return {
        "amount": terms.amount,
        "unit": terms.unit,
        "start": {"at": at.isoformat(), "kind": terms.start.kind, "proof": terms.start.proof},
        "rolling": terms.is_rolling,
        "saturday": terms.saturday_end,
        "ladder": rule.ladder,
        "timer": rule.timer,
        "rungs": [rung.as_json() for rung in rule.rungs],
        "short_rungs": [rung.as_json() for rung in rule.short_rungs],
    }
