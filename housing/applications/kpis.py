"""Figures of applications that the office reports: arrival, supplements, decisions, appeals.

Every rate stands beside its base. Days to a decision are working days after the day that counts as
the day of receipt; on time is measured against the end of the call's review as it stands.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.calendars import counting_calendar
from engine.periods.measuring import working_days_between
from engine.types import CITY
from housing.applications.models import (
    ApplicationFinding,
    ApplicationSupplement,
    CallRound,
    HousingApplication,
)
from housing.applications.rules import percentile
from housing.records.models import FormSubmission

APPEAL_FORM = "application_review/appeal_upheld"
DECIDED = frozenset({"qualified", "rejected"})
MOST_DEFECTS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A part of a base; `share` is None without a base."""

    part: int
    base: int

    @property
    def share(self) -> float | None:
        """Give part / base between 0 and 1."""
        return self.part / self.base if self.base else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationFigures:
    """The figures of one call, or of all.

    Attributes:
        states: how many stand in which state.
        online: of all received; mydata: of those that came online.
        complete: qualified without a supplement, of those decided.
        supplemented: had a supplement, of those decided.
        answered: supplements answered in their period, of those that ended.
        median_days, p90_days: working days from receipt to decision; None without decisions.
        on_time: decided within the call's review, of those decided in calls with an end.
        rejections: reason code to count, most first.
        defects: code of a confirmed or open defect to count, most first.
        corrected: findings of a rule that an officer corrected, of those decided.
        appeals_upheld: rejections voided, of all rejections ever made.
    """

    received: int
    states: Mapping[str, int]
    online: Share
    mydata: Share
    complete: Share
    supplemented: Share
    answered: Share
    median_days: int | None
    p90_days: int | None
    on_time: Share
    rejections: Sequence[tuple[str, int]]
    defects: Sequence[tuple[str, int]]
    corrected: Share
    appeals_upheld: Share


@dataclass(frozen=True, slots=True)
class _Line:
    state: str
    channel: str
    used_mydata: bool
    supplement_rounds: int
    counts_at: datetime
    decided_at: datetime | None
    reason_code: str | None
    review_due_at: datetime | None


def figures(round_number: str, *, session: Session, now: datetime) -> ApplicationFigures:
    """Compute the figures of a call; of all calls without a number."""
    lines = _lines(round_number, session)
    online = [each for each in lines if each.channel == "online"]
    decided = [each for each in lines if each.state in DECIDED and each.decided_at is not None]
    at_once = [each for each in decided if not each.supplement_rounds]
    limited = [each for each in decided if each.review_due_at is not None]
    rejected = Counter(each.reason_code or "" for each in decided if each.state == "rejected")
    days = _days(decided, session, now)
    upheld = _appeals(round_number, session)
    return ApplicationFigures(
        received=len(lines),
        states=Counter(each.state for each in lines),
        online=Share(part=len(online), base=len(lines)),
        mydata=Share(part=sum(each.used_mydata for each in online), base=len(online)),
        complete=Share(part=sum(each.state == "qualified" for each in at_once), base=len(decided)),
        supplemented=Share(part=len(decided) - len(at_once), base=len(decided)),
        answered=_answered(round_number, session),
        median_days=percentile(days, 50),
        p90_days=percentile(days, 90),
        on_time=Share(part=sum(_is_on_time(each) for each in limited), base=len(limited)),
        rejections=rejected.most_common(),
        defects=_defects(round_number, session),
        corrected=_corrected(round_number, session),
        appeals_upheld=Share(part=upheld, base=rejected.total() + upheld),
    )


def _lines(round_number: str, session: Session) -> list[_Line]:
    rows = select(
        HousingApplication.state,
        HousingApplication.channel,
        HousingApplication.used_mydata,
        HousingApplication.supplement_rounds,
        HousingApplication.counts_at,
        HousingApplication.decided_at,
        HousingApplication.reason_code,
        CallRound.review_due_at,
    ).join(CallRound, CallRound.id == HousingApplication.round_id)
    if round_number:
        rows = rows.where(CallRound.number == round_number)
    return [_Line(*row) for row in session.execute(rows)]


def _days(decided: Sequence[_Line], session: Session, now: datetime) -> list[int]:
    """Count working days from receipt to decision; equal pairs of days are counted once."""
    calendar = counting_calendar(CITY, now, session.connection())
    known: dict[tuple[date, date], int] = {}
    found = []
    for each in decided:
        pair = (local_date(each.counts_at), local_date(each.decided_at or now))
        if pair not in known:
            known[pair] = working_days_between(*pair, calendar)
        found.append(known[pair])
    return found


def _is_on_time(line: _Line) -> bool:
    decided_at, due_at = line.decided_at, line.review_due_at
    return decided_at is not None and due_at is not None and decided_at <= due_at


def _answered(round_number: str, session: Session) -> Share:
    rows = (
        select(ApplicationSupplement.outcome, func.count())
        .where(
            ApplicationSupplement.application_id.in_(_ids(round_number)),
            ApplicationSupplement.outcome.is_not(None),
        )
        .group_by(ApplicationSupplement.outcome)
    )
    counts = {str(outcome): int(count) for outcome, count in session.execute(rows)}
    return Share(part=counts.get("answered", 0), base=sum(counts.values()))


def _defects(round_number: str, session: Session) -> list[tuple[str, int]]:
    """Count the defects that stood: confirmed by an officer, or found and not looked at yet."""
    count = func.count()
    rows = (
        select(ApplicationFinding.code, count)
        .where(
            ApplicationFinding.application_id.in_(_ids(round_number)),
            func.coalesce(ApplicationFinding.decision, "confirm") == "confirm",
        )
        .group_by(ApplicationFinding.code)
        .order_by(count.desc(), ApplicationFinding.code)
        .limit(MOST_DEFECTS)
    )
    return [(str(code), int(number)) for code, number in session.execute(rows)]


def _corrected(round_number: str, session: Session) -> Share:
    rows = (
        select(ApplicationFinding.decision, func.count())
        .where(
            ApplicationFinding.application_id.in_(_ids(round_number)),
            ApplicationFinding.found_by == "rule",
            ApplicationFinding.decision.is_not(None),
        )
        .group_by(ApplicationFinding.decision)
    )
    counts = {str(decision): int(count) for decision, count in session.execute(rows)}
    return Share(part=counts.get("correct", 0), base=sum(counts.values()))


def _appeals(round_number: str, session: Session) -> int:
    cases = select(HousingApplication.instance_id).where(
        HousingApplication.id.in_(_ids(round_number))
    )
    rows = select(func.count()).where(
        FormSubmission.form_key == APPEAL_FORM, FormSubmission.instance_id.in_(cases)
    )
    return session.scalar(rows) or 0


def _ids(round_number: str) -> Select[int]:
    rows = select(HousingApplication.id)
    if round_number:
        of_call = select(CallRound.id).where(CallRound.number == round_number)
        rows = rows.where(HousingApplication.round_id.in_(of_call))
    return rows
