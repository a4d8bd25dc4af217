"""Process packages that come with the software, against what the office made of its processes.

An update never overwrites what supervisors put in service: it becomes a draft.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpmn import catalogue
from engine import definition_queries
from engine.clock import Clock
from engine.deployments import content_refs
from engine.process_engine import ProcessEngine
from engine.records import ProcessDefinition
from engine.types import SYSTEM
from housing import packages
from housing.drafts import rules, service
from housing.drafts.errors import DraftFileNotFound
from housing.drafts.models import DraftEvent, ProcessDraft

UPDATE_TITLE = "軟體更新提案"
"""Title of a draft that a software update proposes; in the language of the packages."""


def install(package: str, *, engine: ProcessEngine, session: Session, clock: Clock) -> None:
    """Deploy a shipped package, or propose it as a draft where supervisors changed the process.

    What was deployed once is not deployed again: an office that went back to an older version
    keeps it.

    Args:
        package: name of a shipped package.
        engine: deploys it.
        session: the caller's unit of work.
        clock: of the business.

    Raises:
        DeploymentRefused: a shipped package is faulty.
    """
    files = packages.resources(package)
    key = packages.process_key(files)
    ref = content_refs(files)[key]
    versions = definition_queries.definitions(session, key)
    if any(each.content_hash == ref for each in versions):
        return
    if not versions or versions[0].deployed_by == SYSTEM.id:
        engine.deploy(files, by=SYSTEM, session=session)
    elif not _is_proposed(key, ref, session):
        _propose(files, ref, versions, session, clock)


def file(package: str, name: str) -> bytes:
    """Read a file of a package as the installed software brings it.

    Raises:
        DraftFileNotFound: the software brings none of this name.
    """
    files = packages.resources(package) if package in catalogue.packages() else {}
    if name not in files:
        raise DraftFileNotFound(name)
    return files[name]


def _propose(
    files: Mapping[str, bytes],
    ref: str,
    versions: tuple[ProcessDefinition, ...],
    session: Session,
    clock: Clock,
) -> None:
    """Lay what the update changed upon the version in service; list what both changed."""
    shipped = next((each for each in versions if each.deployed_by == SYSTEM.id), None)
    merge = rules.merge(
        base=definition_queries.resources(shipped.id, session) if shipped else {},
        mine=files,
        theirs=definition_queries.resources(versions[0].id, session),
    )
    service.open_draft(
        merge.files,
        title=UPDATE_TITLE,
        based_on=versions[0],
        detail={"proposed": ref, "taken": list(merge.taken), "redo": list(merge.redo)},
        by=SYSTEM,
        session=session,
        clock=clock,
    )


def _is_proposed(key: str, ref: str, session: Session) -> bool:
    query = (
        select(DraftEvent.detail)
        .join(ProcessDraft, ProcessDraft.id == DraftEvent.draft_id)
        .where(ProcessDraft.process_key == key, DraftEvent.kind == "began")
    )
    return any(detail.get("proposed") == ref for detail in session.scalars(query))
