"""The verbs of announcements that people do: send a draft, read, acknowledge, correct, withdraw."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.records import StepResult
from engine.types import Actor
from housing.announcements import drafts
from housing.announcements.desk import may_keep, next_number, row_by_number, task_scope
from housing.announcements.drafts import Draft, is_office
from housing.announcements.errors import AnnouncementEnded, AnnouncementNotFound
from housing.announcements.models import Announcement, AnnouncementReceipt
from housing.announcements.operations import CORRECTION_FORM, WITHDRAWAL_FORM
from housing.announcements.rules import EMERGENCY, ENDED, LIVE, ensure_times
from housing.notices import service as notices
from housing.records.forms import form_in_service
from housing.records.service import Answers, record

PROCESS = "announcement.publish"
DRAFT_FORM = "announcement/draft"
CORRECT_MESSAGE = "announcement.correct"
WITHDRAW_MESSAGE = "announcement.withdraw"


def send_draft(  # noqa: PLR0913  # the face of the room
    token: str,
    values: Mapping[str, object],
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult | None:
    """Take a draft in and start its process; the same token does so once.

    Args:
        token: idempotency key of the form.
        values: of the form `announcement/draft`, checked.
        by: its author.
        engine: runs the process.
        session: of the unit of work.
        clock: tells when.

    Returns:
        The first step; None when the token was used before.

    Raises:
        ScopeIncomplete, ScopeNotYours, UnitUnknown, NobodyAddressed: of the scope.
        OfficeOnly: a manager asks for acknowledgement or publishes for everybody.
        EndMissing, EndTooEarly: of the times.
    """
    if session.scalar(select(Announcement.id).where(Announcement.token == token)) is not None:
        return None
    draft = drafts.read(values)
    drafts.ensure_allowed(draft, by=by, session=session, now=clock.now())
    row = _new(token, draft, by, session, clock)
    variables = {
        "announcement_id": row.id,
        "author_id": by.id,
        "is_office": row.is_office,
        "is_emergency": row.category == EMERGENCY,
        "must_acknowledge": row.must_acknowledge,
        "incident": row.incident or row.number,
    }
    result = engine.start(
        PROCESS,
        variables,
        business_key=row.number,
        scope=task_scope(draft.scope),
        by=by,
        session=session,
    )
    row.instance_id = result.instance_id
    form = form_in_service(DRAFT_FORM, session=session)
    answers = Answers(instance_id=result.instance_id, form=form, form_key=DRAFT_FORM, values=values)
    record(answers, by=by, session=session, clock=clock)
    return result


def mark_read(
    number: str, account_id: int, *, session: Session, clock: Clock, is_shown: bool = True
) -> None:
    """Note that somebody opened an announcement in force; the first time counts.

    Args:
        number: of the announcement.
        account_id: the reader; whoever asks makes sure that it is meant for him.
        session: of the unit of work.
        clock: tells when.
        is_shown: he saw it in the portal, so his notices about it are read too.
    """
    row = row_by_number(number, session=session)
    receipt = _receipt_of(row, account_id, session)
    receipt.read_at = receipt.read_at or clock.now()
    receipt.version_read = row.version
    session.flush()
    if is_shown and row.instance_id is not None:
        notices.mark_read(row.instance_id, account_id, session=session, clock=clock)


def acknowledge(
    number: str, account_id: int, *, is_on_paper: bool = False, session: Session, clock: Clock
) -> None:
    """Note that somebody knows of an announcement in force; the first time counts.

    Raises:
        AnnouncementEnded: it is not in force.
    """
    row = row_by_number(number, session=session)
    if row.state not in LIVE:
        raise AnnouncementEnded(number)
    mark_read(number, account_id, session=session, clock=clock, is_shown=not is_on_paper)
    receipt = _receipt_of(row, account_id, session)
    if receipt.acknowledged_at is None:
        receipt.acknowledged_at, receipt.is_on_paper = clock.now(), is_on_paper


def tell_on_paper(
    number: str, account_id: int, *, by: Actor, session: Session, clock: Clock
) -> None:
    """Note that a household without a phone was told at its door.

    Raises:
        AnnouncementNotFound: the announcement is no business of this person, or not the reader's.
        AnnouncementEnded: it is not in force.
    """
    row = row_by_number(number, session=session)
    known = select(AnnouncementReceipt.id).where(
        AnnouncementReceipt.announcement_id == row.id,
        AnnouncementReceipt.account_id == account_id,
    )
    if not may_keep(row, by) or session.scalar(known) is None:
        raise AnnouncementNotFound(number)
    acknowledge(number, account_id, is_on_paper=True, session=session, clock=clock)


def correct(  # noqa: PLR0913  # the face of the room
    number: str,
    values: Mapping[str, object],
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    """Replace the text of an announcement in force, and its end if a new one is given.

    Raises:
        AnnouncementNotFound: there is none, or it is somebody else's.
        AnnouncementEnded: it is not in force.
        EndTooEarly: the new end has passed.
    """
    row = _kept(number, by, session)
    if row.state not in LIVE:
        raise AnnouncementEnded(number)
    until_at = values.get("until_at")
    if isinstance(until_at, datetime):
        ensure_times(row.category, None, until_at, clock.now())
    return _send(row, CORRECT_MESSAGE, CORRECTION_FORM, values, by, engine, session, clock)


def withdraw(  # noqa: PLR0913  # the face of the room
    number: str,
    values: Mapping[str, object],
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    """Take an announcement back, also one that is not out yet.

    Raises:
        AnnouncementNotFound: there is none, or it is somebody else's.
        AnnouncementEnded: it has ended.
    """
    row = _kept(number, by, session)
    if row.state in ENDED:
        raise AnnouncementEnded(number)
    return _send(row, WITHDRAW_MESSAGE, WITHDRAWAL_FORM, values, by, engine, session, clock)


def _new(token: str, draft: Draft, by: Actor, session: Session, clock: Clock) -> Announcement:
    now, office = clock.now(), is_office(by)
    row = Announcement(
        number=next_number(session, now),
        token=token,
        state="scheduled" if office or draft.category == EMERGENCY else "in_review",
        version=1,
        author_id=by.id,
        author_name=by.name,
        is_office=office,
        drafted_at=now,
        submitted_at=now,
        approved_by="",
        end_reason="",
        end_text="",
        return_reason="",
        returned_count=0,
        receivers=0,
    )
    drafts.put(draft, row)
    session.add(row)
    session.flush()
    return row


def _kept(number: str, by: Actor, session: Session) -> Announcement:
    row = row_by_number(number, session=session)
    if not may_keep(row, by):
        raise AnnouncementNotFound(number)
    return row


def _send(  # noqa: PLR0913  # one message and what it needs
    row: Announcement,
    message: str,
    form_key: str,
    values: Mapping[str, object],
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> StepResult:
    instance_id = row.instance_id or ""
    form = form_in_service(form_key, session=session)
    answers = Answers(instance_id=instance_id, form=form, form_key=form_key, values=values)
    record(answers, by=by, session=session, clock=clock)
    return engine.send_message(instance_id, message, {}, by=by, session=session)


def _receipt_of(row: Announcement, account_id: int, session: Session) -> AnnouncementReceipt:
    """Read the receipt of a reader; who was not told gets one when he finds it himself."""
    wanted = select(AnnouncementReceipt).where(
        AnnouncementReceipt.announcement_id == row.id,
        AnnouncementReceipt.account_id == account_id,
    )
    found = session.scalar(wanted)
    if found is not None:
        return found
    new = AnnouncementReceipt(
        announcement_id=row.id, account_id=account_id, is_told=False, is_on_paper=False
    )
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:  # the same reader opened it twice at the same moment
        return session.scalars(wanted).one()
    return new
