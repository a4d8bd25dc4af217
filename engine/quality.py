"""Advice beyond the standard: ways to the end, work without owner or deadline, fairness."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from lxml import etree

from engine.day_counting import DAY_FUNCTIONS
from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import ACTIVITIES, anju
from engine.standard.document import (
    EVENTS,
    SCOPES,
    Document,
    Element,
    Rule,
    children,
    is_executable,
    read_document,
    tag,
    text,
)
from feel.errors import FeelError
from feel.parser import parse_expression

_DEAD_END = Rule(id="no-way-to-end", constraint="", severity="warning")
_JOIN = Rule(id="implicit-join", constraint="", severity="info")
_ROLE = Rule(id="human-task-role", constraint="", severity="warning")
_UNKNOWN_ROLE = Rule(id="unknown-role", constraint="", severity="warning")
_DEADLINE = Rule(id="human-task-deadline", constraint="", severity="info")
_NAME = Rule(id="unknown-name", constraint="", severity="warning")
_NOTICE = Rule(id="fairness-notice", constraint="", severity="warning")
_APPEAL = Rule(id="fairness-appeal", constraint="", severity="warning")

_SIMILARITY = 0.8
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_REJECTION = re.compile(
    r"拒絕|駁回|退件|不予|不符|未通過|否准|\b(reject|refus|den[iy]|declin|ineligible)",
    re.IGNORECASE,
)
_NOTIFYING = re.compile(r"通知|函|告知|notif|notice|letter|mail|inform", re.IGNORECASE)
_APPEALING = re.compile(r"申訴|訴願|申覆|複審|救濟|appeal|objection", re.IGNORECASE)


def advice(root: etree._Element, roles: frozenset[str] | None) -> list[Problem]:
    """Give advice on the executable processes of a file; nothing here refuses it.

    Args:
        root: the root element of the file.
        roles: candidate groups that exist, None where this is not checked.
    """
    document = read_document(root)
    found: list[Problem] = []
    for node in document.nodes():
        if is_executable(node):
            found.extend(_joins(document, node))
            if tag(node) == "userTask":
                found.extend(_human_task(document, node, roles))
    for scope in document.all(*SCOPES):
        if is_executable(scope):
            found.extend(_ways(document, scope))
    found.extend(_fairness(document))
    found.extend(_misspelt(document))
    return found


def _joins(document: Document, node: Element) -> Iterator[Problem]:
    if tag(node) in ACTIVITIES | EVENTS and len(document.into(node)) > 1:
        yield _JOIN.broken(node, "Several flows meet here: each of them runs it once.")


def _human_task(
    document: Document, task: Element, roles: frozenset[str] | None
) -> Iterator[Problem]:
    group = task.get(f"{_CAMUNDA}candidateGroups", "")
    if not group and not task.get(f"{_CAMUNDA}assignee"):
        yield _ROLE.broken(task, "Nobody is asked to do it. Set a candidate group or an assignee.")
    if roles is not None and group and not group.startswith("=") and group not in roles:
        yield _UNKNOWN_ROLE.broken(
            task, sentence("There is no role %(group)s. Correct the group.", group=repr(group))
        )
    timers = (
        event
        for event in document.nodes("boundaryEvent")
        if event.get("attachedToRef") == task.get("id") and "timer" in document.kinds(event)
    )
    has_level = task.find(f".//{anju('sla')}") is not None
    if not task.get(f"{_CAMUNDA}dueDate") and not has_level and next(timers, None) is None:
        yield _DEADLINE.broken(
            task, "It has no deadline. Write a service level (anju:sla) or a timer."
        )


def _ways(document: Document, scope: Element) -> Iterator[Problem]:
    """Tell which nodes lie in a circle without a way out."""
    nodes = [child for child in scope if child.get("id") and tag(child) in ACTIVITIES | EVENTS]
    ends = [node for node in scope if not document.out_of(node)]
    reached = _before(document, ends)
    for node in nodes:
        if node.get("id") not in reached:
            yield _DEAD_END.broken(node, "No way leads from here to an end. Draw a way out.")


def _before(document: Document, nodes: list[Element]) -> set[str]:
    found: set[str] = set()
    stack = [node.get("id", "") for node in nodes]
    while stack:
        key = stack.pop()
        if key in found:
            continue
        found.add(key)
        stack.extend(flow.get("sourceRef", "") for flow in document.incoming.get(key, []))
    return found


def _fairness(document: Document) -> Iterator[Problem]:
    """Ask for a notice and a way to appeal where something is rejected."""
    for end in document.nodes("endEvent"):
        if not is_executable(end) or not _REJECTION.search(end.get("name", "")):
            continue
        before = [document.by_id[key] for key in _before(document, [end]) if key in document.by_id]
        if not any(_NOTIFYING.search(_words(node)) for node in before):
            yield _NOTICE.broken(end, "Nobody is told of the rejection. Send a notice before it.")
        if not any(_APPEALING.search(_words(node)) for node in document.nodes()):
            advice = "Name the way to appeal, or draw it."
            yield _APPEAL.broken(
                end,
                sentence(
                    "The rejection cannot be appealed in this process. %(advice)s", advice=advice
                ),
            )


def _misspelt(document: Document) -> Iterator[Problem]:
    """Tell of names in conditions that nothing sets while a very similar one is set."""
    known = _set_names(document)
    for flow in document.all("sequenceFlow"):
        for condition in children(flow, "conditionExpression"):
            for name in sorted(_free_names(text(condition)) - known):
                similar = get_close_matches(name, known, n=1, cutoff=_SIMILARITY)
                if similar and is_executable(flow):
                    advice = sentence("Is %(similar)s meant?", similar=repr(similar[0]))
                    yield _NAME.broken(
                        flow,
                        sentence(
                            "Nothing sets %(name)s. %(advice)s", name=repr(name), advice=advice
                        ),
                    )


def _free_names(expression: str) -> set[str]:
    try:
        names = parse_expression(expression.removeprefix("="), DAY_FUNCTIONS).names
    except FeelError:
        return set()
    return {name for name in names if f"{name}(" not in expression}


def _set_names(document: Document) -> set[str]:
    found = {item.get("name", "") for item in document.all("dataObject", "property")}
    for item in document.elements:
        found.add(item.get(f"{_CAMUNDA}resultVariable", ""))
        found.add(item.get(f"{_CAMUNDA}elementVariable", ""))
    for item in document.all("extensionElements"):
        found.update(p.get("name", "") for p in item.iter(f"{_CAMUNDA}outputParameter"))
    for script in document.all("script"):
        found.update(line.partition("=")[0].strip() for line in text(script).splitlines())
    return found - {""}


def _words(node: Element) -> str:
    texts = [child.text or "" for child in children(node, "documentation")]
    return " ".join([node.get("name", ""), node.get(f"{_CAMUNDA}topic", ""), *texts])
