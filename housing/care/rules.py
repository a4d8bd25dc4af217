"""Pure rules of care: levels and their intervals, the mood scale, months, who sees what."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.calendar import TAIPEI, end_of_local_day
from engine.types import Actor
from forms.dates import republic_year

SOURCES = ("observation", "repair", "request", "referral", "arrears", "move_in")
STATES = ("triage", "emergency", "active", "refused", "closed")
LEVELS = ("emergency", "high", "medium", "low")
"""Most pressing first."""

INTERVAL_DAYS: Mapping[str, int] = {"high": 7, "medium": 31, "low": 92}
"""Longest time to the next visit by level, in days; a setting of ours."""

REFUSAL_MONTHS = 1
REVIEW_MONTHS = 3
VISITS_FROM = time(8)
REPORT_DUE_DAY = 5
BSRS_ITEMS = ("bsrs_sleep", "bsrs_tense", "bsrs_angry", "bsrs_low", "bsrs_inferior")
BSRS_HIGH = 10
SUICIDE_SEVERE = 2

SOCIAL_ROLES = frozenset({"social_worker", "social_worker_lead"})
OFFICE_ROLES = frozenset({"officer", "section_chief"})
MANAGER_ROLES = frozenset({"property_manager", "property_manager_lead"})
PURPOSES = ("visit", "review", "referral", "handover", "complaint")
CARE_CLASSES = frozenset({"CARE", "care"})
"""Household classes (戶別) whose move-in opens a case."""

FIGURES = (
    "visits",
    "not_met",
    "cases_high",
    "cases_medium",
    "cases_low",
    "opened",
    "closed",
    "emergencies",
    "referrals",
    "referrals_done",
    "hours",
)
CONFIDENTIAL_FIELD = "confidential"
FLAGS_BY_SOURCE: Mapping[str, str] = {
    "arrears": "arrears_2m",
    "move_in": "new_care_household",
    "request": "own_request",
}
FLAGS_BY_SIGN: Mapping[str, str] = {
    "unseen_2d": "unseen_2d",
    "child_alone": "child_alone",
    "suicide_talk": "suicide_plan",
}


_NUMBER = re.compile(r"K\d{2,3}-\d{6}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """How much of a care case somebody sees.

    Attributes:
        level: flag (attention and advice), overview (level, dates, actions) or record (all).
    """

    level: str


def view_of(actor: Actor, scope: str) -> View | None:
    """Tell how much of a care case an actor sees; None means that it does not exist for him."""
    if _holds(actor, SOCIAL_ROLES, scope):
        return View(level="record")
    if _holds(actor, OFFICE_ROLES, scope):
        return View(level="overview")
    if _holds(actor, MANAGER_ROLES, scope):
        return View(level="flag")
    return None


def _holds(actor: Actor, roles: frozenset[str], scope: str) -> bool:
    return any(actor.belongs_to(role, scope) for role in roles)


def case_number(year: int, serial: int) -> str:
    """Write a case number: K115-000123."""
    return f"K{year}-{serial:06}"


def is_case_number(text: str) -> bool:
    """Tell whether a text is written like the number of a care case; there may be none."""
    return _NUMBER.fullmatch(text) is not None


def report_number(month_on: date, community: str) -> str:
    """Write the number of a monthly report: M115-04-SW."""
    return f"M{republic_year(month_on)}-{month_on.month:02}-{community}"


BSRS_BANDS: Mapping[str, int] = {"normal": 0, "light": 6, "medium": 10, "severe": 15}
"""Band of BSRS-5 to its lowest score, as the scale's authors divide it (0 to 20)."""


def bsrs_band(score: int) -> str:
    """Tell the band of a sum of BSRS-5."""
    return [band for band, lowest in BSRS_BANDS.items() if score >= lowest][-1]


def bsrs_score(values: Mapping[str, object]) -> int | None:
    """Add up the five items of BSRS-5, 0 to 20; None unless all were answered."""
    items = [values.get(item) for item in BSRS_ITEMS]
    if any(item is None or item == "" for item in items):
        return None
    return sum(int(str(item)) for item in items)


def is_alarming(values: Mapping[str, object]) -> bool:
    """Tell whether the mood scale asks for the level high: 10 points, or thoughts of suicide."""
    score, suicide = bsrs_score(values), values.get("bsrs_suicide")
    thinks_of_it = suicide not in (None, "") and int(str(suicide)) >= SUICIDE_SEVERE
    return thinks_of_it or (score is not None and score >= BSRS_HIGH)


def latest_visit_on(level: str, today: date) -> date:
    """Tell the last day for the next visit at a level."""
    return today + timedelta(days=INTERVAL_DAYS.get(level, INTERVAL_DAYS["high"]))


def visits_begin(day: date) -> datetime:
    """Tell when a visit of a day is due to begin: 08:00 in Taipei."""
    return datetime.combine(day, VISITS_FROM, tzinfo=TAIPEI)


def months_later(day: date, months: int) -> date:
    """Count months on; the day is cut to the length of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def outcome_of(values: Mapping[str, object], missed: int) -> str:
    """Tell what a visit leads to: danger, refused, not_met, not_met_twice or met.

    Args:
        values: of the visit record.
        missed: visits in a row at which nobody was met, this one included.
    """
    result = str(values.get("visit_result"))
    if values.get("danger") is True:
        return "danger"
    if result == "not_met":
        return "not_met_twice" if missed > 1 else "not_met"
    return result


def proposed_flags(signals: Mapping[str, list[str]]) -> list[str]:
    """Propose risk flags for the triage from the sources of signals and what was seen."""
    found = [FLAGS_BY_SOURCE[source] for source in signals if source in FLAGS_BY_SOURCE]
    signs = (sign for seen in signals.values() for sign in seen)
    found += [FLAGS_BY_SIGN[sign] for sign in signs if sign in FLAGS_BY_SIGN]
    return list(dict.fromkeys(found))


def next_month(month_on: date) -> date:
    """Tell the first day of the month after."""
    return (month_on.replace(day=28) + timedelta(days=4)).replace(day=1)


def report_due(month_on: date) -> datetime:
    """Tell until when a month's report is to be handed in: end of the 5th of the next month."""
    return end_of_local_day(next_month(month_on).replace(day=REPORT_DUE_DAY))


def days_late(submitted_on: date, due_on: date) -> int:
    """Count the days a report came late; 0 when it came in time."""
    return max(0, (submitted_on - due_on).days)


def tenths(value: object) -> int:
    """Store a figure in tenths, so that hours stay exact."""
    return int((Decimal(str(value)) * 10).to_integral_value())


def figure(tenths_: int) -> Decimal:
    """Read a stored figure."""
    found = Decimal(tenths_) / 10
    return found.to_integral_value() if tenths_ % 10 == 0 else found
