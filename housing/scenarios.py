"""Run the scenarios of a package and tell which sequence flows no scenario walked."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy.orm import Session

from bpmn import catalogue
from engine import definition_queries
from engine import queries as engine_queries
from engine.clock import FrozenClock
from engine.db import metadata
from engine.errors import EngineError
from engine.records import ProcessDefinition, ProcessModel
from engine.sla_clocks import SlaClock
from engine.types import SYSTEM
from housing import packages
from housing.bootstrap import Application, build
from housing.demo import world
from housing.records.rules import to_json
from housing.scenario_script import Scenario, ScenarioStep, instant, parse, texts
from housing.scenario_walk import Notice, Walk
from housing.settings import Settings
from housing.subjects import FACT_KINDS, facts_of

FOUNDED_AT = datetime(2024, 1, 1, tzinfo=UTC)
SECRET = "scenarios sign nothing with this"  # noqa: S105


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioResult:
    """How one scenario went.

    Attributes:
        failure: the first expectation that failed, in words; None when it passed.
        flows, ends: sequence flows walked and end events reached, by id.
    """

    id: str
    title: str
    failure: str | None
    flows: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()

    @property
    def has_passed(self) -> bool:
        """Tell whether every expectation held."""
        return self.failure is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A sequence flow or end event that no scenario came to: its id and what the diagram says."""

    id: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioReport:
    """How the scenarios of a package went, and what of the diagram they left out."""

    package: str
    results: tuple[ScenarioResult, ...]
    unwalked_flows: tuple[Part, ...]
    unreached_ends: tuple[Part, ...]
    flow_count: int
    end_count: int

    @property
    def passed(self) -> int:
        """Count the scenarios that passed."""
        return sum(result.has_passed for result in self.results)

    @property
    def failed(self) -> int:
        """Count the scenarios that failed."""
        return len(self.results) - self.passed


def run(package: str, ids: Collection[str] | None = None) -> ScenarioReport:
    """Run the scenarios of a package, each in an untouched city.

    Args:
        package: name of a folder in `bpmn/`.
        ids: only these scenarios; None runs all.

    Raises:
        FileNotFoundError: there is no such package.
        ScenarioInvalid: a scenario cannot be read.
        DeploymentRefused: the package cannot be deployed.
    """
    scenarios = [parse(raw, FACT_KINDS) for raw in catalogue.scenarios(package)]
    wanted = [each for each in scenarios if ids is None or each.id in ids]
    with tempfile.TemporaryDirectory(prefix="anju-scenarios-") as folder:
        also = sorted({name for scenario in scenarios for name in scenario.also})
        city = _City.found(package, also, Path(folder))
        try:
            results = tuple(_play(scenario, city) for scenario in wanted)
        finally:
            city.application.dispose()
        return _report(package, results, city.model)


def lines(report: ScenarioReport) -> Iterator[str]:
    """Say a report in lines: each scenario by its sentence, then what was left out."""
    for result in report.results:
        yield f"{'ok  ' if result.has_passed else 'FAIL'} {result.id}: {result.title}"
        if result.failure is not None:
            yield f"     {result.failure}"
    walked = report.flow_count - len(report.unwalked_flows)
    reached = report.end_count - len(report.unreached_ends)
    yield f"{report.package}: sequence flows walked {walked}/{report.flow_count}"
    yield from (f"     not walked: {part.id} ({part.words})" for part in report.unwalked_flows)
    yield f"{report.package}: end events reached {reached}/{report.end_count}"
    yield from (f"     not reached: {part.id} ({part.words})" for part in report.unreached_ends)


@dataclass(frozen=True, kw_only=True, slots=True)
class _City:
    """A founded city with the package deployed, put back as it was before each scenario.

    One house serves all scenarios: a new one would compile every SQL statement anew.

    Attributes:
        own: resources of the package.
        also: resources of the packages that its scenarios ask for beside it, by name.
        file: the database; a copy of it as founded lies beside it.
    """

    application: Application
    clock: FrozenClock
    model: ProcessModel
    own: Mapping[str, bytes]
    also: Mapping[str, Mapping[str, bytes]]
    file: Path

    @classmethod
    def found(cls, package: str, also: Collection[str], folder: Path) -> "_City":
        clock = FrozenClock(FOUNDED_AT)
        file = folder / "anju.db"
        settings = Settings(var=folder, database_url=f"sqlite:///{file}", secret_key=SECRET)
        application = build(settings, clock=clock)
        with application.database.connect_for_migration() as connection:
            metadata.create_all(connection)
        beside = {each: packages.resources(each) for each in also}
        own = packages.resources(package)
        with application.unit_of_work() as session:
            world.found(vault=application.vault, session=session, clock=clock)
            definition = _deploy([*beside.values(), own], application, session)
            session.flush()
            model = definition_queries.process_model(definition, session)
            session.execute(metadata.tables["job"].delete())  # begun timers: see `walk`
        _copy(file, _founded(file))
        return cls(
            application=application, clock=clock, model=model, own=own, also=beside, file=file
        )

    def walk(self, scenario: Scenario) -> Walk:
        """Begin a scenario: forget what the one before wrote, and set the clock.

        Deploying again plans the timers that begin an instance from the scenario's own day on.
        """
        self.clock.set(scenario.now)
        _copy(_founded(self.file), self.file)
        with self.application.unit_of_work() as session:
            _deploy(
                [*(self.also[each] for each in scenario.also), self.own], self.application, session
            )
        process = self.model.definition.key
        return Walk(application=self.application, process=process, clock=self.clock)


def _deploy(
    resources: Iterable[Mapping[str, bytes]], application: Application, session: Session
) -> ProcessDefinition:
    """Deploy packages and return the last one's process."""
    deployed = [application.engine.deploy(each, by=SYSTEM, session=session) for each in resources]
    return deployed[-1]


def _copy(source: Path, target: Path) -> None:
    """Make an SQLite database the same as another; open connections see it at once."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


def _founded(file: Path) -> Path:
    """Name the copy of the database as it was founded."""
    return file.with_name(f"{file.name}.founded")


def _play(scenario: Scenario, city: _City) -> ScenarioResult:
    walk = city.walk(scenario)
    failure = _walk(scenario, walk)
    return ScenarioResult(
        id=scenario.id,
        title=scenario.title,
        failure=failure,
        flows=frozenset(walk.flows),
        ends=frozenset(walk.ends),
    )


def _walk(scenario: Scenario, walk: Walk) -> str | None:
    """Walk to the end or to the first expectation that fails, and say which."""
    for position, step in enumerate(scenario.steps):
        failure = _take(step, walk)
        if failure is not None:
            return f"step {position} ({step.when.kind} {step.when.subject}): {failure}"
    return None


def _take(step: ScenarioStep, walk: Walk) -> str | None:
    expected = step.then.get("refused")
    try:
        walk.act(step.when)
    except EngineError as error:
        if expected is not None and type(error).__name__ == expected:
            return None
        return f"{type(error).__name__}: {error}"
    if expected is not None:
        return f"expected to be refused with {expected}, but it was accepted"
    for instance_id in walk.cases:
        if failed := walk.failed_operations(instance_id):
            return f"an operation failed: {failed[0]}"
    return next(_unmet(step, walk), None)


def _unmet(step: ScenarioStep, walk: Walk) -> Iterator[str]:
    """Say every expectation of a step that does not hold."""
    checks = _Checks.of(step, walk)
    for key, wanted in step.then.items():
        yield from checks.check(key, wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Checks:
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
    def of(cls, step: ScenarioStep, walk: Walk) -> "_Checks":
        notices = Counter(walk.notices())
        if not walk.cases:
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

    def check(self, key: str, wanted: object) -> Iterable[str]:
        """Say what is not as a key of `then` wants it."""
        checks = {
            "open": self._open,
            "due": self._due,
            "notices": self._notices,
            "end": self._end,
            "ended": self._ended,
            "cases": self._cases,
            "clocks": self._clocks,
        }
        if key in checks:
            return checks[key](wanted)
        known = self.variables if key == "variables" else self.facts.get(key, {})
        return _different(key, wanted, known)

    def _end(self, wanted: object) -> Iterable[str]:
        missing = [end for end in texts(wanted) if end not in self.walk.step_ends]
        if missing:
            yield f"end events {missing} were not reached: {self.walk.step_ends}"

    def _ended(self, wanted: object) -> Iterable[str]:
        if self.is_ended is not wanted:
            yield f"ended is {self.is_ended}"

    def _cases(self, wanted: object) -> Iterable[str]:
        if len(self.walk.cases) != wanted:
            yield f"there are {len(self.walk.cases)} cases"

    def _open(self, wanted: object) -> Iterable[str]:
        if Counter(texts(wanted)) != self.open_elements:
            found = sorted(self.open_elements.elements())
            yield f"open tasks should be {sorted(texts(wanted))}, but are {found}"

    def _due(self, wanted: object) -> Iterable[str]:
        for element_id, text in _items(wanted):
            found = self.due.get(element_id)
            if found != instant(text):
                yield f"{element_id} should be due at {text}, but is due at {_local(found)}"

    def _clocks(self, wanted: object) -> Iterable[str]:
        for sla_id, facts in _items(wanted):
            clock = self.clocks.get(sla_id)
            if clock is None:
                yield f"there is no service level {sla_id}: {sorted(self.clocks)}"
                continue
            known = {
                "state": clock.state,
                "due": clock.due_at,
                "original_due": clock.original_due_at,
                "waits_for": clock.pause_reason,
                "pauses": len(clock.pauses),
                "reasons": [order.reason for order in clock.orders],
            }
            yield from _different(f"clock {sla_id}", facts, known)

    def _notices(self, wanted: object) -> Iterable[str]:
        for each in wanted if isinstance(wanted, list) else []:
            notice = Notice(login=str(each.get("to")), kind=str(each.get("kind")))
            if notice not in self.notices:
                found = ", ".join(sorted(f"{n.login}: {n.kind}" for n in self.notices)) or "none"
                yield f"{notice.login} should be told {notice.kind}; told were {found}"


def _variables(step: ScenarioStep, walk: Walk, session: Session) -> Mapping[str, object]:
    """Read the process variables if the step expects any: restoring a case takes time."""
    if "variables" not in step.then:
        return {}
    return walk.application.engine.variables(walk.instance_id(step.when), session)


def _different(key: str, wanted: object, found: Mapping[str, object]) -> Iterable[str]:
    for name, value in _items(wanted):
        actual = _plain(found.get(name))
        if actual != _plain(value) and not _same_instant(found.get(name), value):
            yield f"{key} {name} should be {value!r}, but is {actual!r}"


def _plain(value: object) -> object:
    if isinstance(value, float):
        return to_json(Decimal(str(value)))
    return to_json(value)


def _same_instant(found: object, wanted: object) -> bool:
    return isinstance(found, datetime) and isinstance(wanted, str) and found == instant(wanted)


def _items(wanted: object) -> Iterable[tuple[str, object]]:
    return wanted.items() if isinstance(wanted, Mapping) else ()


def _local(found: datetime | None) -> str:
    return "never" if found is None else found.isoformat()


def _report(
    package: str, results: tuple[ScenarioResult, ...], model: ProcessModel
) -> ScenarioReport:
    walked = {flow for result in results for flow in result.flows}
    reached = {end for result in results for end in result.ends}
    names = {element.id: element.name or element.id for element in model.elements}
    ends = [element for element in model.elements if element.type == "endEvent"]
    return ScenarioReport(
        package=package,
        results=results,
        unwalked_flows=tuple(
            Part(id=flow.id, words=f"{names[flow.source]} → {names[flow.target]}")
            for flow in model.flows
            if flow.id not in walked
        ),
        unreached_ends=tuple(
            Part(id=end.id, words=names[end.id]) for end in ends if end.id not in reached
        ),
        flow_count=len(model.flows),
        end_count=len(ends),
    )
