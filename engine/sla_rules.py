"""What a diagram says about a service level: amount, unit, pauses and the ladder of rungs.

Pure values, read once at deploy. The instants they lead to are planned in `engine.sla`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from engine.periods.computation import START_KINDS, UNITS, SaturdayEnd, StartKind, Unit
from engine.sentences import sentence

DEFAULT_LADDER = "default"
SHORT_PERIOD = timedelta(days=2)
"""A shorter period has too little room for two reminders."""

DOER, SUPERVISOR = "doer", "supervisor"
"""Whom a rung may tell besides candidate groups: who does the work, and who supervises them."""

OWN_SCOPE = "scope"
"""As a calendar: the one of the place where the case belongs."""

ClockKind = Literal["process", "phase", "task"]

_AT = re.compile(
    r"(?P<share>\d{1,3})%"
    r"|(?P<sign>-?)P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?)?",
    re.ASCII,
)
_HUNDRED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class RungRule:
    """One rung of a ladder as it is written.

    Attributes:
        at: a share of the period ("50%"), or a time before or after its end ("-P1D", "P0D",
            "PT4H"); days are of 24 hours.
        notify: doer, supervisor or candidate groups, in order.
        reassign: the candidate group that the open tasks are given to.
        raise_priority: the least priority of the open tasks from then on, 0 to 100.
    """

    at: str
    notify: tuple[str, ...] = ()
    reassign: str | None = None
    raise_priority: int | None = None

    @property
    def share(self) -> float | None:
        """The share of the period, 0 to 1; None for a time before or after its end."""
        found = _AT.fullmatch(self.at)
        text = None if found is None else found["share"]
        return None if text is None else int(text) / _HUNDRED

    @property
    def offset(self) -> timedelta:
        """The time from the end of the period; negative before it."""
        return read_offset(self.at)

    @property
    def is_before_end(self) -> bool:
        """Tell whether it reminds of a period that still runs."""
        return self.share is not None or self.offset < timedelta()

    @property
    def level(self) -> str:
        """Name it in the words of the notices: half, day_before, overdue, escalated or chief."""
        if self.share is not None:
            return "half"
        if self.offset <= timedelta():
            return "day_before" if self.offset else "overdue"
        return "chief" if "section_chief" in self.notify else "escalated"

    def as_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        return {
            "at": self.at,
            "notify": list(self.notify),
            "reassign": self.reassign,
            "raise_priority": self.raise_priority,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseRule:
    """What stops a clock: a token that waits in an element, or a condition that holds.

    Attributes:
        element_id: of the element; None if the condition tells.
        condition: FEEL, evaluated after each step; None if the element tells.
        reason: shown to everybody, such as 等待住戶.
    """

    element_id: str | None = None
    condition: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockRule:
    """A service level as the diagram writes it; texts that begin with "=" are FEEL.

    Attributes:
        id: names it within the process.
        amount: in the unit; None if the due date comes from the user task or the timer.
        calendar: "scope" (the place of the case), "city", "community:<code>" or FEEL.
        start: FEEL for an instant or a day; None is the moment the element is reached.
        proof: text or FEEL; what proves the start.
        is_rolling: an end on a day off rolls (行政程序法 §48 IV).
        basis: the law, clause or decision behind it, shown beside the due date.
        ladder: name of the ladder that the rungs come from.
        rungs, short_rungs: the second are climbed when the period is shorter than SHORT_PERIOD.
        timer: id of the timer event that ends the period by routing; the clock is due with it.
        fulfilled: FEEL over the process variables when a phase is left: whether its work was done;
            None means that leaving it is enough.
        begins_at, ends_at: of a phase between elements of the process; several ends, of which any
            ends it, are written with spaces between.
    """

    id: str
    name: str
    amount: str | None = None
    unit: Unit = "calendar_days"
    calendar: str = OWN_SCOPE
    start: str | None = None
    start_kind: StartKind = "event"
    proof: str = ""
    is_rolling: bool = False
    saturday_end: SaturdayEnd = "MON_2359"
    basis: str = ""
    ladder: str = DEFAULT_LADDER
    rungs: tuple[RungRule, ...] = ()
    short_rungs: tuple[RungRule, ...] = ()
    pauses: tuple[PauseRule, ...] = ()
    timer: str | None = None
    fulfilled: str | None = None
    begins_at: str | None = None
    ends_at: str | None = None

    @property
    def ends_at_one_of(self) -> tuple[str, ...]:
        """List the elements of which any ends the phase."""
        return tuple((self.ends_at or "").split())

    @property
    def needs_calendar(self) -> bool:
        """Tell whether days off move the end."""
        return self.is_rolling or self.unit in ("working_days", "working_hours")

    def rungs_for(self, period: timedelta) -> tuple[RungRule, ...]:
        """Choose the rungs for a period of some length; the one at its end is always there."""
        return with_end(self.short_rungs if period < SHORT_PERIOD else self.rungs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """Rungs under a name, shared by many clocks.

    Attributes:
        short: the rungs of periods shorter than SHORT_PERIOD.
    """

    rungs: tuple[RungRule, ...]
    short: tuple[RungRule, ...]


_LATE = (
    RungRule(at="P0D", notify=(DOER, SUPERVISOR)),
    RungRule(at="P1D", notify=("officer",)),
    RungRule(at="P3D", notify=("section_chief",)),
)
_REMINDED_TWICE = (RungRule(at="50%", notify=(DOER,)), RungRule(at="-P1D", notify=(DOER,)))
_REMINDED_ONCE = (RungRule(at="80%", notify=(DOER,)),)

LADDERS: Mapping[str, Ladder] = {
    # Notice ladder of the office: half time, a day before, due, a day later, three days later.
    "default": Ladder(rungs=(*_REMINDED_TWICE, *_LATE), short=(*_REMINDED_ONCE, *_LATE)),
    # Only what is late is told; nobody is reminded.
    "quiet": Ladder(rungs=_LATE, short=_LATE),
    # Hours instead of days: for what cannot wait until tomorrow.
    "urgent": Ladder(
        rungs=(
            RungRule(at="50%", notify=(DOER,)),
            RungRule(at="80%", notify=(DOER, SUPERVISOR)),
            RungRule(at="P0D", notify=(DOER, SUPERVISOR, "officer"), raise_priority=90),
            RungRule(at="PT4H", notify=("section_chief",)),
        ),
        short=(
            RungRule(at="50%", notify=(DOER,)),
            RungRule(at="80%", notify=(DOER, SUPERVISOR)),
            RungRule(at="P0D", notify=(DOER, SUPERVISOR, "officer"), raise_priority=90),
            RungRule(at="PT4H", notify=("section_chief",)),
        ),
    ),
}
"""The named ladders; a diagram chooses one by anju:ladder or writes rungs of its own."""


def unit_of(text: str) -> Unit | None:
    """Read a unit, None if there is none of this name."""
    return next((unit for unit in UNITS if unit == text), None)


def start_kind_of(text: str) -> StartKind | None:
    """Read what a period starts with, None if there is no such kind."""
    return next((kind for kind in START_KINDS if kind == text), None)


def read_offset(at: str) -> timedelta:
    """Read the time of a rung before or after the end, such as -P1D or PT4H.

    Raises:
        ValueError: it is no such time.
    """
    found = _AT.fullmatch(at)
    if found is None or found["share"] is not None or not at.strip("-PT"):
        raise ValueError(
            sentence("%(at)s is neither a share such as 50%% nor a time such as -P1D", at=repr(at))
        )
    amounts = {name: int(found[name] or 0) for name in ("weeks", "days", "hours", "minutes")}
    size = timedelta(**amounts)
    return -size if found["sign"] else size


def check_at(at: str) -> None:
    """Check when a rung is to fire.

    Raises:
        ValueError: with the reason.
    """
    found = _AT.fullmatch(at)
    if found is None or found["share"] is None:
        read_offset(at)
    elif int(found["share"]) >= _HUNDRED:
        raise ValueError(
            sentence(
                "%(at)s is not before the end of the period; write P0D or a time after it", at=at
            )
        )


def with_warnings(rungs: Sequence[RungRule], warnings: Sequence[str]) -> tuple[RungRule, ...]:
    """Put other reminders of the doer in place of those of a ladder."""
    if not warnings:
        return tuple(rungs)
    before = [RungRule(at=at, notify=(DOER,)) for at in warnings]
    return (*before, *(rung for rung in rungs if not rung.is_before_end))


def with_end(rungs: Sequence[RungRule]) -> tuple[RungRule, ...]:
    """Add the rung at the end of the period if it is missing: there the clock is breached."""
    if any(not rung.is_before_end and not rung.offset for rung in rungs):
        return tuple(rungs)
    return (*rungs, RungRule(at="P0D"))


def rung_from_json(values: Mapping[str, object]) -> RungRule:
    """Read a rung from JSON values."""
    told, raised = values.get("notify"), values.get("raise_priority")
    reassign = values.get("reassign")
    rung = RungRule(
        at=str(values["at"]),
        notify=tuple(str(each) for each in told) if isinstance(told, list) else (),
        reassign=None if reassign is None else str(reassign),
    )
    return replace(rung, raise_priority=raised) if isinstance(raised, int) else rung
