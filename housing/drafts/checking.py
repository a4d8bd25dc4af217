"""The whole check of a draft: diagram, decision tables, forms, and whether they fit together.

Whatever the files hold, there are findings and no exception.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from engine import deployments
from engine.checking import merged
from engine.decision_tests import check_tests
from engine.decisions import check_decisions
from engine.errors import DeploymentRefused, Problem
from engine.sentences import sentence
from engine.service_tasks import BUILT_IN_TOPICS
from housing import packages
from housing.drafts import fitting, rules
from housing.drafts.errors import FileNameRefused, FileNotReadable, FileTooLarge
from housing.drafts.findings import Finding, of_file, told
from housing.drafts.form_checks import check_form
from housing.operations import OPERATIONS, WORKER_TOPICS
from housing.people.rules import ROLES

TOPICS = frozenset(OPERATIONS) | WORKER_TOPICS | BUILT_IN_TOPICS
"""What the service tasks of a diagram may name."""

STOPPING = frozenset({"unknown-role", "human-task-role", "no-way-to-end"})
"""Rules whose findings are advice for a diagram by itself, but stop a case of the office."""

_ORDER = {"error": 0, "warning": 1, "info": 2}
_FORMS = "forms/"
_TESTS = "tests/"
_JSON = ".json"


def check(
    files: Mapping[str, bytes], *, base: Mapping[str, bytes] | None = None
) -> tuple[Finding, ...]:
    """Check all files of a draft.

    Args:
        files: name to content.
        base: the version that it would replace, for what must not change.

    Returns:
        Findings, errors first; each once.
    """
    readable, found = _readable(files)
    found += [each for name in readable for each in _of_file(name, readable, base or {})]
    found += [*_of_deployment(readable), *_of_key(readable, base or {})]
    found += fitting.findings(readable)
    unique = _each_once(map(_weighed, found))
    return tuple(sorted(unique, key=lambda f: (_ORDER[f.severity], f.file.endswith(_JSON), f.file)))


def _each_once(found: Iterable[Finding]) -> Iterable[Finding]:
    """Drop what two checks say of the same element in the same words; the first one stays."""
    said: dict[tuple[str, str, str], Finding] = {}
    for each in found:
        said.setdefault((each.file, each.element_id, each.advice), each)
    return said.values()


def _weighed(finding: Finding) -> Finding:
    return replace(finding, severity="error") if finding.rule in STOPPING else finding


def _readable(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Finding]]:
    """Part the files that can be read at all from findings about the others."""
    readable: dict[str, bytes] = {}
    found: list[Finding] = []
    for name, content in sorted(files.items()):
        try:
            readable[name] = rules.check_content(rules.check_name(name), content)
        except (FileNameRefused, FileTooLarge, FileNotReadable) as error:
            found.append(of_file(name, "unreadable-file", told(error)))
    return readable, found


def _of_file(name: str, files: Mapping[str, bytes], base: Mapping[str, bytes]) -> Iterable[Finding]:
    if name.endswith(".bpmn"):
        return _of_diagram(name, files)
    if name.endswith(".dmn"):
        return _told(name, check_decisions(files[name]))
    if name.startswith(_TESTS):
        return _told(name, check_tests(name, files))
    return _of_form(name, files, base) if name.startswith(_FORMS) else ()


def _of_diagram(name: str, files: Mapping[str, bytes]) -> Iterable[Finding]:
    problems = deployments.check_diagram(
        files[name],
        known_topics=TOPICS,
        known_roles=ROLES,
        known_forms=fitting.form_keys(files),
        known_decisions=fitting.decision_ids(files),
    )
    return _told(name, problems)


def _of_form(name: str, files: Mapping[str, bytes], base: Mapping[str, bytes]) -> Iterator[Finding]:
    for each in check_form(name, files, base):
        yield Finding(
            file=name,
            element_id=each.element_id,
            element_name=each.element_name,
            severity=each.severity,
            rule=each.rule,
            advice=each.advice,
        )


def _of_deployment(files: Mapping[str, bytes]) -> Iterable[Finding]:
    """Ask the engine itself, so that nothing is approved that it would refuse."""
    try:
        deployments.check_all(files, TOPICS)
    except DeploymentRefused as refusal:
        diagrams = [name for name in files if name.endswith(".bpmn")]
        return _told(diagrams[0] if len(diagrams) == 1 else "", refusal.problems)
    return ()


def _of_key(files: Mapping[str, bytes], base: Mapping[str, bytes]) -> Iterator[Finding]:
    """Keep the keys of processes: a draft under another key would become another process."""
    before, after = packages.keys_of(base), packages.keys_of(files)
    for key in before:
        if after and key not in after:
            advice = sentence("The process %(key)s is gone from the diagram. Keep its id.", key=key)
            yield of_file("", "process-key-changed", advice)


def _told(file: str, problems: Iterable[Problem]) -> list[Finding]:
    return [
        Finding(
            file=file,
            element_id=each.element_id,
            element_name=each.element_name,
            severity=each.severity,
            rule=each.rule,
            advice=each.advice,
        )
        for each in merged(problems)
    ]
