"""What a form of an announcement says: read into values, checked against its author's rights."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.types import Actor
from housing.announcements import audience
from housing.announcements.errors import NobodyAddressed, OfficeOnly, ScopeNotYours, UnitUnknown
from housing.announcements.models import Announcement
from housing.announcements.rules import (
    MANAGER_ROLES,
    MOST_ATTACHMENTS,
    OF_A_COMMUNITY,
    OFFICE_ROLES,
    Scope,
    ensure_complete,
    ensure_times,
    private_words,
)
from housing.places.rules import community_scope

_SEPARATORS = re.compile(r"[\s,;，、；]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A picture or paper with the words for those who do not see it."""

    file_id: str
    alt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An announcement as a form says it.

    Attributes:
        translations: language to {title, body}.
        incident: number of the repair case whose end ends it, or "".
    """

    title: str
    body: str
    category: str
    scope: Scope
    easy_body: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
    must_acknowledge: bool = False
    is_public: bool = False
    translations: Mapping[str, Mapping[str, str]]
    attachments: tuple[Attachment, ...] = ()
    incident: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a draft would do.

    Attributes:
        receivers: people who would be told.
        homes: homes of the scope in which somebody lives; 0 for a role.
        private: what a public text should not name.
    """

    receivers: int
    homes: int
    private: tuple[str, ...]


def read(values: Mapping[str, object]) -> Draft:
    """Read the checked values of the form `announcement/draft`."""
    from_at, until_at = values.get("from_at"), values.get("until_at") or values.get("end_at")
    return Draft(
        title=_text(values, "title"),
        body=_text(values, "body"),
        easy_body=_text(values, "easy_body"),
        category=_text(values, "category"),
        scope=_scope(values),
        from_at=from_at if isinstance(from_at, datetime) else None,
        until_at=until_at if isinstance(until_at, datetime) else None,
        must_acknowledge=values.get("must_acknowledge") is True,
        is_public=values.get("is_public") is True,
        translations=_translations(values.get("translations")),
        attachments=_attachments(values.get("attachments")),
        incident=_text(values, "incident"),
    )


def ensure_allowed(draft: Draft, *, by: Actor, session: Session, now: datetime) -> None:
    """Refuse what its author may not send, and what nobody would receive.

    Raises:
        ScopeIncomplete, ScopeNotYours, UnitUnknown, NobodyAddressed: of the scope.
        OfficeOnly: a manager asks for acknowledgement or publishes for everybody.
        EndMissing, EndTooEarly: of the times.
    """
    ensure_complete(draft.scope)
    if not is_office(by):
        _ensure_managed(draft, by)
    ensure_times(draft.category, draft.from_at, draft.until_at, now)
    if unknown := audience.unknown_units(draft.scope, session=session):
        raise UnitUnknown(unknown[0])
    if not draft.is_public and not audience.receivers(draft.scope, at=now, session=session):
        raise NobodyAddressed


def preview(draft: Draft, *, session: Session, now: datetime) -> Preview:
    """Count whom a draft would reach and look for private words in it."""
    homes = audience.households(draft.scope, at=now, session=session)
    names = {each.name for home in homes for each in home.people}
    text = "\n".join((draft.title, draft.body, draft.easy_body))
    return Preview(
        receivers=len(audience.receivers(draft.scope, at=now, session=session)),
        homes=len(homes),
        private=private_words(text, names) if draft.is_public else (),
    )


def instant(value: object) -> datetime | None:
    """Read an instant as records of forms keep it: ISO text; None for nothing."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def is_office(by: Actor) -> bool:
    """Tell whether somebody writes for the housing office."""
    return any(role in OFFICE_ROLES for role, _ in by.groups)


def put(draft: Draft, row: Announcement) -> None:
    """Write a draft into its row."""
    row.title, row.body, row.easy_body = draft.title, draft.body, draft.easy_body
    row.category = draft.category
    row.scope_kind = draft.scope.kind
    row.community = draft.scope.community or None
    row.building, row.floor = draft.scope.building, draft.scope.floor
    row.units, row.role = list(draft.scope.units), draft.scope.role
    row.must_acknowledge, row.is_public = draft.must_acknowledge, draft.is_public
    row.translations = {language: dict(words) for language, words in draft.translations.items()}
    row.attachments = [{"file_id": each.file_id, "alt": each.alt} for each in draft.attachments]
    row.from_at, row.until_at = draft.from_at, draft.until_at
    row.incident = draft.incident


def _ensure_managed(draft: Draft, by: Actor) -> None:
    if draft.must_acknowledge or draft.is_public:
        raise OfficeOnly
    scope = community_scope(draft.scope.community)
    is_theirs = any(by.belongs_to(role, scope) for role in MANAGER_ROLES)
    if draft.scope.kind not in OF_A_COMMUNITY or not is_theirs:
        raise ScopeNotYours


def _scope(values: Mapping[str, object]) -> Scope:
    kind = _text(values, "scope_kind") or _text(values, "near_scope")
    community = _text(values, "community") if kind in OF_A_COMMUNITY else ""
    building = ""
    if kind in ("building", "floor"):
        community, _, building = _text(values, "building").partition("/")
    floor = values.get("floor") if kind == "floor" else None
    codes = _SEPARATORS.split(_text(values, "units").upper()) if kind == "units" else []
    return Scope(
        kind=kind,
        community=community,
        building=building,
        floor=int(str(floor)) if floor is not None else None,
        units=tuple(dict.fromkeys(code for code in codes if code)),
        role=_text(values, "role") if kind == "role" else "",
    )


def _translations(rows: object) -> dict[str, dict[str, str]]:
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {
        _text(row, "language"): {"title": _text(row, "title"), "body": _text(row, "body")}
        for row in found
    }


def _attachments(rows: object) -> tuple[Attachment, ...]:
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return tuple(
        Attachment(file_id=str(file_id), alt=_text(row, "alt"))
        for row in found[:MOST_ATTACHMENTS]
        for file_id in row.get("picture") or ()
    )


def _text(values: Mapping[str, object], name: str) -> str:
    return str(values.get(name) or "").strip()
