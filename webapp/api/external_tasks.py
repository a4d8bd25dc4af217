"""External tasks in the protocol and under the paths of Camunda 7, so that its clients work."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.metadata import version

import flask
from flask import Blueprint, Response

from engine.external_tasks import ExternalTask, TaskFilter, TopicRequest
from engine.typed_values import from_typed, to_typed
from webapp import current
from webapp.api import guard
from webapp.api.requests import MOST_TASKS, Body, body

LONGEST_WAIT_MS = 30 * 60 * 1000
LONGEST_HELD = timedelta(seconds=25)
"""A long poll is answered empty after this at the latest; the worker asks again."""

LOOK = timedelta(milliseconds=250)
"""A waiting request looks this often whether there is work."""

MOST_WAITING = 12
"""Requests that wait at one time in one server process; others are answered at once."""

MOST_LISTED = 1000
LARGEST_NUMBER = 2**31 - 1

pages = Blueprint("external_tasks", __name__, url_prefix="/engine-rest")
guard.install(pages)
_waiting = threading.BoundedSemaphore(MOST_WAITING)
_never = threading.Event()


@pages.get("/engine")
def list_engines() -> Response:
    """Name the engine."""
    return flask.jsonify([{"name": "default"}])


@pages.get("/version")
def show_version() -> Response:
    """Tell the version of Anju."""
    return flask.jsonify(version=version("anju"))


@pages.post("/external-task/fetchAndLock")
def fetch_and_lock() -> Response:
    """Lock tasks for a worker; wait for some when there are none and he is willing to."""
    sent = body()
    topics = sent.topics()
    wait = sent.milliseconds("asyncResponseTimeout", 0)
    tasks = _fetch(sent, topics)
    if not tasks and wait and _waiting.acquire(blocking=False):
        try:
            tasks = _fetch(sent, topics) if _wait_for_work(topics, wait) else ()
        finally:
            _waiting.release()
    return flask.jsonify([_locked(task) for task in tasks])


def _fetch(sent: Body, topics: Sequence[TopicRequest]) -> tuple[ExternalTask, ...]:
    """Take the writer's turn only when there is something to take."""
    application = current.application()
    tasks = application.engine.external_tasks
    worker, most = sent.text("workerId"), sent.number("maxTasks", None, LARGEST_NUMBER)
    with application.reading() as session:
        if not tasks.has_free([topic.name for topic in topics], session):
            return ()
    with application.unit_of_work() as session:
        return tasks.fetch_and_lock(
            worker,
            topics,
            min(most, MOST_TASKS),
            by_priority=sent.is_true("usePriority"),
            session=session,
        )


def _wait_for_work(topics: Sequence[TopicRequest], wait: timedelta) -> bool:
    """Look now and then, with no transaction open in between."""
    application = current.application()
    names = [topic.name for topic in topics]
    for _ in range(int(min(wait, LONGEST_HELD) / LOOK)):
        _never.wait(LOOK.total_seconds())
        with application.reading() as session:
            if application.engine.external_tasks.has_free(names, session):
                return True
    return False


@pages.post("/external-task/<task_id>/complete")
def complete(task_id: str) -> Response:
    """Complete a task with its variables."""
    sent, application = body(), current.application()
    values = {**from_typed(sent.value("localVariables")), **from_typed(sent.value("variables"))}
    with application.unit_of_work() as session:
        application.engine.external_tasks.complete(
            task_id, sent.text("workerId"), values, session=session
        )
    return _done()


@pages.post("/external-task/<task_id>/failure")
def fail(task_id: str) -> Response:
    """Report a failure; without retries it becomes an incident."""
    sent, application = body(), current.application()
    parts = [sent.value("errorMessage"), sent.value("errorDetails")]
    reason = "\n".join(str(part) for part in parts if part)[:4000]
    failure = (
        reason,
        sent.number("retries", 0, LARGEST_NUMBER),
        sent.milliseconds("retryTimeout", 0),
    )
    with application.unit_of_work() as session:
        application.engine.external_tasks.fail(
            task_id, sent.text("workerId"), failure, session=session
        )
    return _done()


@pages.post("/external-task/<task_id>/bpmnError")
def throw_error(task_id: str) -> Response:
    """Raise a BPMN error at a task."""
    sent, application = body(), current.application()
    error = (sent.text("errorCode", longest=200), str(sent.value("errorMessage") or ""))
    values = from_typed(sent.value("variables"))
    with application.unit_of_work() as session:
        application.engine.external_tasks.throw_error(
            task_id, sent.text("workerId"), error, values, session=session
        )
    return _done()


@pages.post("/external-task/<task_id>/extendLock")
def extend_lock(task_id: str) -> Response:
    """Let a worker keep a task for longer."""
    sent, application = body(), current.application()
    with application.unit_of_work() as session:
        application.engine.external_tasks.extend(
            task_id, sent.text("workerId"), sent.milliseconds("newDuration"), session=session
        )
    return _done()


@pages.post("/external-task/<task_id>/unlock")
def unlock(task_id: str) -> Response:
    """Let any worker fetch a task again."""
    application = current.application()
    with application.unit_of_work() as session:
        application.engine.external_tasks.unlock(task_id, session=session)
    return _done()


@pages.get("/external-task")
def list_tasks() -> Response:
    """List the tasks that wait or failed."""
    asked = flask.request.args
    first = asked.get("firstResult", 0, type=int)
    most = asked.get("maxResults", MOST_LISTED, type=int)
    page = max(first, 0), min(max(most, 0), MOST_LISTED)
    application = current.application()
    with application.reading() as session:
        tasks = application.engine.external_tasks.listed(_filter(), page, session)
    return flask.jsonify([_described(task) for task in tasks])


@pages.get("/external-task/count")
def count_tasks() -> Response:
    """Count the tasks that wait or failed."""
    application = current.application()
    with application.reading() as session:
        return flask.jsonify(count=application.engine.external_tasks.count(_filter(), session))


def _filter() -> TaskFilter:
    asked = flask.request.args
    return TaskFilter(
        id=asked.get("externalTaskId"),
        topic=asked.get("topicName"),
        worker_id=asked.get("workerId"),
        instance_id=asked.get("processInstanceId"),
        process_key=asked.get("processDefinitionKey"),
        is_locked=_either("locked", "notLocked"),
        has_retries=_either("withRetriesLeft", "noRetriesLeft"),
    )


def _either(yes: str, no: str) -> bool | None:
    asked = flask.request.args
    if asked.get(yes) == "true":
        return True
    return False if asked.get(no) == "true" else None


def _done() -> Response:
    return Response(status=204)


def _locked(task: ExternalTask) -> dict[str, object]:
    return {**_described(task), "variables": to_typed(task.variables), "extensionProperties": {}}


def _described(task: ExternalTask) -> dict[str, object]:
    return {
        "id": task.id,
        "topicName": task.topic,
        "workerId": task.worker_id,
        "lockExpirationTime": _instant(task.locked_until),
        "createTime": _instant(task.created_at),
        "retries": task.retries,
        "errorMessage": task.error,
        "errorDetails": None,
        "priority": task.priority,
        "activityId": task.element_id,
        "activityInstanceId": task.token_id,
        "executionId": task.token_id,
        "processInstanceId": task.instance_id,
        "businessKey": task.business_key,
        "suspended": task.is_suspended,
        "processDefinitionId": task.definition_id,
        "processDefinitionKey": task.process_key,
        "processDefinitionVersionTag": None,
        "tenantId": None,
    }


def _instant(value: datetime | None) -> object:
    return None if value is None else to_typed({"at": value})["at"]["value"]
