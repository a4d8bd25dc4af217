"""The check at deploy: everything that would not run as drawn is named, with what to do instead."""

from collections.abc import Iterator

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from engine.spiff.diagram import Diagram, processes, read_diagram
from engine.spiff.element_rules import ELEMENT_RULES
from engine.spiff.findings import Known
from engine.spiff.flow_rules import flow_problems, scope_problems
from engine.spiff.reading import read_xml, refused
from engine.spiff.structure_rules import STRUCTURE_RULES
from engine.spiff.task_rules import TASK_RULES

DEEPEST_NESTING = 20
_ORDER = {"error": 0, "warning": 1}


def lint(
    bpmn: bytes,
    *,
    known_topics: frozenset[str] | None = None,
    known_decisions: frozenset[str] | None = None,
    known_forms: frozenset[str] | None = None,
) -> list[Problem]:
    """Check the executable process of a BPMN file.

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
        return lint_diagram(diagram_of(read_xml(bpmn)), known)
    except DeploymentRefused as refusal:
        return list(refusal.problems)


def diagram_of(root: etree._Element) -> Diagram:
    """Read the executable process of a file.

    Raises:
        DeploymentRefused: it holds no process, or several executable ones.
    """
    found = processes(root)
    if not found:
        raise refused("The file holds no BPMN process.")
    executable = [process for process in found if process.get("isExecutable") == "true"]
    if len(executable or found) > 1:
        raise refused("The file holds several processes to run. Mark exactly one as executable.")
    return read_diagram(found[0])


def lint_diagram(diagram: Diagram, known: Known) -> list[Problem]:
    """Check one process with all its levels; errors first, else in the order of the file."""
    problems = [*diagram.problems, *_process_problems(diagram)]
    for node in diagram.nodes.values():
        for rule in (*ELEMENT_RULES, *STRUCTURE_RULES, *TASK_RULES):
            problems.extend(rule(diagram, node, known))
    for flow in diagram.flows.values():
        problems.extend(flow_problems(diagram, flow, known))
    for scope in diagram.scopes:
        problems.extend(scope_problems(diagram, scope))
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
