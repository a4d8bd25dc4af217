"""What the diagram `announcement.publish` calls: schedule, publish, remind, correct, end."""

from collections.abc import Mapping
from datetime import datetime

from housing.announcements import audience, drafts
from housing.announcements.desk import (
    keep_version,
    receipts_of,
    row_of,
    scope_of,
    task_scope,
    tell,
    tell_all,
)
from housing.announcements.models import Announcement, AnnouncementReceipt
from housing.announcements.rules import (
    ENDED,
    LISTED_AFTER,
    LIVE,
    REMINDED_AFTER,
    end_of,
    excerpt,
    publish_at,
)
from housing.people import queries as people
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

DRAFT_FORM = "announcement/draft"
REDRAFT_FORM = "announcement/redraft"
APPROVAL_FORM = "announcement/approval"
REVIEW_FORM = "announcement/review"
CORRECTION_FORM = "announcement/correction"
WITHDRAWAL_FORM = "announcement/withdrawal"

_ACKNOWLEDGE = "請開啟公告並按「我已知悉」。"
_ACKNOWLEDGE_ENGLISH = "Please open it and press “I have read this”."


def return_draft(call: Call, announcement_id: int) -> Result:
    """Send a draft back to its author with the officer's reason."""
    row = _row(call, announcement_id)
    answers = latest_answers(call.instance.id, APPROVAL_FORM, session=call.session)
    row.state, row.returned_count = "draft", row.returned_count + 1
    row.return_reason = str(answers.get("return_reason") or "")
    fields = {"reason_text": row.return_reason}
    tell(
        row,
        "announcement_returned",
        [row.author_id],
        fields,
        session=call.session,
        clock=call.clock,
    )
    return NOTHING


def take_redraft(call: Call, announcement_id: int) -> Result:
    """Take the corrected draft in; whom it is for stays."""
    row = _row(call, announcement_id)
    _rewrite(row, latest_answers(call.instance.id, REDRAFT_FORM, session=call.session))
    row.state, row.submitted_at = "in_review", call.now
    return NOTHING


def approve(call: Call, announcement_id: int) -> Result:
    """Note the approval, with the officer's own corrections if he made any."""
    row = _row(call, announcement_id)
    answers = latest_answers(call.instance.id, APPROVAL_FORM, session=call.session)
    if answers.get("approval") == "correct":
        _rewrite(row, answers)
    row.approved_at, row.approved_by = call.now, call.by.name
    return NOTHING


def schedule(call: Call, announcement_id: int) -> Result:
    """Count when it goes out and when it ends."""
    row = _row(call, announcement_id)
    out_at = publish_at(row.category, row.from_at, call.now)
    row.state, row.ends_at = "scheduled", end_of(out_at, row.until_at)
    return {"publish_at": out_at, "ends_at": row.ends_at}


def publish(call: Call, announcement_id: int) -> Result:
    """Put it in force: a receipt for each reader, and a notice by the rules of push messages."""
    row, session = _row(call, announcement_id), call.session
    row.state, row.published_at = "published", call.now
    told = audience.receivers(scope_of(row), at=call.now, session=session)
    session.add_all(_receipt(row, each, call.now) for each in told)
    row.receivers = len(told)
    session.flush()
    fields: dict[str, object] = {"excerpt": excerpt(row.body), "ends": row.until_at}
    english: dict[str, object] = {}
    if row.must_acknowledge:
        fields["acknowledge"], english["acknowledge"] = _ACKNOWLEDGE, _ACKNOWLEDGE_ENGLISH
    if said := row.translations.get("en"):
        english["excerpt"] = excerpt(said["body"])
    kind = f"announcement_{row.category}"
    tell(row, kind, told, fields, english=english, session=session, clock=call.clock)
    return {"remind_at": call.now + REMINDED_AFTER, "list_at": call.now + LISTED_AFTER}


def remind(call: Call, announcement_id: int) -> Result:
    """Remind those who have not read what they must acknowledge; nobody else."""
    row, session = _row(call, announcement_id), call.session
    waiting = [each for each in receipts_of(row, session=session) if each.read_at is None]
    for receipt in waiting:
        receipt.reminded_at = call.now
    readers = [each.account_id for each in waiting]
    tell(row, "announcement_reminder", readers, {}, session=session, clock=call.clock)
    return {"reminded": len(waiting)}


def list_unread(call: Call, announcement_id: int) -> Result:
    """Tell the property managers, for the whole city the officers, who has not acknowledged."""
    row, session = _row(call, announcement_id), call.session
    receipts = receipts_of(row, session=session)
    missing = [each for each in receipts if each.acknowledged_at is None]
    group = "property_manager" if row.community else "officer"
    clerks = people.accounts_in(group, task_scope(scope_of(row)), session=session)
    if missing:
        ids = [each.id for each in clerks]
        fields = {"count": len(missing)}
        tell(row, "announcement_unread", ids, fields, session=session, clock=call.clock)
    return {"missing_count": len(missing)}


def correct(call: Call, announcement_id: int) -> Result:
    """Put a corrected text in force and tell everybody who was told the old one."""
    row = _row(call, announcement_id)
    before = row.ends_at
    _correct(row, latest_answers(call.instance.id, CORRECTION_FORM, session=call.session), call)
    return {"ends_at": row.ends_at, "has_new_end": row.ends_at != before}


def withdraw(call: Call, announcement_id: int) -> Result:
    """Take it back and tell exactly those who were told."""
    row = _row(call, announcement_id)
    answers = latest_answers(call.instance.id, WITHDRAWAL_FORM, session=call.session)
    reason = "wrong_scope" if answers.get("is_wrong_scope") is True else "withdrawn"
    _end(row, reason, str(answers.get("reason") or ""), call)
    return NOTHING


def review(call: Call, announcement_id: int) -> Result:
    """Note the review of an emergency after its publication; it may correct or end it."""
    row = _row(call, announcement_id)
    answers = latest_answers(call.instance.id, REVIEW_FORM, session=call.session)
    row.approved_at, row.approved_by = call.now, call.by.name
    if answers.get("review") == "correct" and row.state in LIVE:
        _correct(row, answers, call)
    if answers.get("review") == "end":
        _end(row, "reviewed", str(answers.get("reason") or ""), call)
    return {"is_in_force": row.state in LIVE}


def expire(call: Call, announcement_id: int, reason: str = "expired") -> Result:
    """Put it into the archive."""
    row = _row(call, announcement_id)
    if row.state not in ENDED:
        row.state, row.ended_at, row.end_reason = "expired", call.now, reason
    return NOTHING


def _row(call: Call, announcement_id: int) -> Announcement:
    """Read the row; the first step runs before its opener knows the process instance."""
    row = row_of(int(announcement_id), session=call.session)
    row.instance_id = row.instance_id or call.instance.id
    return row


def _receipt(row: Announcement, account_id: int, at: datetime) -> AnnouncementReceipt:
    return AnnouncementReceipt(
        announcement_id=row.id,
        account_id=account_id,
        is_told=True,
        told_at=at,
        read_at=None,
        version_read=None,
        acknowledged_at=None,
        reminded_at=None,
        is_on_paper=False,
    )


def _rewrite(row: Announcement, answers: Mapping[str, object]) -> None:
    row.title = str(answers.get("title") or row.title)
    row.body = str(answers.get("body") or row.body)
    if "easy_body" in answers:
        row.easy_body = str(answers["easy_body"] or "")


def _correct(row: Announcement, answers: Mapping[str, object], call: Call) -> None:
    reason = str(answers.get("reason") or "")
    keep_version(row, by_name=call.by.name, reason=reason, at=call.now, session=call.session)
    _rewrite(row, answers)
    row.state = "corrected"
    if (until_at := drafts.instant(answers.get("until_at"))) is not None:
        row.until_at = row.ends_at = until_at
    row.translations = {}  # they would say what no longer holds
    fields = {"reason_text": reason}
    tell_all(row, "announcement_corrected", fields, session=call.session, clock=call.clock)


def _end(row: Announcement, reason: str, text: str, call: Call) -> None:
    was_live = row.state in LIVE
    if row.state in ENDED:
        return
    row.state, row.ended_at, row.end_reason, row.end_text = "withdrawn", call.now, reason, text
    if was_live:
        fields = {"reason_text": text}
        tell_all(row, "announcement_withdrawn", fields, session=call.session, clock=call.clock)
