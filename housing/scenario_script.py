"""Scenarios as they are written: walks through a process in given, when, then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.calendar import TAIPEI
from housing.errors import ScenarioInvalid

THEN_KEYS = frozenset(
    {"open", "due", "notices", "end", "ended", "variables", "refused", "cases", "clocks"}
)
WHEN_KINDS = ("start", "complete", "message", "do", "extend", "waive", "advance", "advance_to")


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """What somebody does, or how time passes.

    Attributes:
        kind: start, complete, message, do, extend, waive, advance or advance_to.
        subject: element id, name of the message or verb, id of the service level, ISO period or
            ISO instant; key of the process for start, "" being the package's own.
        login: who acts; "" for time.
        values: the form, as JSON.
        case: which case of the scenario, from 1; None means the one started last, 0 none.
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
        also: further packages that are deployed beside the scenario's own.
        steps: the start is the first one, where a form opens the case.
    """

    id: str
    title: str
    now: datetime
    also: tuple[str, ...]
    steps: tuple[ScenarioStep, ...]


def parse(raw: Mapping[str, object], fact_kinds: frozenset[str] = frozenset()) -> Scenario:
    """Read a scenario from its JSON.

    Args:
        raw: as in the file.
        fact_kinds: the kinds of facts that a step may expect beside the common ones.

    Raises:
        ScenarioInvalid: a key is missing or unknown.
    """
    scenario_id = str(raw.get("id") or "?")
    reader = _Reader(scenario_id, THEN_KEYS | fact_kinds)
    given = reader.mapping(raw.get("given"), "given")
    steps = raw.get("steps")
    if not isinstance(steps, list):
        raise ScenarioInvalid(scenario_id, "steps must be a list")
    return Scenario(
        id=scenario_id,
        title=str(raw.get("title") or scenario_id),
        now=reader.now(given),
        also=tuple(texts(given.get("also") or [])),
        steps=(*reader.first(given), *(reader.step(each) for each in steps)),
    )


def instant(text: object) -> datetime:
    """Read an ISO instant; one without offset is meant in Taipei.

    Raises:
        ValueError: the text is no instant.
    """
    read = datetime.fromisoformat(str(text))
    return read if read.tzinfo else read.replace(tzinfo=TAIPEI)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the steps of one scenario.

    Attributes:
        then_keys: what a step may expect.
    """

    scenario_id: str
    then_keys: frozenset[str]

    def now(self, given: Mapping[str, object]) -> datetime:
        """Read where the clock stands at the beginning."""
        try:
            return instant(given.get("now"))
        except ValueError as error:
            raise ScenarioInvalid(self.scenario_id, "given.now must be an ISO instant") from error

    def first(self, given: Mapping[str, object]) -> tuple[ScenarioStep, ...]:
        """Read the start, which a process that begins by itself does not have."""
        if "start" not in given:
            return ()
        start = self.mapping(given["start"], "given.start")
        return (ScenarioStep(when=self.start(start), then=self.then(given.get("then"))),)

    def step(self, raw: object) -> ScenarioStep:
        step = self.mapping(raw, "a step")
        when = self.mapping(step.get("when"), "when")
        return ScenarioStep(when=self.when(when), then=self.then(step.get("then")))

    def when(self, raw: Mapping[str, object]) -> When:
        kind = next((each for each in WHEN_KINDS if each in raw), None)
        if kind is None:
            raise ScenarioInvalid(self.scenario_id, f"unknown when: {', '.join(raw)}")
        if kind == "start":
            return self.start(self.mapping(raw["start"], "start"))
        case = raw.get("case")
        return When(
            kind=kind,
            subject=str(raw[kind]),
            login=str(raw.get("as") or ""),
            values=self.mapping(raw.get("with") or {}, "with"),
            case=case if isinstance(case, int) else None,
        )

    def start(self, raw: Mapping[str, object]) -> When:
        values = raw.get("values")
        return When(
            kind="start",
            subject=str(raw.get("process") or ""),
            login=str(raw.get("as") or ""),
            values=values if isinstance(values, Mapping) else {},
            options={key: raw[key] for key in raw.keys() - {"as", "values", "process"}},
        )

    def then(self, raw: object) -> Mapping[str, object]:
        then = self.mapping(raw or {}, "then")
        if unknown := sorted(then.keys() - self.then_keys):
            raise ScenarioInvalid(self.scenario_id, f"unknown then: {', '.join(unknown)}")
        return then

    def mapping(self, raw: object, where: str) -> Mapping[str, object]:
        if not isinstance(raw, Mapping):
            raise ScenarioInvalid(self.scenario_id, f"{where} must be an object")
        return raw


def texts(value: object) -> Sequence[str]:
    """Read a list of texts; a single text is a list of one."""
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
