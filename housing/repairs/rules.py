"""The rules of repairs (報修), pure: values in, values out.

Sources: 臺中市社會住宅報修流程圖 (the chart: classes A, B1, B2, C1, C2, D; 2, 7 and 5 days) and the
office's own settings where the chart is silent.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from engine.calendar import local_date
from housing.repairs.errors import BalanceBelowZero, QuoteNotFromTable, StageNotReachable

REWORK_DAYS = 30
"""A leak that returns within so many calendar days after closing is rework, not a new repair."""
TRIAGE_DAYS = 2
MAX_VISITS_MISSED = 2

CATEGORIES = (
    "water",
    "electric_power",
    "electrical",
    "gas",
    "fire_safety",
    "door_window",
    "wall_tile",
    "appliance",
    "lift",
    "network",
    "other",
)
NOT_SELF_REPAIRABLE = frozenset({"electric_power", "electrical", "gas", "fire_safety"})
"""住戶不得自修範圍: 電力, 電氣, 瓦斯, 消防 (note 2 of the chart)."""

EMERGENCIES = frozenset({"gas_smell", "flood", "fire_alarm", "trapped", "no_power"})

FINAL_STAGES = frozenset({"closed", "cancelled", "merged"})
STAGES = (
    "submitted",
    "triaged",
    "dispatched",
    "quoted",
    "approved",
    "scheduled",
    "in_progress",
    "done_reported",
    "on_hold",
    "rework",
    "substituted",
    "project",
    "self_repair",
    "resolved_onsite",
    "closed",
    "cancelled",
    "merged",
)
BEFORE_DISPATCH = frozenset({"submitted", "triaged", "self_repair", "quoted", "approved"})
QUOTE_LIMIT_TWD = 10_000
"""Up to here an officer signs a quote, above it the section chief: our default."""
_MONTH = re.compile(r"(?P<year>20\d{2})-(?P<month>0[1-9]|1[0-2])")
_NUMBER = re.compile(r"R(?P<year>\d{2,3})-(?P<serial>\d{6,})")


def ticket_number(year: int, serial: int) -> str:
    """Write a ticket's number, as R115-000123.

    Args:
        year: year of the Republic.
        serial: counts from 1 within the year.
    """
    return f"R{year:03d}-{serial:06d}"


def parse_ticket_number(text: str) -> tuple[int, int] | None:
    """Read year and serial from a ticket's number; None when it is no number."""
    match = _NUMBER.fullmatch(text.strip().upper())
    return (int(match["year"]), int(match["serial"])) if match else None


def is_self_repairable(category: str) -> bool:
    """Tell whether a resident may repair this himself (class A)."""
    return category not in NOT_SELF_REPAIRABLE


def is_emergency(reported: Iterable[str]) -> bool:
    """Tell whether any of the reported signs skips the queue: gas smell, flood, fire alarm, ..."""
    return any(sign in EMERGENCIES for sign in reported)


def is_rework(closed_at: datetime, reported_at: datetime, days: int = REWORK_DAYS) -> bool:
    """Tell whether a new report of the same trouble is rework of a closed ticket.

    Calendar days in Taipei; the day of closing is not counted.
    """
    if reported_at < closed_at:
        return False
    return local_date(reported_at) <= local_date(closed_at) + timedelta(days=days)


def is_on_time(done_at: datetime | None, due_at: datetime, now: datetime) -> bool | None:
    """Judge one deadline: True kept, False missed, None still running."""
    if done_at is not None:
        return done_at <= due_at
    return False if now > due_at else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Who repaired what now came back: contractor's code and class B1 or B2, or neither."""

    contractor: str | None
    repair_class: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Punctuality:
    """How an order stood to its deadlines; None while a deadline still runs.

    Attributes:
        original: against the due date of the dispatch; the contractor's figure.
        extended: against the due date after granted extensions.
    """

    original: bool | None
    extended: bool | None


def punctuality(
    *, original_due_at: datetime, due_at: datetime, done_at: datetime | None, now: datetime
) -> Punctuality:
    """Measure an order against its original and, apart, against its extended due date."""
    return Punctuality(
        original=is_on_time(done_at, original_due_at, now),
        extended=is_on_time(done_at, due_at, now),
    )


def is_stage_reachable(stage: str, wanted: str) -> bool:
    """Tell whether a ticket may move: not out of a final stage, to the start, to the unknown.

    Staying where the ticket is, is allowed: operations may run twice.
    """
    if stage == wanted:
        return True
    if wanted == "cancelled":
        return stage in BEFORE_DISPATCH
    return wanted in STAGES and wanted != "submitted" and stage not in FINAL_STAGES


def ensure_stage_reachable(stage: str, wanted: str) -> None:
    """Refuse a move that is not possible.

    Raises:
        StageNotReachable: see `is_stage_reachable`.
    """
    if not is_stage_reachable(stage, wanted):
        raise StageNotReachable(stage, wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The account of one substitute performance, in TWD.

    Attributes:
        charged_twd: cost charged to the contractor who failed.
        set_off_twd: taken from his warranty deposit (保固保證金).
        paid_twd: paid by him after the demand.
    """

    charged_twd: int
    set_off_twd: int = 0
    paid_twd: int = 0

    @property
    def recovered_twd(self) -> int:
        """What came back."""
        return self.set_off_twd + self.paid_twd

    @property
    def balance_twd(self) -> int:
        """What is still owed, at least 0."""
        return self.charged_twd - self.recovered_twd


def recover(account: Account, *, set_off_twd: int = 0, paid_twd: int = 0) -> Account:
    """Enter money recovered from the contractor.

    Args:
        account: before.
        set_off_twd: taken from the deposit, at least 0.
        paid_twd: paid by the contractor, at least 0.

    Raises:
        BalanceBelowZero: an amount is negative or more than the balance would come back.
    """
    after = Account(
        charged_twd=account.charged_twd,
        set_off_twd=account.set_off_twd + set_off_twd,
        paid_twd=account.paid_twd + paid_twd,
    )
    if after.balance_twd < 0 or min(set_off_twd, paid_twd) < 0:
        raise BalanceBelowZero(account.charged_twd)
    return after


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a quote: item code of the consumables table or None, quantity, price."""

    text: str
    item: str | None
    quantity: int
    unit_price_twd: int

    @property
    def total_twd(self) -> int:
        """Quantity times unit price."""
        return self.quantity * self.unit_price_twd


def total_of(lines: Iterable[Line]) -> int:
    """Add up the lines of a quote in TWD."""
    return sum(line.total_twd for line in lines)


def ensure_table_prices(lines: Iterable[Line], price_twd_by_item: Mapping[str, int]) -> None:
    """Hold quote lines to the fixed prices of the consumables table (耗材項目表).

    Raises:
        QuoteNotFromTable: a line names an item of the table with another price.
    """
    for line in lines:
        fixed = price_twd_by_item.get(line.item) if line.item is not None else None
        if line.item is not None and fixed is not None and fixed != line.unit_price_twd:
            raise QuoteNotFromTable(line.item, fixed)


def share(kept: int, judged: int) -> float | None:
    """Give kept / judged between 0 and 1; None when nothing was judged."""
    return kept / judged if judged else None


def median_days(periods: Collection[timedelta]) -> float | None:
    """Give the median length in days; None without periods."""
    if not periods:
        return None
    return median(period.total_seconds() for period in periods) / timedelta(days=1).total_seconds()


SCORE_WEIGHTS: Mapping[str, int] = {"on_time": 50, "first_time": 30, "rating": 20}
"""What a contractor's score is made of, in points; together 100: our default."""
BEST_RATING = 5
PENALTY_POINTS = 10
"""What each contract penalty costs of a score: our default."""


def contractor_score(
    *, on_time: float | None, first_time: float | None, rating: float | None, penalties: int = 0
) -> int | None:
    """Score a contractor from 0 to 100: 50 punctual, 30 right the first time, 20 rated.

    A part without data leaves its points to the others; without a judged deadline there is no
    score at all. Each contract penalty costs 10 points, down to 0.

    Args:
        on_time: share of his orders done within the original due date, 0 to 1.
        first_time: share of his finished orders that were not sent back, 0 to 1.
        rating: mean of the residents' ratings, 1 to 5.
        penalties: contract penalties imposed on him.
    """
    if on_time is None:
        return None
    graded = (rating - 1) / (BEST_RATING - 1) if rating is not None else None
    shares = {"on_time": on_time, "first_time": first_time, "rating": graded}
    known = {name: part for name, part in shares.items() if part is not None}
    points = sum(SCORE_WEIGHTS[name] * part for name, part in known.items())
    earned = round(100 * points / sum(SCORE_WEIGHTS[name] for name in known))
    return max(0, earned - PENALTY_POINTS * penalties)


def month_of(text: str) -> tuple[int, int] | None:
    """Read a month as 2026-03; None when it is none between 2000 and 2100."""
    match = _MONTH.fullmatch(text.strip())
    return (int(match["year"]), int(match["month"])) if match else None


def is_in_month(instant: datetime, month: tuple[int, int]) -> bool:
    """Tell whether an aware instant lies in a month, by the calendar in Taipei."""
    on = local_date(instant)
    return (on.year, on.month) == month


def whole(value: object) -> int:
    """Read a whole number from a form's answer; no answer counts as 0."""
    return int(Decimal(str(value))) if value not in (None, "") else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """One step of the way as a resident sees it.

    Attributes:
        code: reported, triage, quote, work, confirm, accept, closed, cancelled, merged.
        state: done, now or next.
        at: when it was reached; None for what is still to come.
    """

    code: str
    state: str
    at: datetime | None = None


_WAY = ("reported", "triage", "quote", "work", "confirm", "accept", "closed")
_MILESTONE_BY_STAGE: Mapping[str, str] = {
    "submitted": "triage",
    "triaged": "work",
    "quoted": "quote",
    "approved": "work",
    "done_reported": "confirm",
    "resolved_onsite": "confirm",
}
_MILESTONE_BY_ELEMENT: Mapping[str, str] = {
    "triage": "triage",
    "quote": "quote",
    "sign_off_officer": "quote",
    "sign_off_chief": "quote",
    "confirm": "confirm",
    "accept": "accept",
}
_REACHED_BY: Mapping[str, tuple[str, ...]] = {
    "reported": ("submitted",),
    "triage": ("triaged",),
    "quote": ("approved", "quoted"),
    "work": ("done_reported", "resolved_onsite"),
    "closed": ("closed",),
}


def milestones(
    stage: str,
    *,
    elements: Collection[str],
    entered_at: Mapping[str, datetime],
    has_quote: bool,
) -> tuple[Milestone, ...]:
    """Lay out the way of a ticket: what is done, where it stands, what comes next.

    Args:
        stage: where the ticket is.
        elements: ids of the user tasks that are open now; they know it better than the stage.
        entered_at: when each stage was entered last.
        has_quote: whether the work needs a quote.
    """
    if stage in ("cancelled", "merged"):
        reported = Milestone(code="reported", state="done", at=entered_at.get("submitted"))
        return (reported, Milestone(code=stage, state="done", at=entered_at.get(stage)))
    way = [code for code in _WAY if code != "quote" or has_quote or stage == "quoted"]
    now = _milestone_now(stage, elements)
    position = way.index(now) if now in way else way.index("work")
    states = ["done"] * position + ["now"] + ["next"] * (len(way) - position - 1)
    if stage == "closed":
        states = ["done"] * len(way)
    return tuple(
        Milestone(
            code=code,
            state=state,
            at=_reached_at(code, entered_at) if state == "done" else None,
        )
        for code, state in zip(way, states, strict=True)
    )


def _milestone_now(stage: str, elements: Collection[str]) -> str:
    if stage == "closed":
        return "closed"
    named = [_MILESTONE_BY_ELEMENT[each] for each in elements if each in _MILESTONE_BY_ELEMENT]
    return named[0] if named else _MILESTONE_BY_STAGE.get(stage, "work")


def _reached_at(code: str, entered_at: Mapping[str, datetime]) -> datetime | None:
    stages = _REACHED_BY.get(code, ())
    return next((entered_at[stage] for stage in stages if stage in entered_at), None)


def visit_times(rows: object) -> list[str]:
    """Write suggested visits (rows of `on` and `part` of the day) as "2026-03-04 morning"."""
    if not isinstance(rows, list):
        return []
    return [f"{row['on']} {row['part']}" for row in rows if isinstance(row, Mapping)]
