"""Do an order for many tasks, at once or as long work: each task is a transaction of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import EngineError
from engine.types import Actor
from housing.bootstrap import Application
from housing.bulk import queries, service
from housing.bulk.rules import Refusal
from housing.people import queries as people
from housing.slices import Desk

KIND = "bulk"

Report = Callable[[int, int, str], None]


def run(application: Application, params: Mapping[str, Any], report: Report) -> Mapping[str, Any]:
    """Do what is left of an order; what was done before an interruption stays done.

    Args:
        application: the wired house.
        params: batch (id of a confirmed order), by (id of the account that ordered it).
        report: takes tasks done, tasks in all, and the number of the case.
    """
    batch_id = str(params["batch"])
    by = _now_of(application, str(params["by"]))
    with application.reading() as session:
        left = queries.waiting(batch_id, session)
        total = queries.batch(batch_id, by, session).total
    if not by.groups:
        with application.unit_of_work() as session:
            service.refuse_rest(batch_id, Refusal(code="locked_out"), session=session)
        left = ()
    for done, (task_id, number) in enumerate(left, start=total - len(left) + 1):
        _do(application, batch_id, task_id, by)
        report(done, total, number)
    with application.unit_of_work() as session:
        service.finish(batch_id, by=by, session=session, clock=application.clock)
    return {"batch": batch_id}


def run_at_once(application: Application, batch_id: str, by: Actor) -> None:
    """Do a small order while the person waits."""
    run(application, {"batch": batch_id, "by": by.id}, lambda *_far: None)


def _now_of(application: Application, account_id: str) -> Actor:
    """Read who acts with the rights of this moment; a disabled account has none."""
    with application.reading() as session:
        account = people.account(account_id, session=session)
    actor = account.actor
    return actor if account.state == "active" else Actor(id=actor.id, name=actor.name)


def _do(application: Application, batch_id: str, task_id: str, by: Actor) -> None:
    try:
        with application.unit_of_work() as session:
            desk = Desk(
                by=by,
                engine=application.engine,
                session=session,
                clock=application.clock,
                vault=application.vault,
                is_demo=application.settings.is_demo,
            )
            service.do(batch_id, task_id, desk)
    except EngineError as error:
        with application.unit_of_work() as session:
            service.note_failure(batch_id, task_id, error, session=session)
