"""Read models of care: what each kind of person sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """A case as a line: for social workers and the office.

    Attributes:
        is_overdue: the next visit's day has passed.
    """

    number: str
    community: str
    community_name: str
    unit_code: str
    state: str
    level: str | None
    opened_at: datetime
    next_visit_at: datetime | None
    review_due_at: datetime | None
    missed: int
    is_overdue: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FlagRow:
    """All that property managers see of a case: attention, and what to do."""

    number: str
    home: str
    advice: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitRow:
    """A visit without its contents."""

    visited_at: datetime
    result: str
    place: str
    by_name: str
    reviewed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionRow:
    """An action without what was said about it."""

    kind: str
    who: str
    due_on: date
    state: str
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EmergencyRow:
    """An emergency: when, who was called, and the number of the statutory report."""

    begun_at: datetime
    called: tuple[str, ...]
    officer_told_at: datetime | None
    statutory_number: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """Level, dates and actions of a case: what officers see."""

    case: CaseRow
    instance_id: str | None
    source: str
    closing_reason: str | None
    closed_at: datetime | None
    visits: tuple[VisitRow, ...]
    actions: tuple[ActionRow, ...]
    emergencies: tuple[EmergencyRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetView:
    """A form as it was handed in, with its confidential part."""

    form_key: str
    values: Mapping[str, object]
    by_name: str
    at: datetime
    note: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalView:
    """A signal in full."""

    source: str
    seen: tuple[str, ...]
    text: str
    phone: str
    seen_at: datetime
    is_danger: bool
    by_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """All that is written of a case: for social workers of the community and their lead."""

    flags: tuple[str, ...]
    contact_way: str
    is_quiet: bool
    signals: tuple[SignalView, ...]
    sheets: tuple[SheetView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How a community stands: cases by level, visits, reports.

    Attributes:
        by_level: open cases by level, "" for those before triage.
        overdue: visits whose day has passed.
        report_state: of the newest monthly report; None without one.
    """

    community: str
    name: str
    by_level: Mapping[str, int]
    overdue: int
    visits: int
    open_actions: int
    report_number: str | None
    report_state: str | None

    @property
    def total(self) -> int:
        """Count the open cases."""
        return sum(self.by_level.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRow:
    """One reading, or an attempt."""

    number: str
    account_name: str
    what: str
    purpose: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureView:
    """A figure of a report: what the records say and what was reported."""

    code: str
    recorded: Decimal
    reported: Decimal

    @property
    def is_edited(self) -> bool:
        """Tell whether the station changed it."""
        return self.recorded != self.reported


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportView:
    """A monthly work report."""

    number: str
    instance_id: str | None
    community: str
    community_name: str
    month_on: date
    state: str
    due_at: datetime
    first_submitted_at: datetime | None
    submitted_at: datetime | None
    submitted_by: str | None
    returned_count: int
    return_reason: str
    approved_at: datetime | None
    approved_by: str | None
    approval_no: str | None
    days_late: int
    figure_reason: str
    narrative: str
    next_month: str
    problems: str
    attachments: tuple[str, ...]
    figures: tuple[FigureView, ...] = ()
    months: str = ""

    @property
    def is_locked(self) -> bool:
        """Tell whether it was approved and cannot change any more."""
        return self.approved_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRow:
    """What a resident sees of his own request."""

    number: str
    opened_at: datetime
    state: str
