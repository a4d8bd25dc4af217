"""What balancers and monitoring ask: does the process live, is it ready, what are its figures?"""

from collections.abc import Iterator
from ipaddress import ip_address
from secrets import compare_digest

import flask
from flask import Blueprint, Response

from engine import queue, workers
from engine.db import DatabaseFailed
from engine.workers import SILENCE
from housing.bootstrap import Application
from webapp import current, metrics

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def show() -> Response:
    """Answer 200 while the process lives; nothing else is asked."""
    return flask.jsonify(status="ok")


@pages.get("/readyz")
def ready() -> Response:
    """Answer 200 when requests can be served, else 503 with the reasons."""
    reasons = tuple(_reasons(current.application()))
    answer = flask.jsonify(status="not ready" if reasons else "ready", reasons=reasons)
    answer.status_code = 503 if reasons else 200
    return answer


@pages.get("/metrics")
def show_metrics() -> Response:
    """Give the figures to Prometheus: to this machine, or to whoever sends the token."""
    if not (_is_loopback() or _has_token()):
        refusal = Response("metrics are given to this machine, or with a token\n", status=401)
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    return Response(metrics.exposed(), content_type=metrics.CONTENT_TYPE)


def _reasons(application: Application) -> Iterator[str]:
    try:
        is_current = application.has_newest_schema()
    except DatabaseFailed:
        yield "the database cannot be reached"
        return
    if not is_current:
        yield "the schema is not the newest: run anju migrate"
        return
    now = application.system_clock.now()
    with application.reading() as session:
        is_working = any(each.is_alive(now) for each in workers.workers(session))
        lag = queue.lag(application.clock.now(), session)
    if lag > SILENCE and not is_working:
        yield "jobs are due and no worker was seen lately"


def _is_loopback() -> bool:
    """Tell whether the request comes from this machine and was not handed on by a proxy."""
    asked = flask.request
    if "Forwarded" in asked.headers or "X-Forwarded-For" in asked.headers:
        return False
    try:
        return ip_address(asked.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    token, sent = current.application().settings.metrics_token, flask.request.authorization
    if not token or sent is None or sent.type != "bearer":
        return False
    return compare_digest((sent.token or "").encode(), token.encode())
