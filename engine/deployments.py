"""Process definitions: check, store as a new version, compile once and keep by content hash."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, bindparam, insert, select

from engine.checking import Known as KnownNames
from engine.checking import check_file, constraint_errors
from engine.decisions import DecisionModel, parse_decisions, table_warnings
from engine.errors import DefinitionNotFound, DeploymentRefused, Problem
from engine.records import ProcessDefinition
from engine.sentences import sentence
from engine.service_tasks import BUILT_IN_TOPICS
from engine.spiff.calls import Called
from engine.spiff.definition import Definition, compile_process, keys_of
from engine.spiff.findings import Known
from engine.spiff.reading import read_xml
from engine.tables import process_definition, resource
from engine.types import Actor

log = logging.getLogger(__name__)

CACHED_DEFINITIONS = 128

_LATEST = (
    select(*process_definition.c)
    .where(process_definition.c.key == bindparam("key"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)
_VERSION = select(*process_definition.c).where(
    process_definition.c.key == bindparam("key"),
    process_definition.c.version == bindparam("version"),
)
_BY_CONTENT = select(*process_definition.c).where(
    process_definition.c.content_hash == bindparam("digest")
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

    def find_warnings(self) -> tuple[Problem, ...]:
        """List findings about the diagram and its decision tables that do not refuse them."""
        models = {id(model): model for model in self.decisions.values()}.values()
        tables = (problem for model in models for problem in table_warnings(model))
        return tuple(dict.fromkeys((*self.definition.warnings, *tables)))


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

    Returns:
        The first process of the file; the other executable ones are stored too.

    Raises:
        DeploymentRefused: with every problem found.
    """
    return deploy_all(resources, known_topics, stamp, connection)[0]


def deploy_all(
    resources: Mapping[str, bytes],
    known_topics: frozenset[str],
    stamp: tuple[Actor, datetime],
    connection: Connection,
) -> tuple[ProcessDefinition, ...]:
    """Store all executable processes of a file, like `deploy`.

    Raises:
        DeploymentRefused: with every problem found.
    """
    if unchanged := _find_unchanged(resources, connection):
        return unchanged
    found = check_all(resources, known_topics)
    return tuple(_deploy_one(checked, resources, stamp, connection) for checked in found)


def _find_unchanged(
    resources: Mapping[str, bytes], connection: Connection
) -> tuple[ProcessDefinition, ...]:
    """Read the newest versions if they are exactly these files, checked when they came; or ()."""
    try:
        keys = keys_of(diagram_of(resources))
    except DeploymentRefused:
        return ()
    newest = [find_latest(key, connection) for key in keys]
    digests = [_ref(resources, key, is_only=len(keys) == 1) for key in keys]
    found = tuple(each for each in newest if each is not None)
    is_same = [each.content_hash for each in found] == digests
    return found if is_same else ()


def _deploy_one(
    checked: CompiledProcess,
    resources: Mapping[str, bytes],
    stamp: tuple[Actor, datetime],
    connection: Connection,
) -> ProcessDefinition:
    by, at = stamp
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
    _log_warnings(deployed, checked)
    return deployed


def _log_warnings(deployed: ProcessDefinition, checked: CompiledProcess) -> None:
    for each in checked.find_warnings():
        where = f"{each.element_id} {each.element_name}".strip()
        if each.severity == "warning":
            log.warning("%s version %d: %s: %s", deployed.key, deployed.version, where, each.advice)


def check(resources: Mapping[str, bytes], known_topics: frozenset[str]) -> CompiledProcess:
    """Check and compile the first process of a file before it is deployed.

    Raises:
        DeploymentRefused: with every problem found.
    """
    return check_all(resources, known_topics)[0]


def check_all(
    resources: Mapping[str, bytes], known_topics: frozenset[str]
) -> tuple[CompiledProcess, ...]:
    """Check and compile all executable processes of a file before they are deployed.

    Raises:
        DeploymentRefused: with every problem found.
    """
    decisions, problems = _read_decisions(resources)
    known = Known(topics=known_topics, decisions=frozenset(decisions), forms=_forms_of(resources))
    bpmn = diagram_of(resources)
    found: list[Definition] = []
    try:
        keys = keys_of(bpmn)
    except DeploymentRefused as refusal:
        raise DeploymentRefused((*refusal.problems, *problems)) from refusal
    for key in keys:
        ref = _ref(resources, key, is_only=len(keys) == 1)
        try:
            found.append(compile_process(bpmn, definition_ref=ref, known=known, key=key))
        except DeploymentRefused as refusal:
            problems.extend(refusal.problems)
    problems.extend(constraint_errors(read_xml(bpmn)))
    if len(found) < len(keys) or problems:
        raise DeploymentRefused(tuple(dict.fromkeys(problems)))
    return tuple(CompiledProcess(definition=each, decisions=decisions) for each in found)


def _ref(resources: Mapping[str, bytes], key: str, *, is_only: bool) -> str:
    """Name the content of one process: the files, and which process of them if there are more."""
    digest = content_hash(resources)
    return digest if is_only else sha256(f"{digest} {key}".encode()).hexdigest()


def content_refs(resources: Mapping[str, bytes]) -> Mapping[str, str]:
    """Tell under which content hash each process of a file would be stored, by key.

    Raises:
        DeploymentRefused: there is no diagram, or none that can be read.
    """
    keys = keys_of(diagram_of(resources))
    return {key: _ref(resources, key, is_only=len(keys) == 1) for key in keys}


def check_diagram(
    bpmn: bytes,
    *,
    known_topics: frozenset[str],
    known_roles: frozenset[str] | None = None,
    known_forms: frozenset[str] | None = None,
    known_decisions: frozenset[str] | None = None,
) -> list[Problem]:
    """Check one diagram by itself.

    Args:
        bpmn: the file.
        known_topics: topics that somebody serves; the engine's own are added.
        known_roles: candidate groups that exist; None leaves them unchecked.
        known_forms: keys of forms that exist; None leaves them unchecked.
        known_decisions: ids of decisions that exist; None leaves them unchecked.

    Returns:
        All problems, errors first; warnings would not refuse it.
    """
    topics = known_topics | BUILT_IN_TOPICS
    known = KnownNames(
        topics=topics, decisions=known_decisions, forms=known_forms, roles=known_roles
    )
    return check_file(bpmn, known)


def diagram_of(resources: Mapping[str, bytes]) -> bytes:
    """Find the one BPMN file.

    Raises:
        DeploymentRefused: there is none, or more than one.
    """
    names = [name for name in resources if name.endswith(".bpmn")]
    if len(names) != 1:
        advice = sentence(
            "Deploy exactly one .bpmn file with its decisions and forms, not %(count)s.",
            count=len(names),
        )
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


def find_called(called: Called, connection: Connection) -> CompiledProcess | None:
    """Read the process that a call activity names, in its newest or the named version."""
    values: dict[str, object] = {"key": called.key, "version": called.version}
    query = _VERSION if called.binding == "version" else _LATEST
    return _compiled_row(query, values, connection)


def pinned(digest: str, connection: Connection) -> CompiledProcess | None:
    """Read a deployed process by what it holds; None if it is gone."""
    return _compiled_row(_BY_CONTENT, {"digest": digest}, connection)


def _compiled_row(
    query: Select[Any], values: Mapping[str, object], connection: Connection
) -> CompiledProcess | None:
    row = connection.execute(query, values).mappings().first()
    return None if row is None else compiled(row["id"], row["content_hash"], connection)


def resources_of(definition_id: str, connection: Connection) -> Mapping[str, bytes]:
    """Read the files of a definition."""
    rows = connection.execute(_RESOURCES, {"definition_id": definition_id})
    return {row.name: row.content for row in rows}


def _compile(resources: Mapping[str, bytes], digest: str) -> CompiledProcess:
    """Compile what was checked when it was deployed."""
    decisions, problems = _read_decisions(resources)
    if problems:
        raise DeploymentRefused(tuple(problems))
    bpmn = diagram_of(resources)
    keys = [k for k in keys_of(bpmn) if digest == _ref(resources, k, is_only=False)]
    definition = compile_process(bpmn, definition_ref=digest, key=next(iter(keys), None))
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
