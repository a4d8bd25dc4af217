"""All that can go wrong in the engine; the docstring of a class, filled in, is its message."""

from dataclasses import dataclass, field


class EngineError(Exception):
    """The process engine cannot do this."""

    def __str__(self) -> str:
        """Fill the sentence with the error's own fields."""
        return (type(self).__doc__ or "") % vars(self)


class NotFound(EngineError):
    """This does not exist."""


class NotAllowed(EngineError):
    """You may not do this."""


class Conflict(EngineError):
    """Somebody else changed this meanwhile."""


class Invalid(EngineError):
    """This input cannot be accepted."""


@dataclass(eq=False)
class BusinessError(EngineError):
    """The business refused with code %(code)s: %(reason)s."""

    code: str
    reason: str = ""


@dataclass(eq=False)
class DefinitionNotFound(NotFound):
    """There is no process definition %(key)s."""

    key: str


@dataclass(eq=False)
class InstanceNotFound(NotFound):
    """There is no process instance %(instance_id)s."""

    instance_id: str


@dataclass(eq=False)
class UserTaskNotFound(NotFound):
    """There is no user task %(task_id)s."""

    task_id: str


@dataclass(eq=False)
class IncidentNotFound(NotFound):
    """There is no open incident %(incident_id)s."""

    incident_id: str


@dataclass(eq=False)
class TaskNotYours(NotAllowed):
    """The task %(name)s is not offered to you."""

    name: str


@dataclass(eq=False)
class TaskDelegated(NotAllowed):
    """This task was delegated by %(owner_name)s: hand it back; the owner completes it."""

    owner_name: str


@dataclass(eq=False)
class TaskNotDelegated(Conflict):
    """The task %(name)s is not delegated to anybody now."""

    name: str


@dataclass(eq=False)
class DelegateIsOwner(Invalid):
    """%(name)s holds this task already; choose somebody else."""

    name: str


@dataclass(eq=False)
class TaskAlreadyClaimed(Conflict):
    """%(assignee_name)s already claimed this task."""

    assignee_name: str


@dataclass(eq=False)
class TaskAlreadyEnded(Conflict):
    """This task was already completed by %(completed_by)s."""

    completed_by: str


@dataclass(eq=False)
class PriorityInvalid(Invalid):
    """A priority is a number from 0 to 100."""

    priority: int


@dataclass(eq=False)
class LostRace(Conflict):
    """Somebody else changed this case at the same moment; please try again."""

    instance_id: str


@dataclass(eq=False)
class InstanceNotActive(Conflict):
    """This case is %(status)s, so nothing can be done in it."""

    status: str


@dataclass(eq=False)
class MessageNotExpected(Conflict):
    """This case does not wait for %(message)s now."""

    message: str


@dataclass(eq=False)
class MessageAmbiguous(Conflict):
    """%(waiting)d cases or processes wait for %(message)s; only a correlation key tells which."""

    message: str
    waiting: int


@dataclass(eq=False)
class ExternalTaskNotFound(NotFound):
    """There is no external task %(task_id)s that waits for a worker."""

    task_id: str


@dataclass(eq=False)
class ExternalTaskNotLocked(Conflict):
    """The external task %(task_id)s is not locked by worker %(worker_id)s."""

    task_id: str
    worker_id: str


@dataclass(eq=False)
class VariableNotAllowed(Invalid):
    """The value of %(name)s cannot be stored in a process."""

    name: str


class DecisionTestsInvalid(Invalid):
    """The test rows of this decision cannot be read."""


@dataclass(eq=False)
class DecisionMissing(NotFound):
    """There is no decision %(decision_id)s in this file."""

    decision_id: str


@dataclass(eq=False)
class DecisionIdInvalid(Invalid):
    """The key %(decision_id)s must be small letters, digits and _, such as repair_class."""

    decision_id: str


@dataclass(eq=False)
class TooManyRules(Invalid):
    """A decision table holds at most %(most)d rules."""

    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One finding of the deploy-time check.

    Attributes:
        element_id: id of the BPMN or DMN element, or "" for the file.
        element_name: its name, or "".
        advice: what is wrong and what to do instead, one or two sentences.
        severity: "error" refuses the deployment, "warning" and "info" do not.
        constraint: numbers of the published BPMN constraints it breaks, separated by spaces.
        rule: the rule of the check that found it, in kebab-case.
    """

    element_id: str
    element_name: str
    advice: str
    severity: str = "error"
    constraint: str = ""
    rule: str = ""


@dataclass(eq=False)
class DeploymentRefused(Invalid):
    """The process cannot be deployed: %(summary)s."""

    problems: tuple[Problem, ...] = ()
    summary: str = field(init=False)

    def __post_init__(self) -> None:
        """Join the problems into one text."""
        self.summary = "; ".join(
            f"{p.element_id} {p.element_name}: {p.advice.rstrip('.')}" for p in self.problems
        )


@dataclass(eq=False)
class ExpressionFailed(EngineError):
    """The expression of %(element_id)s failed: %(reason)s."""

    element_id: str
    reason: str


@dataclass(eq=False)
class DecisionFailed(EngineError):
    """The decision %(decision_id)s failed: %(reason)s."""

    decision_id: str
    reason: str


@dataclass(eq=False)
class JobFailed(EngineError):
    """The job %(job_id)s failed: %(reason)s."""

    job_id: str
    reason: str


@dataclass(eq=False)
class TimerNotRunning(Conflict):
    """The timer %(element_id)s is not running, so it cannot be moved."""

    element_id: str


@dataclass(eq=False)
class ClockNotFound(NotFound):
    """There is no SLA clock %(clock_id)s."""

    clock_id: str


@dataclass(eq=False)
class ClockEnded(Conflict):
    """The deadline of %(name)s is over: it was met, missed or waived."""

    name: str


@dataclass(eq=False)
class DeadlineRoutes(Conflict):
    """The deadline of %(name)s also moves the process; the steps of the case change it."""

    name: str


class DeadlineReasonMissing(Invalid):
    """Changing a deadline needs a reason."""


@dataclass(eq=False)
class RoleNotHeld(NotAllowed):
    """You do not hold the role %(role)s for this."""

    role: str


class DeadlineNotLater(Invalid):
    """An extension must end later than now and than the deadline it moves."""


@dataclass(eq=False)
class DeliveryFailed(EngineError):
    """The message could not be delivered: %(reason)s."""

    reason: str


@dataclass(eq=False)
class DeliveryRefused(DeliveryFailed):
    """The message was refused for good: %(reason)s."""


@dataclass(eq=False)
class StateNotReadable(EngineError):
    """The stored state of the process instance cannot be read: %(reason)s."""

    reason: str
