"""The check at deploy: everything that would not run as drawn is named, with what to do instead."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from engine.sentences import sentence
from engine.spiff.call_rules import CALL_RULES
from engine.spiff.clock_rules import CLOCK_RULES, process_levels
from engine.spiff.diagram import Diagram, processes, read_diagram
from engine.spiff.element_rules import ELEMENT_RULES
from engine.spiff.event_rules import EVENT_RULES
from engine.spiff.findings import Known
from engine.spiff.flow_rules import flow_problems, scope_problems
from engine.spiff.reading import read_xml, refused
from engine.spiff.structure_rules import STRUCTURE_RULES
from engine.spiff.task_rules import TASK_RULES
from engine.spiff.timer_rules import TIMER_RULES

DEEPEST_NESTING = 20
NODE_RULES = (
    *(*ELEMENT_RULES, *STRUCTURE_RULES, *CALL_RULES),
    *(*TASK_RULES, *CLOCK_RULES, *EVENT_RULES, *TIMER_RULES),
)
_ORDER = {"error": 0, "warning": 1, "info": 2}
_NOT_EXECUTABLE = frozenset({"unsupported_element", "trigger_kind", "instantiating"})


def lint(
    bpmn: bytes,
    *,
    known_topics: frozenset[str] | None = None,
    known_decisions: frozenset[str] | None = None,
    known_forms: frozenset[str] | None = None,
) -> list[Problem]:
    """Check the executable processes of a BPMN file.

    Args:
        bpmn: the file, at most 5 MB.
        known_topics: topics that exist; None leaves them unchecked.
        known_decisions: ids of decisions that exist, or None.
        known_forms: keys of forms that exist, or None.

    Returns:
        All problems, errors first; warnings do not refuse a deployment.
    """
    known = Known(topics=known_topics, decisions=known_decisions, forms=known_forms)
    try:
        diagrams = diagrams_of(read_xml(bpmn))
    except DeploymentRefused as refusal:
        return list(refusal.problems)
    return _by_severity(p for diagram in diagrams for p in lint_diagram(diagram, known))


def diagrams_of(root: etree._Element) -> list[Diagram]:
    """Read the executable processes of a file, in the order of the file.

    Raises:
        DeploymentRefused: it holds no process, or several of which none is marked as executable.
    """
    found = processes(root)
    if not found:
        raise refused("The file holds no BPMN process.")
    executable = [process for process in found if process.get("isExecutable") == "true"]
    if not executable and len(found) > 1:
        advice = "Mark those that shall run as executable."
        raise refused(
            sentence("The file holds several processes to run. %(advice)s", advice=advice)
        )
    return [read_diagram(process) for process in executable or found]


def lint_diagram(diagram: Diagram, known: Known) -> list[Problem]:
    """Check one process with all its levels; errors first, else in the order of the file."""
    problems = [*diagram.problems, *_process_problems(diagram)]
    problems.extend(_named("service_level", process_levels(diagram, known)))
    for node in diagram.nodes.values():
        for rule in NODE_RULES:
            problems.extend(_named(rule.__name__, rule(diagram, node, known)))
    for flow in diagram.flows.values():
        problems.extend(_named("flow_condition", flow_problems(diagram, flow, known)))
    for scope in diagram.scopes:
        problems.extend(_named("reachability", scope_problems(diagram, scope)))
    return _by_severity(problems)


def _named(function: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Give each finding the id of its rule, made from the name of the function."""
    name = "not-executable" if function in _NOT_EXECUTABLE else function.replace("_", "-")
    for problem in problems:
        yield problem if problem.rule else replace(problem, rule=name)


def _by_severity(problems: Iterable[Problem]) -> list[Problem]:
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda problem: _ORDER[problem.severity])


def _process_problems(diagram: Diagram) -> Iterator[Problem]:
    if not diagram.key:
        yield _of_process(diagram, "The process has no id. Give it one.")
    if diagram.xml.get("isExecutable") == "false":
        advice = "The process is marked as not executable; it is run all the same."
        yield _of_process(diagram, advice, "warning")
    if any(_depth(diagram, scope) > DEEPEST_NESTING for scope in diagram.scopes):
        yield _of_process(diagram, "Sub-processes are nested too deeply. Draw fewer levels.")


def _of_process(diagram: Diagram, advice: str, severity: str = "error") -> Problem:
    return Problem(
        element_id=diagram.key, element_name=diagram.name, advice=advice, severity=severity
    )


def _depth(diagram: Diagram, scope: str) -> int:
    depth = 0
    while scope in diagram.nodes:
        scope, depth = diagram.nodes[scope].scope, depth + 1
    return depth
