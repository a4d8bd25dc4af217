"""What the forms of an application may name, and what their definitions cannot know."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.records import UserTask
from engine.types import Actor
from housing.applications import changes
from housing.applications.desk import (
    application_by_number,
    open_findings,
)
from housing.applications.duplicates import choices
from housing.applications.errors import (
    DefectsLeftOut,
    FourEyes,
    NothingToRestore,
    RestorationTooLate,
)
from housing.applications.models import ApplicationFinding, HousingApplication
from housing.applications.rules import (
    DEFECT_WORDS,
    REASON_WORDS,
    RESTORATION_DAYS,
    first_reason,
    is_restorable,
)
from housing.applications.supplements import defects_of, newest_supplement


def context(business_key: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give what the forms of an application may name."""
    del now
    application = application_by_number(business_key, session=session)
    found = open_findings(application.id, session=session)
    supplement = newest_supplement(application.id, session=session)
    lines = defects_of(supplement.id, session=session) if supplement is not None else []
    reason = _reason(application, found, supplement.outcome if supplement else None)
    members = choices(application, session=session)
    return {
        "finding_keys": [each.key for each in found],
        "finding_words": _say(found),
        "open_defects": [{"value": each.key, "label": DEFECT_WORDS[each.key][0]} for each in found],
        "open_defect_values": [each.key for each in found],
        "wanted_papers": sorted({DEFECT_WORDS[each.key][2] for each in lines} - {""}),
        "defect_words": "；".join(
            f"{each.text}（{each.proof}）" if each.proof else each.text for each in lines
        ),
        "set_members": members,
        "earliest_number": members[0]["value"] if members else None,
        **changes.context(application, session=session),
        "rejection_words": REASON_WORDS[reason][0],
    }


def check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse what breaks a rule of the business.

    Raises:
        DefectsLeftOut: the notice does not list every defect.
        NothingToRestore, RestorationTooLate: a restoration that the law does not allow.
    """
    application = application_by_number(task.business_key, session=session)
    if task.element_id == "list_defects":
        _check_complete(application, values, session)
    if task.element_id == "draft_rejection" and values.get("rejection_outcome") == "restore":
        check_restoration(application, values, session=session, now=None)


def forbid(task: UserTask, by: Actor, *, session: Session) -> None:
    """Refuse a person who may not do a task.

    Raises:
        FourEyes: who reviewed wants to make the second check.
    """
    if task.element_id != "second_check":
        return
    application = application_by_number(task.business_key, session=session)
    if application.reviewed_by == by.id:
        raise FourEyes(application.number)


def check_restoration(
    application: HousingApplication,
    values: Mapping[str, object],
    *,
    session: Session,
    now: datetime | None,
) -> None:
    """Check that a missed period may be restored (行政程序法 art. 50).

    Raises:
        NothingToRestore: no supplement lapsed.
        RestorationTooLate: asked for too late; not looked at when `now` is unknown.
    """
    supplement = newest_supplement(application.id, session=session)
    if supplement is None or supplement.outcome != "expired" or supplement.due_at is None:
        raise NothingToRestore(application.number)
    ended = values.get("cause_ended_on")
    if now is None or not ended:
        return
    day = local_date(now).fromisoformat(str(ended)[:10])
    if not is_restorable(day, supplement.due_at, now):
        raise RestorationTooLate(RESTORATION_DAYS)


def _check_complete(
    application: HousingApplication, values: Mapping[str, object], session: Session
) -> None:
    wanted = {each.key for each in open_findings(application.id, session=session)}
    ticked = values.get("defects")
    missing = (
        wanted - {str(each) for each in ticked if each} if isinstance(ticked, list) else wanted
    )
    if missing:
        raise DefectsLeftOut(len(missing))


def _say(found: list[ApplicationFinding]) -> str:
    if not found:
        return "檢核無缺失。"
    return "；".join(
        f"{DEFECT_WORDS[each.key][0]}"
        + (f"（值 {each.value}，限額 {each.limit}）" if each.limit else "")
        + (f"；依據：{each.source}" if each.source else "")
        for each in found
    )


def _reason(
    application: HousingApplication, found: list[ApplicationFinding], outcome: str | None
) -> str:
    if application.reason_code in REASON_WORDS:
        return str(application.reason_code)
    if outcome == "expired":
        return "SUPPLEMENT_EXPIRED"
    return first_reason(each.key for each in found)
