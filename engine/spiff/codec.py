"""Store the state of an instance: one small row a task, compressed; specs come from the definition.

Values that JSON lacks are written as {"$d": [kind, text]}; no process variable has a name that
begins with "$", so nothing a user types can be taken for one.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import zstandard
from SpiffWorkflow.task import Task

from engine.errors import StateNotReadable
from engine.spiff.definition import Definition
from engine.spiff.runtime import Runtime
from engine.spiff.workflows import Instance, ProcessSpec, SubInstance
from feel.values import YearMonthDuration

FORMAT = b"\x01"
"""First byte of a blob; a new layout gets a new one."""

_TAG = "$d"
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def dump(top: Instance, definition_ref: str) -> bytes:
    """Write the state of an instance that has come to rest.

    Only task ids, states and variables are stored; drain the record of the step before.
    """
    state = {
        "ref": definition_ref,
        "variables": top.data,
        "completed": top.completed,
        "rows": _rows(top),
        "inner": [
            [key.hex, _name_of(inside, definition_ref), inside.completed, _rows(inside)]
            for key, inside in sorted(top.subprocesses.items(), key=lambda item: item[1].depth)
        ],
    }
    text = orjson.dumps(state, default=_tag, option=_OPTIONS)
    return FORMAT + zstandard.ZstdCompressor(level=1).compress(text)


def load(definition: Definition, blob: bytes, runtime: Runtime) -> Instance:
    """Restore an instance from its blob.

    Raises:
        StateNotReadable: it is damaged, of another format or of another definition.
    """
    state = _read(blob)
    if state.get("ref") != definition.ref:
        raise StateNotReadable(f"it belongs to {state.get('ref')}, not to {definition.ref}")
    try:
        return _restore(definition, state, runtime)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise StateNotReadable(f"{type(error).__name__} {error}") from error


def to_plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Turn variables into what JSON can hold without loss, such as for the payload of a job."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(values, default=_tag, option=_OPTIONS))
    return plain


def from_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what `to_plain` made back into variables."""
    return {name: _untag(value) for name, value in values.items()}


def _restore(definition: Definition, state: dict[str, Any], runtime: Runtime) -> Instance:
    specs = dict(definition.specs)
    top = Instance((specs[definition.key], specs), runtime, deserializing=True)
    top.data, top.completed = state["variables"], state["completed"]
    _load_rows(top, state["rows"])
    for key, name, completed, rows in state["inner"]:
        spec = _spec_of(name, specs, runtime)
        inside = SubInstance(spec, uuid.UUID(hex=key), top, deserializing=True)
        inside.completed = completed
        _load_rows(inside, rows)
        top.subprocesses[inside.parent_task_id] = inside
    return top


def _name_of(inside: SubInstance, definition_ref: str) -> str | list[str]:
    """Name a sub-process; one of a called process with the reference of its definition."""
    spec = inside.spec
    return str(spec.name) if spec.ref == definition_ref else [spec.ref, spec.name]


def _spec_of(name: Any, specs: Mapping[str, ProcessSpec], runtime: Runtime) -> ProcessSpec:
    return specs[name] if isinstance(name, str) else runtime.library.pinned(name[0]).specs[name[1]]


def _rows(workflow: Any) -> list[tuple[object, ...]]:
    """Write tasks, parents first: id, row of the parent, state, spec and what the task knows."""
    rows: list[tuple[object, ...]] = []
    stack: list[tuple[Task, int]] = [(workflow.task_tree, -1)]
    while stack:
        task, parent = stack.pop()
        row = (task.id.hex, parent, task.state, task.task_spec.name, task.internal_data or None)
        stack.extend((child, len(rows)) for child in reversed(task.children))
        rows.append(row)
    return rows


def _load_rows(workflow: Any, rows: list[Any]) -> None:
    tasks: list[Task] = []
    for row in rows:
        task = _task(workflow, row)
        if row[1] < 0:
            workflow.task_tree = task
        else:
            parent = tasks[row[1]]
            task._parent = parent.id
            parent._children.append(task.id)
        tasks.append(task)
        workflow.tasks[task.id] = task


def _task(workflow: Any, row: list[Any]) -> Task:
    """Make a task without the constructor of SpiffWorkflow, which would make it a new one."""
    task = Task.__new__(Task)
    task.id, task.workflow, task._parent, task._children = uuid.UUID(hex=row[0]), workflow, None, []
    task._state, task.task_spec = row[2], workflow.spec.task_specs[row[3]]
    task.internal_data, task.data = row[4] or {}, {}
    task.triggered, task.thread_id, task.last_state_change = False, 0, 0.0
    return task


def _read(blob: bytes) -> dict[str, Any]:
    if blob[:1] != FORMAT:
        raise StateNotReadable("its format is unknown")
    try:
        text = zstandard.ZstdDecompressor().decompress(blob[1:])
        state = orjson.loads(text)
    except (zstandard.ZstdError, orjson.JSONDecodeError) as error:
        raise StateNotReadable(str(error)) from error
    restored: dict[str, Any] = _untag(state) if b'"$d"' in text else state
    return restored


def _tag(value: object) -> dict[str, list[str]]:
    for kind, (type_, write, _) in _KINDS.items():
        if isinstance(value, type_):
            return {_TAG: [kind, *write(value)]}
    raise TypeError(f"a process cannot store {type(value).__name__}")


def _untag(value: Any) -> Any:
    if isinstance(value, list):
        return [_untag(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _TAG in value:
        kind, *parts = value[_TAG]
        return _KINDS[kind][2](*parts)
    return {name: _untag(item) for name, item in value.items()}


def _write_zoned(value: Any) -> list[str]:
    zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
    return [value.isoformat(), zone]


def _read_datetime(text: str, zone: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value.astimezone(ZoneInfo(zone)) if zone else value


def _read_time(text: str, zone: str) -> time:
    value = time.fromisoformat(text)
    return value.replace(tzinfo=ZoneInfo(zone)) if zone else value


def _write_duration(value: Any) -> list[str]:
    return [str(value.days), str(value.seconds), str(value.microseconds)]


def _read_duration(days: str, seconds: str, microseconds: str) -> timedelta:
    return timedelta(days=int(days), seconds=int(seconds), microseconds=int(microseconds))


_Kind = tuple[type, Callable[[Any], list[str]], Callable[..., object]]
_KINDS: Mapping[str, _Kind] = {
    "number": (Decimal, lambda v: [str(v)], Decimal),
    "datetime": (datetime, _write_zoned, _read_datetime),
    "date": (date, lambda v: [v.isoformat()], date.fromisoformat),
    "time": (time, _write_zoned, _read_time),
    "duration": (timedelta, _write_duration, _read_duration),
    "months": (YearMonthDuration, lambda v: [str(v.months)], lambda t: YearMonthDuration(int(t))),
}
