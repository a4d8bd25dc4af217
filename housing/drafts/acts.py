"""What every act on a draft has in common: who may, in which state, and its line of history."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definition_queries
from engine.errors import RoleNotHeld
from engine.records import ProcessDefinition
from engine.types import CITY, Actor
from housing import packages
from housing.drafts import checking, contents, rules
from housing.drafts.errors import (
    DraftConflict,
    DraftFaulty,
    DraftNotFound,
    DraftOutdated,
    DraftReasonMissing,
    DraftTitleMissing,
    ProcessKeyTaken,
)
from housing.drafts.models import DraftEvent, DraftFile, ProcessDraft
from housing.drafts.rules import SUPERVISOR
from housing.people import queries as people


def ensure_supervisor(by: Actor) -> None:
    """Refuse everybody who may not draft.

    Raises:
        RoleNotHeld: only process supervisors draft.
    """
    ensure_role(by, SUPERVISOR)


def ensure_role(by: Actor, role: str) -> None:
    """Refuse who does not hold a role in the city.

    Raises:
        RoleNotHeld: he does not.
    """
    if not by.belongs_to(role, CITY):
        raise RoleNotHeld(role)


def existing(draft_id: str, session: Session) -> ProcessDraft:
    """Read a draft that is only copied from.

    Raises:
        DraftNotFound: there is none of this id.
    """
    found = session.get(ProcessDraft, draft_id)
    if found is None:
        raise DraftNotFound(draft_id)
    return found


def base(draft: ProcessDraft, session: Session) -> ProcessDefinition | None:
    """Read the version that a draft was copied from; None for a new process."""
    if draft.based_on is None:
        return None
    return definition_queries.definition_by_id(draft.based_on, session)


def locked(draft_id: str, verb: str, session: Session) -> ProcessDraft:
    """Lock a draft until the end of the transaction and check its state.

    Raises:
        DraftNotFound: there is none of this id.
        DraftNotInState: its state does not allow the verb; see `housing.drafts.rules`.
    """
    query = select(ProcessDraft).where(ProcessDraft.id == draft_id).with_for_update()
    draft = session.scalar(query.execution_options(populate_existing=True))
    if draft is None:
        raise DraftNotFound(draft_id)
    rules.ensure_state(draft.state, verb)
    return draft


def ensure_revision(
    stored: DraftFile | None,
    revision: int | None,
    name: str,
    draft: ProcessDraft,
    session: Session,
) -> None:
    """Refuse to write over what somebody else saved.

    Args:
        stored: the file as it is; None if there is none.
        revision: the one that the editor loaded; None for a new file.
        name: of the file.
        draft: whose file it is.
        session: the caller's unit of work.

    Raises:
        DraftConflict: the revisions differ.
    """
    if (stored.revision if stored else None) == revision:
        return
    editor = stored.edited_by if stored else contents.last_editor(draft.id, name, session=session)
    raise DraftConflict(
        file=name,
        revision=stored.revision if stored else 0,
        edited_by_name=people.names_of([editor], session=session).get(editor, ""),
        edited_at=stored.edited_at if stored else draft.changed_at,
    )


def ensure_current(draft: ProcessDraft, files: Mapping[str, bytes], session: Session) -> None:
    """Refuse a draft whose base is no longer the newest version, or that would replace others.

    Raises:
        DraftOutdated: another version went into service.
        ProcessKeyTaken: its diagram holds a process of another package.
    """
    newest = contents.newest_of(draft.process_key, session=session)
    if newest is not None and newest.id != draft.based_on:
        raise DraftOutdated(newest.version)
    own = contents.version_files(draft.based_on, session=session)
    added = set(packages.keys_of(files)) - set(packages.keys_of(own))
    taken = [key for key in sorted(added) if contents.newest_of(key, session=session)]
    if taken:
        raise ProcessKeyTaken(taken[0])


def ensure_sound(files: Mapping[str, bytes], base: Mapping[str, bytes]) -> None:
    """Refuse files in which the check finds errors.

    Raises:
        DraftFaulty: with how many.
    """
    errors = [f for f in checking.check(files, base=base) if f.severity == "error"]
    if errors:
        raise DraftFaulty(len(errors))


def reopen(draft: ProcessDraft, by: str | None, reason: str, now: datetime) -> None:
    """Give a draft back to those who edit it, with who decided and why."""
    draft.state, draft.go_live_at, draft.changed_at = "open", None, now
    draft.decided_by, draft.decided_at, draft.decision_reason = by, now, reason


def check_title(text: str) -> str:
    """Accept a title.

    Raises:
        DraftTitleMissing: it is empty.
    """
    title = " ".join(text.split())[: rules.MAX_TITLE]
    if not title:
        raise DraftTitleMissing
    return title


def check_reason(text: str) -> str:
    """Accept a reason.

    Raises:
        DraftReasonMissing: it is empty.
    """
    reason = text.strip()[: rules.MAX_REASON]
    if not reason:
        raise DraftReasonMissing
    return reason


def note(
    draft: ProcessDraft, kind: str, by: Actor, at: datetime, session: Session, **detail: object
) -> None:
    """Write a line of the history."""
    session.add(DraftEvent(draft_id=draft.id, at=at, by=by.id, kind=kind, detail=detail))


def note_edit(  # noqa: PLR0913  # a line of the history
    draft: ProcessDraft, kind: str, file: str, by: Actor, at: datetime, session: Session
) -> None:
    """Note an edit; autosaves of one person on one file, one after the other, are one line."""
    newest = select(DraftEvent).where(DraftEvent.draft_id == draft.id)
    last = session.scalar(newest.order_by(DraftEvent.id.desc()).limit(1))
    is_same = last is not None and (last.kind, last.by) == (kind, by.id)
    if last is None or not is_same or last.detail.get("file") != file:
        note(draft, kind, by, at, session, file=file, times=1)
        return
    times = last.detail.get("times")
    last.at = at
    last.detail = {"file": file, "times": (times if isinstance(times, int) else 0) + 1}
