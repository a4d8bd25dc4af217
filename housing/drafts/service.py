"""The life of a draft: begun, edited, submitted, approved by a second person, put in service.

Nothing here changes what runs, except `put_in_service`. Every act is a line of the history.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from engine import definition_queries
from engine.clock import Clock
from engine.deployments import content_hash
from engine.process_engine import ProcessEngine
from engine.records import ProcessDefinition
from engine.types import SYSTEM, Actor
from housing import packages
from housing.drafts import acts, contents, rules, telling
from housing.drafts.errors import (
    DraftFileNotFound,
    DraftUnchanged,
    FourEyes,
    GoLivePast,
)
from housing.drafts.models import DraftFile, ProcessDraft
from housing.drafts.rules import APPROVER
from housing.scenario_runs import service as scenario_runs


def begin(  # noqa: PLR0913  # each is a word of the field of its own
    process_key: str,
    *,
    title: str,
    by: Actor,
    session: Session,
    clock: Clock,
    version: int | None = None,
) -> ProcessDraft:
    """Begin a draft as a copy of what is in service, or of an older version to restore it.

    A restored draft is based on the newest version and holds the files of the older one.

    Raises:
        RoleNotHeld: only process supervisors draft.
        DefinitionNotFound: there is no such process or version.
        DraftTitleMissing: the title is empty.
    """
    acts.ensure_supervisor(by)
    chosen = definition_queries.definition(process_key, version, session)
    files = definition_queries.resources(chosen.id, session)
    newest = definition_queries.definition(packages.process_key(files), None, session)
    detail = {} if version is None else {"restores": chosen.version}
    return open_draft(
        files, title=title, based_on=newest, detail=detail, by=by, session=session, clock=clock
    )


def open_draft(  # noqa: PLR0913  # each is a word of the field of its own
    files: Mapping[str, bytes],
    *,
    title: str,
    based_on: ProcessDefinition | None,
    detail: Mapping[str, object],
    by: Actor,
    session: Session,
    clock: Clock,
) -> ProcessDraft:
    """Open a draft that holds these files, checked by the caller.

    Args:
        files: name to content; one is the diagram.
        title: what the draft is called.
        based_on: the version that it would replace; None for a new process.
        detail: of the first line of the history; `authors` are people who may not approve it.
        by: who opens it.
        session: the caller's unit of work.
        clock: of the business.

    Raises:
        DraftTitleMissing: the title is empty.
    """
    now, key = clock.now(), packages.process_key(files)
    draft = ProcessDraft(
        id=uuid4().hex,
        process_key=key,
        package=packages.package_of(key),
        title=acts.check_title(title),
        based_on=based_on.id if based_on else None,
        state="open",
        edits=1,
        reason="",
        created_by=by.id,
        created_at=now,
        changed_at=now,
        decision_reason="",
    )
    session.add(draft)
    session.flush()
    session.add_all(
        DraftFile(
            draft_id=draft.id,
            name=name,
            content=content,
            revision=1,
            edited_by=by.id,
            edited_at=now,
        )
        for name, content in sorted(files.items())
    )
    base = {"version": based_on.version} if based_on else {}
    acts.note(draft, "began", by, now, session, **base, **detail)
    return draft


def save_file(  # noqa: PLR0913  # each is a word of the field of its own
    draft_id: str,
    name: str,
    content: bytes,
    *,
    revision: int | None,
    by: Actor,
    session: Session,
    clock: Clock,
) -> DraftFile:
    """Save one file of an open draft.

    Args:
        draft_id: of the draft.
        name: of the file.
        content: whatever an editor sends; refused if it is hostile.
        revision: the one that the editor loaded; None for a file that is new.
        by: who edits.
        session: the caller's unit of work.
        clock: of the business.

    Raises:
        DraftConflict: somebody else saved the file since; nothing is changed.
        DraftNotInState: the draft is not open.
        FileNameRefused, FileTooLarge, FileNotReadable: as `housing.drafts.rules`.
    """
    acts.ensure_supervisor(by)
    content = rules.check_content(rules.check_name(name), content)
    draft = acts.locked(draft_id, "edit", session)
    stored = session.get(DraftFile, (draft_id, name))
    acts.ensure_revision(stored, revision, name, draft, session)
    if stored is not None and stored.content == content:
        return stored
    now = clock.now()
    if stored is None:
        stored = DraftFile(draft_id=draft_id, name=name)
        session.add(stored)
    draft.edits += 1
    draft.changed_at = now
    stored.content, stored.revision = content, draft.edits
    stored.edited_by, stored.edited_at = by.id, now
    acts.note_edit(draft, "edited", name, by, now, session)
    session.flush()
    return stored


def remove_file(  # noqa: PLR0913  # each is a word of the field of its own
    draft_id: str, name: str, *, revision: int, by: Actor, session: Session, clock: Clock
) -> None:
    """Remove a decision, a form or a scenario from an open draft; never the diagram.

    Raises:
        DraftFileNotFound: there is no such file, or it is the diagram.
        DraftConflict: somebody else saved the file since.
        DraftNotInState: the draft is not open.
    """
    acts.ensure_supervisor(by)
    draft = acts.locked(draft_id, "edit", session)
    stored = session.get(DraftFile, (draft_id, name))
    if stored is None or name.endswith(".bpmn"):
        raise DraftFileNotFound(name)
    acts.ensure_revision(stored, revision, name, draft, session)
    session.delete(stored)
    draft.edits += 1
    draft.changed_at = clock.now()
    acts.note_edit(draft, "removed", name, by, clock.now(), session)
    session.flush()


def branch(  # noqa: PLR0913  # each is a word of the field of its own
    draft_id: str,
    changed: Mapping[str, bytes],
    *,
    title: str,
    by: Actor,
    session: Session,
    clock: Clock,
) -> ProcessDraft:
    """Save my version as a draft of its own: the files of a draft with mine laid over them.

    Raises:
        DraftNotFound: there is no such draft.
        DraftTitleMissing, FileNameRefused, FileTooLarge, FileNotReadable: as when saving.
    """
    acts.ensure_supervisor(by)
    for name, content in changed.items():
        rules.check_content(rules.check_name(name), content)
    parent = acts.existing(draft_id, session)
    authors = sorted(contents.authors(draft_id, session=session))
    return open_draft(
        {**contents.files(draft_id, session=session), **changed},
        title=title,
        based_on=acts.base(parent, session),
        detail={"branch_of": draft_id, "title": parent.title, "authors": authors},
        by=by,
        session=session,
        clock=clock,
    )


def bring_up_to_date(
    draft_id: str, *, by: Actor, session: Session, clock: Clock
) -> tuple[ProcessDraft, tuple[str, ...]]:
    """Begin a new draft from the newest version and take over what only the old draft changed.

    The old draft stays as it is.

    Returns:
        The new draft, and the files that both changed: those are the newest version's and have to
        be redone.

    Raises:
        DraftNotFound: there is no such draft.
        DraftUnchanged: its base is still the newest version.
    """
    acts.ensure_supervisor(by)
    parent = acts.existing(draft_id, session)
    newest = contents.newest_of(parent.process_key, session=session)
    if newest is None or newest.id == parent.based_on:
        raise DraftUnchanged
    base = contents.version_files(parent.based_on, session=session)
    merge = rules.merge(
        base=base,
        mine=contents.files(draft_id, session=session),
        theirs=definition_queries.resources(newest.id, session),
    )
    draft = open_draft(
        merge.files,
        title=parent.title,
        based_on=newest,
        detail={
            "renews": draft_id,
            "taken": list(merge.taken),
            "redo": list(merge.redo),
            "authors": sorted(contents.authors(draft_id, session=session)),
        },
        by=by,
        session=session,
        clock=clock,
    )
    return draft, merge.redo


def rename(draft_id: str, title: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """Give an open draft another title.

    Raises:
        DraftTitleMissing: it is empty.
        DraftNotInState: the draft is not open.
    """
    acts.ensure_supervisor(by)
    draft = acts.locked(draft_id, "edit", session)
    draft.title, draft.changed_at = acts.check_title(title), clock.now()


def submit(draft_id: str, reason: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """Hand an open draft to a colleague for approval.

    Raises:
        DraftReasonMissing: nothing says why.
        DraftUnchanged: it is the same as the version in service.
        DraftFaulty: the check finds errors.
        DraftOutdated: another version went into service since it was begun.
        DraftNotInState: it is not open.
        ScenariosNotRun, ScenariosStillRunning, ScenariosFailed: its scenarios do not vouch for it.
    """
    acts.ensure_supervisor(by)
    draft = acts.locked(draft_id, "submit", session)
    reason = acts.check_reason(reason)
    files = contents.files(draft_id, session=session)
    base = contents.version_files(draft.based_on, session=session)
    if not rules.changed_files(base, files):
        raise DraftUnchanged
    acts.ensure_current(draft, files, session)
    acts.ensure_sound(files, base)
    digest = content_hash(files)
    scenario_runs.ensure_fit(digest, session=session)
    now = clock.now()
    draft.state, draft.reason, draft.content_hash = "submitted", reason, digest
    draft.submitted_by, draft.submitted_at, draft.changed_at = by.id, now, now
    draft.decided_by = draft.decided_at = draft.go_live_at = None
    draft.decision_reason = ""
    acts.note(draft, "submitted", by, now, session, reason=reason)
    telling.tell_approvers(draft, by, session=session, clock=clock)


def withdraw(draft_id: str, *, by: Actor, session: Session, clock: Clock, reason: str = "") -> None:
    """Give a draft up; it stays readable.

    Raises:
        DraftNotInState: it is in service or withdrawn.
    """
    acts.ensure_supervisor(by)
    draft = acts.locked(draft_id, "withdraw", session)
    draft.state, draft.changed_at, draft.go_live_at = "withdrawn", clock.now(), None
    acts.note(
        draft, "withdrawn", by, clock.now(), session, reason=reason.strip()[: rules.MAX_REASON]
    )


def send_back(draft_id: str, reason: str, *, by: Actor, session: Session, clock: Clock) -> None:
    """Give a submitted or approved draft back to those who drafted it; it is open again.

    Raises:
        RoleNotHeld: neither approver nor process supervisor.
        DraftReasonMissing: nothing says why.
        DraftNotInState: it is not submitted, or already in service.
    """
    acts.ensure_role(by, APPROVER)
    draft = acts.locked(draft_id, "send_back", session)
    reason = acts.check_reason(reason)
    acts.reopen(draft, by.id, reason, clock.now())
    acts.note(draft, "sent_back", by, clock.now(), session, reason=reason)
    telling.tell_authors("draft_sent_back", draft, by, session=session, clock=clock)


def approve(  # noqa: PLR0913  # each is a word of the field of its own
    draft_id: str,
    reason: str,
    go_live_at: datetime | None,
    *,
    by: Actor,
    session: Session,
    engine: ProcessEngine,
    clock: Clock,
) -> ProcessDefinition | None:
    """Approve a submitted draft; it goes into service at once, or at an instant.

    Args:
        draft_id: of the draft.
        reason: for the history; may be empty.
        go_live_at: when the scheduler puts it in service; None for at once.
        by: an approver who had no hand in it.
        session: the caller's unit of work.
        engine: deploys it.
        clock: of the business.

    Returns:
        The new version, or None if it waits for its day.

    Raises:
        RoleNotHeld: only process approvers approve.
        FourEyes: who drafted, edited or submitted it.
        GoLivePast: the instant is not later than now.
        DraftFaulty, DraftOutdated: what has changed since it was submitted.
        DraftNotInState: it is not submitted.
    """
    acts.ensure_role(by, APPROVER)
    draft = acts.locked(draft_id, "approve", session)
    if by.id in contents.authors(draft_id, session=session):
        raise FourEyes
    now = clock.now()
    if go_live_at is not None and go_live_at <= now:
        raise GoLivePast
    files = contents.files(draft_id, session=session)
    acts.ensure_current(draft, files, session)
    base = contents.version_files(draft.based_on, session=session)
    acts.ensure_sound(files, base)
    draft.state, draft.go_live_at, draft.changed_at = "approved", go_live_at, now
    draft.decided_by, draft.decided_at = by.id, now
    draft.decision_reason = reason.strip()[: rules.MAX_REASON]
    when = {"go_live_at": go_live_at.isoformat()} if go_live_at else {}
    acts.note(draft, "approved", by, now, session, reason=draft.decision_reason, **when)
    telling.tell_authors("draft_approved", draft, by, session=session, clock=clock)
    if go_live_at is not None:
        return None
    return put_in_service(draft_id, session=session, engine=engine, clock=clock)


def put_in_service(
    draft_id: str, *, session: Session, engine: ProcessEngine, clock: Clock
) -> ProcessDefinition:
    """Deploy an approved draft as the next version of its process.

    Raises:
        DraftOutdated: another version went into service since it was begun.
        DeploymentRefused: the engine cannot run it.
        DraftNotInState: it is not approved.
    """
    draft = acts.locked(draft_id, "put_in_service", session)
    files = contents.files(draft_id, session=session)
    acts.ensure_current(draft, files, session)
    approver = Actor(id=draft.decided_by or SYSTEM.id, name="")
    deployed = engine.deploy(files, by=approver, session=session)
    draft.state, draft.deployed_id, draft.changed_at = "in_service", deployed.id, clock.now()
    acts.note(draft, "in_service", SYSTEM, clock.now(), session, version=deployed.version)
    return deployed


def stop(draft_id: str, why: str, *, session: Session, clock: Clock) -> None:
    """Reopen an approved draft that could not be put in service on its day.

    Args:
        draft_id: of the draft.
        why: outdated or refused.
        session: the caller's unit of work.
        clock: of the business.
    """
    draft = acts.locked(draft_id, "put_in_service", session)
    acts.reopen(draft, None, "", clock.now())
    draft.decided_at = None
    acts.note(draft, "stopped", SYSTEM, clock.now(), session, why=why)
    telling.tell_authors("draft_stopped", draft, SYSTEM, session=session, clock=clock)
