"""A draft whose scenarios were run, for tests that are about what comes after."""

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.deployments import content_hash
from engine.types import SYSTEM
from housing.drafts import queries
from housing.scenario_runs import service
from housing.scenario_runs.rules import Report

NOTHING_FAILED = Report(
    outcomes=(), unwalked_flows=(), unreached_ends=(), flow_count=0, end_count=0
)


def note_fit(draft_id: str, *, session: Session, clock: Clock) -> None:
    """Note that the scenarios of a draft were run as it stands now, and none failed."""
    digest = content_hash(queries.files(draft_id, session=session))
    run_id = service.order(draft_id, digest, title="情境", by=SYSTEM, session=session, clock=clock)
    service.stop(draft_id, session=session, clock=clock)
    service.keep(run_id, digest, NOTHING_FAILED, session=session, clock=clock)
