"""What the forms of care ask the business: context, checks, and what the case page may keep."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.records import UserTask
from engine.types import Actor
from housing.care.desk import (
    case_by_number,
    month_words,
    report_by_number,
    signals_of,
)
from housing.care.errors import FigureNeedsReason, LevelTooLow, VisitTooLate
from housing.care.figures import figures_of
from housing.care.models import (
    CareAction,
    CareCase,
    CareFigure,
    CareReport,
    CareSheet,
    CareVisit,
)
from housing.care.rules import (
    CONFIDENTIAL_FIELD,
    FIGURES,
    INTERVAL_DAYS,
    bsrs_score,
    figure,
    is_alarming,
    latest_visit_on,
    proposed_flags,
)
from housing.care.sealing import keep_note
from housing.files.service import attach
from housing.people.queries import names_of
from housing.places.queries import community
from housing.records.forms import form_of_task
from housing.records.rules import file_ids, to_json
from housing.vault import Vault

LEVEL_WORDS: Mapping[str, str] = {
    "emergency": "緊急",
    "high": "高",
    "medium": "中",
    "low": "低",
}
SOURCE_WORDS: Mapping[str, str] = {
    "observation": "物管觀察",
    "repair": "修繕時發現",
    "request": "住戶求助",
    "referral": "其他單位轉介",
    "arrears": "欠租兩個月",
    "move_in": "關懷戶入住",
}
SIGN_WORDS: Mapping[str, str] = {
    "unseen_2d": "兩日未見",
    "mail": "信件堆積",
    "smell": "異味",
    "quarrel": "爭吵",
    "child_alone": "兒童獨自在家",
    "suicide_talk": "提到不想活",
    "lost": "走失或答非所問",
    "unkempt": "環境惡化",
    "other": "其他",
}
"""Words inside forms; forms are Chinese data like the diagram."""

LEVEL_FIELDS: Mapping[str, str] = {
    "care_case/plan": "plan_level",
    "care_case/visit": "risk",
    "care_case/quarterly": "new_level",
}
"""Forms that set a level and the next visit, and the field of the level."""


def context(business_key: str, *, session: Session, **_when: object) -> Mapping[str, object]:
    """Give what the forms of a care case may name; nothing of it enters the process."""
    case = case_by_number(business_key, session=session)
    signals = signals_of(case.id, session=session)
    seen: dict[str, list[str]] = {}
    for each in signals:
        seen.setdefault(each.source, []).extend(each.seen)
    level = case.level if case.level in INTERVAL_DAYS else "high"
    quarterly = _newest_values(case.id, "quarterly", session)
    return {
        "signal_words": "；".join(_signal_words(each.source, each.seen) for each in signals[-3:]),
        "proposed_flags": proposed_flags(seen),
        "proposed_level": level,
        "level_words": LEVEL_WORDS.get(case.level or "", "—"),
        "contact_way": case.contact_way,
        "photo_consent": case.has_photo_consent,
        "worker_words": _worker(case, session),
        "bsrs_words": _bsrs_words(case.id, session),
        "review_text": str(_newest_values(case.id, "record_review", session).get("review_text")),
        "visit_count": _visits_since(case, session),
        "open_actions": session.scalar(
            select(func.count()).where(CareAction.case_id == case.id, CareAction.state == "open")
        )
        or 0,
        "quarterly_words": "結案" if quarterly.get("quarterly") == "close" else "繼續",
    }


def _signal_words(source: str, seen: list[str]) -> str:
    signs = "、".join(SIGN_WORDS.get(each, each) for each in seen)
    words = SOURCE_WORDS.get(source, source)
    return f"{words}（{signs}）" if signs else words


def _worker(case: CareCase, session: Session) -> str:
    names = names_of([case.worker_id], session=session) if case.worker_id else {}
    return names.get(case.worker_id or "", "社福站值班社工")


def _bsrs_words(case_id: int, session: Session) -> str:
    newest = session.scalars(
        select(CareVisit.bsrs5)
        .where(CareVisit.case_id == case_id)
        .order_by(CareVisit.id.desc())
        .limit(1)
    ).first()
    return "未施測" if newest is None else f"{newest} 分"


def _visits_since(case: CareCase, session: Session) -> int:
    return session.scalar(select(func.count()).where(CareVisit.case_id == case.id)) or 0


def _newest_values(case_id: int, form: str, session: Session) -> Mapping[str, object]:
    found = session.scalars(
        select(CareSheet.values)
        .where(CareSheet.case_id == case_id, CareSheet.form_key == f"care_case/{form}")
        .order_by(CareSheet.id.desc())
        .limit(1)
    ).first()
    return found or {}


def check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse a next visit later than the level allows, and a level below the mood scale.

    Raises:
        VisitTooLate, LevelTooLow: with the sentence for the form.
    """
    del session
    field = LEVEL_FIELDS.get(task.form_key or "")
    level, next_on = str(values.get(field or "")), values.get("next_date")
    if field is None or not isinstance(next_on, date):
        return
    if level != "high" and is_alarming(values):
        raise LevelTooLow(bsrs_score(values) or 0)
    begin = max(local_date(task.created_at), _visited_on(values) or date.min)
    if next_on > latest_visit_on(level, begin):
        raise VisitTooLate(INTERVAL_DAYS[level])


def _visited_on(values: Mapping[str, object]) -> date | None:
    visited = values.get("visited_at")
    return local_date(visited) if isinstance(visited, datetime) else None


def keep(  # noqa: PLR0913  # the face of a subject
    task: UserTask,
    values: Mapping[str, object],
    *,
    by: Actor,
    session: Session,
    clock: Clock,
    vault: Vault | None,
) -> Mapping[str, object]:
    """Put a form of a care case into its own tables; the record of the case keeps codes only.

    What steers the diagram stays visible there; what people wrote and ticked does not, and the
    confidential part stands apart even from that, sealed.

    Raises:
        KeyMissing: there is a confidential part and no vault.
    """
    case = case_by_number(task.business_key, session=session)
    form = form_of_task(task, session=session)
    files = file_ids(form, values)
    if files:
        attach(files, task.instance_id, by=by, session=session)
    sheet = CareSheet(
        case_id=case.id,
        task_id=task.id,
        form_key=task.form_key or "",
        values={
            name: to_json(value) for name, value in values.items() if name != CONFIDENTIAL_FIELD
        },
        by_id=by.id,
        by_name=by.name,
        at=clock.now(),
    )
    session.add(sheet)
    session.flush()
    if text := values.get(CONFIDENTIAL_FIELD):
        keep_note(sheet.id, str(text), vault=vault, session=session)
    shown = form.variable_names() - {"flags", "bsrs5"}
    return {name: value for name, value in values.items() if name in shown}


def report_context(business_key: str, *, session: Session, **_when: object) -> Mapping[str, object]:
    """Give what the forms of a monthly report may name: figures of the records, words so far."""
    report = report_by_number(business_key, session=session)
    recorded = figures_of(report.community, report.month_on, session=session)
    stored = session.scalars(select(CareFigure).where(CareFigure.report_id == report.id))
    reported = {each.code: figure(each.reported) for each in stored}
    return {
        "figures": {code: str(reported.get(code, recorded[code])) for code in FIGURES},
        "report_words": _report_words(report, session),
        "narrative": report.narrative,
        "next_month": report.next_month,
        "problems": report.problems,
    }


def _report_words(report: CareReport, session: Session) -> str:
    where = community(report.community, session=session).name
    words = f"{where} {month_words(report)}"
    return f"{words}。退回意見：{report.return_reason}" if report.return_reason else words


def check_report(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse figures that differ from the records without a reason.

    Raises:
        FigureNeedsReason: see its sentence.
    """
    if task.form_key != "care_monthly/report" or values.get("figure_reason"):
        return
    report = report_by_number(task.business_key, session=session)
    recorded = figures_of(report.community, report.month_on, session=session)
    if any(code in values and values[code] != recorded[code] for code in FIGURES):
        raise FigureNeedsReason
