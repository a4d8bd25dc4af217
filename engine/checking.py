"""The whole check of a diagram: the standard's constraints, what can run, and good advice."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from engine.quality import advice
from engine.spiff.diagram import processes, read_diagram
from engine.spiff.findings import Known as Names
from engine.spiff.linter import lint, lint_diagram
from engine.spiff.reading import read_xml
from engine.standard.checking import broken_constraints

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a diagram may refer to; None where this is not checked."""

    topics: frozenset[str] | None = None
    decisions: frozenset[str] | None = None
    forms: frozenset[str] | None = None
    roles: frozenset[str] | None = None


def check_file(bpmn: bytes, known: Known | None = None) -> list[Problem]:
    """List all findings about a BPMN file.

    Args:
        bpmn: the file; whatever it holds, there is an answer and no exception.
        known: what it may refer to.

    Returns:
        Findings with the id of their rule, errors first. An error refuses the deployment.
    """
    known = known or Known()
    try:
        root = read_xml(bpmn)
    except DeploymentRefused as refusal:
        return [replace(problem, rule="unreadable-file") for problem in refusal.problems]
    runs = lint(
        bpmn,
        known_topics=known.topics,
        known_decisions=known.decisions,
        known_forms=known.forms,
    )
    return merged([*broken_constraints(root), *runs, *_drawn(root), *advice(root, known.roles)])


def _drawn(root: etree._Element) -> list[Problem]:
    """Check each process of a drawing, in which none is marked as the one to run."""
    found = processes(root)
    if len(found) < 2 or found[0].get("isExecutable") == "true":
        return []
    return [p for process in found for p in lint_diagram(read_diagram(process), Names())]


def constraint_errors(root: etree._Element) -> list[Problem]:
    """List the broken constraints of the standard that refuse a deployment."""
    return [problem for problem in broken_constraints(root) if problem.severity == "error"]


def merged(problems: Iterable[Problem]) -> list[Problem]:
    """Name the rule of each finding, drop what is said twice, put errors first."""
    named = (p if p.rule else replace(p, rule=_rule_of(p)) for p in problems)
    return sorted(dict.fromkeys(named), key=lambda problem: _ORDER[problem.severity])


def _rule_of(problem: Problem) -> str:
    return "not-executable" if problem.severity == "error" else "without-effect"
