"""What the pages of the decision editor read and show: tables of rules, test rows, past cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from engine.decision_editing import RuleRow, TableGrid
from engine.decision_tests import (
    ExampleResult,
    ExampleRow,
    file_of,
    read_tests,
    run_tests,
)
from engine.decisions import DecisionModel, check_decisions, parse_decisions
from engine.errors import DecisionTestsInvalid, DeploymentRefused
from housing.drafts.findings import Finding

MOST_CELLS = 60
"""Columns and suggestions that a page handles at most."""

Posted = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """The test rows of one decision.

    Attributes:
        paths: what the decision looks at, the columns of the rows.
        labels: what the table calls them, by path.
        suggestions: FEEL texts that the table's cells compare with, by path.
        results: rows with what came out; one empty row at the end to fill in.
    """

    decision_id: str
    name: str
    paths: tuple[str, ...]
    labels: Mapping[str, str]
    suggestions: Mapping[str, tuple[str, ...]]
    results: tuple[ExampleResult, ...]


def model_of(content: bytes) -> DecisionModel | None:
    """Read a decision file; None while it cannot be read."""
    try:
        return parse_decisions(content)
    except DeploymentRefused:
        return None


def findings(name: str, content: bytes) -> list[Finding]:
    """Check one decision file: what would refuse it, gaps and overlaps of its tables."""
    return [
        Finding(
            file=name,
            element_id=each.element_id,
            element_name=each.element_name,
            severity=each.severity,
            rule=each.rule,
            advice=each.advice,
        )
        for each in check_decisions(content)
    ]


def tested(
    model: DecisionModel, files: Mapping[str, bytes], tables: Iterable[TableGrid]
) -> tuple[Tested, ...]:
    """Run the test rows of every decision of a file."""
    grids = {table.decision_id: table for table in tables}
    return tuple(_tested(model, each, files, grids.get(each)) for each in model.decision_ids)


def rows_of(decision_id: str, files: Mapping[str, bytes]) -> tuple[ExampleRow, ...]:
    """Read the test rows of a decision; none if there are none, or they cannot be read."""
    content = files.get(file_of(decision_id))
    if content is None:
        return ()
    try:
        return read_tests(content)
    except DecisionTestsInvalid:
        return ()


def read_rows(posted: Posted, paths: tuple[str, ...]) -> tuple[ExampleRow, ...]:
    """Read the posted test rows; those where nothing is written are left out."""
    found = []
    for at in range(_count(posted, "rows")):
        given = {path: posted.get(f"row-{at}-{path}", "").strip() for path in paths}
        row = ExampleRow(
            name=posted.get(f"row-{at}-name", "").strip(),
            given=given,
            expected=posted.get(f"row-{at}-expected", "").strip(),
        )
        if posted.get("remove") != str(at) and (any(given.values()) or row.name or row.expected):
            found.append(row)
    return tuple(found)


def read_rules(posted: Posted, table: TableGrid) -> list[RuleRow]:
    """Read the posted rules of a table and do what the button asks: add, remove, move."""
    rules = [_rule(posted, table, at) for at in range(_count(posted, "rules"))]
    act, _, number = posted.get("act", "").partition("-")
    at = int(number) if number.isdecimal() and len(number) < 4 else -1
    if act == "add":
        rules.append(_empty_rule(table))
    if 0 <= at < len(rules):
        if act == "remove":
            del rules[at]
        if act in ("up", "down"):
            rules.insert(max(0, at + (1 if act == "down" else -1)), rules.pop(at))
    return rules


def said_value(value: object, labels: Mapping[str, str]) -> str:
    """Write a result that history keeps as people read it.

    Args:
        value: JSON.
        labels: what the table calls its outputs, by name.
    """
    if isinstance(value, Mapping):
        entries = (f"{labels.get(n, n)} = {said_value(v, labels)}" for n, v in value.items())
        return "、".join(entries)
    if isinstance(value, list):
        return "、".join(said_value(each, labels) for each in value)
    return "-" if value is None else orjson.dumps(value).decode().strip('"')


def output_labels(tables: Iterable[TableGrid], decision_id: str) -> Mapping[str, str]:
    """Tell what a table calls its outputs, by name."""
    return {
        column.expression: column.label
        for table in tables
        if table.decision_id == decision_id
        for column in table.outputs
    }


def _tested(
    model: DecisionModel,
    decision_id: str,
    files: Mapping[str, bytes],
    table: TableGrid | None,
) -> Tested:
    paths = model.reads(decision_id)[:MOST_CELLS]
    by_expression = {} if table is None else {each.expression: each for each in table.inputs}
    rows = rows_of(decision_id, files)
    return Tested(
        decision_id=decision_id,
        name=model.name_of(decision_id),
        paths=paths,
        labels={path: by_expression[path].label for path in paths if path in by_expression},
        suggestions={
            path: by_expression[path].values[:MOST_CELLS] for path in paths if path in by_expression
        },
        results=run_tests(model, decision_id, rows),
    )


def _rule(posted: Posted, table: TableGrid, at: int) -> RuleRow:
    def cells(kind: str, count: int) -> tuple[str, ...]:
        return tuple(posted.get(f"{kind}-{at}-{column}", "").strip() for column in range(count))

    return RuleRow(
        id=posted.get(f"id-{at}", ""),
        tests=cells("in", len(table.inputs)),
        results=cells("out", len(table.outputs)),
        note=posted.get(f"note-{at}", "").strip(),
    )


def _empty_rule(table: TableGrid) -> RuleRow:
    return RuleRow(id="", tests=("-",) * len(table.inputs), results=("",) * len(table.outputs))


def _count(posted: Posted, name: str) -> int:
    text = posted.get(name, "")
    return min(int(text), 1000) if text.isdecimal() and len(text) < 6 else 0
