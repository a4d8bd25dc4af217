"""Decision models: read at deployment, evaluated by business rule tasks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from engine import decision_inputs
from engine.dmn.coverage import NotAnalysable, find_gaps, find_overlaps
from engine.dmn.elements import Decision, Model, Service, Table
from engine.dmn.frame import DecisionFault
from engine.dmn.graph import Graph, all_types
from engine.dmn.reader import read_model
from engine.dmn.tables import evaluate_table
from engine.errors import DecisionFailed, DeploymentRefused, Problem
from engine.sentences import sentence
from feel.budget import DEFAULT_BUDGET, Budget
from feel.errors import FeelError
from feel.evaluator import Evaluation, Functions

_NONE: Functions = MappingProxyType({})
_NO_MODELS: Mapping[str, Model] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionResult:
    """What was decided and why.

    Attributes:
        value: a plain value for one output, a context for several, a list for COLLECT without
            aggregation, RULE ORDER and OUTPUT ORDER; null if nothing matched.
        matched_rules: ids (else numbers) of the rules that the value rests on, in order; empty
            for decisions without a table.
        inputs: value under test by the label of its column.
        hit_policy: of the table, "" without one.
        problems: why some part became null, one sentence each.
    """

    value: object
    matched_rules: tuple[str, ...] = ()
    inputs: Mapping[str, object] = field(default_factory=dict)
    hit_policy: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionModel:
    """A decision model that was read, with the models that it imports.

    Attributes:
        model: its parts.
        imported: imported models by namespace.
    """

    model: Model
    imported: Mapping[str, Model] = field(default_factory=dict)
    _reads: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def reads(self, decision_id: str) -> tuple[str, ...]:
        """Name what a decision looks at: paths of variables such as `facts.age`, in order.

        Raises:
            DecisionFailed: there is no such decision.
        """
        if decision_id not in self._reads:
            element = self._find(decision_id)
            self._reads[decision_id] = decision_inputs.paths_of(self.model, element)
        return self._reads[decision_id]

    @property
    def decision_ids(self) -> tuple[str, ...]:
        """The ids of its decisions, in the order of the file."""
        return tuple(
            element.element_id
            for element in self.model.elements.values()
            if isinstance(element, (Decision, Service))
        )

    def name_of(self, decision_id: str) -> str:
        """Tell what people call a decision.

        Raises:
            DecisionFailed: there is no such decision.
        """
        return self._find(decision_id).name

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, object],
        *,
        now: datetime,
        functions: Functions = _NONE,
        budget: Budget = DEFAULT_BUDGET,
    ) -> DecisionResult:
        """Decide.

        Args:
            decision_id: id of a decision (or decision service); its name is taken too.
            variables: values of the input data by name; what the model does not declare as
                input data is visible too.
            now: the instant of `now()` and `today()`.
            functions: host functions by name.
            budget: limits of all expressions together.

        Raises:
            DecisionFailed: there is no such decision, an input is not allowed, the hits break
                the table's hit policy, or the budget is used up.
        """
        element = self._find(decision_id)
        evaluation = Evaluation(
            now=now, functions=functions, budget=budget, types=all_types(self._models, self.model)
        )
        graph = Graph(self._models, variables, evaluation)
        try:
            result = self._decide(graph, element, variables)
        except (FeelError, DecisionFault, RecursionError) as error:
            raise DecisionFailed(decision_id, str(error)) from error
        if graph.faults:
            raise DecisionFailed(decision_id, graph.faults[0])
        return result

    def _decide(
        self, graph: Graph, element: Decision | Service, variables: Mapping[str, object]
    ) -> DecisionResult:
        run = graph.evaluation.run
        if isinstance(element, Service):
            value = graph.serve(self.model, element, variables)
            return DecisionResult(value=value, problems=tuple(run.problems))
        if not isinstance(element.box, Table):
            value = graph.value(self.model, element)
            return DecisionResult(value=value, problems=tuple(run.problems))
        frame = graph.frame(self.model, element)
        outcome = evaluate_table(element.box, frame)
        return DecisionResult(
            value=frame.fit(outcome.value, element.type_ref, element.name),
            matched_rules=outcome.rules,
            inputs=outcome.inputs,
            hit_policy=element.box.hit_policy,
            problems=tuple(run.problems),
        )

    def _find(self, decision_id: str) -> Decision | Service:
        element = self.model.elements.get(decision_id)
        if isinstance(element, (Decision, Service)):
            return element
        for candidate in self.model.elements.values():
            if isinstance(candidate, (Decision, Service)) and candidate.name == decision_id:
                return candidate
        raise DecisionFailed(decision_id, "there is no such decision in the model")

    @property
    def _models(self) -> Mapping[str, Model]:
        return {**self.imported, self.model.namespace: self.model}


def table_warnings(model: DecisionModel) -> list[Problem]:
    """List inputs that no rule of a table covers, and those on which too many rules match."""
    decisions = [e for e in model.model.elements.values() if isinstance(e, Decision)]
    return [
        Problem(
            element_id=decision.element_id,
            element_name=decision.name,
            advice=advice,
            severity=severity,
            rule="decision-table-coverage",
        )
        for decision in decisions
        if isinstance(decision.box, Table)
        for severity, advice in _advice(decision.box)
    ]


def _advice(table: Table) -> Iterator[tuple[str, str]]:
    try:
        gaps, overlaps = find_gaps(table), find_overlaps(table)
    except NotAnalysable as reason:
        yield (
            "info",
            sentence(
                "Gaps and overlaps of the table were not looked for: %(reason)s.", reason=reason
            ),
        )
        return
    for gap in gaps:
        yield (
            "warning",
            sentence(
                "No rule covers %(example)s. Add a rule or a default output.", example=gap.example
            ),
        )
    for overlap in overlaps:
        rules = " and ".join(map(str, overlap.rules))
        advice = "Narrow one or choose another hit policy."
        yield (
            "warning",
            sentence(
                "Rules %(rules)s all match %(example)s. %(advice)s",
                rules=rules,
                example=overlap.example,
                advice=advice,
            ),
        )


def list_decisions(xml: bytes) -> tuple[str, ...]:
    """Name the decisions of a file by id; none when the file would be refused."""
    try:
        return parse_decisions(xml).decision_ids
    except DeploymentRefused:
        return ()


def check_decisions(xml: bytes) -> list[Problem]:
    """Check one decision file: what would refuse it, else the warnings about its tables."""
    try:
        return table_warnings(parse_decisions(xml))
    except DeploymentRefused as refusal:
        return list(refusal.problems)


def parse_decisions(xml: bytes, imported: Mapping[str, Model] = _NO_MODELS) -> DecisionModel:
    """Read a DMN 1.3, 1.4 or 1.5 file.

    Args:
        xml: the file.
        imported: models that it imports, by namespace.

    Raises:
        DeploymentRefused: with all that is wrong, each with the id of its element.
    """
    reading = read_model(xml)
    if reading.problems:
        raise DeploymentRefused(reading.problems)
    return DecisionModel(model=reading.model, imported=imported)
