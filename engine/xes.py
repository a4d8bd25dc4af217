"""Event logs of a process as XES (IEEE 1849), written piece by piece, without names of people.

Cases are named by a keyed hash that nobody can turn back without the key; who did something is
told by role only. A user task gives the transitions schedule, start (taken over), complete and
withdraw of the standard's life cycle; everything else is complete at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from hmac import new as keyed_hash
from itertools import groupby
from typing import Any

from lxml import etree
from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from engine.calendar import TAIPEI
from engine.mining import Chosen, ended_cases
from engine.tables import history, process_definition, process_instance, user_task

NAMESPACE = "http://www.xes-standard.org/"
VERSION = "1849.2016"

TRANSITIONS: Mapping[str, str] = {
    "task_created": "schedule",
    "task_claimed": "start",
    "task_completed": "complete",
    "task_cancelled": "withdraw",
    "service_done": "complete",
    "script_done": "complete",
    "decision_made": "complete",
    "timer_fired": "complete",
    "message_received": "complete",
    "message_thrown": "complete",
    "signal_received": "complete",
    "signal_thrown": "complete",
    "end_reached": "complete",
}
"""Kinds of lines of the history that become events, and their transition in the life cycle."""

_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
_UNKNOWN_TIME = "1970-01-01T00:00:00.000+00:00"
_NOBODY = "system"
_PSEUDONYM_DIGITS = 16
_AT_ONCE = 2_000


def document(chosen: Chosen, *, key: bytes, session: Session) -> Iterator[bytes]:
    """Write the log of the cases that ended in the period.

    Args:
        chosen: which cases.
        key: secret of the house; the same key gives the same case the same pseudonym.
        session: stays open until the last piece is taken.

    Yields:
        Pieces of UTF-8 XML.
    """
    yield _head(chosen)
    rows = session.execute(_query(chosen).execution_options(yield_per=_AT_ONCE))
    for instance_id, group in groupby(rows, key=lambda row: str(row.instance_id)):
        yield _trace(instance_id, list(group), key)
    yield b"</log>\n"


def pseudonym(own_id: str, key: bytes) -> str:
    """Name a case or a task so that nobody without the key can find it."""
    return keyed_hash(key, f"xes:{own_id}".encode(), sha256).hexdigest()[:_PSEUDONYM_DIGITS]


def _query(chosen: Chosen) -> Select[Any]:
    """Select the lines of the history with the role of the task they are about, in order."""
    details = history.c.details
    token = func.coalesce(details["token_id"].as_string(), details["task_id"].as_string())
    task = and_(user_task.c.id == token, history.c.kind.like("task%"))
    return (
        select(
            history.c.instance_id,
            history.c.kind,
            history.c.element_id,
            history.c.element_name,
            history.c.at,
            token.label("token_id"),
            user_task.c.candidate_group,
            user_task.c.lane,
            process_definition.c.version,
        )
        .select_from(
            history.join(process_instance).join(process_definition).outerjoin(user_task, task)
        )
        .where(*ended_cases(chosen), history.c.kind.in_(tuple(TRANSITIONS)))
        .order_by(history.c.instance_id, history.c.id)
    )


def _head(chosen: Chosen) -> bytes:
    extensions = "".join(
        f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
        for name, prefix, uri in _EXTENSIONS
    )
    name = etree.Element("string", {"key": "concept:name", "value": chosen.process_key})
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<log xes.version="{VERSION}" xes.features="" xmlns="{NAMESPACE}">\n'
        f"{extensions}"
        '  <global scope="trace">\n'
        '    <string key="concept:name" value=""/>\n'
        "  </global>\n"
        '  <global scope="event">\n'
        '    <string key="concept:name" value=""/>\n'
        '    <string key="lifecycle:transition" value="complete"/>\n'
        f'    <date key="time:timestamp" value="{_UNKNOWN_TIME}"/>\n'
        f'    <string key="org:role" value="{_NOBODY}"/>\n'
        "  </global>\n"
        '  <classifier name="Activity" keys="concept:name"/>\n'
        '  <classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>\n'
        f"  {etree.tostring(name, encoding='unicode')}\n"
        '  <string key="lifecycle:model" value="standard"/>\n'
    ).encode()


def _trace(instance_id: str, rows: Sequence[Row[Any]], key: bytes) -> bytes:
    trace = etree.Element("trace")
    _attribute(trace, "string", "concept:name", pseudonym(instance_id, key))
    _attribute(trace, "int", "process:version", str(rows[0].version))
    for row in rows:
        _event(trace, row, key)
    etree.indent(trace, level=1)
    return b"  " + etree.tostring(trace, encoding="UTF-8") + b"\n"


def _event(trace: etree._Element, row: Row[Any], key: bytes) -> None:
    event = etree.SubElement(trace, "event")
    _attribute(event, "string", "concept:name", row.element_name or row.element_id)
    if row.token_id:
        _attribute(event, "string", "concept:instance", pseudonym(row.token_id, key))
    _attribute(event, "string", "bpmn:element", row.element_id)
    _attribute(event, "string", "lifecycle:transition", TRANSITIONS[row.kind])
    _attribute(event, "date", "time:timestamp", _instant(row.at))
    _attribute(event, "string", "org:role", row.candidate_group or row.lane or _NOBODY)


def _attribute(parent: etree._Element, kind: str, key: str, value: str) -> None:
    etree.SubElement(parent, kind, {"key": key, "value": value})


def _instant(at: datetime) -> str:
    """Write an instant with milliseconds and the zone of the office."""
    return at.astimezone(TAIPEI).isoformat(timespec="milliseconds")
