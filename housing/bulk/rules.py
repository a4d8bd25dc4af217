"""Pure rules of orders for many tasks: verbs, what they need, what speaks against a task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.errors import EngineError
from engine.records import UserTask
from engine.types import Actor
from forms.schema import Form, scope_of
from housing.bulk.errors import (
    BatchAssigneeMissing,
    BatchDayInvalid,
    BatchPriorityInvalid,
    BatchReasonMissing,
)
from housing.kept_errors import KeptError, keep

CLAIM, UNCLAIM, ASSIGN = "claim", "unclaim", "assign"
FOLLOW_UP, PRIORITY, NOTE, COMPLETE, UNDO = "follow_up", "priority", "note", "complete", "undo"

VERBS = (CLAIM, UNCLAIM, ASSIGN, FOLLOW_UP, PRIORITY, NOTE, COMPLETE)
"""What can be done to many tasks at once, in the order of the bar."""

NEEDING_TERMS = frozenset({ASSIGN, FOLLOW_UP, PRIORITY, NOTE})
"""Verbs that do not speak for themselves; to complete needs a form only where there is one."""

MOST = 2000
"""So many tasks one order may have."""

AT_ONCE = 25
"""So many tasks are done while the person waits; more are done in the background."""

BULK_SAFE = "anju:bulkSafe"
"""The property of a user task that allows to complete many at once."""

LONGEST_REASON = 300
HIGHEST_PRIORITY = 100

_CONFIRMING = frozenset({"checkbox"})
_REMARKING = frozenset({"textarea", "textfield"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a verb needs beside the tasks.

    Attributes:
        assignee: account id of who gets the tasks.
        until: day of the follow-up; None ends it.
        values: answers of the one form that stands for all.
        form_key: of that form.
    """

    assignee: str = ""
    reason: str = ""
    until: date | None = None
    priority: int = -1
    text: str = ""
    form_key: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            **plain,
            "until": self.until.isoformat() if self.until else None,
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Terms":
        """Read what `to_json` wrote."""
        until = kept.get("until")
        return cls(**{**kept, "until": date.fromisoformat(until) if until else None})


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why nothing is done to a task.

    Attributes:
        code: ended, claimed, not_offered, not_yours, yours, personal, not_of_team, has_it,
            not_bulk_safe, other_form, suspended, changed, not_readable, locked_out, or "error".
        name: of the person that the sentence is about, or "".
        error: a kept error, when one says why.
    """

    code: str
    name: str = ""
    error: KeptError | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""
        return {"code": self.code, "name": self.name, "error": self.error}


def refused_by(error: EngineError) -> Refusal:
    """Make a refusal of an error."""
    return Refusal(code="error", error=keep(error))


def check_terms(verb: str, terms: Terms, today: date) -> None:
    """Refuse terms that leave out what the verb needs.

    Raises:
        BatchAssigneeMissing, BatchReasonMissing: nobody, or no reason, for an assignment.
        BatchDayInvalid: the follow-up is in the past.
        BatchPriorityInvalid: out of bounds.
    """
    if verb == ASSIGN and not terms.assignee:
        raise BatchAssigneeMissing
    if verb == ASSIGN and not terms.reason:
        raise BatchReasonMissing
    if verb == FOLLOW_UP and terms.until is not None and terms.until < today:
        raise BatchDayInvalid
    if verb == PRIORITY and not 0 <= terms.priority <= HIGHEST_PRIORITY:
        raise BatchPriorityInvalid


def is_offered(task: UserTask, to: Actor) -> bool:
    """Tell whether a task is one of somebody's team."""
    return task.candidate_group is not None and to.belongs_to(task.candidate_group, task.scope)


def obstacle(verb: str, task: UserTask, by: Actor, supervisor: str) -> Refusal | None:
    """Tell why a verb does not fit a task, by the task and the person alone.

    Args:
        verb: one of VERBS but `note`, which fits every task.
        task: as it stands.
        by: who acts.
        supervisor: role of those who distribute the tasks of its group.
    """
    if task.state != "open":
        return Refusal(code="ended", name=task.ended_by_name or "")
    if verb == UNCLAIM:
        return _not_held(task, by)
    if verb == ASSIGN:
        return _not_given(task, by, supervisor)
    if verb == CLAIM and task.assignee == by.id:
        return Refusal(code="yours")
    return _not_within_reach(task, by, is_of_team=verb == PRIORITY)


def _not_held(task: UserTask, by: Actor) -> Refusal | None:
    if task.assignee != by.id:
        return Refusal(code="not_yours")
    return None if task.candidate_group else Refusal(code="personal")


def _not_given(task: UserTask, by: Actor, supervisor: str) -> Refusal | None:
    if not task.candidate_group:
        return Refusal(code="personal")
    is_own = task.assignee == by.id or is_offered(task, by)
    may = is_own or by.belongs_to(supervisor, task.scope)
    return None if may else Refusal(code="not_offered")


def _not_within_reach(task: UserTask, by: Actor, *, is_of_team: bool) -> Refusal | None:
    """Tell why somebody may not act on a task; what is of the team may be done to anybody's."""
    if task.assignee in by.identities:
        return None
    if not is_offered(task, by):
        return Refusal(code="not_offered")
    if task.assignee is not None and not is_of_team:
        return Refusal(code="claimed", name=task.assignee_name or "")
    return None


def only_confirms(form: Form) -> bool:
    """Tell whether a form asks for confirmations and optional remarks only, so that one fits many.

    Choices decide, figures, dates and files differ from case to case.
    """
    asked = [each for each in scope_of(form.components) if each.type not in ("text", "separator")]
    return all(
        each.type in _CONFIRMING or (each.type in _REMARKING and not each.is_required)
        for each in asked
    )
