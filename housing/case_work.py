"""Suspend, resume, cancel or retry many cases as long work: each is a transaction of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from engine import queries
from engine.errors import EngineError
from engine.types import Actor
from housing.bootstrap import Application
from housing.kept_errors import keep

KIND = "case_verbs"

SUSPEND, RESUME, RETRY, CANCEL = "suspend", "resume", "retry", "cancel"
VERBS = (SUSPEND, RESUME, RETRY, CANCEL)
"""What can be done to many cases at once."""

MOST = 2000
"""So many cases one order may name."""


def obstacle(verb: str, status: str, incidents: int) -> str:
    """Tell why a verb does not fit a case: a code, or "" when it fits.

    Args:
        verb: one of VERBS.
        status: of the instance.
        incidents: open ones.
    """
    is_over = status in {"completed", "cancelled"}
    if is_over:
        return "ended"
    if verb == RESUME:
        return "" if status == "suspended" else "not_suspended"
    if verb == CANCEL:
        return ""
    if status == "suspended":
        return "suspended"
    return "no_incident" if verb == RETRY and not incidents else ""


def run(
    application: Application, params: Mapping[str, Any], report: Callable[[int, int, str], None]
) -> Mapping[str, Any]:
    """Do one verb to cases, one after the other; one that cannot be done stops no other.

    Args:
        application: the wired house.
        params: verb, instances (ids), reason, by (id and name of who ordered it).
        report: takes cases done, cases in all, and the number of the case.

    Returns:
        Under "items" each case's number, outcome (done, skipped or failed), why it was skipped
        and the kept error.
    """
    ids, items = list(params["instances"]), []
    by = Actor(id=str(params["by"]["id"]), name=str(params["by"]["name"]))
    for done, instance_id in enumerate(ids, start=1):
        item = _do(application, str(params["verb"]), instance_id, (str(params["reason"]), by))
        items.append(item)
        report(done, len(ids), str(item["number"]))
    return {"items": items}


def _do(
    application: Application, verb: str, instance_id: str, stamp: tuple[str, Actor]
) -> Mapping[str, Any]:
    engine, (reason, by) = application.engine, stamp
    with application.reading() as session:
        case = queries.instance(instance_id, session)
        open_incidents = queries.incidents(session, instance_id=instance_id)
    found = {"number": case.business_key, "why": ""}
    if why := obstacle(verb, case.status, len(open_incidents)):
        return {**found, "outcome": "skipped", "why": why}
    try:
        with application.unit_of_work() as session:
            if verb == RETRY:
                for each in open_incidents:
                    engine.retry(each.id, by=by, session=session, reason=reason)
            elif verb == SUSPEND:
                engine.suspend(instance_id, reason=reason, by=by, session=session)
            elif verb == RESUME:
                engine.resume(instance_id, reason=reason, by=by, session=session)
            else:
                engine.cancel(instance_id, reason=reason, by=by, session=session)
    except EngineError as error:
        return {**found, "outcome": "failed", "error": keep(error)}
    return {**found, "outcome": "done"}
