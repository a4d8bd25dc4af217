"""The monthly report as a letter to print: figures, both dates, the note for the payment."""

from collections.abc import Mapping
from datetime import date, datetime

from engine.calendar import local_date
from forms.dates import republic_year
from housing.care.views import FigureView, ReportView
from housing.letters.queries import LetterView
from housing.letters.writing import fill, template
from housing.places.rules import community_scope

TEMPLATE = "monthly_report"

FIGURE_WORDS: Mapping[str, str] = {
    "visits": "訪視次數",
    "not_met": "未遇次數",
    "cases_high": "服務中個案（高）",
    "cases_medium": "服務中個案（中）",
    "cases_low": "服務中個案（低）",
    "opened": "本月新案",
    "closed": "本月結案",
    "emergencies": "緊急事件",
    "referrals": "轉介件數",
    "referrals_done": "轉介辦畢",
    "hours": "服務時數",
}
"""Printed in Chinese, whoever prints it."""


def as_letter(report: ReportView, *, now: datetime) -> LetterView:
    """Put a report into the shape of a letter.

    Args:
        report: with its figures.
        now: stands as the day of writing as long as it was not handed in.
    """
    words = template(TEMPLATE)
    content = fill(words, fields(report))
    return LetterView(
        id=0,
        instance_id=report.instance_id,
        case_number=report.number,
        scope=community_scope(report.community),
        person_id=None,
        contractor_code=None,
        addressee_name=f"{report.community_name}社會福利服務站",
        addressee_address="",
        kind=TEMPLATE,
        title=content.title,
        reason_code=None,
        legal_basis=words.legal_basis,
        appeal="",
        text_version=words.text_version,
        content=content.to_json(),
        channel="portal",
        number=report.approval_no,
        period=None,
        period_end_at=None,
        state="sent" if report.is_locked else "draft",
        written_at=report.submitted_at or now,
        sent_at=report.approved_at,
        served_at=None,
        proofs=(),
    )


def fields(report: ReportView) -> Mapping[str, object]:
    """Give what the words of the report need."""
    return {
        "community": report.community_name,
        "month": report.months,
        "figures": [
            {"text": FIGURE_WORDS[each.code], "value": _value(each)} for each in report.figures
        ],
        "summary": " ".join([*_dates(report), report.narrative, f"下月計畫：{report.next_month}"]),
        "needs": report.problems,
    }


def _value(each: FigureView) -> str:
    return f"{each.reported}（紀錄 {each.recorded}）" if each.is_edited else str(each.reported)


def _dates(report: ReportView) -> list[str]:
    said = [f"應提報日 {_day(report.due_at)}。"]
    if report.first_submitted_at:
        said.append(f"首次提報日 {_day(report.first_submitted_at)}。")
    if report.approved_at:
        said.append(f"核備日 {_day(report.approved_at)}。")
    if report.days_late:
        said.append(f"付款審核註記：遲交 {report.days_late} 日。")
    return said


def _day(instant: datetime) -> str:
    on: date = local_date(instant)
    return f"{republic_year(on)}年{on.month}月{on.day}日"
