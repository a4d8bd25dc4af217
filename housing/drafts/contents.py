"""What drafts and the versions beneath them hold, and who had a hand in it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definition_queries
from engine.errors import DefinitionNotFound
from engine.records import ProcessDefinition
from engine.types import SYSTEM
from housing.drafts.models import DraftEvent, DraftFile


def files(draft_id: str, *, session: Session) -> Mapping[str, bytes]:
    """Read all files of a draft by name."""
    query = select(DraftFile.name, DraftFile.content).where(DraftFile.draft_id == draft_id)
    return {row.name: row.content for row in session.execute(query.order_by(DraftFile.name))}


def version_files(definition_id: str | None, *, session: Session) -> Mapping[str, bytes]:
    """Read the files of a version; none without a version."""
    return {} if definition_id is None else definition_queries.resources(definition_id, session)


def newest_of(process_key: str, *, session: Session) -> ProcessDefinition | None:
    """Read the version of a process that is in service; None while there is none."""
    try:
        return definition_queries.definition(process_key, None, session)
    except DefinitionNotFound:
        return None


def authors(draft_id: str, *, session: Session) -> frozenset[str]:
    """List the ids of all who had a hand in a draft, or in those it was made from."""
    query = select(DraftEvent).where(
        DraftEvent.draft_id == draft_id,
        DraftEvent.kind.in_(("began", "edited", "removed", "submitted")),
    )
    found: set[str] = set()
    for event in session.scalars(query):
        named = event.detail.get("authors")
        found |= {event.by, *(str(each) for each in (named if isinstance(named, list) else ()))}
    return frozenset(found - {SYSTEM.id})


def last_editor(draft_id: str, name: str, *, session: Session) -> str:
    """Tell the id of who edited or removed a file last; "" if nobody did."""
    query = select(DraftEvent).where(
        DraftEvent.draft_id == draft_id, DraftEvent.kind.in_(("edited", "removed"))
    )
    for event in session.scalars(query.order_by(DraftEvent.id.desc())):
        if event.detail.get("file") == name:
            return event.by
    return ""
