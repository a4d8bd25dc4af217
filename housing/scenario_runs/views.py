"""Read what runs of scenarios showed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.background import queries as background
from housing.background.errors import BackgroundTaskNotFound
from housing.background.queries import Work
from housing.scenario_runs.models import ScenarioRun
from housing.scenario_runs.rules import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class RunState:
    """How it stands with the scenarios of some content.

    Attributes:
        kind: missing (never run, stopped, or broken off), running or done.
        run_id: of the newest run; "" when there is none.
        work: the newest run's work in the background, while it is known.
        report: what it showed, once it is done.
        ended_at: when it was done.
    """

    kind: str
    run_id: str = ""
    work: Work | None = None
    report: Report | None = None
    ended_at: datetime | None = None

    @property
    def is_fit(self) -> bool:
        """Tell whether all were run and none fails that nobody has set aside."""
        return self.report is not None and self.report.is_fit


def scenario_state(content_hash: str, *, session: Session) -> RunState:
    """Tell whether the scenarios were run with some content, and what that showed.

    Args:
        content_hash: `engine.deployments.content_hash` of all files of a draft.
        session: any.
    """
    newest = (
        select(ScenarioRun)
        .where(ScenarioRun.content_hash == content_hash)
        .order_by(ScenarioRun.report.is_(None), ScenarioRun.ordered_at.desc())
        .limit(1)
    )
    return _state(session.scalars(newest).first(), session)


def newest_of(draft_id: str, *, session: Session) -> RunState:
    """Tell how the newest run of a draft stands, whatever its content was then."""
    newest = (
        select(ScenarioRun)
        .where(ScenarioRun.draft_id == draft_id)
        .order_by(ScenarioRun.ordered_at.desc(), ScenarioRun.id)
        .limit(1)
    )
    return _state(session.scalars(newest).first(), session)


def _state(run: ScenarioRun | None, session: Session) -> RunState:
    if run is None:
        return RunState(kind="missing")
    work = _work(run.task_id, session)
    if run.report is not None:
        return RunState(
            kind="done",
            run_id=run.id,
            work=work,
            report=Report.from_json(run.report),
            ended_at=run.ended_at,
        )
    kind = "running" if work is not None and work.is_open else "missing"
    return RunState(kind=kind, run_id=run.id, work=work)


def _work(task_id: str, session: Session) -> Work | None:
    try:
        return background.task(task_id, session)
    except BackgroundTaskNotFound:
        return None
