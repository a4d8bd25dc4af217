"""The door of the REST interface: a token on every request, JSON errors, limits."""

import logging
import secrets
import threading
from collections import deque
from datetime import datetime, timedelta

import flask
from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from engine.errors import EngineError
from housing.tokens import service as tokens
from webapp import current
from webapp.errors import status_of

MOST_BODY_BYTES = 1024 * 1024
MOST_REQUESTS = 1200
PERIOD = timedelta(minutes=1)
"""A token makes at most MOST_REQUESTS requests a PERIOD, in one server process."""

logger = logging.getLogger(__name__)


class RateLimit:
    """Counts the requests of each caller in a sliding window. Safe for threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: dict[str, deque[datetime]] = {}

    def allows(self, caller: str, now: datetime) -> bool:
        """Count one request; False when there were too many."""
        with self._guard:
            seen = self._seen.setdefault(caller, deque())
            while seen and seen[0] <= now - PERIOD:
                seen.popleft()
            if len(seen) >= MOST_REQUESTS:
                return False
            seen.append(now)
            return True


def check_token() -> None:
    """Refuse a request without a token (401), and one too many (429)."""
    flask.request.max_content_length = MOST_BODY_BYTES
    application = current.application()
    with application.reading() as session:
        name = tokens.holder(_sent_token(), tokens.EXTERNAL_TASK, session=session)
    if name is None:
        flask.abort(401)
    flask.g.program = name
    limit: RateLimit = flask.current_app.extensions["anju_rate_limit"]
    if not limit.allows(name, application.system_clock.now()):
        flask.abort(429)


def program() -> str:
    """Name the token of this request."""
    return str(flask.g.program)


def _sent_token() -> str:
    """Read a Bearer token, or the password of Basic."""
    sent = flask.request.authorization
    if sent is None:
        return ""
    return (sent.token if sent.type == "bearer" else sent.password) or ""


def refusal(status: int, kind: str, message: str) -> Response:
    """Answer an error in Camunda's shape."""
    answer = flask.jsonify(type=kind, message=message)
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="anju"'
    return answer


def install(blueprint: Blueprint) -> None:
    """Let the routes of a blueprint answer errors in JSON."""
    blueprint.register_error_handler(EngineError, _show)
    blueprint.register_error_handler(HTTPException, _show_http)
    blueprint.register_error_handler(Exception, _show_unexpected)


def _show(error: Exception) -> Response:
    status = status_of(error)
    if status == 500:
        return _show_unexpected(error)
    # Camunda 7 calls both a task that is not the worker's and a value that does not fit bad.
    return refusal(404 if status == 404 else 400, type(error).__name__, str(error))


def _show_http(error: HTTPException) -> Response:
    kind = "InvalidRequestException" if error.code == 400 else "RestException"
    return refusal(error.code or 500, kind, error.description or error.name)


def _show_unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4).upper()
    path = flask.request.path
    logger.error("unexpected error %s at %s", reference, path, exc_info=error)
    return refusal(500, "RestException", f"unexpected error {reference}")
