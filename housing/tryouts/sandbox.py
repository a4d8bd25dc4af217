"""A draft at work in a sandbox: begin, act, move the clock, take back, begin again.

Each step works on a fresh copy of the database of the step before. So a step that is refused, or
that ends with the server, leaves nothing behind, and taking back is forgetting a copy.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.calendar import TAIPEI
from engine.clock import FrozenClock
from engine.deployments import content_hash
from engine.errors import EngineError
from housing.bootstrap import Application
from housing.scenario_checks import observe
from housing.scenario_city import (
    FOUNDED_AT,
    Resources,
    copy_database,
    deploy,
    deployable,
    found_city,
    in_service,
    open_city,
)
from housing.scenario_script import Scenario, instant, parse
from housing.scenario_walk import Walk
from housing.scenarios import read
from housing.tryouts import store
from housing.tryouts.errors import NothingIsDue, NothingToTakeBack, TryoutTooLong
from housing.tryouts.store import Place, Step, Trial

MOST_STEPS = 100
MOST_JOBS = 300
"""Jobs that may fire in one step of a trial: a person waits for the page."""

KEPT_COPIES = 12
"""Databases of the newest steps that are kept; what lies further back is played again."""

FAR = timedelta(days=20 * 366)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """How a trial is to begin.

    Attributes:
        files: of the draft.
        now: where the clock stands.
        example: the scenario whose acts are proposed, as in its file; None for none.
    """

    draft_id: str
    account_id: str
    package: str
    files: Resources
    now: datetime
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sandbox:
    """An opened trial: what is written down, and the city as it stands after its last step."""

    place: Place
    trial: Trial
    walk: Walk

    @property
    def application(self) -> Application:
        """The sandbox's own house."""
        return self.walk.application

    @property
    def now(self) -> datetime:
        """Where its clock stands."""
        return self.walk.clock.now()


def place_of(application: Application, draft_id: str, account_id: str) -> Place:
    """Tell where a person's trial of a draft lies."""
    return Place.of(application.settings.var, draft_id, account_id)


def purge(application: Application) -> int:
    """Throw away the trials that nobody used for a day, and tell how many."""
    return store.purge(application.settings.var, application.system_clock.now())


def open_trial(application: Application, wanted: Wanted) -> Place:
    """Found a sandbox with a draft deployed; then a former one of the same person and draft goes.

    Raises:
        DeploymentRefused: the draft has errors.
        ScenarioInvalid: the example cannot be read.
    """
    now = application.system_clock.now()
    place = place_of(application, wanted.draft_id, wanted.account_id)
    scenario = read(wanted.example) if wanted.example else None
    with place.locked():
        ready = place.staged()
        ready.prepare(wanted.files)
        try:
            process = _found(application, ready, wanted, scenario)
        except EngineError:
            ready.clear()
            raise
        ready.write(
            Trial(
                draft_id=wanted.draft_id,
                account_id=wanted.account_id,
                package=wanted.package,
                process=process,
                content_hash=content_of(wanted.files),
                given={"now": _text(wanted.now), "also": list(scenario.also) if scenario else []},
                example=scenario.id if scenario else "",
                script=acts_of(wanted.example) if wanted.example else [],
                used_at=now.isoformat(),
            )
        )
        place.take_over(ready)
    store.purge(application.settings.var, now)
    return place


@contextmanager
def opened(place: Place) -> Iterator[Sandbox]:
    """Open a trial to look at it.

    Raises:
        TryoutNotFound: it has ended.
    """
    with place.locked():
        trial = place.read()
        with _at(place, trial, len(trial.steps)) as sandbox:
            yield sandbox


def act(
    place: Place, when: Mapping[str, Any], now: datetime, *, keeps_refusal: bool = False
) -> Step:
    """Do something in a trial and write it down; what is refused leaves nothing behind.

    Args:
        place: of the trial.
        when: the act, as in the file of a scenario.
        now: of the machine's clock.
        keeps_refusal: whether a refusal is a step too: what must not be possible.

    Raises:
        EngineError: it was refused, or cannot be done.
        TryoutTooLong: the trial has too many steps.
        TryoutNotFound: as `opened`.
    """
    with place.locked():
        trial = place.read()
        step = _append(place, trial, when, keeps_refusal=keeps_refusal)
        trial.used_at = now.isoformat()
        place.write(trial)
        return step


def follow(place: Place, count: int, now: datetime) -> int:
    """Play the next acts of the scenario that the trial follows.

    Returns:
        How many were played; fewer than wanted when the script ends.

    Raises:
        EngineError: the next one was refused; those before it stay.
    """
    done = 0
    while done < count and (script := _script(place)):
        act(place, script[0], now)
        done += 1
    return done


def next_due(place: Place) -> datetime:
    """Tell when the next timer, reminder or message of a trial falls due.

    Raises:
        NothingIsDue: nothing waits.
    """
    with opened(place) as sandbox:
        found = next_instant(sandbox)
    if found is None:
        raise NothingIsDue
    return found


def next_instant(sandbox: Sandbox) -> datetime | None:
    """Tell when the next thing falls due in an opened trial; None when nothing waits."""
    with sandbox.application.reading() as session:
        due = sandbox.application.engine.due_jobs(session, sandbox.now + FAR, 1)
    return max(due[0].due_at, sandbox.now) if due else None


def take_back(place: Place, now: datetime) -> None:
    """Forget the last step; if its forerunner's copy is gone, play all up to there again.

    Raises:
        NothingToTakeBack: there is none.
        TryoutNotFound: as `opened`.
    """
    with place.locked():
        trial = place.read()
        if not trial.steps:
            raise NothingToTakeBack
        place.drop_database(len(trial.steps))
        gone = trial.steps.pop()
        if gone.is_scripted:
            trial.script.insert(0, gone.when)
        trial.used_at = now.isoformat()
        if not place.database(len(trial.steps)).exists():
            _replay(place, trial)
        place.write(trial)


def begin_again(application: Application, place: Place, files: Resources) -> EngineError | None:
    """Begin a trial again with other files of its draft and do the same steps.

    Returns:
        None when all steps could be done again, else why the first one that could not was refused.

    Raises:
        DeploymentRefused: the draft has errors; the trial stays as it is.
        TryoutNotFound: as `opened`.
    """
    with place.locked():
        old = place.read()
    wanted = Wanted(
        draft_id=old.draft_id,
        account_id=old.account_id,
        package=old.package,
        files=files,
        now=instant(old.given["now"]),
        example={"id": old.example, "given": old.given, "steps": []},
    )
    open_trial(application, wanted)
    now = application.system_clock.now()
    with place.locked():
        trial = place.read()
        trial.example = old.example
        trial.script = [*(each.when for each in old.steps if each.is_scripted), *old.script]
        place.write(trial)
    for each in old.steps:
        try:
            act(place, each.when, now, keeps_refusal=each.is_refused)
        except EngineError as error:
            return error
    return None


def end(place: Place) -> None:
    """Throw a trial away."""
    with place.locked():
        place.clear()


def content_of(files: Resources) -> str:
    """Hash what a trial runs: the files of a draft without its scenarios."""
    return content_hash(deployable(files))


def acts_of(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the acts of a scenario as in its file, the start first, without those to be refused."""
    given = raw["given"]
    steps = [each for each in raw["steps"] if "refused" not in (each.get("then") or {})]
    first = [{"start": given["start"]}] if "start" in given else []
    return [*first, *(each["when"] for each in steps)]


def _found(house: Application, place: Place, wanted: Wanted, scenario: Scenario | None) -> str:
    """Make the database of step 0 and name the draft's process."""
    clock = FrozenClock(FOUNDED_AT)
    application = open_city(place.folder, clock, place.database(0))
    try:
        found_city(application, clock)
        clock.set(wanted.now)
        beside = [in_service(house, each) for each in (scenario.also if scenario else ())]
        with application.unit_of_work() as session:
            return deploy([*beside, wanted.files], application, session).key
    finally:
        application.dispose()


@contextmanager
def _at(place: Place, trial: Trial, step: int, *, database: int | None = None) -> Iterator[Sandbox]:
    """Open the city as it stands after so many steps, or another copy of it, to go on there."""
    last = trial.steps[step - 1] if step else None
    clock = FrozenClock(instant(last.at if last else trial.given["now"]))
    file = place.database(step if database is None else database)
    application = open_city(place.folder, clock, file)
    walk = Walk(
        application=application,
        process=trial.process,
        clock=clock,
        most_jobs=MOST_JOBS,
        stops_at_failures=False,
        cases=list(last.cases if last else ()),
        flows=list(last.flows if last else ()),
        ends=list(last.ends if last else ()),
    )
    try:
        yield Sandbox(place=place, trial=trial, walk=walk)
    finally:
        application.dispose()


def _append(
    place: Place, trial: Trial, when: Mapping[str, Any], *, keeps_refusal: bool = False
) -> Step:
    """Do an act on a copy of the newest database, which becomes the newest one if it is done."""
    count = len(trial.steps)
    if count >= MOST_STEPS:
        raise TryoutTooLong(MOST_STEPS)
    place.drop_database(count + 1)
    copy_database(place.database(count), place.database(count + 1))
    try:
        step = _do(place, trial, when)
    except EngineError as error:
        place.drop_database(count + 1)
        if not keeps_refusal:
            raise
        copy_database(place.database(count), place.database(count + 1))
        step = _refused(trial, when, error)
    step.is_scripted = bool(trial.script) and _is_same(trial.script[0], when)
    if step.is_scripted:
        trial.script.pop(0)
    trial.steps.append(step)
    if (old := count + 1 - KEPT_COPIES) > 0:
        place.drop_database(old)
    return step


def _refused(trial: Trial, when: Mapping[str, Any], error: EngineError) -> Step:
    """Write down that an act was refused: all else is as before it."""
    last = trial.steps[-1] if trial.steps else None
    return Step(
        when=when,
        then={"refused": type(error).__name__},
        at=last.at if last else trial.given["now"],
        cases=list(last.cases if last else ()),
        flows=list(last.flows if last else ()),
        ends=list(last.ends if last else ()),
    )


def _do(place: Place, trial: Trial, when: Mapping[str, Any]) -> Step:
    (step,) = parse({"id": "trial", "given": trial.given, "steps": [{"when": when}]}).steps
    count = len(trial.steps)
    with _at(place, trial, count, database=count + 1) as sandbox:
        walk = sandbox.walk
        walk.act(step.when)
        notices = walk.notices()
        return Step(
            when=when,
            then=observe(step.when, walk, notices),
            at=_text(sandbox.now),
            cases=walk.cases,
            flows=walk.flows,
            ends=walk.ends,
        )


def _replay(place: Place, trial: Trial) -> None:
    """Do all steps again from the nearest copy that is kept."""
    steps = list(trial.steps)
    kept = max(step for step in range(len(steps) + 1) if place.database(step).exists())
    scripted = [each.when for each in trial.steps[kept:] if each.is_scripted]
    trial.script = [*scripted, *trial.script]
    del trial.steps[kept:]
    for each in steps[kept:]:
        _append(place, trial, each.when, keeps_refusal=each.is_refused)


def _script(place: Place) -> Sequence[Mapping[str, Any]]:
    with place.locked():
        return place.read().script


def _is_same(proposed: Mapping[str, Any], done: Mapping[str, Any]) -> bool:
    """Tell whether an act is the proposed one, perhaps with other answers."""
    kinds = ("start", "complete", "message", "do", "extend", "waive", "advance", "advance_to")
    for kind in kinds:
        if kind in proposed:
            return kind in done and (kind == "start" or proposed[kind] == done[kind])
    return False


def _text(moment: datetime) -> str:
    return moment.astimezone(TAIPEI).isoformat()
