"""Messages and signals from programs outside: each takes effect once, however often it is sent."""

from datetime import timedelta

import flask
from flask import Blueprint, Response

from engine.letters import TIME_TO_LIVE
from engine.typed_values import from_typed
from engine.types import Actor
from webapp import current
from webapp.api import guard
from webapp.api.requests import body

LONGEST_NAME = 100
LONGEST_KEY = 64
LONGEST_ID = 80
LONGEST_LIFE_MS = 365 * 24 * 3600 * 1000
MILLISECOND = timedelta(milliseconds=1)

pages = Blueprint("messages", __name__, url_prefix="/api")
guard.install(pages)


@pages.post("/messages")
def publish_message() -> Response:
    """Send a message to whoever waits for it; the same id again changes nothing.

    JSON: `name`, optional `correlation`, `variables` (typed as in Camunda 7), `messageId`, and
    `timeToLive` in milliseconds.
    """
    sent, application = body(), current.application()
    name = sent.text("name", longest=LONGEST_NAME)
    life = sent.number("timeToLive", int(TIME_TO_LIVE / MILLISECOND), LONGEST_LIFE_MS)
    with application.unit_of_work() as session:
        message_id = application.engine.publish_message(
            name,
            sent.text("correlation", "", longest=LONGEST_KEY) or None,
            from_typed(sent.value("variables")),
            ttl=life * MILLISECOND,
            message_id=_letter_id("messageId"),
            by=_program(),
            session=session,
        )
    return _accepted(message_id)


@pages.post("/signals")
def publish_signal() -> Response:
    """Send a signal to all who wait for it; the same id again changes nothing.

    JSON: `name`, optional `variables` (typed as in Camunda 7) and `signalId`.
    """
    sent, application = body(), current.application()
    with application.unit_of_work() as session:
        signal_id = application.engine.publish_signal(
            sent.text("name", longest=LONGEST_NAME),
            from_typed(sent.value("variables")),
            signal_id=_letter_id("signalId"),
            by=_program(),
            session=session,
        )
    return _accepted(signal_id)


def _program() -> Actor:
    """Name the program of this request in histories."""
    name = guard.program()
    return Actor(id=f"program:{name}"[:64], name=name[:100])


def _letter_id(name: str) -> str | None:
    """Read the sender's own id; those of two programs never meet."""
    given = body().text(name, "", longest=LONGEST_ID)
    return f"{guard.program()}:{given}" if given else None


def _accepted(letter_id: str) -> Response:
    answer = flask.jsonify(id=letter_id)
    answer.status_code = 202  # it is delivered after this answer
    return answer
