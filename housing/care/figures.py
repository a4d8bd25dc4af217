"""The figures of a month, counted from the records of visits, cases and actions."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.calendar import TAIPEI
from housing.care.models import CareAction, CareCase, CareEmergency, CareVisit
from housing.care.rules import next_month

Figures = Mapping[str, Decimal]
Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


def figures_of(community: str, month_on: date, *, session: Session) -> Figures:
    """Count what a community's station did in a month.

    Returns:
        Each code of `rules.FIGURES`; hours with one digit after the point, the rest whole.
    """
    begin, end = _midnight(month_on), _midnight(next_month(month_on))
    here = select(CareCase.id).where(CareCase.community == community)
    visits = session.execute(
        select(CareVisit.result, func.count(), func.sum(CareVisit.minutes))
        .where(CareVisit.case_id.in_(here), _within(CareVisit.visited_at, begin, end))
        .group_by(CareVisit.result)
    ).all()
    by_result = {result: count for result, count, _ in visits}
    minutes = sum(int(each or 0) for _, _, each in visits)
    by_level = _by_level(community, end, session)
    return {
        "visits": Decimal(sum(by_result.values())),
        "not_met": Decimal(by_result.get("not_met", 0)),
        "cases_high": Decimal(by_level.get("high", 0) + by_level.get("emergency", 0)),
        "cases_medium": Decimal(by_level.get("medium", 0)),
        "cases_low": Decimal(by_level.get("low", 0)),
        "opened": _count(
            session,
            CareCase.community == community,
            _within(CareCase.opened_at, begin, end),
        ),
        "closed": _count(
            session,
            CareCase.community == community,
            _within(CareCase.closed_at, begin, end),
        ),
        "emergencies": _count(
            session,
            CareEmergency.case_id.in_(here),
            _within(CareEmergency.begun_at, begin, end),
        ),
        "referrals": _count(
            session,
            CareAction.case_id.in_(here),
            CareAction.visit_id == CareVisit.id,
            _within(CareVisit.visited_at, begin, end),
        ),
        "referrals_done": _count(
            session,
            CareAction.case_id.in_(here),
            CareAction.state.in_(("done", "accepted")),
            _within(CareAction.ended_at, begin, end),
        ),
        "hours": (Decimal(minutes) / 60).quantize(Decimal("0.1")),
    }


def _by_level(community: str, end: datetime, session: Session) -> Mapping[str, int]:
    running = session.execute(
        select(CareCase.level, func.count())
        .where(
            CareCase.community == community,
            CareCase.opened_at < end,
            CareCase.level.is_not(None),
            CareCase.state != "triage",
            or_(CareCase.closed_at.is_(None), CareCase.closed_at >= end),
        )
        .group_by(CareCase.level)
    )
    return {str(level): count for level, count in running}


def _count(session: Session, *conditions: ColumnElement[bool]) -> Decimal:
    return Decimal(session.scalar(select(func.count()).where(*conditions)) or 0)


def _within(column: Instant, begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= begin, column < end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=TAIPEI)
