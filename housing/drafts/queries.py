"""Read models of drafts for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine import definition_queries
from engine.errors import DefinitionNotFound
from engine.records import ProcessDefinition
from housing.drafts import contents, rules
from housing.drafts.errors import DraftFileNotFound, DraftNotFound
from housing.drafts.models import DraftEvent, DraftFile, ProcessDraft
from housing.people import queries as people

LIVE = ("open", "submitted", "approved")
"""States of drafts that somebody still has to do something about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftFilter:
    """Which drafts to list; None means all.

    Attributes:
        states: of the draft.
        process_key: of its process.
    """

    states: tuple[str, ...] | None = None
    process_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftView:
    """A draft as pages need it; see `housing.drafts.models.ProcessDraft`.

    Attributes:
        process_name: of the newest version in service; the key while there is none.
        base_version: number of the version it was copied from; None for a new process.
        newest_version: number of the version in service now; None for a new process.
        deployed_version: number of the version it became.
    """

    id: str
    process_key: str
    process_name: str
    package: str
    title: str
    based_on: str | None
    base_version: int | None
    newest_version: int | None
    state: str
    reason: str
    content_hash: str | None
    created_by: str
    created_by_name: str
    created_at: datetime
    changed_at: datetime
    submitted_by: str | None
    submitted_by_name: str
    submitted_at: datetime | None
    decided_by: str | None
    decided_by_name: str
    decided_at: datetime | None
    decision_reason: str
    go_live_at: datetime | None
    deployed_id: str | None
    deployed_version: int | None

    @property
    def is_open(self) -> bool:
        """Whether its files may be edited."""
        return rules.is_possible(self.state, "edit")

    @property
    def is_outdated(self) -> bool:
        """Whether another version went into service since it was begun."""
        return self.state in LIVE and self.newest_version != self.base_version

    @property
    def is_returned(self) -> bool:
        """Whether it was decided on and is open again."""
        return self.state == "open" and self.decided_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftFileView:
    """One file of a draft."""

    name: str
    content: bytes
    revision: int
    edited_by: str
    edited_by_name: str
    edited_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftEventView:
    """One line of a draft's history; see `housing.drafts.models.DraftEvent`."""

    at: datetime
    by: str
    by_name: str
    kind: str
    detail: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionLine:
    """A version of a process, and how it came into service.

    Attributes:
        deployed_by_name: "" for the software itself.
        draft: what it was made from; None for one that came with the software.
    """

    definition: ProcessDefinition
    deployed_by_name: str
    draft: DraftView | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPage:
    """One page of the list of drafts, and how many there are in all."""

    rows: tuple[DraftView, ...]
    total: int


def draft(draft_id: str, *, session: Session) -> DraftView:
    """Read a draft.

    Raises:
        DraftNotFound: there is none of this id.
    """
    found = session.get(ProcessDraft, draft_id)
    if found is None:
        raise DraftNotFound(draft_id)
    return _views([found], session)[0]


def drafts(wanted: DraftFilter, *, session: Session, limit: int = 50, offset: int = 0) -> DraftPage:
    """List drafts, changed last first."""
    conditions = _conditions(wanted)
    query = select(ProcessDraft).where(*conditions)
    ordered = query.order_by(ProcessDraft.changed_at.desc(), ProcessDraft.id)
    total = session.scalar(select(func.count(ProcessDraft.id)).where(*conditions)) or 0
    rows = session.scalars(ordered.limit(limit).offset(offset)).all()
    return DraftPage(rows=_views(rows, session), total=total)


def files(draft_id: str, *, session: Session) -> Mapping[str, bytes]:
    """Read all files of a draft by name."""
    return contents.files(draft_id, session=session)


def file_views(draft_id: str, *, session: Session) -> tuple[DraftFileView, ...]:
    """Read all files of a draft with who edited them last, by name."""
    query = select(DraftFile).where(DraftFile.draft_id == draft_id).order_by(DraftFile.name)
    rows = session.scalars(query).all()
    names = _names((row.edited_by for row in rows), session)
    return tuple(_file_view(row, names) for row in rows)


def file(draft_id: str, name: str, *, session: Session) -> DraftFileView:
    """Read one file of a draft.

    Raises:
        DraftNotFound: there is no such draft.
        DraftFileNotFound: it has no file of this name.
    """
    if session.get(ProcessDraft, draft_id) is None:
        raise DraftNotFound(draft_id)
    row = session.get(DraftFile, (draft_id, name))
    if row is None:
        raise DraftFileNotFound(name)
    return _file_view(row, _names([row.edited_by], session))


def base_files(draft: DraftView, *, session: Session) -> Mapping[str, bytes]:
    """Read the files of the version that a draft was copied from; none for a new process."""
    return contents.version_files(draft.based_on, session=session)


def authors(draft_id: str, *, session: Session) -> frozenset[str]:
    """List the ids of all who had a hand in a draft, or in those it was made from."""
    return contents.authors(draft_id, session=session)


def events(draft_id: str, *, session: Session) -> tuple[DraftEventView, ...]:
    """Read the history of a draft, newest line first."""
    query = select(DraftEvent).where(DraftEvent.draft_id == draft_id)
    rows = session.scalars(query.order_by(DraftEvent.id.desc())).all()
    names = _names((row.by for row in rows), session)
    return tuple(
        DraftEventView(
            at=row.at, by=row.by, by_name=names.get(row.by, ""), kind=row.kind, detail=row.detail
        )
        for row in rows
    )


def versions(process_key: str, *, session: Session) -> tuple[VersionLine, ...]:
    """List the versions of a process, newest first, with the drafts they were made from.

    Raises:
        DefinitionNotFound: nothing of this key was deployed.
    """
    found = definition_queries.definitions(session, process_key)
    if not found:
        raise DefinitionNotFound(process_key)
    ids = [each.id for each in found]
    rows = session.scalars(select(ProcessDraft).where(ProcessDraft.deployed_id.in_(ids))).all()
    drafts_by_id = {each.deployed_id: each for each in _views(rows, session)}
    names = _names((each.deployed_by for each in found), session)
    return tuple(
        VersionLine(
            definition=each,
            deployed_by_name=names.get(each.deployed_by, ""),
            draft=drafts_by_id.get(each.id),
        )
        for each in found
    )


def due(now: datetime, *, session: Session) -> tuple[str, ...]:
    """List the ids of approved drafts whose day to go into service has come, earliest first."""
    query = select(ProcessDraft.id).where(
        ProcessDraft.state == "approved", ProcessDraft.go_live_at <= now
    )
    return tuple(session.scalars(query.order_by(ProcessDraft.go_live_at, ProcessDraft.id)))


def _conditions(wanted: DraftFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states is not None:
        found.append(ProcessDraft.state.in_(wanted.states))
    if wanted.process_key is not None:
        found.append(ProcessDraft.process_key == wanted.process_key)
    return found


def _views(rows: Sequence[ProcessDraft], session: Session) -> tuple[DraftView, ...]:
    keys = {row.process_key for row in rows}
    versions = [v for key in sorted(keys) for v in definition_queries.definitions(session, key)]
    people_of = (id_ for row in rows for id_ in (row.created_by, row.submitted_by, row.decided_by))
    names = _names(people_of, session)
    return tuple(_view(row, versions, names) for row in rows)


def _view(
    row: ProcessDraft, versions: Iterable[ProcessDefinition], names: Mapping[str, str]
) -> DraftView:
    own = [each for each in versions if each.key == row.process_key]  # newest first
    by_id = {each.id: each.version for each in own}
    return DraftView(
        id=row.id,
        process_key=row.process_key,
        process_name=own[0].name if own else row.process_key,
        package=row.package,
        title=row.title,
        based_on=row.based_on,
        base_version=by_id.get(row.based_on or ""),
        newest_version=own[0].version if own else None,
        state=row.state,
        reason=row.reason,
        content_hash=row.content_hash,
        created_by=row.created_by,
        created_by_name=names.get(row.created_by, ""),
        created_at=row.created_at,
        changed_at=row.changed_at,
        submitted_by=row.submitted_by,
        submitted_by_name=names.get(row.submitted_by or "", ""),
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_by_name=names.get(row.decided_by or "", ""),
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        go_live_at=row.go_live_at,
        deployed_id=row.deployed_id,
        deployed_version=by_id.get(row.deployed_id or ""),
    )


def _file_view(row: DraftFile, names: Mapping[str, str]) -> DraftFileView:
    return DraftFileView(
        name=row.name,
        content=row.content,
        revision=row.revision,
        edited_by=row.edited_by,
        edited_by_name=names.get(row.edited_by, ""),
        edited_at=row.edited_at,
    )


def _names(account_ids: Iterable[str | None], session: Session) -> dict[str, str]:
    return people.names_of({each for each in account_ids if each}, session=session)
