"""What supervisors do to a whole instance: suspend, resume, cancel, move, correct, retry."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from engine import history, incidents, instances, jobs
from engine.clock import Clock
from engine.db import connection_of
from engine.differences import Trigger
from engine.instances import SeenInstance
from engine.modification import token_mover
from engine.records import StepResult
from engine.spiff.execution import Execution
from engine.steps import Step
from engine.types import Actor


class CaseVerbs(ABC):
    """The verbs on one instance that no diagram draws; a part of `ProcessEngine`."""

    _clock: Clock

    @abstractmethod
    def _step(self, seen: SeenInstance, trigger: Trigger, session: Session) -> Step:
        """Prepare a step of an instance."""

    @abstractmethod
    def _restore(self, seen: SeenInstance, session: Session) -> Execution:
        """Restore the tokens of an instance."""

    def suspend(self, instance_id: str, *, reason: str, by: Actor, session: Session) -> None:
        """Stop an instance: nothing can be completed and no timer fires until it is resumed.

        Raises:
            InstanceNotActive: it is suspended already or has ended.
        """
        connection = connection_of(session)
        seen = instances.lock(instance_id, connection)
        seen.ensure_active()
        instances.set_status(seen, "suspended", connection)
        jobs.suspend(instance_id, connection)
        self._note_case(seen, "suspended", {"reason": reason}, by, connection)

    def resume(self, instance_id: str, *, reason: str, by: Actor, session: Session) -> None:
        """Let a suspended instance go on; what fell due meanwhile fires now.

        Raises:
            InstanceNotActive: it is not suspended.
        """
        connection = connection_of(session)
        seen = instances.lock(instance_id, connection)
        seen.ensure_suspended()
        instances.set_status(seen, "active", connection)
        jobs.resume(instance_id, connection)
        self._note_case(seen, "resumed", {"reason": reason}, by, connection)

    def cancel(self, instance_id: str, *, reason: str, by: Actor, session: Session) -> StepResult:
        """End an instance wherever it stands.

        Raises:
            InstanceNotActive: it has ended.
        """
        connection = connection_of(session)
        seen = instances.lock(instance_id, connection)
        seen.ensure_running()
        jobs.cancel_all(instance_id, connection)
        trigger = Trigger(by=by, is_cancel=True, reason=reason)
        return self._step(seen, trigger, session).act(Execution.cancel)

    def move_token(  # noqa: PLR0913  # each is a word of the field of its own
        self,
        instance_id: str,
        source: str,
        target: str,
        *,
        reason: str,
        by: Actor,
        session: Session,
        version: int | None = None,
    ) -> StepResult:
        """Take a token from where it waits and let it go on at another element.

        Args:
            instance_id: of the instance.
            source: id of the element the token waits at, or of the token itself.
            target: id of the element it goes on at.
            reason: why, for the history.
            by: who moves it.
            session: the caller's unit of work.
            version: of the instance when the decision was made, or None not to check.

        Raises:
            InstanceNotFound: there is no such instance.
            InstanceNotActive: it is suspended or has ended.
            LostRace: the instance took a step since.
            TokenNotFound: nothing waits there.
            MoveImpossible: the target cannot be reached this way.
        """
        seen = instances.lock(instance_id, connection_of(session))
        seen.ensure_active()
        seen.ensure_version(version)
        step = self._step(seen, Trigger(by=by, reason=reason), session)
        return step.act(token_mover(source, target))

    def correct_variables(  # noqa: PLR0913  # each is a word of the field of its own
        self,
        instance_id: str,
        changes: Mapping[str, object],
        *,
        reason: str,
        by: Actor,
        session: Session,
        version: int | None = None,
    ) -> StepResult:
        """Set process variables by hand, so that a step that failed on them can be tried again.

        Args:
            instance_id: of the instance.
            changes: new values by name; the history keeps them beside the former ones.
            reason: why, for the history.
            by: who corrects.
            session: the caller's unit of work.
            version: of the instance when the decision was made, or None not to check.

        Raises:
            InstanceNotFound: there is no such instance.
            InstanceNotActive: it is suspended or has ended.
            LostRace: the instance took a step since.
            VariableNotAllowed: a value cannot be stored.
        """
        seen = instances.lock(instance_id, connection_of(session))
        seen.ensure_active()
        seen.ensure_version(version)
        before = self._restore(seen, session).variables()
        kept = {
            name: {"before": before.get(name), "after": value} for name, value in changes.items()
        }
        details = {"reason": reason, "changes": kept}
        self._note_case(seen, "variables_corrected", details, by, connection_of(session))
        step = self._step(seen, Trigger(by=by, reason=reason), session)
        return step.act(partial(Execution.correct, changes=changes))

    def retry(self, incident_id: str, *, by: Actor, session: Session, reason: str = "") -> None:
        """Put the job of an incident back into the queue, due now; a reason goes to the history.

        Raises:
            IncidentNotFound: there is no open incident of this id.
            InstanceNotActive: its instance is suspended or has ended.
        """
        now, connection = self._clock.now(), connection_of(session)
        incidents.retry(incident_id, by, now, connection, reason=reason)

    def _note_case(
        self,
        seen: SeenInstance,
        kind: str,
        details: Mapping[str, object],
        by: Actor,
        connection: Connection,
    ) -> None:
        """Write a history line about the whole instance."""
        stamp = history.Stamp(
            instance_id=seen.id, step=seen.version + 1, at=self._clock.now(), by=by
        )
        history.write(connection, stamp, [history.Line(kind=kind, details=details)])
