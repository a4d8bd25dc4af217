"""Rules of the deploy check: when timers are due and how their days are counted."""

from collections.abc import Iterator
from dataclasses import replace

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.calendar_timers import CALENDARS
from engine.spiff.diagram import Diagram, Node
from engine.spiff.findings import Known, NodeRule, check_feel, error
from engine.spiff.timers import Timer, check_calendar, check_literal
from engine.spiff.vocabulary import anju


def check_timer(node: Node, timer: Timer, known: Known, what: str) -> Iterator[Problem]:
    """Check the text of a timer or due date together with the calendar that counts it."""
    if timer.calendar and timer.calendar not in CALENDARS:
        choices = ", ".join(sorted(CALENDARS))
        advice = sentence(
            "There is no calendar %(calendar)s. Write one of %(choices)s.",
            calendar=repr(timer.calendar),
            choices=choices,
        )
        yield replace(error(node, advice), rule="unknown-calendar")
        return
    try:
        if timer.calendar:
            check_calendar(timer)
        if timer.text.startswith("="):
            yield from check_feel(node, timer.text, known, what)
        else:
            check_literal(timer)
    except ValueError as failure:
        yield error(
            node,
            sentence(
                "%(what)s cannot be read: %(failure)s. Correct it.", what=what, failure=failure
            ),
        )


def calendar_place(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Refuse a calendar at an element, where it would be ignored."""
    if node.type != "userTask" and node.xml.get(anju("calendar")) is not None:
        advice = "Write it at the timer event definition of the event."
        yield error(
            node,
            sentence(
                "anju:calendar has no effect at a %(type)s. %(advice)s",
                type=node.type,
                advice=advice,
            ),
        )


TIMER_RULES: tuple[NodeRule, ...] = (calendar_place,)
