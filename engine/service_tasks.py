"""Service tasks: call the operation of a topic, each in a savepoint of its own."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session

from engine import crash_points, incidents
from engine.clock import Clock
from engine.types import Actor, InstanceRef

Operation = Callable[..., Mapping[str, object] | None]
"""The function of a topic: diagram inputs as keywords, dependencies injected by name.

Parameters named session, clock, instance, idempotency_key, engine and by are injected. It does pure
SQL session work, raises BusinessError(code) for a BPMN error, and is idempotent per key.
"""

INJECTED = frozenset({"session", "clock", "instance", "idempotency_key", "engine", "by"})
RESCHEDULE = "engine.reschedule"
BUILT_IN_TOPICS = frozenset({RESCHEDULE})


class EngineFace(Protocol):
    """Whatever is injected under the name `engine`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParkedCall:
    """A service task whose operation failed; a job will repeat it."""

    token_id: str
    element_id: str
    topic: str
    error: str


class OperationTable:
    """Topics and their operations, with what each wants injected.

    Args:
        operations: topic to function.
        worker_topics: topics that outside workers serve.
    """

    def __init__(self, operations: Mapping[str, Operation], worker_topics: frozenset[str]) -> None:
        self._operations = dict(operations)
        self._wanted = {topic: _injected(each) for topic, each in operations.items()}
        self.known_topics = frozenset(operations) | worker_topics | BUILT_IN_TOPICS

    def has(self, topic: str) -> bool:
        """Tell whether a topic is an operation; any other waits for an outside worker."""
        return topic in self._operations

    def call(
        self, topic: str, inputs: Mapping[str, object], available: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Call the operation of a topic; an injected name wins over an input of the same name."""
        injected = {name: available[name] for name in self._wanted[topic]}
        return self._operations[topic](**{**inputs, **injected}) or {}


@dataclass(kw_only=True, slots=True)
class ServiceCalls:
    """The operations called in one step.

    Attributes:
        retrying: token of the service task this step repeats; its failure fails the step, any
            other failure parks the service task, so that a person's form is never lost.
        parked: service tasks that failed in this step, in order.
    """

    table: OperationTable
    session: Session
    clock: Clock
    instance: InstanceRef
    engine: EngineFace
    by: Actor
    retrying: str | None = None
    parked: list[ParkedCall] = field(default_factory=list)

    def call(
        self, topic: str, inputs: Mapping[str, object], *, token_id: str, element_id: str
    ) -> Mapping[str, object] | None:
        """Run an operation in a savepoint.

        Returns:
            Its result; None when it failed and is parked.

        Raises:
            BusinessError: the business refused; whatever the operation wrote is undone.
        """
        available = self._dependencies(token_id)

        def operate() -> Mapping[str, object]:
            with self.session.begin_nested():
                result = self.table.call(topic, inputs, available)
                crash_points.reach("after-operation")
                return result

        return self.guard(operate, (token_id, element_id, topic))

    def guard(
        self, operate: Callable[[], Mapping[str, object]], place: tuple[str, str, str]
    ) -> Mapping[str, object] | None:
        """Run something; a technical failure parks its service task unless this step repeats it.

        Args:
            operate: what to run.
            place: token, element and topic of the service task.

        Returns:
            The result; None when it failed and is parked.

        Raises:
            BusinessError: the business refused.
        """
        token_id, element_id, topic = place
        if token_id == self.retrying:
            return operate()
        outcome = incidents.attempt(operate)
        if not isinstance(outcome, incidents.Failure):
            return outcome
        self.parked.append(
            ParkedCall(token_id=token_id, element_id=element_id, topic=topic, error=outcome.reason)
        )
        return None

    def _dependencies(self, token_id: str) -> Mapping[str, object]:
        return {
            "session": self.session,
            "clock": self.clock,
            "instance": self.instance,
            "idempotency_key": f"{self.instance.id}:{token_id}",
            "engine": self.engine,
            "by": self.by,
        }


def _injected(operation: Operation) -> frozenset[str]:
    return INJECTED & frozenset(inspect.signature(operation).parameters)
