"""Test rows of a decision: inputs, the result the table gives, the result it should give.

They lie beside the table as `tests/<decision id>.json` and are run whenever a draft is checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from engine import decision_inputs
from engine.decision_replay import as_json
from engine.decisions import DecisionModel, DecisionResult, parse_decisions
from engine.errors import DecisionFailed, DecisionTestsInvalid, DeploymentRefused, Problem
from engine.sentences import sentence
from feel.budget import Budget
from feel.errors import FeelError
from feel.evaluator import evaluate
from feel.literals import to_literal

MOST_ROWS = 200
MOST_CHARACTERS = 2_000
RULE = "decision-test-failed"
DAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""`today()` of every row, Monday 2026-01-05 in Taipei: what passes today passes tomorrow."""
_BUDGET = Budget(steps=100_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleRow:
    """One row.

    Attributes:
        name: what it stands for, or "".
        given: FEEL text by path, such as `facts.age`; an empty text counts as null.
        expected: FEEL text of the result; "" expects nothing and only shows what comes out.
    """

    name: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    expected: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleResult:
    """What came out of a row.

    Attributes:
        outcome: "passed", "failed", "shown" (nothing was expected) or "error".
        output: the result as FEEL text; "" after an error.
        rules: ids (else numbers) of the rules that matched.
        reason: of an error.
    """

    row: ExampleRow
    outcome: str
    output: str = ""
    rules: tuple[str, ...] = ()
    reason: str = ""


def file_of(decision_id: str) -> str:
    """Name the file that holds the test rows of a decision."""
    return f"tests/{decision_id}.json"


def read_tests(content: bytes) -> tuple[ExampleRow, ...]:
    """Read a file of test rows.

    Raises:
        DecisionTestsInvalid: it is not what `write_tests` writes, or too large.
    """
    try:
        found = orjson.loads(content)
        rows = tuple(_row(each) for each in found["rows"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DecisionTestsInvalid from error
    if len(rows) > MOST_ROWS:
        raise DecisionTestsInvalid
    return rows


def write_tests(rows: tuple[ExampleRow, ...]) -> bytes:
    """Write a file of test rows."""
    written = [
        {"name": row.name, "given": dict(row.given), "expected": row.expected} for row in rows
    ]
    return orjson.dumps({"rows": written}, option=orjson.OPT_INDENT_2)


def run_tests(
    model: DecisionModel, decision_id: str, rows: tuple[ExampleRow, ...]
) -> tuple[ExampleResult, ...]:
    """Run the rows of one decision, in order; a row never stops the others.

    Functions that count working days give null: they need the calendar of a place.
    """
    return tuple(_run(model, decision_id, row) for row in rows)


def check_tests(name: str, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Run the test rows of one file of a package and report those that fail.

    Args:
        name: of the file, `tests/<decision id>.json`.
        files: contents of the package by name; rows of a decision that is gone say nothing.
    """
    return tuple(_check(name, files))


def _row(raw: Mapping[str, Any]) -> ExampleRow:
    given = {str(path): str(text)[:MOST_CHARACTERS] for path, text in raw["given"].items()}
    return ExampleRow(
        name=str(raw.get("name") or "")[:200],
        given=given,
        expected=str(raw.get("expected") or "")[:MOST_CHARACTERS],
    )


def _run(model: DecisionModel, decision_id: str, row: ExampleRow) -> ExampleResult:
    try:
        result = _decide(model, decision_id, row)
        outcome = _outcome(row, result)
    except (DecisionFailed, FeelError) as error:
        return ExampleResult(row=row, outcome="error", reason=str(error))
    return ExampleResult(
        row=row, outcome=outcome, output=to_literal(result.value), rules=result.matched_rules
    )


def _decide(model: DecisionModel, decision_id: str, row: ExampleRow) -> DecisionResult:
    given = {path: text for path, text in row.given.items() if text.strip()}
    variables = decision_inputs.variables_of(given, now=DAY)
    return model.evaluate(decision_id, variables, now=DAY, budget=_BUDGET)


def _outcome(row: ExampleRow, result: DecisionResult) -> str:
    if not row.expected.strip():
        return "shown"
    expected = evaluate(row.expected, {}, now=DAY)
    return "passed" if as_json(expected) == as_json(result.value) else "failed"


def _check(name: str, files: Mapping[str, bytes]) -> Iterator[Problem]:
    decision_id = name.removeprefix("tests/").removesuffix(".json")
    try:
        rows = read_tests(files[name])
    except DecisionTestsInvalid as error:
        yield Problem(element_id=decision_id, element_name="", advice=str(error), rule=RULE)
        return
    model = _model_with(decision_id, files)
    if model is None:
        return
    for number, result in enumerate(run_tests(model, decision_id, rows), start=1):
        if result.outcome in {"failed", "error"}:
            yield Problem(
                element_id=decision_id,
                element_name=model.name_of(decision_id),
                advice=_advice(number, result),
                rule=RULE,
            )


def _advice(number: int, result: ExampleResult) -> str:
    name = sentence("Test row %(number)s %(name)s", number=number, name=result.row.name).strip()
    if result.outcome == "error":
        return sentence(
            "%(name)s could not be decided: %(reason)s", name=name, reason=result.reason
        )
    return sentence(
        "%(name)s gives %(output)s, not %(expected)s.",
        name=name,
        output=result.output,
        expected=result.row.expected,
    )


def _model_with(decision_id: str, files: Mapping[str, bytes]) -> DecisionModel | None:
    """Find the model that holds a decision; rows of one that is gone or broken say nothing."""
    for name in sorted(files):
        if not name.endswith(".dmn"):
            continue
        try:
            model = parse_decisions(files[name])
        except DeploymentRefused:
            continue
        if decision_id in model.decision_ids:
            return model
    return None
