"""Checks on the command line: scenarios of packages, and the deploy-time check of diagrams."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from bpmn import catalogue
from engine.decisions import check_decisions, list_decisions
from engine.deployments import check_diagram
from engine.errors import Problem
from engine.importing.opening import open_file
from forms import catalogue as form_catalogue
from housing import scenarios as runner
from housing.operations import OPERATIONS
from housing.people.rules import ROLES

DECISIONS = ".dmn"


def scenarios(packages: Sequence[str], only: Sequence[str]) -> int:
    """Walk the scenarios of packages (all of them by default); 0 when all passed."""
    unknown = sorted(set(packages) - set(catalogue.packages()))
    if unknown:
        raise click.UsageError(
            f"no such package: {', '.join(unknown)}; there are: {', '.join(catalogue.packages())}"
        )
    reports = [runner.run(name, ids=only or None) for name in packages or catalogue.packages()]
    for report in reports:
        for line in runner.lines(report):
            click.echo(line)
    passed = sum(report.passed for report in reports)
    failed = sum(report.failed for report in reports)
    click.echo(f"{passed} passed, {failed} failed")
    return int(failed > 0 or passed == 0)


def lint(files: Sequence[Path], *, as_json: bool = False) -> int:
    """List every finding about the files; 1 when one of them would be refused.

    A diagram may ask decisions of the files given along and of the shipped packages.
    """
    decisions = _decisions(files)
    found = [
        {"file": str(path), **asdict(problem)}
        for path in files
        for problem in _findings(path, decisions)
    ]
    refused = any(finding["severity"] == "error" for finding in found)
    if as_json:
        click.echo(json.dumps({"refused": refused, "findings": found}, ensure_ascii=False))
        return int(refused)
    _tell(found)
    click.echo("refused" if refused else "no error")
    return int(refused)


def open_foreign(path: Path, output: Path | None) -> int:
    """Open a file of another tool, list what the import found, and keep what it became.

    Returns:
        0 when it could be deployed as it is now, 1 when something has to be changed first.
    """
    opened = open_file(path.read_bytes())
    _tell([{"file": str(path), **asdict(problem)} for problem in opened.problems])
    if output is not None and opened.is_open:
        output.write_bytes(opened.bpmn)
        click.echo(f"written: {output}")
    if not opened.is_open:
        click.echo("not opened")
    else:
        click.echo(
            "can be deployed" if opened.is_executable else "opened; correct the errors first"
        )
    return int(not opened.is_executable)


def _tell(found: Sequence[Mapping[str, object]]) -> None:
    for finding in found:
        where = f"{finding['element_id']} {finding['element_name']}".strip() or "file"
        rule = " ".join(str(part) for part in (finding["rule"], finding["constraint"]) if part)
        click.echo(
            f"{finding['file']}: {finding['severity']}: {where}: {finding['advice']} [{rule}]"
        )


def _decisions(files: Sequence[Path]) -> frozenset[str]:
    given = [path.read_bytes() for path in files if path.suffix == DECISIONS]
    shipped = [
        content
        for package in catalogue.packages()
        for name, content in catalogue.resources(package).items()
        if name.endswith(DECISIONS)
    ]
    return frozenset(each for content in (*given, *shipped) for each in list_decisions(content))


def _findings(path: Path, decisions: frozenset[str]) -> Sequence[Problem]:
    """Check one file; a decision file has its tables looked at for gaps and overlaps."""
    if path.suffix == DECISIONS:
        return check_decisions(path.read_bytes())
    return check_diagram(
        path.read_bytes(),
        known_topics=frozenset(OPERATIONS),
        known_roles=ROLES,
        known_forms=frozenset(form_catalogue.keys()),
        known_decisions=decisions,
    )
