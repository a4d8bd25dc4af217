"""Rules of the deploy check: what tasks call, ask and evaluate."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.building import read_assignment, topic_of
from engine.spiff.diagram import Diagram, Node, find, tag_of
from engine.spiff.expressions import (
    is_name,
    parameter_problems,
    read_mappings,
    read_script,
    script_lines,
)
from engine.spiff.findings import (
    Known,
    NodeRule,
    check_feel,
    check_known,
    check_parameter,
    error,
    warning,
)
from engine.spiff.tasks import Assignment
from engine.spiff.timer_rules import check_timer
from engine.spiff.timers import Timer
from engine.spiff.vocabulary import camunda

_MAPPED = {"userTask", "serviceTask", "sendTask", "businessRuleTask"}
_REFUSED_EXTENSIONS = {
    "connector": "Use an external task with a topic.",
    "executionListener": "Use a service task with a topic.",
    "taskListener": "Use a service task with a topic.",
    "formData": "Use camunda:formKey.",
    "field": "Use input parameters.",
}
_IDLE_ATTRIBUTES = (
    "asyncAfter",
    "asyncBefore",
    "decisionRefBinding",
    "decisionRefVersion",
    "exclusive",
    "followUpDate",
    "jobPriority",
    "mapDecisionResult",
    "taskPriority",
)


def service_task(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check that a service task is an external task of a known topic."""
    topic = topic_of(node)
    if topic:
        yield from check_known(node, topic, known.topics, "topic")
    elif node.type == "serviceTask" or (node.type == "sendTask" and node.trigger.kind != "message"):
        advice = 'Set camunda:type="external" and camunda:topic.'
        yield error(node, sentence("It names no operation. %(advice)s", advice=advice))


def business_rule_task(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check that a business rule task names a known decision."""
    if node.type != "businessRuleTask" or topic_of(node):
        return
    decision = node.xml.get(camunda("decisionRef"), "")
    if not decision or decision.startswith(("=", "$")):
        yield error(node, "It names no decision. Set camunda:decisionRef to the decision's id.")
    else:
        yield from check_known(node, decision, known.decisions, "decision")
    variable = node.xml.get(camunda("resultVariable"))
    if variable is not None and not is_name(variable):
        yield error(
            node,
            sentence(
                "%(variable)s is no name of a variable. Use letters and digits.",
                variable=repr(variable),
            ),
        )


def script_task(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check that a script consists of lines of FEEL."""
    if node.type != "scriptTask":
        return
    if node.xml.get("scriptFormat", "").lower() != "feel":
        yield error(node, 'Only scriptFormat="feel" is run: lines name = <FEEL>. Rewrite it.')
        return
    try:
        lines = script_lines(read_script(node.xml))
    except ValueError as failure:
        yield error(
            node, sentence("The script cannot be read: %(failure)s. Correct it.", failure=failure)
        )
        return
    for name, expression in lines:
        yield from check_feel(
            node, expression, known, sentence("The script line of %(name)s", name=name)
        )


def user_task(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check who shall do a user task, its form and its due date."""
    if node.type != "userTask":
        return
    rule = read_assignment(node)
    if "," in (rule.candidate_group or ""):
        yield error(node, "It is offered to several groups. Choose one candidate group.")
    if node.xml.get(camunda("candidateUsers")):
        yield error(node, "candidateUsers is not supported. Use a group or an assignee.")
    if rule.form_key is not None:
        yield from check_known(node, rule.form_key, known.forms, "form")
    for text in (rule.assignee, rule.candidate_group, rule.scope, rule.priority):
        yield from check_parameter(node, text, known, "The assignment")
        if text is not None and text.startswith("$"):
            yield error(
                node,
                sentence(
                    "%(text)s is not FEEL. Write it with a leading equals sign.", text=repr(text)
                ),
            )
    yield from _priority(node, rule.priority)
    yield from _due_date(node, rule, known)


def mappings(_: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check input and output parameters."""
    found = read_mappings(node.xml)
    if (found.inputs or found.outputs) and node.type not in _MAPPED:
        yield error(
            node,
            sentence(
                "Parameters are not supported at a %(type)s. Use a script task.", type=node.type
            ),
        )
    for name in parameter_problems(node.xml):
        yield error(
            node, sentence("The parameter %(name)s is no text. Write it as =FEEL.", name=name)
        )
    for name, text in [*found.inputs.items(), *found.outputs.items()]:
        if not is_name(name):
            yield error(
                node,
                sentence(
                    "%(name)s is no name of a parameter. Use letters and digits.", name=repr(name)
                ),
            )
        if "${" in text or "#{" in text:
            yield error(
                node,
                sentence(
                    "%(text)s is not FEEL. Write it with a leading equals sign.", text=repr(text)
                ),
            )
        yield from check_parameter(node, text, known, sentence("The parameter %(name)s", name=name))


def extensions(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Refuse extensions that would be ignored although they ask for an effect."""
    for child in find(node.xml, "./bpmn:extensionElements/camunda:*"):
        instead = _REFUSED_EXTENSIONS.get(tag_of(child))
        if instead is not None:
            yield error(
                node,
                sentence(
                    "camunda:%(tag)s is not supported. %(instead)s",
                    tag=tag_of(child),
                    instead=instead,
                ),
            )
    for name in _IDLE_ATTRIBUTES:
        if node.xml.get(camunda(name)) is not None:
            yield warning(node, sentence("camunda:%(name)s has no effect here.", name=name))
    for name in ("class", "delegateExpression", "expression"):
        if node.xml.get(camunda(name)) is not None:
            advice = "Use an external task with a topic."
            yield error(
                node,
                sentence("camunda:%(name)s is not supported. %(advice)s", name=name, advice=advice),
            )


def _priority(node: Node, text: str | None) -> Iterator[Problem]:
    if text is not None and not text.startswith("=") and not text.isdigit():
        yield error(node, "The priority is no whole number. Correct it.")


def _due_date(node: Node, rule: Assignment, known: Known) -> Iterator[Problem]:
    text = rule.due
    if text is None:
        if rule.calendar:
            yield error(node, "It names a calendar but has no due date. Set camunda:dueDate.")
        return
    if text.startswith("$"):
        yield error(
            node,
            sentence("%(text)s is not FEEL. Write it with a leading equals sign.", text=repr(text)),
        )
        return
    is_instant = not text.startswith(("P", "="))
    timer_type = "timeDate" if is_instant else "timeDuration"
    timer = Timer(type=timer_type, text=text, calendar=rule.calendar)
    yield from check_timer(node, timer, known, "The due date")


TASK_RULES: tuple[NodeRule, ...] = (
    service_task,
    business_rule_task,
    script_task,
    user_task,
    mappings,
    extensions,
)
