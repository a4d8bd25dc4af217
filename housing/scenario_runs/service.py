"""Order runs of scenarios, stop them, keep what they showed, ask for them."""

from uuid import uuid4

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.background import service as background
from housing.scenario_runs.errors import (
    ScenarioRunNotFound,
    ScenariosFailed,
    ScenariosNotRun,
    ScenariosStillRunning,
)
from housing.scenario_runs.models import ScenarioRun
from housing.scenario_runs.rules import FAILED, Report
from housing.scenario_runs.views import newest_of, scenario_state

KIND = "scenario_run"
"""Of the work in the background."""


def order(  # noqa: PLR0913  # each is a word of the field of its own
    draft_id: str, content_hash: str, *, title: str, by: Actor, session: Session, clock: Clock
) -> str:
    """Order a run of all scenarios of a draft; one that still runs for the same content is kept.

    Returns:
        The id of the run.
    """
    state = newest_of(draft_id, session=session)
    if state.kind == "running":
        run = session.get_one(ScenarioRun, state.run_id)
        if run.content_hash == content_hash:
            return run.id
        background.stop(run.task_id, session=session, clock=clock)
    run_id = uuid4().hex
    params = {"run_id": run_id, "draft_id": draft_id}
    task_id = background.order(KIND, params, title=title, by=by, session=session, clock=clock)
    session.add(
        ScenarioRun(
            id=run_id,
            draft_id=draft_id,
            content_hash=content_hash,
            task_id=task_id,
            ordered_by=by.id,
            ordered_at=clock.now(),
        )
    )
    session.flush()
    return run_id


def stop(draft_id: str, *, session: Session, clock: Clock) -> None:
    """Stop the run of a draft's scenarios, if one is under way."""
    state = newest_of(draft_id, session=session)
    if state.kind == "running" and state.work is not None:
        background.stop(state.work.id, session=session, clock=clock)


def keep(run_id: str, content_hash: str, report: Report, *, session: Session, clock: Clock) -> None:
    """Keep what a run showed, with the content that it really tried.

    Raises:
        ScenarioRunNotFound: nobody ordered it.
    """
    run = session.get(ScenarioRun, run_id)
    if run is None:
        raise ScenarioRunNotFound
    run.content_hash, run.report, run.ended_at = content_hash, report.as_json(), clock.now()


def ensure_fit(content_hash: str, *, session: Session) -> None:
    """Refuse content whose scenarios were not all run, or of which one fails that stands.

    Raises:
        ScenariosNotRun, ScenariosStillRunning, ScenariosFailed: accordingly.
    """
    state = scenario_state(content_hash, session=session)
    if state.kind == "running":
        raise ScenariosStillRunning
    if state.report is None:
        raise ScenariosNotRun
    if failed := state.report.count(FAILED):
        raise ScenariosFailed(failed)
