"""Constraints on expressions, timers and other texts."""

import re
from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.standard.document import (
    Check,
    Document,
    Element,
    Rule,
    children,
    is_executable,
    tag,
    text,
)

_MIME = Rule(id="text-format", constraint="EXT010")
_FORMAL = Rule(id="formal-expression", constraint="EXT012", severity="info")
_EMPTY = Rule(id="empty-expression", constraint="EXT013")
_LANGUAGE = Rule(id="expression-language", constraint="EXT014")
_CONDITION = Rule(id="event-condition", constraint="EXT123")
_BOOLEAN = Rule(id="complex-behavior-condition", constraint="EXT072")
_DATE = Rule(id="timer-date", constraint="EXT132")
_DURATION = Rule(id="timer-duration", constraint="EXT134")
_ONE_TIMER = Rule(id="timer-choice", constraint="EXT131")
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

_EXPRESSIONS = (
    "conditionExpression",
    "loopCondition",
    "loopCardinality",
    "completionCondition",
    "timeDate",
    "timeDuration",
    "timeCycle",
    "activationCondition",
    "condition",
    "from",
    "to",
)
_REQUIRED = tuple(name for name in _EXPRESSIONS if name != "condition")
_TIMERS = ("timeDate", "timeDuration", "timeCycle")
_MIME_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;.*)?")
_URI = re.compile(r"([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;= -]|%[0-9A-Fa-f]{2})*")
_PERIOD = r"P(?=\d|T\d)(\d+([.,]\d+)?Y)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?W)?(\d+([.,]\d+)?D)?"
_PERIOD += r"(T(?=\d)(\d+([.,]\d+)?H)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?S)?)?"
_INSTANT = r"-?\d{4,}-\d\d-\d\d(T\d\d(:\d\d(:\d\d([.,]\d+)?)?)?(Z|[+-]\d\d:?\d\d)?)?"
_ISO = {
    "timeDate": re.compile(_INSTANT),
    "timeDuration": re.compile(f"[-+]?{_PERIOD}"),
}
_TIMER_RULES = {"timeDate": _DATE, "timeDuration": _DURATION}
_NO_BOOLEAN = re.compile(r"[-+]?\d+(\.\d+)?|\"[^\"]*\"|'[^']*'")


def annotations(document: Document) -> Iterator[Problem]:
    """Check the format of annotations."""
    for item in document.all("textAnnotation"):
        value = item.get("textFormat")
        if value and not _MIME_TYPE.fullmatch(value):
            yield _MIME.broken(
                item,
                sentence(
                    "textFormat %(value)s is no MIME type. Use text/plain.", value=repr(value)
                ),
            )


def expressions(document: Document) -> Iterator[Problem]:
    """Check that expressions have a text, a language and are formal."""
    for item in document.all(*_EXPRESSIONS):
        owner = _owner(item)
        language = item.get("language")
        if language and not _URI.fullmatch(language):
            yield _LANGUAGE.broken(
                owner,
                sentence(
                    "The language %(language)s is no URI. Correct it.", language=repr(language)
                ),
            )
        if not is_executable(item):
            continue
        formal = (item.get(_TYPE) or "").rpartition(":")[2] == "tFormalExpression"
        if not formal:
            yield _FORMAL.broken(
                owner, sentence("Its %(tag)s is taken as a formal expression.", tag=tag(item))
            )
        needed = tag(item) in _REQUIRED or tag(_parent(item)) == "complexBehaviorDefinition"
        if needed and not text(item):
            yield _EMPTY.broken(
                owner, sentence("Its %(tag)s is empty. Write it or remove it.", tag=tag(item))
            )


def conditions(document: Document) -> Iterator[Problem]:
    """Check the conditions of events and of complex behaviour."""
    for item in document.all("conditionalEventDefinition"):
        if is_executable(item) and not any(text(child) for child in children(item, "condition")):
            yield _CONDITION.broken(_owner(item), "It has no condition. Write one in FEEL.")
    for item in document.all("complexBehaviorDefinition"):
        for condition in children(item, "condition"):
            if _NO_BOOLEAN.fullmatch(text(condition)):
                advice = "Write a comparison."
                yield _BOOLEAN.broken(
                    _owner(item),
                    sentence(
                        "The condition of its behaviour is not true or false. %(advice)s",
                        advice=advice,
                    ),
                )


def timers(document: Document) -> Iterator[Problem]:
    """Check that the fixed text of a timer is ISO 8601."""
    for item in document.all("timerEventDefinition"):
        found = children(item, *_TIMERS)
        if len(found) > 1:
            yield _ONE_TIMER.broken(_owner(item), "It has several times. Keep one of them.")
    for name, pattern in _ISO.items():
        for item in document.all(name):
            value = text(item)
            if not value or value[0] in "=$#" or not is_executable(item):
                continue
            if not pattern.fullmatch(value):
                yield _TIMER_RULES[name].broken(
                    _owner(item),
                    sentence(
                        "%(name)s %(value)s is not ISO 8601. Write it so, or as =FEEL.",
                        name=name,
                        value=repr(value),
                    ),
                )


def _parent(item: Element) -> Element:
    parent = item.getparent()
    return item if parent is None else parent


def _owner(item: Element) -> Element:
    """Find the element of the drawing that an expression belongs to."""
    parts = ("Definition", "Characteristics", "Condition", "Expression")
    while not item.get("id") or tag(item).endswith(parts):
        parent = item.getparent()
        if parent is None:
            return item
        item = parent
    return item


CHECKS: tuple[Check, ...] = (annotations, expressions, conditions, timers)
