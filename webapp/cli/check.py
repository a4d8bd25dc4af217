"""Checks on the command line: scenarios of packages, and the deploy-time check of diagrams."""

from collections.abc import Sequence
from pathlib import Path

import click

from bpmn import catalogue
from engine.deployments import check_diagram
from housing import scenarios as runner
from housing.operations import OPERATIONS


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


def lint(files: Sequence[Path]) -> int:
    """List every problem of the files; 1 when one of them would be refused."""
    refused = False
    for path in files:
        for problem in check_diagram(path.read_bytes(), known_topics=frozenset(OPERATIONS)):
            refused |= problem.severity == "error"
            where = f"{problem.element_id} {problem.element_name}".strip() or "file"
            click.echo(f"{path}: {problem.severity}: {where}: {problem.advice}")
    click.echo("refused" if refused else "no error")
    return int(refused)
