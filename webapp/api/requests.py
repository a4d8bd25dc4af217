"""Read the JSON bodies of the REST interface."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import flask

from engine.external_tasks import TopicRequest

LONGEST_LOCK_MS = 7 * 24 * 3600 * 1000
MOST_TASKS = 100
MOST_TOPICS = 100


class Body:
    """The JSON object of a request; what does not fit is a bad request (400)."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: str | None = None, longest: int = 64) -> str:
        """Read a text; it is required without a default."""
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value or len(value) > longest:
            flask.abort(400, f"{name} must be a text of 1 to {longest} characters")
        return value

    def number(self, name: str, default: int | None, largest: int) -> int:
        """Read a whole number from 0 to `largest`; it is required without a default."""
        value = self._values.get(name)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
            flask.abort(400, f"{name} must be a whole number from 0 to {largest}")
        return value

    def milliseconds(self, name: str, default: int | None = None) -> timedelta:
        """Read a period."""
        return timedelta(milliseconds=self.number(name, default, LONGEST_LOCK_MS))

    def is_true(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return self._values.get(name) is True

    def value(self, name: str) -> object:
        """Read anything."""
        return self._values.get(name)

    def topics(self) -> list[TopicRequest]:
        """Read what a worker asks for."""
        topics = self._values.get("topics")
        if not isinstance(topics, list) or not 0 < len(topics) <= MOST_TOPICS:
            flask.abort(400, f"topics must be a list of 1 to {MOST_TOPICS}")
        return [_topic(each) for each in topics]


def body() -> Body:
    """Read the body of this request."""
    values = flask.request.get_json(force=True)
    if not isinstance(values, dict):
        flask.abort(400, "the body must be a JSON object")
    return Body(values)


def _topic(entry: object) -> TopicRequest:
    if not isinstance(entry, dict):
        flask.abort(400, "a topic must be a JSON object")
    values, names = Body(entry), entry.get("variables")
    if names is not None and not isinstance(names, list):
        flask.abort(400, "variables must be a list of names")
    lock = values.milliseconds("lockDuration")
    if not lock:
        flask.abort(400, "lockDuration must be greater than 0")
    return TopicRequest(
        name=values.text("topicName", longest=200),
        lock=lock,
        variables=None if names is None else frozenset(str(name) for name in names),
        only_local=values.is_true("localVariables"),
    )
