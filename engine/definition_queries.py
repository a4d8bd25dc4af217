"""Read models of process definitions: versions, diagrams, figures."""

from collections.abc import Mapping

from lxml import etree
from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from engine import deployments
from engine.errors import DefinitionNotFound
from engine.records import (
    Flow,
    PlainStart,
    ProcessDefinition,
    ProcessElement,
    ProcessModel,
    ProcessSummary,
)
from engine.tables import incident, process_definition, process_instance

_DEFINITIONS = select(*process_definition.c)

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def definitions(session: Session, key: str | None = None) -> tuple[ProcessDefinition, ...]:
    """List deployed versions by key, newest first; of one process or of all."""
    found = _DEFINITIONS.order_by(process_definition.c.key, process_definition.c.version.desc())
    if key is not None:
        found = found.where(process_definition.c.key == key)
    return tuple(_definition(row) for row in session.execute(found).mappings())


def definition(key: str, version: int | None, session: Session) -> ProcessDefinition:
    """Read one version of a process, or the newest when version is None.

    Raises:
        DefinitionNotFound: it was not deployed.
    """
    found = _DEFINITIONS.where(process_definition.c.key == key)
    if version is not None:
        found = found.where(process_definition.c.version == version)
    newest = found.order_by(process_definition.c.version.desc()).limit(1)
    row = session.execute(newest).mappings().first()
    if row is None:
        raise DefinitionNotFound(key)
    return _definition(row)


def definition_by_id(definition_id: str, session: Session) -> ProcessDefinition:
    """Read one version by its id.

    Raises:
        DefinitionNotFound: there is none of this id.
    """
    found = _DEFINITIONS.where(process_definition.c.id == definition_id)
    row = session.execute(found).mappings().first()
    if row is None:
        raise DefinitionNotFound(definition_id)
    return _definition(row)


def process_model(deployed: ProcessDefinition, session: Session) -> ProcessModel:
    """Read the diagram of a version: XML, elements with lanes and explanations, flows."""
    connection = session.connection()
    compiled = deployments.compiled(deployed.id, deployed.content_hash, connection).definition
    elements = tuple(
        ProcessElement(
            id=each.id,
            name=each.name or "",
            type=each.type,
            lane=each.lane or "",
            documentation=each.documentation or "",
            scope=each.scope,
            attached_to=each.attached_to,
            properties=each.properties,
        )
        for each in compiled.elements.values()
    )
    flows = tuple(
        Flow(id=flow_id, source=flow.source, target=flow.target, name=flow.name)
        for flow_id, flow in compiled.flows.items()
    )
    resources = deployments.resources_of(deployed.id, connection)
    return ProcessModel(
        definition=deployed,
        bpmn=deployments.diagram_of(resources),
        elements=elements,
        flows=flows,
    )


def plain_start(deployed: ProcessDefinition, session: Session) -> PlainStart | None:
    """Read how a case of a version begins by hand; None when only events begin it."""
    resources_of = deployments.resources_of(deployed.id, session.connection())
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(deployments.diagram_of(resources_of), parser)
    process = next(each for each in root.iter(f"{_BPMN}process") if each.get("id") == deployed.key)
    for event in process.findall(f"{_BPMN}startEvent"):
        if not any(str(part.tag).endswith("EventDefinition") for part in event):
            named = process.get(f"{_CAMUNDA}candidateStarterGroups", "")
            groups = tuple(each.strip() for each in named.split(",") if each.strip())
            return PlainStart(form_key=event.get(f"{_CAMUNDA}formKey"), groups=groups)
    return None


def resource(definition_id: str, name: str, session: Session) -> bytes:
    """Read one file of a version, such as a form or a decision table.

    Raises:
        DefinitionNotFound: the version has no file of this name.
    """
    files = deployments.resources_of(definition_id, session.connection())
    if name not in files:
        raise DefinitionNotFound(name)
    return files[name]


def resources(definition_id: str, session: Session) -> Mapping[str, bytes]:
    """Read all files of a version by name: diagram, decision tables, forms."""
    return deployments.resources_of(definition_id, session.connection())


def processes(session: Session) -> tuple[ProcessSummary, ...]:
    """List the newest version of every process, with figures over all its versions."""
    newest: dict[str, ProcessDefinition] = {}
    for each in definitions(session):
        newest.setdefault(each.key, each)
    running = _instances_by_key(session, "active", "suspended")
    ended = _instances_by_key(session, "completed", "cancelled")
    troubled = _incidents_by_key(session)
    return tuple(
        ProcessSummary(
            definition=each,
            running=running.get(key, 0),
            ended=ended.get(key, 0),
            incidents=troubled.get(key, 0),
        )
        for key, each in newest.items()
    )


def _instances_by_key(session: Session, *statuses: str) -> dict[str, int]:
    rows = session.execute(
        select(process_definition.c.key, func.count())
        .select_from(process_instance.join(process_definition))
        .where(process_instance.c.status.in_(statuses))
        .group_by(process_definition.c.key)
    )
    return {row[0]: row[1] for row in rows}


def _incidents_by_key(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(process_definition.c.key, func.count())
        .select_from(incident.join(process_instance).join(process_definition))
        .where(incident.c.resolved_at.is_(None))
        .group_by(process_definition.c.key)
    )
    return {row[0]: row[1] for row in rows}


def _definition(row: RowMapping) -> ProcessDefinition:
    return ProcessDefinition(**row)
