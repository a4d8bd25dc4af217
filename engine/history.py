"""The history of an instance: append only, one row an event, written with the step that made it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert

from engine.tables import history
from engine.types import Actor

KINDS = frozenset(
    {
        "started",
        "task_created",
        "task_claimed",
        "task_released",
        "task_assigned",
        "task_delegated",
        "task_returned",
        "task_completed",
        "task_cancelled",
        "service_done",
        "service_failed",
        "decision_made",
        "script_done",
        "timer_fired",
        "message_received",
        "message_thrown",
        "message_expired",
        "signal_received",
        "signal_thrown",
        "deadline_extended",
        "deadline_waived",
        "clock_paused",
        "clock_resumed",
        "task_reassigned",
        "priority_raised",
        "priority_set",
        "follow_up_set",
        "deadline_recomputed",
        "reminder_sent",
        "escalated",
        "gateway_passed",
        "join_conflict",
        "error_uncaught",
        "end_reached",
        "ended",
        "suspended",
        "resumed",
        "cancelled",
        "token_moved",
        "variables_corrected",
        "migrated",
        "migration_undone",
        "start_planned",
        "incident_opened",
        "incident_resolved",
    }
)
"""Every kind of history line; a page has a sentence for each."""

_INSERT = insert(history)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One event to be written.

    Attributes:
        kind: one of KINDS.
        details: JSON; ids and codes, no personal data.
    """

    kind: str
    element_id: str = ""
    element_name: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """Which step of which instance writes, when and by whom."""

    instance_id: str
    step: int
    at: datetime
    by: Actor


def write(connection: Connection, stamp: Stamp, lines: Iterable[Line]) -> None:
    """Append lines in order, in one statement."""
    common = {
        "instance_id": stamp.instance_id,
        "step": stamp.step,
        "at": stamp.at,
        "actor_id": stamp.by.id,
        "actor_name": stamp.by.name,
        "on_behalf_of": stamp.by.on_behalf_of,
        "batch_id": stamp.by.batch_id,
    }
    rows = [
        {
            **common,
            "kind": line.kind,
            "element_id": line.element_id,
            "element_name": line.element_name,
            "details": dict(line.details),
        }
        for line in lines
    ]
    if rows:
        connection.execute(_INSERT, rows)
