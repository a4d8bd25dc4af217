"""On whose behalf this request's person acts, and for whom he stands in."""

import flask

from engine import queries as engine_queries
from engine.records import UserTask
from engine.types import Actor
from housing.deputies import queries as deputies
from housing.deputies.acting import acting_for
from housing.deputies.queries import StandIn
from housing.deputies.views import AbsenceView
from housing.people import queries as people
from webapp import current


def actor_on(task: UserTask) -> Actor:
    """Tell as whom this request's person acts on a task: as himself or for its absent holder.

    Raises:
        NotAllowed: a conflict of interest, or another deputy comes first.
    """
    application = current.application()
    with application.reading() as session:
        return acting_for(task, current.actor(), session=session, at=application.clock.now())


def actor_on_task(task_id: str) -> Actor:
    """Tell the same by the id of the task.

    Raises:
        UserTaskNotFound: there is no such task.
        NotAllowed: as `actor_on`.
    """
    with current.application().reading() as session:
        task = engine_queries.task(task_id, session)
    return actor_on(task)


def task_ids() -> tuple[str, ...]:
    """List the ids of the tasks that this request's person does for absent colleagues."""
    application = current.application()
    with application.reading() as session:
        return deputies.tasks_stood_in_for(session, current.actor().id, application.clock.now())


def name_of(account_id: str | None) -> str:
    """Name the person on whose behalf something is done; "" for nobody."""
    if not account_id:
        return ""
    with current.application().reading() as session:
        return people.names_of([account_id], session=session).get(account_id, "")


def banner() -> "Banner | None":
    """Tell a worker for whom he stands in and whether he is away himself; once a request."""
    if "standing_in" not in flask.g:
        flask.g.standing_in = _banner() if current.person() and current.is_worker() else None
    found: Banner | None = flask.g.standing_in
    return found


Banner = tuple[tuple[StandIn, ...], AbsenceView | None]
"""For whom somebody stands in, and his own running absence."""


def _banner() -> Banner | None:
    application, me = current.application(), current.actor().id
    with application.reading() as session:
        now = application.clock.now()
        stand_ins = deputies.stand_ins_of(session, me, now)
        own = deputies.absent_now(session, [me], now).get(me)
    return (stand_ins, own) if stand_ins or own else None
