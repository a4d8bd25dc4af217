"""Event sub-processes: handlers inside a scope that wait as long as the scope is active."""

from collections.abc import Mapping

from SpiffWorkflow.task import Task

from engine.spiff.activities import SubProcess
from engine.spiff.events import BoundaryEvent, Catching
from engine.spiff.propagation import cancel_all

LISTENER = " #listener"
"""Follows the id of an event sub-process in the name of what listens for it."""


class EventSubProcess(SubProcess):
    """The body of an event sub-process."""

    is_event_driven = True


class EventSubProcessStart(BoundaryEvent):
    """Listens for the start event of an event sub-process, for the scope that holds it.

    At the moment at which an interrupting one happens everything else in the scope is cancelled.
    """

    is_listener = True

    def fire(self, my_task: Task, values: Mapping[str, object], **details: object) -> None:
        """Let it happen: cancel the scope's other tokens, or listen anew."""
        if self.is_interrupting:
            cancel_all(my_task.workflow, keep=my_task)
        else:
            self._listen_again(my_task)
        Catching.fire(self, my_task, values, **details)
