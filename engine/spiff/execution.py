"""Run one process instance: the face of the token interpreter towards the engine."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

from engine.errors import BusinessError
from engine.spiff import codec
from engine.spiff.ad_hoc import is_open_ad_hoc
from engine.spiff.carrying import carry, is_around, is_boundary
from engine.spiff.clock_places import clock_places, phase_places
from engine.spiff.definition import Definition
from engine.spiff.errors import ActivityNotStartable, StartNotFound, TokenNotFound
from engine.spiff.events import is_listening, message_wait, schedule_of, timer_wait
from engine.spiff.library import Library
from engine.spiff.model import (
    Carrying,
    ClockPlace,
    End,
    Event,
    MessageWait,
    NewDue,
    ServiceWait,
    TimerWait,
    UserTaskState,
    Waits,
)
from engine.spiff.moving import move
from engine.spiff.nodes import ACTIVE
from engine.spiff.periods import as_instant
from engine.spiff.propagation import cancel_all, throw_error
from engine.spiff.runtime import Host, Runtime
from engine.spiff.scopes import evaluate, visible, write
from engine.spiff.stepping import all_tasks, run
from engine.spiff.tasks import is_open_user_task, is_waiting_service
from engine.spiff.timers import explain, explanation_of
from engine.spiff.values import check_variables
from engine.spiff.workflows import Instance


class Execution:
    """A process instance in memory, for the length of one step.

    Each verb runs on to the next waiting states. If one raises, throw the execution away: the state
    in the database is the one before.
    """

    def __init__(self, definition: Definition, top: Instance, runtime: Runtime) -> None:
        self._definition = definition
        self._top = top
        self._runtime = runtime

    @classmethod
    def start(
        cls,
        definition: Definition,
        variables: Mapping[str, object],
        host: Host,
        *,
        start_event: str | None = None,
    ) -> "Execution":
        """Begin an instance at its plain start event, or at a message or signal start event.

        Raises:
            VariableNotAllowed: a variable cannot be stored.
            StartNotFound: the process has no such start event, or no plain one.
        """
        runtime = Runtime(host)
        runtime.library = Library(definition, host)
        specs = dict(definition.specs)
        top = Instance((specs[definition.key], specs), runtime)
        top.data.update(check_variables(variables))
        top.task_tree.internal_data["start"] = start_event
        if not top.spec.start._choose(top.task_tree):
            raise StartNotFound(definition.key)
        runtime.record("started", top.task_tree)
        execution = cls(definition, top, runtime)
        execution._run()
        return execution

    @classmethod
    def load(cls, definition: Definition, blob: bytes, host: Host) -> "Execution":
        """Restore an instance.

        Raises:
            StateNotReadable: the blob is damaged or belongs to another definition.
        """
        runtime = Runtime(host)
        runtime.library = Library(definition, host)
        top = codec.load(definition, blob, runtime)
        runtime.explained = top.task_tree.internal_data.get(_EXPLAINED, {})
        return cls(definition, top, runtime)

    def dump(self) -> bytes:
        """Write the state as bytes; read the record of the step before."""
        self._keep_explanations()
        return codec.dump(self._top, self._definition.ref)

    @property
    def is_ended(self) -> bool:
        """Tell whether no token is left."""
        return bool(self._top.completed)

    @property
    def ends(self) -> list[End]:
        """List the end events reached in this step, in order."""
        return list(self._runtime.ends)

    def variables(self) -> dict[str, object]:
        """Copy the process variables."""
        return check_variables(self._top.data)

    def correct(self, changes: Mapping[str, object]) -> None:
        """Set process variables by hand, then run to the next waiting states.

        Raises:
            VariableNotAllowed: a value cannot be stored.
        """
        self._forget_step()
        self._top.data.update(check_variables(changes))
        self._run()

    def variables_at(self, token_id: str) -> dict[str, object]:
        """Copy the variables that one token sees, with the locals of its loop instance.

        Raises:
            TokenNotFound: there is no such token.
        """
        return check_variables(visible(self._find(token_id, lambda _: True)))

    def waits(self) -> Waits:
        """List everything the instance waits for, in one walk over its tasks."""
        tasks = list(all_tasks(self._top))
        return Waits(
            user_tasks=[t.task_spec.state_of(t) for t in tasks if is_open_user_task(t)],
            timers=[timer_wait(t) for t in tasks if _is_timer(t)],
            messages=[message_wait(t) for t in tasks if _is_message(t)],
            services=[t.task_spec.state_of(t) for t in tasks if is_waiting_service(t)],
            clocks=clock_places(self._top, tasks),
        )

    def user_tasks(self) -> list[UserTaskState]:
        """List the open user tasks."""
        return [t.task_spec.state_of(t) for t in self._tasks(is_open_user_task)]

    def timers(self) -> list[TimerWait]:
        """List the running timers."""
        return [timer_wait(t) for t in self._tasks(_is_timer)]

    def messages(self) -> list[MessageWait]:
        """List what waits for a message or signal."""
        return [message_wait(t) for t in self._tasks(_is_message)]

    def services(self) -> list[ServiceWait]:
        """List the service tasks that wait for an outside worker or for a retry."""
        return [t.task_spec.state_of(t) for t in self._tasks(is_waiting_service)]

    def active_elements(self) -> list[str]:
        """List the ids of the elements that hold a token, one entry a token."""
        states = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        return [t.task_spec.element.id for t in all_tasks(self._top) if t.has_state(states)]

    def events(self) -> list[Event]:
        """Hand over what happened since the last call."""
        events, self._runtime.events = self._runtime.events, []
        return events

    def flows_taken(self) -> list[str]:
        """List the ids of the sequence flows walked in this step, in order, with repetitions."""
        return list(self._runtime.flows)

    def withdrawn(self) -> frozenset[str]:
        """Name the tokens of this step that were taken away before they were done."""
        return frozenset(self._runtime.withdrawn)

    def phases(self) -> tuple[ClockPlace, ...]:
        """List the service levels between two elements of the process, running or not."""
        return phase_places(self._top)

    def evaluate_at(self, token_id: str | None, text: str) -> object:
        """Evaluate FEEL over what a token sees; without a token over the process variables.

        Raises:
            ExpressionFailed: the expression cannot be evaluated.
            TokenNotFound: there is no such token.
        """
        task = self._find(token_id, lambda _: True) if token_id else self._top.task_tree
        return evaluate(task, text)

    def explanations(self) -> Mapping[str, Mapping[str, object]]:
        """Tell how the due dates that this step gave to tokens came about."""
        return self._runtime.explanations

    def uncaught(self) -> list[Event]:
        """List the BPMN errors of this step that nobody caught: they ended the instance."""
        return list(self._runtime.uncaught)

    def complete(self, token_id: str, values: Mapping[str, object]) -> None:
        """Complete a user task with what the person entered.

        Raises:
            TokenNotFound: no such user task is open.
            VariableNotAllowed: a value cannot be stored.
        """
        task = self._begin(token_id, is_open_user_task)
        task.task_spec.submit(task, check_variables(values))
        task.complete()
        self._run()

    def fire_timer(self, token_id: str) -> None:
        """Let a timer fire; whether it is due is the caller's business.

        Raises:
            TokenNotFound: no such timer is running.
        """
        task = self._begin(token_id, _is_timer)
        task.task_spec.fire(task, {}, planned=task.internal_data["due"])
        self._run()

    def deliver(self, token_id: str, payload: Mapping[str, object]) -> None:
        """Hand a message or signal to what waits for it; the payload becomes variables.

        Raises:
            TokenNotFound: nothing waits as this token.
            VariableNotAllowed: a value cannot be stored.
        """
        task = self._begin(token_id, _is_message)
        task.task_spec.fire(task, check_variables(payload))
        self._run()

    def finish_service(self, token_id: str, outputs: Mapping[str, object]) -> None:
        """Complete a waiting service task with its result.

        Raises:
            TokenNotFound: no such service task is waiting.
        """
        task = self._begin(token_id, is_waiting_service)
        task.task_spec.finish(task, check_variables(outputs))
        task.complete()
        self._run()

    def retry_service(self, token_id: str) -> None:
        """Call the operation of a waiting service task again, with inputs evaluated anew.

        Raises:
            TokenNotFound: no such service task is waiting.
        """
        task = self._begin(token_id, is_waiting_service)
        task._set_state(TaskState.READY)
        self._run()

    def throw_error(
        self, token_id: str, code: str, variables: Mapping[str, object] | None = None
    ) -> None:
        """Raise a BPMN error at a waiting service task, as an outside worker may.

        Variables become those of the process.

        Raises:
            TokenNotFound: no such service task is waiting.
            BusinessError: no boundary event catches it.
        """
        task = self._begin(token_id, is_waiting_service)
        write(task, variables or {})
        if not throw_error(task, code):
            raise BusinessError(code)
        self._run()

    def ad_hoc_activities(self) -> list[str]:
        """List the ids of the activities that somebody may start now in ad-hoc sub-processes."""
        return [i for t in self._tasks(is_open_ad_hoc) for i in t.task_spec.startable(t)]

    def start_ad_hoc(self, element_id: str) -> None:
        """Start an activity of a running ad-hoc sub-process, as often as somebody wants it.

        Raises:
            ActivityNotStartable: no running ad-hoc sub-process has this activity to start.
        """
        self._forget_step()
        holders = self._tasks(is_open_ad_hoc)
        if not any(holder.task_spec.start(holder, element_id) for holder in holders):
            raise ActivityNotStartable(element_id)
        self._run()

    def reschedule(self, element_id: str, due_at: datetime) -> list[str]:
        """Move the running timers of an element, and user tasks due at the same instant.

        May be called by the host in the middle of a step.

        Args:
            element_id: id of a timer event.
            due_at: the new instant; without an offset it is the office's local time.

        Returns:
            The tokens that were moved, timers first.
        """
        timers = [t for t in self._tasks(_is_timer) if t.task_spec.element.id == element_id]
        old = {schedule_of(task).due_at.isoformat() for task in timers}
        users = [t for t in self._tasks(is_open_user_task) if t.internal_data.get("due") in old]
        for task in [*timers, *users]:
            known = task.internal_data
            known.setdefault("original_due", known["due"])
            old_due, known["due"] = known["due"], as_instant(due_at).isoformat()
            self._runtime.record("deadline_extended", task, old=old_due, new=known["due"])
            found = explain(
                as_instant(due_at), self._runtime.host.days, self._runtime.explained_before
            )
            self._runtime.explain(task, found)
        return [task.id.hex for task in [*timers, *users]]

    def recount(self, moves: Mapping[str, NewDue]) -> None:
        """Move due dates of timers and user tasks that another calendar gives another instant.

        Variables that hold the former instant of one of them, as counted, move along.

        Args:
            moves: by token; tokens that wait no more are passed over.
        """
        self._forget_step()
        for task in self._tasks(lambda each: _is_timer(each) or is_open_user_task(each)):
            move = moves.get(task.id.hex)
            if move is not None and task.internal_data.get("due") is not None:
                self._move(task, move)

    def _move(self, task: Task, move: NewDue) -> None:
        known = task.internal_data
        old = datetime.fromisoformat(known["due"])
        known.setdefault("original_due", known["due"])
        known["due"] = move.due_at.isoformat()
        before, after = move.versions
        self._runtime.record(
            "deadline_recomputed",
            task,
            old=old.isoformat(),
            new=known["due"],
            old_version=before,
            calendar_version=after,
        )
        self._runtime.explain(task, move.explanation)
        explained = self._runtime.explained
        if explained.pop(old.isoformat(), None) is not None:
            explained[known["due"]] = move.explanation
            data = self._top.data
            data.update({name: move.due_at for name in data if data[name] == old})

    def tokens_at(self, element_id: str) -> list[str]:
        """List the tokens that wait at an element and can be moved; of a loop one an instance."""
        found = [t for t in self._tasks(_is_movable) if t.task_spec.element.id == element_id]
        return [task.id.hex for task in found]

    def move_token(self, token_id: str, element_id: str) -> None:
        """Take a token from where it waits and let it go on at another element.

        Raises:
            TokenNotFound: no such token is waiting.
            MoveImpossible: the element cannot be reached this way.
        """
        task = self._begin(token_id, _is_movable)
        move(self._top, task, element_id, self._definition.elements)
        self._run()

    def carried(self, target: Definition, plan: Carrying) -> "Execution":
        """Carry the instance over to another version of its process; this one stays as it was.

        Raises:
            MigrationImpossible: with everything that prevents it.
        """
        self._forget_step()
        top = carry(self._top, self._definition, target, plan)
        top.task_tree.internal_data[_EXPLAINED] = self._runtime.explained
        execution = Execution(target, top, self._runtime)
        execution._run()
        return execution

    def cancel(self) -> None:
        """Take all tokens away and end the instance."""
        self._forget_step()
        cancel_all(self._top)
        self._top.completed = True
        self._runtime.record("cancelled", self._top.task_tree)

    def _keep_explanations(self) -> None:
        """Keep with the instance how the instants in its variables came about, and no others."""
        runtime, kept = self._runtime, self._top.task_tree.internal_data
        computed = runtime.host.days.computed
        if not (runtime.explained or computed):
            return
        known = dict(runtime.explained)
        known.update({at.isoformat(): explanation_of(found) for at, found in computed.items()})
        held = {
            value.astimezone(UTC).isoformat()
            for value in self._top.data.values()
            if isinstance(value, datetime) and value.tzinfo is not None
        }
        kept.pop(_EXPLAINED, None)
        if explained := {at: known[at] for at in known if at in held}:
            kept[_EXPLAINED] = explained

    def _begin(self, token_id: str, is_right: Callable[[Task], bool]) -> Task:
        self._forget_step()
        return self._find(token_id, is_right)

    def _find(self, token_id: str, is_right: Callable[[Task], bool]) -> Task:
        wanted = _uuid(token_id)
        for task in all_tasks(self._top):
            if task.id == wanted and is_right(task):
                return task
        raise TokenNotFound(token_id)

    def _tasks(self, is_right: Callable[[Task], bool]) -> list[Task]:
        return [task for task in all_tasks(self._top) if is_right(task)]

    def _forget_step(self) -> None:
        self._runtime.flows.clear()
        self._runtime.ends.clear()
        self._runtime.uncaught.clear()
        self._runtime.withdrawn.clear()

    def _run(self) -> None:
        run(self._top)
        if self._top.completed:
            self._runtime.record("ended", self._top.task_tree)


_EXPLAINED = "explained"
"""Where the root of an instance keeps how the instants in its variables came about."""


def _is_movable(task: Task) -> bool:
    """Tell whether a token waits by itself, not as the border of an activity or around others."""
    return task.has_state(ACTIVE) and not is_boundary(task) and not is_around(task)


def _is_timer(task: Task) -> bool:
    return is_listening(task, "timer")


def _is_message(task: Task) -> bool:
    return is_listening(task, "message", "signal")


def _uuid(token_id: str) -> UUID | None:
    try:
        return UUID(hex=token_id)
    except ValueError:
        return None
