"""Scenarios as they are written: walks through a process in given, when, then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.calendar import TAIPEI
from housing.errors import ScenarioInvalid

THEN_KEYS = frozenset(
    {"open", "due", "notices", "end", "ended", "variables", "ticket", "order", "ledger", "refused"}
)
WHEN_KINDS = ("start", "complete", "message", "advance", "advance_to")


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """What somebody does, or how time passes.

    Attributes:
        kind: start, complete, message, advance or advance_to.
        subject: element id, name of the message, ISO period or ISO instant; "" for start.
        login: who acts; "" for time.
        values: the form, as JSON.
        case: which case of the scenario, from 1; None means the one started last.
        options: further keys of a start, such as the home a manager reports for.
    """

    kind: str
    subject: str = ""
    login: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    case: int | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioStep:
    """One step: what happens, and what must be true afterwards."""

    when: When
    then: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A walk through a process.

    Attributes:
        title: one sentence.
        now: where the clock stands at the beginning.
        steps: the start is the first one.
    """

    id: str
    title: str
    now: datetime
    steps: tuple[ScenarioStep, ...]


def parse(raw: Mapping[str, object]) -> Scenario:
    """Read a scenario from its JSON.

    Raises:
        ScenarioInvalid: a key is missing or unknown.
    """
    scenario_id = str(raw.get("id") or "?")
    given = _mapping(raw.get("given"), scenario_id, "given")
    start = _mapping(given.get("start"), scenario_id, "given.start")
    first = ScenarioStep(when=_start(start), then=_then(given.get("then"), scenario_id))
    steps = raw.get("steps")
    if not isinstance(steps, list):
        raise ScenarioInvalid(scenario_id, "steps must be a list")
    return Scenario(
        id=scenario_id,
        title=str(raw.get("title") or scenario_id),
        now=instant(given.get("now")),
        steps=(first, *(_step(each, scenario_id) for each in steps)),
    )


def instant(text: object) -> datetime:
    """Read an ISO instant; one without offset is meant in Taipei.

    Raises:
        ValueError: the text is no instant.
    """
    read = datetime.fromisoformat(str(text))
    return read if read.tzinfo else read.replace(tzinfo=TAIPEI)


def _step(raw: object, scenario_id: str) -> ScenarioStep:
    step = _mapping(raw, scenario_id, "a step")
    when = _mapping(step.get("when"), scenario_id, "when")
    return ScenarioStep(
        when=_when(when, scenario_id),
        then=_then(step.get("then"), scenario_id),
    )


def _when(raw: Mapping[str, object], scenario_id: str) -> When:
    kind = next((each for each in WHEN_KINDS if each in raw), None)
    if kind is None:
        raise ScenarioInvalid(scenario_id, f"unknown when: {', '.join(raw)}")
    if kind == "start":
        return _start(_mapping(raw["start"], scenario_id, "start"))
    case = raw.get("case")
    return When(
        kind=kind,
        subject=str(raw[kind]),
        login=str(raw.get("as") or ""),
        values=_mapping(raw.get("with") or {}, scenario_id, "with"),
        case=case if isinstance(case, int) else None,
    )


def _start(raw: Mapping[str, object]) -> When:
    values = raw.get("values")
    return When(
        kind="start",
        login=str(raw.get("as") or ""),
        values=values if isinstance(values, Mapping) else {},
        options={key: raw[key] for key in raw.keys() - {"as", "values"}},
    )


def _then(raw: object, scenario_id: str) -> Mapping[str, object]:
    then = _mapping(raw or {}, scenario_id, "then")
    if unknown := sorted(then.keys() - THEN_KEYS):
        raise ScenarioInvalid(scenario_id, f"unknown then: {', '.join(unknown)}")
    return then


def _mapping(raw: object, scenario_id: str, where: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise ScenarioInvalid(scenario_id, f"{where} must be an object")
    return raw


def texts(value: object) -> Sequence[str]:
    """Read a list of texts; a single text is a list of one."""
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
