"""Run the scenarios of a package and tell which sequence flows no scenario walked."""

import json
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bpmn import catalogue
from engine.errors import EngineError
from engine.records import ProcessModel
from housing import packages
from housing.errors import ScenarioInvalid, ScenarioOperationFailed
from housing.scenario_checks import Mismatch, mismatches
from housing.scenario_city import City, Resources
from housing.scenario_script import Scenario, ScenarioStep, parse
from housing.scenario_walk import Walk
from housing.subjects import FACT_KINDS

FOLDER = "scenarios/"
SET_ASIDE = "set_aside"
"""Key of a scenario file: who set it aside, when and why; it is not played then."""

Progress = Callable[[int, int, str], None]
"""Takes scenarios done, scenarios in all, and the title of the next; may raise to stop the run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """An act of a scenario that could not be played.

    Attributes:
        step: its position, from 0.
        error: what was in its way.
    """

    step: int
    error: EngineError


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioResult:
    """How one scenario went.

    Attributes:
        steps: of the scenario; empty when it cannot be read.
        stop: the act at which it could not be played on; None when all were played.
        mismatches: every expectation that did not hold, in order.
        set_aside: why somebody set it aside; "" for one that was played.
        flows, ends: sequence flows walked and end events reached, by id.
    """

    id: str
    title: str
    steps: tuple[ScenarioStep, ...] = ()
    stop: Stop | None = None
    mismatches: tuple[Mismatch, ...] = ()
    set_aside: str = ""
    flows: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()

    @property
    def has_passed(self) -> bool:
        """Tell whether it was played and every expectation held."""
        return self.stop is None and not self.mismatches and not self.set_aside

    @property
    def has_failed(self) -> bool:
        """Tell whether it was played and something was otherwise."""
        return not self.has_passed and not self.set_aside

    @property
    def failure(self) -> str | None:
        """Say the first thing that went wrong, in plain English; None when nothing did."""
        if self.mismatches:
            return f"{self._where(self.mismatches[0].step)}: {self.mismatches[0]}"
        if self.stop is not None:
            said = f"{type(self.stop.error).__name__}: {self.stop.error}"
            return f"{self._where(self.stop.step)}: {said}"
        return None

    def _where(self, position: int) -> str:
        if position >= len(self.steps):
            return "file"
        when = self.steps[position].when
        return f"step {position} ({when.kind} {when.subject})"


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
        return sum(result.has_failed for result in self.results)


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme:
    """What is to be run: a package in some state, and its scenarios.

    Attributes:
        resources: of the package, those of the diagram and all it needs.
        scenarios: as in their files.
        beside: gives the resources of a package that scenarios ask for beside it.
    """

    package: str
    resources: Resources
    scenarios: Sequence[Mapping[str, object]]
    beside: Callable[[str], Resources] = packages.resources


def run(package: str, ids: Collection[str] | None = None) -> ScenarioReport:
    """Run the scenarios of a shipped package, each in an untouched city.

    Args:
        package: name of a folder in `bpmn/`.
        ids: only these scenarios; None runs all.

    Raises:
        FileNotFoundError: there is no such package.
        DeploymentRefused: the package cannot be deployed.
    """
    wanted = [
        each for each in catalogue.scenarios(package) if ids is None or str(each.get("id")) in ids
    ]
    return play(Programme(package=package, resources=packages.resources(package), scenarios=wanted))


def shipped_files(package: str) -> Resources:
    """Give the shipped scenarios of a package as files, as a draft holds its own; {} without."""
    shipped = catalogue.scenarios(package) if package in catalogue.packages() else []
    return {f"{FOLDER}{each.get('id')}.json": json.dumps(each).encode() for each in shipped}


def programme_of(
    package: str, files: Resources, beside: Callable[[str], Resources] = packages.resources
) -> Programme:
    """Take a draft's files for a programme: shipped scenarios, changed or joined by its own.

    Args:
        package: whose shipped scenarios are run; one that is not shipped has none.
        files: of the draft, its scenarios as `scenarios/<id>.json`.
        beside: gives the resources of another shipped package.
    """
    shipped = catalogue.scenarios(package) if package in catalogue.packages() else []
    found = {str(each.get("id")): each for each in shipped}
    for name in sorted(each for each in files if each.startswith(FOLDER)):
        raw = json.loads(files[name])
        scenario_id = PurePosixPath(name).stem
        found[scenario_id] = {**raw, "id": scenario_id} if isinstance(raw, dict) else {}
    return Programme(
        package=package,
        resources=files,
        scenarios=[found[each] for each in sorted(found)],
        beside=beside,
    )


def read(raw: Mapping[str, object]) -> Scenario:
    """Read a scenario from its JSON, for this house.

    Raises:
        ScenarioInvalid: a key is missing or unknown, or there is no package that it asks for.
    """
    scenario = parse(raw, FACT_KINDS)
    if strange := sorted({*scenario.also} - {*catalogue.packages()}):
        raise ScenarioInvalid(scenario.id, f"there is no package {', '.join(strange)}")
    return scenario


def play(programme: Programme, progress: Progress | None = None) -> ScenarioReport:
    """Run scenarios, each in an untouched city; one that cannot be read is a failed one.

    Raises:
        DeploymentRefused: the package cannot be deployed.
    """
    given = [_read(raw) for raw in programme.scenarios]
    names = sorted({name for each in given if isinstance(each, Scenario) for name in each.also})
    with tempfile.TemporaryDirectory(prefix="anju-scenarios-") as folder:
        also = {name: programme.beside(name) for name in names}
        city = City.found(programme.resources, also, Path(folder))
        try:
            results = tuple(_play_all(given, city, progress))
        finally:
            city.application.dispose()
        return _report(programme.package, results, city.model)


def lines(report: ScenarioReport) -> Iterator[str]:
    """Say a report in lines: each scenario by its sentence, then what was left out."""
    for result in report.results:
        yield f"{_mark(result)} {result.id}: {result.title}"
        if result.failure is not None:
            yield f"     {result.failure}"
    walked = report.flow_count - len(report.unwalked_flows)
    reached = report.end_count - len(report.unreached_ends)
    yield f"{report.package}: sequence flows walked {walked}/{report.flow_count}"
    yield from (f"     not walked: {part.id} ({part.words})" for part in report.unwalked_flows)
    yield f"{report.package}: end events reached {reached}/{report.end_count}"
    yield from (f"     not reached: {part.id} ({part.words})" for part in report.unreached_ends)


def take(step: ScenarioStep, walk: Walk) -> str | None:
    """Do what a step says; give the name of the error with which it was refused as expected.

    Raises:
        EngineError: it could not be done, or an operation failed.
    """
    expected = step.then.get("refused")
    try:
        walk.act(step.when)
    except EngineError as error:
        if expected is None:
            raise
        return type(error).__name__
    for instance_id in walk.cases:
        if failed := walk.failed_operations(instance_id):
            raise ScenarioOperationFailed(failed[0])
    return None


def _mark(result: ScenarioResult) -> str:
    if result.set_aside:
        return "skip"
    return "ok  " if result.has_passed else "FAIL"


def _read(raw: Mapping[str, object]) -> Scenario | ScenarioResult:
    """Read a scenario; one set aside or unreadable has its result at once."""
    scenario_id, title = str(raw.get("id") or "?"), str(raw.get("title") or raw.get("id") or "?")
    aside = raw.get(SET_ASIDE)
    if isinstance(aside, Mapping):
        return ScenarioResult(id=scenario_id, title=title, set_aside=str(aside.get("reason")))
    try:
        return read(raw)
    except ScenarioInvalid as error:
        return ScenarioResult(id=scenario_id, title=title, stop=Stop(step=0, error=error))


def _play_all(
    given: Sequence[Scenario | ScenarioResult], city: City, progress: Progress | None
) -> Iterator[ScenarioResult]:
    for position, each in enumerate(given):
        if progress is not None:
            progress(position, len(given), each.title)
        yield _play(each, city.walk(each)) if isinstance(each, Scenario) else each


def _play(scenario: Scenario, walk: Walk) -> ScenarioResult:
    """Play on to the end, also over expectations that fail: the acts may still be possible."""
    found: list[Mismatch] = []
    stop: Stop | None = None
    for position, step in enumerate(scenario.steps):
        try:
            refused = take(step, walk)
            if refused is None:
                found += mismatches(position, step, walk)
        except EngineError as error:
            stop = Stop(step=position, error=error)
            break
        if refused is not None and refused != step.then["refused"]:
            found.append(_otherwise_refused(position, step, refused))
    return ScenarioResult(
        id=scenario.id,
        title=scenario.title,
        steps=scenario.steps,
        stop=stop,
        mismatches=tuple(found),
        flows=frozenset(walk.flows),
        ends=frozenset(walk.ends),
    )


def _otherwise_refused(position: int, step: ScenarioStep, refused: str) -> Mismatch:
    expected = step.then["refused"]
    return Mismatch(step=position, key="refused", name="", expected=expected, actual=refused)


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
