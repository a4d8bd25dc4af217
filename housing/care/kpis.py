"""Figures of care that the office reports: visits, triage, referrals, monthly reports, mood.

They count and name nobody. On time is measured against the day on which a visit was due.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.calendar import TAIPEI, local_date
from engine.calendars import counting_calendar
from engine.periods.measuring import working_days_between
from engine.types import CITY
from housing.care.models import CareAction, CareCase, CareReport, CareVisit
from housing.care.rules import BSRS_BANDS, bsrs_band, next_month

TRIAGE_WORKING_DAYS = 1
FIRST_DAY = date(2000, 1, 1)  # before all records
_DONE = frozenset({"done", "accepted"})


@dataclass(frozen=True, kw_only=True, slots=True)
class CareFigures:
    """The figures of some communities in a month, or since ever.

    Attributes:
        planned: visits that were due, made or not; made: somebody was met.
        not_met, refused: of those gone to; on_time: gone to by the day they were due.
        triaged, triaged_in_time: cases assessed, and those within one working day.
        referrals, referrals_done, referrals_late: late ones ended, or stay open, past their day.
        reports, reports_on_time: monthly reports due, and handed in by their day.
        bands: code of a band of BSRS-5 to how many visits measured it, lowest first.
    """

    planned: int
    made: int
    not_met: int
    refused: int
    on_time: int
    triaged: int
    triaged_in_time: int
    referrals: int
    referrals_done: int
    referrals_late: int
    reports: int
    reports_on_time: int
    bands: Sequence[tuple[str, int]]

    @property
    def gone_to(self) -> int:
        """Count the visits that somebody went to."""
        return self.made + self.not_met + self.refused


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    begin: datetime
    end: datetime

    def holds(self, instant: datetime) -> bool:
        return self.begin <= instant < self.end


def figures(
    communities: Collection[str], month_on: date | None, *, session: Session, now: datetime
) -> CareFigures:
    """Compute the figures of communities: of a month, given by its first day, or of all time."""
    span = _span(month_on, now)
    cases = session.scalars(select(CareCase).where(CareCase.community.in_(communities))).all()
    ids = select(CareCase.id).where(CareCase.community.in_(communities))
    visits = [each for each in _visits(CareVisit.case_id.in_(ids), session) if span.holds(each[1])]
    results = Counter(result for result, _due, _at, _score in visits)
    missed = [each for each in cases if _is_missed(each, span, now)]
    return CareFigures(
        planned=len(visits) + len(missed),
        made=results["met"],
        not_met=results["not_met"],
        refused=results["refused"],
        on_time=sum(local_date(at) <= local_date(due) for _result, due, at, _score in visits),
        **_triage(cases, span, session, now),
        **_referrals(CareAction.case_id.in_(ids), span, session, now),
        **_reports(communities, span, session),
        bands=_bands([score for *_rest, score in visits if score is not None]),
    )


def _span(month_on: date | None, now: datetime) -> _Span:
    if month_on is None:
        return _Span(begin=_midnight(FIRST_DAY), end=now)
    return _Span(begin=_midnight(month_on), end=min(_midnight(next_month(month_on)), now))


def _visits(
    condition: ColumnElement[bool], session: Session
) -> list[tuple[str, datetime, datetime, int | None]]:
    rows = select(CareVisit.result, CareVisit.due_at, CareVisit.visited_at, CareVisit.bsrs5)
    found = session.execute(rows.where(condition))
    return [(result, due_at, at, score) for result, due_at, at, score in found]


def _is_missed(case: CareCase, span: _Span, now: datetime) -> bool:
    """Tell whether a case waits for a visit whose day has passed."""
    due_at = case.next_visit_at
    is_waiting = case.closed_at is None and due_at is not None
    return is_waiting and due_at is not None and due_at < now and span.holds(due_at)


def _triage(
    cases: Sequence[CareCase], span: _Span, session: Session, now: datetime
) -> Mapping[str, int]:
    calendar = counting_calendar(CITY, now, session.connection())
    triaged = [
        (local_date(each.opened_at), local_date(each.triaged_at))
        for each in cases
        if each.triaged_at is not None and span.holds(each.opened_at)
    ]
    in_time = [
        pair for pair in triaged if working_days_between(*pair, calendar) <= TRIAGE_WORKING_DAYS
    ]
    return {"triaged": len(triaged), "triaged_in_time": len(in_time)}


def _referrals(
    condition: ColumnElement[bool], span: _Span, session: Session, now: datetime
) -> Mapping[str, int]:
    rows = select(CareAction.state, CareAction.due_on, CareAction.ended_at).where(condition)
    due = [
        (state, due_on, ended_at)
        for state, due_on, ended_at in session.execute(rows)
        if span.holds(_midnight(due_on))
    ]
    late = [due_on for _state, due_on, ended_at in due if local_date(ended_at or now) > due_on]
    done = [state for state, *_rest in due if state in _DONE]
    return {"referrals": len(due), "referrals_done": len(done), "referrals_late": len(late)}


def _reports(communities: Collection[str], span: _Span, session: Session) -> Mapping[str, int]:
    rows = select(CareReport.due_at, CareReport.first_submitted_at).where(
        CareReport.community.in_(communities)
    )
    due = [
        (due_at, first_at)
        for due_at, first_at in session.execute(rows)
        if span.holds(due_at) or (first_at is not None and span.holds(first_at))
    ]
    on_time = [first for due_at, first in due if first is not None and first <= due_at]
    return {"reports": len(due), "reports_on_time": len(on_time)}


def _bands(scores: Sequence[int]) -> list[tuple[str, int]]:
    counts = Counter(bsrs_band(score) for score in scores)
    return [(band, counts[band]) for band in BSRS_BANDS]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=TAIPEI)
