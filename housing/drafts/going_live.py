"""Puts approved drafts in service on their day; asked by the scheduler, restart-safe, each once."""

import logging

from engine.clock import Clock
from engine.db import Database
from engine.errors import DeploymentRefused
from engine.process_engine import ProcessEngine
from housing.drafts import queries, service
from housing.drafts.errors import DraftNotInState, DraftOutdated

log = logging.getLogger(__name__)


def run(*, database: Database, engine: ProcessEngine, clock: Clock) -> int:
    """Put every approved draft in service whose day has come, each in a transaction of its own.

    One that cannot go is open again, with the reason in its history.

    Returns:
        How many went into service.
    """
    with database.reading() as session:
        waiting = queries.due(clock.now(), session=session)
    return sum(_put(draft_id, database, engine, clock) for draft_id in waiting)


def _put(draft_id: str, database: Database, engine: ProcessEngine, clock: Clock) -> bool:
    try:
        with database.unit_of_work() as session:
            service.put_in_service(draft_id, session=session, engine=engine, clock=clock)
    except DraftNotInState:  # another worker was faster, or it was withdrawn
        return False
    except (DraftOutdated, DeploymentRefused) as error:
        log.warning("draft %s cannot go into service: %s", draft_id, error)
        why = "outdated" if isinstance(error, DraftOutdated) else "refused"
        with database.unit_of_work() as session:
            service.stop(draft_id, why, session=session, clock=clock)
        return False
    return True
