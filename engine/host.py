"""What a running execution asks of the engine: the time, FEEL, operations and decisions."""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from engine import calendars, decision_inputs, deployments
from engine.calendar import TAIPEI
from engine.clock import Clock
from engine.day_counting import DayCounter
from engine.deployments import CompiledProcess
from engine.errors import DecisionFailed, ExpressionFailed, TimerNotRunning, VariableNotAllowed
from engine.periods.calendars import Calendar
from engine.service_tasks import RESCHEDULE, ServiceCalls
from engine.spiff.calls import Called
from engine.spiff.definition import Definition
from feel.errors import FeelError
from feel.evaluator import evaluate
from feel.zones import in_zone

MoveTimers = Callable[[str, datetime], Sequence[str]]
"""Moves the running timers of an element to an instant; returns the tokens moved."""


@dataclass(kw_only=True, slots=True)
class StepHost:
    """The host of one step.

    Attributes:
        move_timers: how the running execution moves its timers.
        decisions: how each decision of this step was made, in order, by element.
        called: processes that call activities of the instance run, by reference.
        reasons: why a token's due date was moved in this step.
        days: counts days and hours by the calendar of the instance's scope.
    """

    clock: Clock
    process: CompiledProcess
    services: ServiceCalls
    move_timers: MoveTimers | None = None
    decisions: dict[str, deque[Mapping[str, object]]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    reasons: dict[str, str] = field(default_factory=dict)
    called: dict[str, CompiledProcess] = field(default_factory=dict)
    days: DayCounter = field(init=False)

    def __post_init__(self) -> None:
        """Let days be counted by the calendar of the instance's scope, read when it is needed."""
        self.days = DayCounter(scope=self.services.instance.scope, read=self._read_calendar)

    def now(self) -> datetime:
        """Tell the business instant."""
        return self.clock.now()

    def evaluate(self, expression: str, variables: Mapping[str, object], element_id: str) -> object:
        """Evaluate FEEL text, with or without the leading `=`.

        Raises:
            ExpressionFailed: it is not FEEL, or used up its budget.
        """
        try:
            return evaluate(
                expression.strip().removeprefix("="),
                in_zone(variables, TAIPEI),
                now=self.now().astimezone(TAIPEI),
                functions=self.days.functions,
            )
        except FeelError as error:
            raise ExpressionFailed(element_id, str(error)) from error

    def call(
        self, topic: str, inputs: Mapping[str, object], *, token_id: str, element_id: str
    ) -> Mapping[str, object] | None:
        """Run the operation of a topic.

        Returns:
            Its result; None when the token is to wait, for a repetition or an outside worker.

        Raises:
            BusinessError: the business refused; it becomes a BPMN error event.
        """
        if topic == RESCHEDULE:
            return self.services.guard(
                partial(self._reschedule, inputs), (token_id, element_id, topic)
            )
        if not self.services.table.has(topic):
            return None
        return self.services.call(topic, inputs, token_id=token_id, element_id=element_id)

    def find_called(self, called: Called) -> Definition | None:
        """Find the deployed process that a call activity names."""
        return self._keep(deployments.find_called(called, self.services.session.connection()))

    def pinned(self, ref: str) -> Definition | None:
        """Find a process that the instance called before."""
        return self._keep(deployments.pinned(ref, self.services.session.connection()))

    def decide(self, decision_id: str, variables: Mapping[str, object], element_id: str) -> object:
        """Make a decision of the process's own version and record how it was made.

        Raises:
            DecisionFailed: there is no such decision, or its table cannot decide.
        """
        return self._decide(self.process, decision_id, variables, element_id)

    def decide_in(
        self, ref: str, decision_id: str, variables: Mapping[str, object], element_id: str
    ) -> object:
        """Make a decision of a called process.

        Raises:
            DecisionFailed: as `decide`.
        """
        process = self.called.get(ref.partition("#")[0], self.process)
        return self._decide(process, decision_id, variables, element_id)

    def _read_calendar(self) -> Calendar:
        connection = self.services.session.connection()
        return calendars.counting_calendar(self.days.scope, self.now(), connection)

    def _keep(self, process: CompiledProcess | None) -> Definition | None:
        if process is None:
            return None
        self.called[process.definition.ref] = process
        return process.definition

    def _decide(
        self,
        process: CompiledProcess,
        decision_id: str,
        variables: Mapping[str, object],
        element_id: str,
    ) -> object:
        model = process.decisions.get(decision_id)
        if model is None:
            raise DecisionFailed(decision_id, "no deployed table has this id")
        given = in_zone(variables, TAIPEI)
        now = self.now().astimezone(TAIPEI)
        result = model.evaluate(decision_id, given, now=now, functions=self.days.functions)
        self.decisions[element_id].append(
            {
                "inputs": result.inputs,
                "matched_rules": result.matched_rules,
                "hit_policy": result.hit_policy,
                "output": result.value,
                "problems": result.problems,
                "given": decision_inputs.take(model.reads(decision_id), given),
            }
        )
        return result.value

    def _reschedule(self, inputs: Mapping[str, object]) -> Mapping[str, object]:
        timer, until = str(inputs.get("timer")), _instant(inputs.get("until"))
        moved = self.move_timers(timer, until) if self.move_timers else ()
        if not moved:
            raise TimerNotRunning(timer)
        self.reasons.update(dict.fromkeys(moved, str(inputs.get("reason") or "")))
        return {"due_at": until}


def _instant(value: object) -> datetime:
    """Read an aware instant, given as a value or as ISO text.

    Raises:
        VariableNotAllowed: it is neither, or naive.
    """
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise VariableNotAllowed("until")
    return found.astimezone(UTC)
