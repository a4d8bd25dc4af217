"""Conformance suites and single expressions on the command line."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click

from engine.clock import SystemClock
from engine.expressions import ExpressionInvalid, evaluate_text

SUITES = {
    "betsy": "engine.conformance.betsy",
    "dmn-tck": "engine.conformance.dmn_tck",
    "ill-formed": "engine.conformance.ill_formed",
    "open": "engine.conformance.opening",
}
"""Suite to the module whose `run_suite(folder)` gives a report with `as_json()`."""


def run(suite: str, folder: Path, *, as_json: bool) -> None:
    """Run a suite on a folder laid out like it; print totals per group, and the failures.

    Raises:
        UsageError: a file that the suite cannot be run without is missing.
    """
    run_suite: Callable[[Path], Any] = import_module(SUITES[suite]).run_suite
    try:
        with _quiet():
            figures: Mapping[str, Any] = run_suite(folder).as_json()
    except FileNotFoundError as error:
        advice = f"{error.filename} is missing; give a folder laid out like the suite {suite}."
        raise click.UsageError(advice) from error
    if as_json:
        click.echo(json.dumps(figures, indent=2, ensure_ascii=False))
        return
    for line in _lines(figures):
        click.echo(line)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the engine's log out of the report: foreign models are full of what it warns about."""
    log = logging.getLogger("engine")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _lines(figures: Mapping[str, Any]) -> Iterator[str]:
    for name in ("failures", "refusals"):
        for failure in figures.get(name, ()):
            yield "  ".join(str(value) for value in failure.values())
    for name, group in figures.get("groups", {}).items():
        yield f"{name:<24}{_counts(group)}"
    yield f"{'total':<24}{_counts(figures)}"


def _counts(figures: Mapping[str, Any]) -> str:
    """Put the numbers of a group into one line, those of its columns behind their names."""
    parts = [f"{name} {value}" for name, value in figures.items() if isinstance(value, int)]
    for column, counts in figures.items():
        if isinstance(counts, dict) and column not in ("groups", "failures"):
            inner = (f"{name} {value}" for name, value in counts.items() if isinstance(value, int))
            parts.append(f"{column}: {' '.join(inner)}")
    return "  ".join(parts)


def evaluate(expression: str, context: str) -> int:
    """Print the value of a FEEL expression and what went wrong inside; 1 when it is not FEEL."""
    try:
        variables = json.loads(context, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise click.UsageError(f"--context is not JSON: {error}") from error
    if not isinstance(variables, dict):
        raise click.UsageError("--context must be a JSON object: names and their values.")
    try:
        answer = evaluate_text(expression, variables, SystemClock())
    except ExpressionInvalid as error:
        for line in _place(expression, error):
            click.echo(line, err=True)
        return 1
    click.echo(answer.text)
    for problem in answer.problems:
        click.echo(f"null: {problem}", err=True)
    return 0


def _place(expression: str, error: ExpressionInvalid) -> Iterator[str]:
    """Show the line of the error with a caret below its column."""
    if not error.line:
        yield f"error: {error}"
        return
    yield f"line {error.line}, column {error.column}: {error}"
    line = [*expression.split("\n"), ""][error.line - 1]
    before = line[: error.column - 1]
    yield f"  {line}"
    yield f"  {' ' * sum(2 if east_asian_width(each) in 'FW' else 1 for each in before)}^"
