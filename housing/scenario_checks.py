"""Compare what a scenario expects after a step with what is true, side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.calendar import TAIPEI
from engine.sla_clocks import SlaClock
from housing.records.rules import to_json
from housing.scenario_script import ScenarioStep, When, instant, texts
from housing.scenario_walk import Notice, Walk
from housing.subjects import FACT_KINDS, facts_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """An expectation that does not hold.

    Attributes:
        step: position of the step, from 0.
        key: the key of `then`: open, due, notices, end, ended, cases, clocks, refused, variables
            or a kind of facts.
        name: what of it: an element, a variable, a service level and its fact; "" for all of it.
        expected, actual: JSON; None for nothing.
    """

    step: int
    key: str
    name: str
    expected: object
    actual: object

    def __str__(self) -> str:
        """Say it in plain English, for the command line."""
        what = f"{self.key} {self.name}".strip()
        return f"{what} should be {self.expected!r}, but is {self.actual!r}"


def mismatches(position: int, step: ScenarioStep, walk: Walk) -> Iterator[Mismatch]:
    """List every expectation of a step that does not hold now."""
    found = _Found.of(step, walk)
    for key, wanted in step.then.items():
        for name, expected, actual in found.compare(key, wanted):
            yield Mismatch(step=position, key=key, name=name, expected=expected, actual=actual)


def observe(when: When, walk: Walk, notices: Iterable[Notice]) -> dict[str, object]:
    """Write down what is true after a step, as `then` of a scenario that is being recorded.

    Args:
        when: the act; it says which case it is about.
        walk: after the step.
        notices: of the step, as `Walk.notices` gave them.
    """
    told = [{"to": each.login, "kind": each.kind} for each in sorted(set(notices), key=_order)]
    seen: dict[str, object] = {"cases": len(walk.cases)}
    if walk.cases and when.case != 0:
        case_id = walk.instance_id(when)
        tasks = walk.open_tasks(case_id)
        seen["open"] = sorted(task.element_id for task in tasks)
        if due := {task.element_id: _written(task.due_at) for task in tasks if task.due_at}:
            seen["due"] = due
        with walk.application.reading() as session:
            if engine_queries.instance(case_id, session).ended_at is not None:
                seen["ended"] = True
    if walk.step_ends:
        seen["end"] = sorted(set(walk.step_ends))
    if told:
        seen["notices"] = told
    return seen


Difference = tuple[str, object, object]
"""Name, expected, actual."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What is true after a step, read once."""

    walk: Walk
    notices: Counter[Notice]
    open_elements: Counter[str] = field(default_factory=Counter)
    due: Mapping[str, datetime | None] = field(default_factory=dict)
    clocks: Mapping[str, SlaClock] = field(default_factory=dict)
    is_ended: bool = False
    variables: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @classmethod
    def of(cls, step: ScenarioStep, walk: Walk) -> "_Found":
        notices = Counter(walk.notices())
        if not walk.cases or step.when.case == 0:
            return cls(walk=walk, notices=notices)
        instance_id = walk.instance_id(step.when)
        tasks = walk.open_tasks(instance_id)
        with walk.application.reading() as session:
            case = engine_queries.instance(instance_id, session)
            return cls(
                walk=walk,
                open_elements=Counter(task.element_id for task in tasks),
                due={task.element_id: task.due_at for task in tasks},
                notices=notices,
                clocks=walk.clocks(instance_id) if "clocks" in step.then else {},
                is_ended=case.ended_at is not None,
                variables=_variables(step, walk, session),
                facts=facts_of(case, session=session, now=walk.clock.now())
                if FACT_KINDS & step.then.keys()
                else {},
            )

    def compare(self, key: str, wanted: object) -> Iterable[Difference]:
        """Tell what is not as a key of `then` wants it."""
        checks = {
            "open": self._open,
            "due": self._due,
            "notices": self._notices,
            "end": self._end,
            "ended": self._ended,
            "cases": self._cases,
            "clocks": self._clocks,
            "refused": self._accepted,
        }
        if key in checks:
            return checks[key](wanted)
        known = self.variables if key == "variables" else self.facts.get(key, {})
        return _different("", wanted, known)

    def _accepted(self, wanted: object) -> Iterable[Difference]:
        yield "", wanted, None

    def _end(self, wanted: object) -> Iterable[Difference]:
        if any(end not in self.walk.step_ends for end in texts(wanted)):
            yield "", texts(wanted), sorted(set(self.walk.step_ends))

    def _ended(self, wanted: object) -> Iterable[Difference]:
        if self.is_ended is not wanted:
            yield "", wanted, self.is_ended

    def _cases(self, wanted: object) -> Iterable[Difference]:
        if len(self.walk.cases) != wanted:
            yield "", wanted, len(self.walk.cases)

    def _open(self, wanted: object) -> Iterable[Difference]:
        if Counter(texts(wanted)) != self.open_elements:
            yield "", sorted(texts(wanted)), sorted(self.open_elements.elements())

    def _due(self, wanted: object) -> Iterable[Difference]:
        for element_id, text in _items(wanted):
            found = self.due.get(element_id)
            if found != instant(text):
                yield element_id, text, _written(found)

    def _clocks(self, wanted: object) -> Iterable[Difference]:
        for sla_id, facts in _items(wanted):
            clock = self.clocks.get(sla_id)
            if clock is None:
                yield sla_id, facts, None
                continue
            known = {
                "state": clock.state,
                "due": clock.due_at,
                "original_due": clock.original_due_at,
                "waits_for": clock.pause_reason,
                "pauses": len(clock.pauses),
                "reasons": [order.reason for order in clock.orders],
            }
            yield from _different(f"{sla_id}/", facts, known)

    def _notices(self, wanted: object) -> Iterable[Difference]:
        told = [
            {"to": each.login, "kind": each.kind} for each in sorted(set(self.notices), key=_order)
        ]
        for each in wanted if isinstance(wanted, list) else []:
            notice = Notice(login=str(each.get("to")), kind=str(each.get("kind")))
            if notice not in self.notices:
                yield f"{notice.login}: {notice.kind}", each, told


def _variables(step: ScenarioStep, walk: Walk, session: Session) -> Mapping[str, object]:
    """Read the process variables if the step expects any: restoring a case takes time."""
    if "variables" not in step.then:
        return {}
    return walk.application.engine.variables(walk.instance_id(step.when), session)


def _different(prefix: str, wanted: object, found: Mapping[str, object]) -> Iterable[Difference]:
    for name, value in _items(wanted):
        actual = _plain(found.get(name))
        if actual != _plain(value) and not _same_instant(found.get(name), value):
            yield f"{prefix}{name}", value, actual


def _plain(value: object) -> object:
    if isinstance(value, float):
        return to_json(Decimal(str(value)))
    return to_json(value)


def _same_instant(found: object, wanted: object) -> bool:
    return isinstance(found, datetime) and isinstance(wanted, str) and found == instant(wanted)


def _items(wanted: object) -> Iterable[tuple[str, object]]:
    return wanted.items() if isinstance(wanted, Mapping) else ()


def _order(notice: Notice) -> tuple[str, str]:
    return notice.login, notice.kind


def _written(found: datetime | None) -> str | None:
    """Write an instant as scenarios do: ISO in Taipei time."""
    return None if found is None else found.astimezone(TAIPEI).isoformat()
