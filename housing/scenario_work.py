"""The long work of running the scenarios of a draft, with its report as it is kept."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine.deployments import content_hash
from engine.errors import EngineError
from housing.bootstrap import Application
from housing.drafts import queries as drafts
from housing.records.rules import to_json
from housing.scenario_checks import Mismatch
from housing.scenario_city import in_service
from housing.scenario_runs import service
from housing.scenario_runs.rules import (
    FAILED,
    PASSED,
    SET_ASIDE,
    Act,
    Difference,
    Obstacle,
    Outcome,
    Part,
    Report,
)
from housing.scenarios import ScenarioReport, ScenarioResult, play, programme_of


def run(
    application: Application, params: Mapping[str, Any], report: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    """Run all scenarios of a draft as it stands now and keep what they show.

    Args:
        application: the house; the scenarios are played in one of their own.
        params: run_id, draft_id.
        report: takes scenarios done, scenarios in all, the title of the next.

    Raises:
        DraftNotFound: the draft is gone.
        DeploymentRefused: its diagram or a decision has errors.
    """
    with application.reading() as session:
        draft = drafts.draft(params["draft_id"], session=session)
        files = drafts.files(draft.id, session=session)
    beside = partial(in_service, application)
    found = summary(play(programme_of(draft.package, files, beside), report))
    with application.unit_of_work() as session:
        service.keep(
            params["run_id"], content_hash(files), found, session=session, clock=application.clock
        )
    return {state: found.count(state) for state in (PASSED, FAILED, SET_ASIDE)}


def summary(report: ScenarioReport) -> Report:
    """Put the report of a run into values that can be kept."""
    return Report(
        outcomes=tuple(_outcome(each) for each in report.results),
        unwalked_flows=tuple(Part(id=each.id, words=each.words) for each in report.unwalked_flows),
        unreached_ends=tuple(Part(id=each.id, words=each.words) for each in report.unreached_ends),
        flow_count=report.flow_count,
        end_count=report.end_count,
    )


def obstacle(act: Act | None, error: EngineError) -> Obstacle:
    """Keep an error so that its sentence can be said in any language later."""
    fields = {name: to_json(value) for name, value in vars(error).items()}
    return Obstacle(
        act=act,
        error=type(error).__name__,
        sentence=type(error).__doc__ or "",
        fields={
            name: value if isinstance(value, str | int) else str(value)
            for name, value in fields.items()
        },
    )


def _outcome(result: ScenarioResult) -> Outcome:
    state = FAILED if result.has_failed else PASSED
    return Outcome(
        id=result.id,
        title=result.title,
        state=SET_ASIDE if result.set_aside else state,
        reason=result.set_aside,
        obstacle=obstacle(_act(result, result.stop.step), result.stop.error)
        if result.stop
        else None,
        differences=tuple(_difference(result, each) for each in result.mismatches),
    )


def _act(result: ScenarioResult, position: int) -> Act | None:
    if position >= len(result.steps):
        return None
    when = result.steps[position].when
    return Act(step=position, kind=when.kind, subject=when.subject, login=when.login)


def _difference(result: ScenarioResult, found: Mismatch) -> Difference:
    when = result.steps[found.step].when
    return Difference(
        act=Act(step=found.step, kind=when.kind, subject=when.subject, login=when.login),
        key=found.key,
        name=found.name,
        expected=to_json(found.expected),
        actual=to_json(found.actual),
    )
