"""Runs the test cases of the DMN Technology Compatibility Kit against the decision engine."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from lxml import etree

from engine.dmn.elements import Decision, DrgElement, Knowledge, Model, Service
from engine.dmn.graph import Graph, all_types
from engine.dmn.reader import read_model
from engine.errors import DeploymentRefused
from feel.budget import Budget
from feel.errors import FeelBudgetExceeded, FeelError
from feel.evaluator import Evaluation
from feel.temporal import parse_date, parse_date_time, parse_duration, parse_time
from feel.values import FeelFunction, number, to_text

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TEST = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
# About three seconds at most.
_BUDGET = Budget(steps=200_000, depth=60, size=200_000)
_TOLERANCE = Decimal("1e-8")
_COUNTS = (
    *("total", "passed", "real", "real_passed"),
    *("with_table", "with_table_passed"),
)

Element = etree._Element


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A case that went wrong: where, and what was expected and found."""

    case: str
    reason: str


@dataclass(slots=True)
class Report:
    """Counts of a run.

    Attributes:
        total: cases that ran.
        passed: cases that were right.
        real: cases that expect a value, neither null nor an error.
        real_passed: those of them that were right; the figure that counts.
        with_table: cases of models that hold a decision table.
        with_table_passed: those of them that were right.
        failures: the others.
        groups: the same for each compliance level.
    """

    total: int = 0
    passed: int = 0
    real: int = 0
    real_passed: int = 0
    with_table: int = 0
    with_table_passed: int = 0
    failures: list[Failure] = field(default_factory=list)
    groups: dict[str, "Report"] = field(default_factory=dict)

    def add(self, case: str, reason: str | None, *, is_real: bool, has_table: bool) -> None:
        """Count a case; no reason means that it was right."""
        is_right = int(reason is None)
        self.total += 1
        self.passed += is_right
        self.real += int(is_real)
        self.real_passed += int(is_real) * is_right
        self.with_table += int(has_table)
        self.with_table_passed += int(has_table) * is_right
        if reason is not None:
            self.failures.append(Failure(case=case, reason=reason))

    def take(self, level: str, other: "Report") -> None:
        """Add the counts of a compliance level."""
        self.groups[level] = other
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failures += other.failures

    def as_json(self) -> dict[str, object]:
        """Give totals, totals per level and failures by name; the real-value column counts."""
        figures: dict[str, object] = {
            "total": self.total,
            "passed": self.passed,
            "failed": self.total - self.passed,
            "real_value": {
                "total": self.real,
                "passed": self.real_passed,
                "failed": self.real - self.real_passed,
            },
            "decision_tables": {
                "total": self.with_table,
                "passed": self.with_table_passed,
                "failed": self.with_table - self.with_table_passed,
            },
        }
        if self.groups:
            figures["groups"] = {name: each.as_json() for name, each in self.groups.items()}
            figures["failures"] = [asdict(failure) for failure in self.failures]
        return figures


def run_suite(directory: Path) -> Report:
    """Run all cases of the kit, or of one of its levels, such as `compliance-level-3`.

    Returns:
        The counts; "total" without "real value" flatters an engine that answers null.
    """
    report = Report()
    levels = [each for each in sorted(directory.iterdir()) if each.name.startswith("compliance")]
    for level in levels or [directory]:
        found = Report()
        for file in sorted(level.rglob("*.xml")):
            _run_file(file, found)
        report.take(level.name, found)
    return report


def _run_file(file: Path, report: Report) -> None:
    root = etree.parse(file).getroot()
    home, models = _models(file, root.findtext(f"{_TEST}modelName") or "")
    has_table = b"<decisionTable" in b"".join(
        model.read_bytes().replace(b"semantic:", b"") for model in file.parent.glob("*.dmn")
    )
    for case in root.iter(f"{_TEST}testCase"):
        name = f"{file.stem}/{case.get('id')}"
        results = list(case.iter(f"{_TEST}resultNode"))
        is_real = bool(results) and all(_is_real(node) for node in results)
        reason = "the model cannot be read" if home is None else _run_case(case, home, models)
        report.add(name, reason, is_real=is_real, has_table=has_table)


def _models(file: Path, name: str) -> tuple[Model | None, Mapping[str, Model]]:
    models: dict[str, Model] = {}
    home = None
    for path in sorted(file.parent.glob("*.dmn")):
        try:
            model = read_model(path.read_bytes()).model
        except DeploymentRefused:
            continue
        models[model.namespace] = model
        if path.name == name:
            home = model
    return home, models


def _is_real(node: Element) -> bool:
    expected = node.find(f"{_TEST}expected")
    return node.get("errorResult") != "true" and _read(expected) is not None


def _run_case(case: Element, home: Model, models: Mapping[str, Model]) -> str | None:
    inputs = {}
    for node in case.findall(f"{_TEST}inputNode"):
        space = node.get("namespace")
        inputs[f"{space}#{node.get('name')}" if space else str(node.get("name"))] = _read(node)
    for node in case.iter(f"{_TEST}resultNode"):
        evaluation = Evaluation(now=_NOW, budget=_BUDGET, types=all_types(models, home))
        graph = Graph(models, inputs, evaluation)
        reason = _check(case, node, graph, (home, inputs))
        if reason is not None:
            return f"{node.get('name')}: {reason}"
    return None


def _check(
    case: Element, node: Element, graph: Graph, given: tuple[Model, Mapping[str, object]]
) -> str | None:
    try:
        found = _value(case, node, graph, given)
    except FeelBudgetExceeded as error:
        return f"ran out of budget: {error}"
    except FeelError as error:
        return None if node.get("errorResult") == "true" else f"raised {error}"
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        return f"internal error {type(error).__name__}: {error}"
    return _compare(node, found, graph)


def _compare(node: Element, found: object, graph: Graph) -> str | None:
    problems = graph.evaluation.problems
    if any(problem.endswith("not supported.") for problem in problems):
        return problems[0]
    if node.get("errorResult") == "true":
        is_error = found is None and (problems or graph.faults)
        return None if is_error else f"expected an error, found {to_text(found)}"
    expected = _read(node.find(f"{_TEST}expected"))
    if same(expected, found):
        return None
    return f"expected {to_text(expected)}, found {to_text(found)} {'; '.join(problems)[:300]}"


def _value(
    case: Element, node: Element, graph: Graph, given: tuple[Model, Mapping[str, object]]
) -> object:
    home, inputs = given
    kind = case.get("type", "decision")
    if kind == "decision":
        element = _named(home, str(node.get("name")), Decision)
        return graph.value(home, element)
    wanted = Service if kind == "decisionService" else Knowledge
    element = _named(home, str(case.get("invocableName")), wanted)
    if isinstance(element, Service):
        value = graph.serve(home, element, inputs)
        several = len(element.outputs) > 1 and isinstance(value, dict)
        return value.get(str(node.get("name"))) if several and isinstance(value, dict) else value
    function = graph.value(home, element)
    if not isinstance(function, FeelFunction):
        return None
    return graph.evaluation.run.call(function, [inputs.get(name) for name in function.parameters])


def _named(model: Model, name: str, kind: type[DrgElement]) -> DrgElement:
    for element in model.elements.values():
        if isinstance(element, kind) and element.name == name:
            return element
    raise LookupError(name)


def _read(node: Element | None) -> object:
    """Read a value of a test file."""
    if node is None or node.get(_NIL) == "true":
        return None
    components = node.findall(f"{_TEST}component")
    if components:
        return {component.get("name"): _read(component) for component in components}
    items = node.find(f"{_TEST}list")
    if items is not None:
        if items.get(_NIL) == "true":
            return None
        return [_read(item) for item in items.findall(f"{_TEST}item")]
    value = node.find(f"{_TEST}value")
    if value is None or value.get(_NIL) == "true":
        return None
    return _plain(value.text or "", (value.get(_TYPE) or "string").split(":")[-1])


def _plain(text: str, kind: str) -> object:
    if kind == "boolean":
        return text.strip() == "true"
    if kind in ("decimal", "double", "integer", "int", "long", "float"):
        return number(text.strip())
    reader = _READERS.get(kind)
    return text if reader is None else reader(text.strip())


_READERS = {
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "yearMonthDuration": parse_duration,
}


def same(expected: object, found: object) -> bool:
    """Tell whether a result is the expected one, as the kit compares."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) <= _TOLERANCE * max(Decimal(1), abs(expected))
    if type(expected) is not type(found):
        return False
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(
            same(one, other) for one, other in zip(expected, found, strict=True)
        )
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(
            same(value, found[name]) for name, value in expected.items()
        )
    if isinstance(expected, (time, datetime)) and isinstance(found, (time, datetime)):
        return _local(expected) == _local(found)
    return expected == found


def _local(value: time | datetime) -> tuple[object, timedelta | None]:
    return value.replace(tzinfo=None), value.utcoffset()
