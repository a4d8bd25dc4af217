"""Rules of the deploy check: service levels, with what to write instead."""

from collections.abc import Iterator, Sequence

from lxml import etree

from engine.errors import Problem
from engine.sentences import sentence
from engine.sla_rules import LADDERS, check_at, read_offset, start_kind_of, unit_of
from engine.spiff.building import read_assignment
from engine.spiff.clocks import (
    ATTRIBUTES,
    PHASES,
    ROLLINGS,
    SATURDAYS,
    Written,
    written_clocks,
)
from engine.spiff.diagram import Diagram, Node, Trigger, tag_of
from engine.spiff.findings import Known, NodeRule, check_feel, check_parameter, error
from engine.spiff.vocabulary import anju

_CHILDREN = {
    "pause": {"while", "when", "reason"},
    "rung": {"at", "notify", "reassign", "raisePriority"},
}
_HIGHEST_PRIORITY = 100
_LONGEST_ID = 100


def service_level(diagram: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check the service levels of an element."""
    found = written_clocks(node.xml)
    if node.type == "userTask":
        yield from _user_task(node, found)
    elif found and (node.type not in PHASES or node.is_event_sub_process):
        advice = "Move it to a user task, a sub-process, a call activity or the process."
        yield error(
            node,
            sentence(
                "A service level does not run at a %(type)s. %(advice)s",
                type=node.type,
                advice=advice,
            ),
        )
    for each in found:
        yield from _clock(diagram, node, each, known)
        for name in ("from", "to"):
            if each.optional(name):
                yield error(
                    node,
                    sentence(
                        "%(name)s is for a service level of the process. Move it there.", name=name
                    ),
                )


def process_levels(diagram: Diagram, known: Known) -> Iterator[Problem]:
    """Check the service levels of the process itself, and that no two share their id."""
    process = _process_node(diagram)
    for each in written_clocks(diagram.xml):
        yield from _clock(diagram, process, each, known)
        yield from _phase(diagram, process, each)
    nodes = [process, *diagram.nodes.values()]
    owners: dict[str, str] = {}
    pairs = [(node, each) for node in nodes for each in written_clocks(node.xml)]
    for node, each in pairs:
        clock_id = each.text("id", node.id)
        if clock_id in owners:
            other = owners[clock_id]
            yield error(
                node,
                sentence(
                    "The service level %(clock_id)s is there twice, see %(other)s. Rename it.",
                    clock_id=repr(clock_id),
                    other=other,
                ),
            )
        owners.setdefault(clock_id, node.id)


def _user_task(node: Node, found: Sequence[Written]) -> Iterator[Problem]:
    due, ladder = read_assignment(node).due, node.xml.get(anju("ladder"))
    if any(each.optional("fulfilled") for each in found):
        yield error(node, "Completing a user task fulfils its service level. Remove fulfilled.")
    if len(found) > 1:
        yield error(node, "A user task has one due date. Keep one service level.")
    if found and due is not None:
        yield error(node, "The service level is the due date. Remove camunda:dueDate.")
    if found and ladder is not None:
        yield error(node, "Write the ladder as an attribute of anju:sla. Remove anju:ladder.")
    if ladder is not None and not found:
        yield from _ladder(node, ladder)
        if due is None:
            yield error(node, "A ladder needs a due date. Write a service level (anju:sla).")


def _clock(diagram: Diagram, node: Node, found: Written, known: Known) -> Iterator[Problem]:
    yield from _words(node, found)
    yield from _codes(node, found)
    yield from _amount(node, found, known)
    for name in ("start", "calendar", "proof"):
        yield from check_parameter(
            node, found.optional(name), known, f"{name} of the service level"
        )
    yield from check_feel(
        node, found.optional("fulfilled"), known, "What fulfils the service level"
    )
    start = found.optional("start")
    if start is not None and not start.startswith("="):
        yield error(node, 'The start of the service level is no FEEL. Write start="=served_at".')
    yield from _ladder(node, found.text("ladder", "default"))
    yield from _rungs(node, found)
    yield from _pauses(diagram, node, found, known)
    yield from _timer(diagram, node, found)


def _words(node: Node, found: Written) -> Iterator[Problem]:
    unknown = sorted(str(name) for name in found.xml.attrib if str(name) not in ATTRIBUTES)
    if unknown:
        yield error(
            node,
            sentence(
                "The service level has an unknown %(choices)s. Remove it.",
                choices=", ".join(unknown),
            ),
        )
    for child in found.xml.iterchildren(etree.Element):
        allowed = _CHILDREN.get(tag_of(child))
        extra = [] if allowed is None else sorted(set(map(str, child.attrib)) - allowed)
        if allowed is None or extra:
            what = tag_of(child) if allowed is None else f"{tag_of(child)} {', '.join(extra)}"
            yield error(
                node, sentence("The service level has an unknown %(what)s. Remove it.", what=what)
            )
    if len(found.text("id", node.id)) > _LONGEST_ID:
        yield error(node, "The id of the service level is too long. Shorten it.")


def _codes(node: Node, found: Written) -> Iterator[Problem]:
    unit, kind = found.text("unit", "calendar_days"), found.text("startKind", "event")
    if unit_of(unit) is None:
        units = "calendar_days, working_days, working_hours or months"
        yield error(
            node,
            sentence(
                "The service level has the unknown unit %(unit)s. Write %(units)s.",
                unit=repr(unit),
                units=units,
            ),
        )
    if start_kind_of(kind) is None:
        kinds = "service, deposit, postmark, publication or event"
        yield error(
            node,
            sentence(
                "The service level starts with an unknown %(kind)s. Write %(kinds)s.",
                kind=repr(kind),
                kinds=kinds,
            ),
        )
    if found.text("rolling", "none") not in ROLLINGS:
        yield error(node, "The rolling of the service level is unknown. Write none or statutory.")
    if found.text("saturday", SATURDAYS[0]) not in SATURDAYS:
        yield error(
            node,
            sentence(
                "The Saturday rule is unknown. Write %(choices)s.", choices=" or ".join(SATURDAYS)
            ),
        )


def _amount(node: Node, found: Written, known: Known) -> Iterator[Problem]:
    amount = found.optional("amount")
    if amount is None:
        if found.optional("timer") is None:
            yield error(node, "The service level has no amount. Write a number or =FEEL.")
    elif amount.startswith("="):
        yield from check_feel(node, amount, known, "The amount of the service level")
    elif not (amount.isascii() and amount.isdecimal()):
        yield error(
            node,
            sentence(
                "The amount %(amount)s is no whole number. Write a number or =FEEL.",
                amount=repr(amount),
            ),
        )


def _ladder(node: Node, name: str) -> Iterator[Problem]:
    if name not in LADDERS:
        advice = sentence("Write %(choices)s, or rungs of your own.", choices=", ".join(LADDERS))
        yield error(
            node,
            sentence("There is no ladder %(name)s. %(advice)s", name=repr(name), advice=advice),
        )


def _rungs(node: Node, found: Written) -> Iterator[Problem]:
    seen: set[str] = set()
    for at in [*found.warnings, *(each.get("at", "") for each in found.rungs)]:
        try:
            check_at(at)
        except ValueError as failure:
            yield error(
                node,
                sentence(
                    "A rung of the service level cannot be planned: %(failure)s.", failure=failure
                ),
            )
            continue
        if at in seen and at not in found.warnings:
            yield error(
                node, sentence("Two rungs stand at %(at)s. Put what they do into one.", at=at)
            )
        seen.add(at)
        yield from _before_start(node, found, at)
    for xml in found.rungs:
        priority = xml.get("raisePriority")
        if priority is not None and not (
            priority.isdecimal() and int(priority) <= _HIGHEST_PRIORITY
        ):
            yield error(
                node,
                sentence(
                    "The priority %(priority)s is not 0 to 100. Correct it.",
                    priority=repr(priority),
                ),
            )
        if not any(xml.get(name) for name in ("notify", "reassign", "raisePriority")):
            yield error(node, "A rung does nothing. Write whom it notifies.")


def _before_start(node: Node, found: Written, at: str) -> Iterator[Problem]:
    """Refuse a reminder that would be due before the period begins."""
    amount, days = found.text("amount"), {"calendar_days": 1, "working_days": 1, "months": 31}
    unit = found.text("unit", "calendar_days")
    if at.endswith("%") or not amount.isdecimal():
        return
    hours = int(amount) * 24 * days[unit] if unit in days else int(amount)
    is_short = unit == "working_hours"  # an hour of work may take days of the calendar
    if not is_short and -read_offset(at).total_seconds() > (hours + 24) * 3600:
        yield error(
            node,
            sentence(
                "The rung at %(at)s lies before the start of %(amount)s %(unit)s. Move it.",
                at=at,
                amount=amount,
                unit=unit,
            ),
        )


def _pauses(diagram: Diagram, node: Node, found: Written, known: Known) -> Iterator[Problem]:
    for xml in found.pauses:
        place, condition = xml.get("while"), xml.get("when")
        if (place is None) == (condition is None):
            yield error(node, "A pause needs either while (an element) or when (=FEEL).")
        if place is not None and place not in diagram.nodes:
            yield error(
                node,
                sentence(
                    "The pause waits for the unknown element %(place)s. Correct its id.",
                    place=repr(place),
                ),
            )
        if place is not None and place == node.id:
            yield error(node, "The service level would pause while it runs. Name another element.")
        yield from check_feel(node, condition, known, "The condition of the pause")
        if not xml.get("reason"):
            yield error(node, "A pause without a reason explains nothing. Write its reason.")
    if found.pauses and found.optional("timer"):
        advice = "Remove the pause, or the timer."
        yield error(
            node,
            sentence("A period that ends with a timer cannot pause. %(advice)s", advice=advice),
        )


def _timer(diagram: Diagram, node: Node, found: Written) -> Iterator[Problem]:
    timer = found.optional("timer")
    event = None if timer is None else diagram.nodes.get(timer)
    if timer is not None and (event is None or event.trigger.kind != "timer"):
        yield error(
            node,
            sentence(
                "The service level ends with %(timer)s, which is no timer. Correct it.",
                timer=repr(timer),
            ),
        )


def _phase(diagram: Diagram, process: Node, found: Written) -> Iterator[Problem]:
    begin, ends = found.optional("from"), (found.optional("to") or "").split()
    if (begin is None) == bool(ends):
        yield error(process, "A phase needs both from and to. Write the missing one.")
    for end in (begin, *ends):
        if end is not None and end not in diagram.nodes:
            yield error(
                process,
                sentence(
                    "The phase names the unknown element %(end)s. Correct its id.", end=repr(end)
                ),
            )


def _process_node(diagram: Diagram) -> Node:
    """Let findings about the process name it as they name an element."""
    return Node(
        id=diagram.key,
        type="process",
        name=diagram.name,
        lane=None,
        documentation=None,
        scope="",
        attached_to=None,
        default=None,
        trigger=Trigger(kind="none"),
        xml=diagram.xml,
    )


CLOCK_RULES: tuple[NodeRule, ...] = (service_level,)
