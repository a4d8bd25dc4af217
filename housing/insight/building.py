"""Put numbers into a diagram: history where it tells enough, else what was entered, else a guess.

Every number remembers where it came from, so that a page can say it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.simulation.chance import Distribution, Empirical, Exponential, LogNormal
from engine.simulation.measured import Inputs, Times
from engine.simulation.model import (
    Boundary,
    Deadline,
    Level,
    Model,
    Node,
    Occurrence,
    Role,
)
from engine.simulation.plan import Plan, Planned, PlannedBoundary, PlannedLevel
from engine.simulation.working_time import DAY_HOURS, WEEK_HOURS, WorkingTime
from housing.insight.assumptions import Assumptions, RoleGiven

Origin = Literal["measured", "entered", "guessed"]
Subject = Literal["arrivals", "work", "elapsed", "fork", "event", "timer"]

GUESSED_WORK_HOURS = 1.0
GUESSED_ELAPSED_HOURS = 24.0
GUESSED_DAYS = 7.0
GUESSED_PER_WEEK = 5.0
ENOUGH = 5
"""Fewer measured values are not used: an estimate is better."""

THIN_SHARE = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a number came from.

    Attributes:
        value: cases a week, mean hours, days, or share; of a fork none.
        count: measured cases behind it; 0 of what was not measured.
    """

    subject: Subject
    id: str
    name: str
    origin: Origin
    count: int
    value: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A model and where its numbers came from."""

    model: Model
    sources: tuple[Source, ...]

    @property
    def is_thin(self) -> bool:
        """Whether most times of people's steps were not measured."""
        steps = [each for each in self.sources if each.subject in ("work", "elapsed")]
        guessed = sum(each.origin != "measured" for each in steps)
        return not steps or guessed / len(steps) > THIN_SHARE


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What both versions are built on.

    Attributes:
        calendar: of the office, from hour 0 of the simulation on.
        known_flows: sequence flows of the version in service; one that it has, and that was never
            taken, is never taken; one that is new gets an equal share.
    """

    inputs: Inputs
    given: Assumptions
    calendar: WorkingTime
    known_flows: frozenset[str]


def build(plan: Plan, ground: Ground, *, is_new: bool) -> Built:
    """Build the model of one version.

    Args:
        plan: of the version.
        ground: what both versions share.
        is_new: whether it is the draft, whose timers may have days of their own.
    """
    return _Builder(plan, ground, is_new=is_new).built()


class _Builder:
    """Builds one model, noting its sources."""

    def __init__(self, plan: Plan, ground: Ground, *, is_new: bool) -> None:
        self._plan, self._ground = plan, ground
        self._inputs, self._given = ground.inputs, ground.given
        self._days = self._given.new_days if is_new else self._given.days
        self._sources: list[Source] = []
        self._behind_gateway = {
            plan.targets[flow]: element.id
            for element in plan.elements.values()
            if element.kind == "event"
            for flow in element.flows
        }

    def built(self) -> Built:
        """Build it."""
        arrivals = self._arrivals()
        nodes = {element.id: self._node(element) for element in self._plan.elements.values()}
        levels = (self._level(each, {}) for each in self._plan.levels)
        model = Model(
            nodes=nodes,
            targets=self._plan.targets,
            starts=self._plan.starts,
            roles={role: self._role(role) for role in self._plan.roles},
            arrivals=arrivals,
            levels=tuple(each for each in levels if each is not None),
            calendar=self._ground.calendar,
        )
        return Built(model=model, sources=tuple(self._sources))

    def _note(  # noqa: PLR0913  # the fields of a source
        self,
        subject: Subject,
        element_id: str,
        name: str,
        *,
        origin: Origin,
        count: int = 0,
        value: float | None = None,
    ) -> None:
        self._sources.append(
            Source(
                subject=subject, id=element_id, name=name, origin=origin, count=count, value=value
            )
        )

    def _arrivals(self) -> Distribution:
        entered, gaps = self._given.per_week, self._inputs.gaps
        is_known = gaps is not None and self._inputs.arrived >= ENOUGH
        per_week = self._inputs.per_week if is_known else GUESSED_PER_WEEK
        origin: Origin = "measured" if is_known else "guessed"
        if entered is not None:
            per_week, origin = entered, "entered"
        count = self._inputs.arrived if origin == "measured" else 0
        self._note(
            "arrivals", self._plan.key, self._plan.name, origin=origin, count=count, value=per_week
        )
        mean = WEEK_HOURS / per_week
        if gaps is None or self._given.arrivals == "random" or not gaps.distribution.mean:
            return Exponential(mean)
        stretch = mean / gaps.distribution.mean
        return Empirical(tuple(gap * stretch for gap in gaps.values))

    def _role(self, role: str) -> Role:
        given = self._given.roles.get(role, RoleGiven(mode="elapsed"))
        if given.mode == "elapsed":
            return Role(id=role, staff=None)
        return Role(id=role, staff=given.staff, share=given.share, hours=self._ground.calendar)

    def _node(self, element: Planned) -> Node:
        boundaries = tuple(self._boundary(element, each) for each in element.boundaries)
        deadlines = {
            each.id: each.trigger for each in boundaries if isinstance(each.trigger, Deadline)
        }
        levels = (self._level(each, deadlines) for each in element.levels)
        return Node(
            id=element.id,
            name=element.name,
            kind=element.kind,
            role=element.role,
            time=self._time(element) if element.kind == "work" else LogNormal(0.0),
            trigger=self._trigger(element) if element.kind == "wait" else Occurrence(),
            flows=element.flows,
            shares=self._shares(element),
            incoming=element.incoming,
            scope=element.scope,
            starts=element.starts,
            boundaries=boundaries,
            levels=tuple(each for each in levels if each is not None),
            code=element.code,
        )

    def _time(self, element: Planned) -> Distribution:
        given = self._given.roles.get(element.role)
        is_staff = given is not None and given.mode == "staff"
        subject: Subject = "work" if is_staff else "elapsed"
        known = self._inputs.handling if is_staff else self._inputs.elapsed
        return self._measured(
            subject,
            element,
            known.get(element.id),
            GUESSED_WORK_HOURS if is_staff else GUESSED_ELAPSED_HOURS,
        )

    def _measured(
        self, subject: Subject, element: Planned, known: Times | None, guess: float
    ) -> Distribution:
        entered = self._given.hours.get(element.id)
        if entered is None and known is not None and known.count >= ENOUGH:
            found = known.distribution
            self._note(
                subject,
                element.id,
                element.name,
                origin="measured",
                count=known.count,
                value=found.mean,
            )
            return found
        origin: Origin = "guessed" if entered is None else "entered"
        hours = guess if entered is None else entered
        self._note(subject, element.id, element.name, origin=origin, value=hours)
        return LogNormal(hours, self._given.spread)

    def _trigger(self, element: Planned) -> Deadline | Occurrence:
        if element.timed is not None and element.timed.deadline is not None:
            return element.timed.deadline
        if element.timed is not None:
            return self._case_timer(element.id, element.name, "")
        share = self._share_of_event(element)
        known = self._inputs.delays.get(element.id)
        delay = self._measured("event", element, known, GUESSED_ELAPSED_HOURS)
        return Occurrence(share=share, delay=delay)

    def _share_of_event(self, element: Planned) -> float:
        """Tell how often an event comes before the others behind its gateway."""
        gateway = self._behind_gateway.get(element.id)
        if gateway is None:
            return 1.0
        rivals = [self._plan.targets[flow] for flow in self._plan.elements[gateway].flows]
        fired = sum(self._inputs.fired.get(each, 0) for each in rivals)
        if not fired:
            return 1.0 / len(rivals)
        return self._inputs.fired.get(element.id, 0) / fired

    def _case_timer(self, timer: str, name: str, level: str) -> Deadline:
        """Give a deadline that the case sets: entered, else as it was, else a guess."""
        entered, known = self._days.get(timer), self._inputs.periods.get(level)
        delays = self._inputs.delays.get(timer)
        if entered is not None:
            self._note("timer", timer, name, origin="entered", value=entered)
            return Deadline(amount=entered * DAY_HOURS, unit="hours")
        if known is not None and known.count >= ENOUGH:
            self._note(
                "timer", timer, name, origin="measured", count=known.count, value=known.middle
            )
            return Deadline(amount=known.middle * DAY_HOURS, unit="hours")
        if delays is not None and delays.count >= ENOUGH:
            days = delays.middle / DAY_HOURS
            self._note("timer", timer, name, origin="measured", count=delays.count, value=days)
            return Deadline(amount=delays.middle, unit="hours")
        self._note("timer", timer, name, origin="guessed", value=GUESSED_DAYS)
        return Deadline(amount=GUESSED_DAYS * DAY_HOURS, unit="hours")

    def _boundary(self, host: Planned, event: PlannedBoundary) -> Boundary:
        trigger: Deadline | Occurrence | None = None
        if event.timed is not None:
            level = next((each.id for each in host.levels if each.timer == event.id), "")
            trigger = event.timed.deadline or self._case_timer(event.id, event.name, level)
        elif not event.is_error:
            trigger = self._outside(host, event)
        return Boundary(
            id=event.id,
            flows=event.flows,
            trigger=trigger,
            is_interrupting=event.is_interrupting,
            code=event.code,
        )

    def _outside(self, host: Planned, event: PlannedBoundary) -> Occurrence:
        """Tell how often and when a message or signal comes while its activity is open."""
        inside = [each.id for each in self._plan.work if each.scope == host.id]
        reached = max((self._inputs.reached.get(each, 0) for each in (host.id, *inside)), default=0)
        fired, known = self._inputs.fired.get(event.id, 0), self._inputs.delays.get(event.id)
        if not fired or not reached or known is None:
            self._note("event", event.id, event.name, origin="guessed", value=0.0)
            return Occurrence(share=0.0)
        share = min(fired / reached, 1.0)
        self._note("event", event.id, event.name, origin="measured", count=reached, value=share)
        return Occurrence(share=share, delay=known.distribution)

    def _shares(self, element: Planned) -> Mapping[str, float]:
        if element.kind not in ("exclusive", "inclusive") or len(element.flows) == 1:
            return {}
        flows = element.flows
        entered = {flow: self._given.shares[flow] for flow in flows if flow in self._given.shares}
        if entered and sum(entered.values()) > 0:
            self._note("fork", element.id, element.name, origin="entered")
            return _filled(flows, entered, is_whole=element.kind == "exclusive")
        counts = {flow: self._inputs.flows.get(flow, 0) for flow in flows}
        total = self._passed(element, counts)
        if total < ENOUGH:
            self._note("fork", element.id, element.name, origin="guessed", count=total)
            return dict.fromkeys(flows, 1.0 / len(flows))
        self._note("fork", element.id, element.name, origin="measured", count=total)
        return self._counted(flows, counts, total)

    def _passed(self, element: Planned, counts: Mapping[str, int]) -> int:
        """Tell how often a gateway was passed; an inclusive one may take several ways at once."""
        return max(counts.values()) if element.kind == "inclusive" else sum(counts.values())

    def _counted(
        self, flows: Sequence[str], counts: Mapping[str, int], total: int
    ) -> Mapping[str, float]:
        new = [flow for flow in flows if flow not in self._ground.known_flows]
        old_part = 1.0 - len(new) / len(flows)
        return {
            flow: 1.0 / len(flows) if flow in new else old_part * counts[flow] / total
            for flow in flows
        }

    def _level(self, level: PlannedLevel, deadlines: Mapping[str, Deadline]) -> Level | None:
        """Build a service level; None if the case sets it and history does not tell."""
        deadline = None if level.timed is None else level.timed.deadline
        if level.timed is not None and deadline is None:
            known = self._inputs.periods.get(level.id)
            if known is None or known.count < ENOUGH or known.middle <= 0:
                return None
            deadline = Deadline(amount=known.middle * DAY_HOURS, unit="hours")
        if level.timer and level.timer not in deadlines:
            return None
        return Level(
            id=level.id,
            name=level.name,
            deadline=deadline,
            timer=level.timer,
            begins_at=level.begins_at,
            ends_at=level.ends_at,
            pauses=level.pauses,
        )


def _filled(
    flows: Sequence[str], entered: Mapping[str, float], *, is_whole: bool
) -> Mapping[str, float]:
    """Spread what is left over the ways that were not entered; all together are one."""
    if not is_whole:
        return {flow: min(entered.get(flow, 0.0), 1.0) for flow in flows}
    rest = [flow for flow in flows if flow not in entered]
    given = sum(entered.values())
    left = max(1.0 - given, 0.0)
    whole = given + (left if rest else 0.0)
    return {
        flow: (entered[flow] if flow in entered else left / len(rest)) / whole for flow in flows
    }
