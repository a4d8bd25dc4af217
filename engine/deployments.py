"""Process definitions: check, store as a new version, compile once and keep by content hash."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select

from engine.decisions import DecisionModel, parse_decisions
from engine.errors import DefinitionNotFound, DeploymentRefused, Problem
from engine.records import ProcessDefinition
from engine.service_tasks import BUILT_IN_TOPICS
from engine.spiff.definition import Definition, compile_process
from engine.spiff.findings import Known
from engine.spiff.linter import lint
from engine.tables import process_definition, resource
from engine.types import Actor

CACHED_DEFINITIONS = 128

_LATEST = (
    select(*process_definition.c)
    .where(process_definition.c.key == bindparam("key"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)
_RESOURCES = (
    select(resource.c.name, resource.c.content)
    .where(resource.c.definition_id == bindparam("definition_id"))
    .order_by(resource.c.name)
)
_INSERT = insert(process_definition)
_INSERT_RESOURCE = insert(resource)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledProcess:
    """A process ready to run, with the decisions of its own version.

    Attributes:
        decisions: id of a decision to the model that holds it.
    """

    definition: Definition
    decisions: Mapping[str, DecisionModel]


class _Cache:
    """Keeps the compiled definitions used last. Safe for threads; compiling twice does no harm."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, CompiledProcess] = OrderedDict()

    def get(self, key: str, compile_new: Callable[[], CompiledProcess]) -> CompiledProcess:
        """Read what is kept under a key, or make and keep it."""
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = compile_new()
        with self._guard:
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made


_CACHE = _Cache(CACHED_DEFINITIONS)


def content_hash(resources: Mapping[str, bytes]) -> str:
    """Hash all resources with their names, in 64 hexadecimal digits; the order does not matter."""
    digest = sha256()
    for name in sorted(resources):
        for part in (name.encode(), resources[name]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def deploy(
    resources: Mapping[str, bytes],
    known_topics: frozenset[str],
    stamp: tuple[Actor, datetime],
    connection: Connection,
) -> ProcessDefinition:
    """Store a process as the next version of its key, unless the newest one is the same.

    Args:
        resources: file names to contents: one `.bpmn`, any `.dmn`, forms as `forms/<key>.json`.
        known_topics: topics that somebody serves.
        stamp: who deploys, and when.
        connection: of the caller's transaction.

    Raises:
        DeploymentRefused: with every problem found.
    """
    by, at = stamp
    checked = check(resources, known_topics)
    definition, digest = checked.definition, checked.definition.ref
    _CACHE.get(digest, lambda: checked)
    newest = find_latest(definition.key, connection)
    if newest is not None and newest.content_hash == digest:
        return newest
    deployed = ProcessDefinition(
        id=uuid4().hex,
        key=definition.key,
        version=1 if newest is None else newest.version + 1,
        name=definition.name,
        content_hash=digest,
        deployed_at=at,
        deployed_by=by.id,
    )
    _insert(deployed, resources, connection)
    return deployed


def check(resources: Mapping[str, bytes], known_topics: frozenset[str]) -> CompiledProcess:
    """Check and compile a process before it is deployed.

    Raises:
        DeploymentRefused: with every problem found.
    """
    decisions, problems = _read_decisions(resources)
    known = Known(topics=known_topics, decisions=frozenset(decisions), forms=_forms_of(resources))
    bpmn = diagram_of(resources)
    try:
        definition = compile_process(bpmn, definition_ref=content_hash(resources), known=known)
    except DeploymentRefused as refusal:
        raise DeploymentRefused((*refusal.problems, *problems)) from refusal
    if problems:
        raise DeploymentRefused(tuple(problems))
    return CompiledProcess(definition=definition, decisions=decisions)


def check_diagram(bpmn: bytes, *, known_topics: frozenset[str]) -> list[Problem]:
    """Check one diagram by itself: its decisions and forms are taken for granted.

    Args:
        bpmn: the file.
        known_topics: topics that somebody serves; the engine's own are added.

    Returns:
        All problems, errors first; warnings would not refuse it.
    """
    return lint(bpmn, known_topics=known_topics | BUILT_IN_TOPICS)


def diagram_of(resources: Mapping[str, bytes]) -> bytes:
    """Find the one BPMN file.

    Raises:
        DeploymentRefused: there is none, or more than one.
    """
    names = [name for name in resources if name.endswith(".bpmn")]
    if len(names) != 1:
        advice = f"Deploy exactly one .bpmn file with its decisions and forms, not {len(names)}."
        raise DeploymentRefused((Problem(element_id="", element_name="", advice=advice),))
    return resources[names[0]]


def latest(key: str, connection: Connection) -> ProcessDefinition:
    """Read the newest version of a process.

    Raises:
        DefinitionNotFound: nothing of this key was deployed.
    """
    found = find_latest(key, connection)
    if found is None:
        raise DefinitionNotFound(key)
    return found


def find_latest(key: str, connection: Connection) -> ProcessDefinition | None:
    """Read the newest version of a process, or None when nothing of this key was deployed."""
    row = connection.execute(_LATEST, {"key": key}).mappings().first()
    return None if row is None else ProcessDefinition(**row)


def compiled(definition_id: str, digest: str, connection: Connection) -> CompiledProcess:
    """Read and compile a deployed process, or take it from the cache."""
    return _CACHE.get(digest, lambda: _compile(resources_of(definition_id, connection), digest))


def resources_of(definition_id: str, connection: Connection) -> Mapping[str, bytes]:
    """Read the files of a definition."""
    rows = connection.execute(_RESOURCES, {"definition_id": definition_id})
    return {row.name: row.content for row in rows}


def _compile(resources: Mapping[str, bytes], digest: str) -> CompiledProcess:
    """Compile what was checked when it was deployed."""
    decisions, problems = _read_decisions(resources)
    if problems:
        raise DeploymentRefused(tuple(problems))
    definition = compile_process(diagram_of(resources), definition_ref=digest)
    return CompiledProcess(definition=definition, decisions=decisions)


def _read_decisions(
    resources: Mapping[str, bytes],
) -> tuple[Mapping[str, DecisionModel], list[Problem]]:
    """Read every decision file; return the models by id of each decision, and what is wrong."""
    models: dict[str, DecisionModel] = {}
    problems: list[Problem] = []
    for name in sorted(resources):
        if not name.endswith(".dmn"):
            continue
        try:
            model = parse_decisions(resources[name])
        except DeploymentRefused as refusal:
            problems.extend(refusal.problems)
        else:
            models.update(dict.fromkeys(model.decision_ids, model))
    return models, problems


def _forms_of(resources: Mapping[str, bytes]) -> frozenset[str] | None:
    """Name the forms that are deployed along; None, so that nothing is checked, without any."""
    forms = [name for name in resources if name.startswith("forms/") and name.endswith(".json")]
    keys = (name.removeprefix("forms/").removesuffix(".json") for name in forms)
    return frozenset(keys) or None


def _insert(
    deployed: ProcessDefinition, resources: Mapping[str, bytes], connection: Connection
) -> None:
    connection.execute(
        _INSERT, {name: getattr(deployed, name) for name in ProcessDefinition.__dataclass_fields__}
    )
    connection.execute(
        _INSERT_RESOURCE,
        [
            {"definition_id": deployed.id, "name": name, "content": content}
            for name, content in resources.items()
        ],
    )
