"""Due dates that explain themselves: what is kept beside each, and what a case tells of them.

Beside the due date of a user task and of a running timer stands JSON that tells how it came about:
`how` is "counted" (a period of `engine.periods`, with all of `Computation.as_json`), "exact" (a
duration from `start`), "cycle" (one period after `start`) or "fixed" (the instant was given). After
a move, `before` tells how the first due date came about; who moved it and why stands in the
history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, update
from sqlalchemy.orm import Session

from engine import deployments, sla_clocks
from engine.calendar import TAIPEI
from engine.instances import read
from engine.sla_clocks import SlaClock
from engine.spiff.definition import Definition
from engine.tables import history, job, user_task

MOVES = ("deadline_extended", "deadline_recomputed")
"""Kinds of history lines that moved a due date."""

_RUNNING = ("pending", "suspended")
_TASK_EXPLANATIONS = select(user_task.c.id.label("token_id"), user_task.c.computation).where(
    user_task.c.instance_id == bindparam("of_instance"),
    user_task.c.id.in_(bindparam("tokens", expanding=True)),
)
_TIMER_EXPLANATIONS = select(job.c.token_id, job.c.computation).where(
    job.c.instance_id == bindparam("of_instance"),
    job.c.kind == "timer",
    job.c.state.in_(_RUNNING),
    job.c.token_id.in_(bindparam("tokens", expanding=True)),
)
_EXPLAIN_TASK = (
    update(user_task)
    .where(user_task.c.id == bindparam("of_token"))
    .values(computation=bindparam("explanation", type_=user_task.c.computation.type))
)
_EXPLAIN_TIMER = (
    update(job)
    .where(
        job.c.instance_id == bindparam("of_instance"),
        job.c.token_id == bindparam("of_token"),
        job.c.kind == "timer",
    )
    .values(computation=bindparam("explanation", type_=job.c.computation.type))
)
_TASKS = select(user_task).where(
    user_task.c.instance_id == bindparam("of_instance"), user_task.c.due_at.is_not(None)
)
_TIMERS = select(job).where(job.c.instance_id == bindparam("of_instance"), job.c.kind == "timer")
_MOVES = (
    select(history)
    .where(history.c.instance_id == bindparam("of_instance"), history.c.kind.in_(MOVES))
    .order_by(history.c.id)
)
_TIMER_STATES = {
    "pending": "running",
    "suspended": "suspended",
    "done": "reached",
    "failed": "running",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One move of a due date.

    Attributes:
        kind: deadline_extended (by a person) or deadline_recomputed (by a calendar).
        by_id, by_name: who extended it, or published the calendar.
        calendar_version: that moved it, or "".
    """

    kind: str
    at: datetime
    by_id: str
    by_name: str
    reason: str
    old: datetime
    new: datetime
    calendar_version: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """One due date of a case, running or past.

    Attributes:
        token_id: of the user task or timer; of a clock its own id.
        kind: task (somebody has to act until then), timer (the process goes on by itself) or
            clock (a service level of the case or of a part of it).
        element_id: of the diagram.
        name: of the element; of a timer without a name that of what it limits.
        attached_to: of a timer at the border of an activity, that activity's element.
        state: running, suspended (with its case), paused (its clock stands still), met, met_late,
            reached (the timer fired), waived, breached (withdrawn after it was due) or cancelled.
        explanation: how `due_at` came about; None for one older than explanations.
        changes: in order.
        basis: law, clause or decision that sets the period, as the diagram names it, or "".
        paused_since: since when its clock stands still.
        pause_reason: what is waited for, or "".
    """

    token_id: str
    kind: str
    element_id: str
    name: str
    attached_to: str | None
    state: str
    due_at: datetime
    original_due_at: datetime
    explanation: Mapping[str, Any] | None
    changes: tuple[Change, ...]
    basis: str = ""
    paused_since: datetime | None = None
    pause_reason: str = ""

    @property
    def is_running(self) -> bool:
        """Tell whether it can still be met or reached."""
        return self.state in ("running", "suspended", "paused")

    @property
    def is_statutory(self) -> bool:
        """Tell whether it is counted by the law's rule for citizens (行政程序法 §48)."""
        return bool(self.explanation and self.explanation.get("rule"))

    def as_json(self, *, with_names: bool = True) -> dict[str, object]:
        """Write it as JSON values.

        Args:
            with_names: also who moved it.
        """
        return {
            "what": self.name,
            "kind": self.kind,
            "element_id": self.element_id,
            "state": self.state,
            "due_at": _text(self.due_at),
            "original_due_at": _text(self.original_due_at),
            "basis": self.basis,
            "paused_since": self.paused_since and _text(self.paused_since),
            "pause_reason": self.pause_reason,
            "computation": self.explanation,
            "changes": [_change_row(change, with_names=with_names) for change in self.changes],
        }


def rewrite(
    instance_id: str, found: Mapping[str, Mapping[str, object]], connection: Connection
) -> None:
    """Store how moved due dates came about; the explanation of the first one is kept as `before`.

    Args:
        instance_id: whose they are.
        found: by token of the user task or timer.
        connection: of the step that moves them.
    """
    if not found:
        return
    wanted = {"of_instance": instance_id, "tokens": list(found)}
    for reading, writing in (
        (_TASK_EXPLANATIONS, _EXPLAIN_TASK),
        (_TIMER_EXPLANATIONS, _EXPLAIN_TIMER),
    ):
        rows = connection.execute(reading, wanted).all()
        values = [
            {
                "of_instance": instance_id,
                "of_token": row.token_id,
                "explanation": _after(row.computation, found[row.token_id]),
            }
            for row in rows
        ]
        if values:
            connection.execute(writing, values)


def _after(old: Mapping[str, object] | None, new: Mapping[str, object]) -> Mapping[str, object]:
    if old is None:
        return new
    return {**new, "before": old.get("before") or old}


def deadlines_of(instance_id: str, session: Session) -> tuple[Deadline, ...]:
    """List the due dates of an instance: running ones first, each group by its instant.

    Raises:
        InstanceNotFound: there is no such instance.
    """
    connection = session.connection()
    seen = read(instance_id, connection)
    process = deployments.compiled(seen.definition_id, seen.content_hash, connection)
    names = ElementNames(process.definition)
    wanted = {"of_instance": instance_id}
    moves = _moves(connection.execute(_MOVES, wanted).mappings())
    clocks = sla_clocks.all_of(instance_id, connection)
    of_tasks = {each.token_id: each for each in clocks if each.kind == "task"}
    tasks = [
        _with_clock(_of_task(row, moves), of_tasks.get(row["id"]))
        for row in connection.execute(_TASKS, wanted).mappings()
    ]
    levels = [_of_clock(each, moves) for each in clocks if each.kind != "task"]
    timers = [
        _of_timer(row, moves, names) for row in connection.execute(_TIMERS, wanted).mappings()
    ]
    return tuple(
        sorted([*tasks, *timers, *levels], key=lambda each: (not each.is_running, each.due_at))
    )


class ElementNames:
    """Names of elements, and where timers sit.

    Args:
        definition: of the process.
    """

    def __init__(self, definition: Definition) -> None:
        self._elements = definition.elements

    def attached_to(self, element_id: str) -> str | None:
        """Give the activity at whose border an event sits."""
        element = self._elements.get(element_id)
        return None if element is None else element.attached_to

    def name(self, element_id: str) -> str:
        """Give an element's name; of one without a name that of its activity."""
        element = self._elements.get(element_id)
        if element is None:  # of a called process
            return element_id
        around = self._elements.get(element.attached_to or "")
        return element.name or (around.name if around else "") or element_id


def _of_task(row: RowMapping, moves: Mapping[str, Sequence[Change]]) -> Deadline:
    return Deadline(
        token_id=row["id"],
        kind="task",
        element_id=row["element_id"],
        name=row["name"],
        attached_to=None,
        state=_task_state(row),
        due_at=row["due_at"],
        original_due_at=row["original_due_at"] or row["due_at"],
        explanation=row["computation"],
        changes=tuple(moves.get(row["id"], ())),
    )


def _task_state(row: RowMapping) -> str:
    if row["state"] == "open":
        return "running"
    if row["state"] == "cancelled":
        return "cancelled"
    return "met" if row["ended_at"] <= row["due_at"] else "met_late"


def _with_clock(deadline: Deadline, clock: SlaClock | None) -> Deadline:
    """Add what the clock of a user task knows: its legal basis, and whether it stands still."""
    if clock is None:
        return deadline
    is_paused = clock.is_open and clock.paused_since is not None
    return replace(
        deadline,
        state="paused" if is_paused else deadline.state,
        basis=clock.basis,
        paused_since=clock.paused_since if is_paused else None,
        pause_reason=(clock.pause_reason or "") if is_paused else "",
    )


def _of_clock(clock: SlaClock, moves: Mapping[str, Sequence[Change]]) -> Deadline:
    level = Deadline(
        token_id=clock.id,
        kind="clock",
        element_id=clock.element_id,
        name=clock.name,
        attached_to=None,
        state="running" if clock.is_open else clock.state,
        due_at=clock.due_at,
        original_due_at=clock.original_due_at,
        explanation=clock.computation,
        changes=tuple(moves.get(clock.id, ())),
    )
    return _with_clock(level, clock)


def _of_timer(
    row: RowMapping, moves: Mapping[str, Sequence[Change]], names: ElementNames
) -> Deadline:
    return Deadline(
        token_id=row["token_id"],
        kind="timer",
        element_id=row["element_id"],
        name=names.name(row["element_id"]),
        attached_to=names.attached_to(row["element_id"]),
        state=_TIMER_STATES.get(row["state"], "cancelled"),
        due_at=row["due_at"],
        original_due_at=row["original_due_at"],
        explanation=row["computation"],
        changes=tuple(moves.get(row["token_id"], ())),
    )


def _moves(rows: Iterable[RowMapping]) -> Mapping[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for row in rows:
        details = row["details"]
        change = Change(
            kind=row["kind"],
            at=row["at"],
            by_id=row["actor_id"],
            by_name=row["actor_name"],
            reason=str(details.get("reason") or ""),
            old=datetime.fromisoformat(details["old"]),
            new=datetime.fromisoformat(details["new"]),
            calendar_version=str(details.get("calendar_version") or ""),
        )
        owner = details.get("token_id") or details.get("clock_id")
        found.setdefault(str(owner), []).append(change)
    return found


def _change_row(change: Change, *, with_names: bool) -> dict[str, object]:
    by = {"by": change.by_name} if with_names else {}
    return {
        "kind": change.kind,
        "at": _text(change.at),
        **by,
        "reason": change.reason,
        "old": _text(change.old),
        "new": _text(change.new),
        "calendar_version": change.calendar_version,
    }


def _text(instant: datetime) -> str:
    return instant.astimezone(TAIPEI).isoformat()
