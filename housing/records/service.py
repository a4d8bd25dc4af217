"""What a case keeps: handed-in forms, drafts, parties; the business writes here too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from forms.schema import Form
from housing.files.service import attach
from housing.records.models import CaseParty, FormSubmission, TaskDraft
from housing.records.rules import file_ids, to_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Where a handed-in form belongs and what stands in it.

    Attributes:
        task_id: the completed user task; None at the start of a case or with a message.
    """

    instance_id: str
    form: Form
    form_key: str
    values: Mapping[str, object]
    task_id: str | None = None
    element_id: str = ""
    element_name: str = ""


def record(answers: Answers, *, by: Actor, session: Session, clock: Clock) -> FormSubmission:
    """Keep a handed-in form whole and bind its photos to the case.

    Raises:
        FileNotYours: a photo belongs to somebody else or to another case.
    """
    submission = FormSubmission(
        instance_id=answers.instance_id,
        task_id=answers.task_id,
        element_id=answers.element_id,
        element_name=answers.element_name,
        form_key=answers.form_key,
        values={name: to_json(value) for name, value in answers.values.items()},
        account_id=by.id,
        account_name=by.name,
        at=clock.now(),
    )
    session.add(submission)
    session.flush()
    files = file_ids(answers.form, answers.values)
    if files:
        attach(files, answers.instance_id, by=by, session=session)
    return submission


def save_draft(
    key: str, values: Mapping[str, object], *, by: Actor, session: Session, clock: Clock
) -> None:
    """Keep an unfinished form, unchecked; the newest draft of a person and key counts.

    Args:
        key: the user task's id, or "start:<process key>".
        values: raw values as typed, JSON.
        by: who writes.
        session: of the unit of work.
        clock: tells when.
    """
    draft = session.get(TaskDraft, (key, by.id))
    if draft is None:
        draft = TaskDraft(key=key, account_id=by.id)
        session.add(draft)
    draft.values = {name: to_json(value) for name, value in values.items()}
    draft.saved_at = clock.now()
    session.flush()


def discard_draft(key: str, *, by: Actor, session: Session) -> None:
    """Throw a draft away; without a draft nothing happens."""
    session.execute(delete(TaskDraft).where(TaskDraft.key == key, TaskDraft.account_id == by.id))


def take_in(instance_id: str, party: str, relation: str, *, session: Session) -> None:
    """Make somebody a party of a case; the first relation of a party stays."""
    if session.get(CaseParty, (instance_id, party)) is None:
        session.add(CaseParty(instance_id=instance_id, party=party, relation=relation))
        session.flush()


def latest_answers(
    instance_id: str, form_key: str, *, since: datetime | None = None, session: Session
) -> Mapping[str, object]:
    """Read the form of this key that was handed in last, since an instant; empty without one."""
    wanted = [FormSubmission.instance_id == instance_id, FormSubmission.form_key == form_key]
    if since is not None:
        wanted.append(FormSubmission.at >= since)
    found = session.scalars(
        select(FormSubmission).where(*wanted).order_by(FormSubmission.id.desc()).limit(1)
    ).first()
    return {} if found is None else found.values
