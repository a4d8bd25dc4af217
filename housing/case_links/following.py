"""The round of the scheduler: merged cases follow their lead case, needless questions go."""

import logging
from collections.abc import Callable
from functools import partial

from engine.clock import Clock
from engine.db import Database
from engine.errors import EngineError
from engine.process_engine import ProcessEngine
from housing.case_links import service

logger = logging.getLogger(__name__)


def follow_all(*, database: Database, engine: ProcessEngine, clock: Clock) -> int:
    """Look after each open merger and question in a transaction of its own.

    One that cannot be brought on now, such as a case that somebody is working on, stops no other;
    the next round tries again.

    Returns:
        How many were looked after.
    """
    with database.reading() as session:
        merges = service.open_merges(session=session, clock=clock)
        questions = service.open_dispatches(session=session)
    done = [
        *(_try(partial(service.follow_lead, it), database, engine, clock) for it in merges),
        *(
            _try(partial(service.drop_question, each), database, engine, clock)
            for each in questions
        ),
    ]
    return sum(done)


def _try(act: Callable[..., None], database: Database, engine: ProcessEngine, clock: Clock) -> bool:
    try:
        with database.unit_of_work() as session:
            act(engine=engine, session=session, clock=clock)
    except EngineError:
        logger.warning("a merged case or question could not be brought on", exc_info=True)
        return False
    return True
