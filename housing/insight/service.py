"""Keep simulations, and forget old ones."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.insight.assumptions import Assumptions
from housing.insight.models import SimulationRun
from housing.insight.results import Result

KIND = "simulation"
"""Kind of the long work; see `housing.background_kinds`."""

KEPT = timedelta(days=730)
"""How long a simulation is kept."""


def keep(  # noqa: PLR0913  # each is a word of the field of its own
    process_key: str,
    content_hash: str,
    base_id: str | None,
    *,
    given: Assumptions,
    result: Result,
    session: Session,
    clock: Clock,
) -> str:
    """Keep what a simulation showed.

    Args:
        process_key: the simulated process.
        content_hash: of the simulated files, as `engine.deployments.content_hash`.
        base_id: the version it was held against, if there was one.
        given: what was assumed.
        result: what it showed.
        session: of the caller's unit of work.
        clock: of the business.

    Returns:
        The id of the run.
    """
    made = SimulationRun(
        id=uuid4().hex,
        process_key=process_key,
        content_hash=content_hash,
        base_id=base_id,
        assumptions=given.as_json(),
        result=result.as_json(),
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made.id


def purge(*, session: Session, clock: Clock) -> None:
    """Forget what was simulated long ago."""
    session.execute(delete(SimulationRun).where(SimulationRun.made_at < clock.now() - KEPT))
