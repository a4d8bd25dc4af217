"""What pages are shown of repairs: frozen rows, read by `queries`."""

from dataclasses import dataclass
from datetime import datetime

from housing.records.queries import Turn
from housing.repairs.rules import FINAL_STAGES, Account, Line, Milestone, Punctuality


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketRow:
    """A ticket as a line of a list.

    Attributes:
        title: the beginning of the report's text.
        unit_code: of the home; None for the common area.
        contractor_name: who has the newest order, or None.
        due_at, original_due_at: of the newest order, or None.
        photo: id of the first photo, or None.
        merged_into: number of the ticket under which it is handled, or None.
    """

    id: int
    number: str
    instance_id: str | None
    community: str
    unit_code: str | None
    place: str
    category: str
    title: str
    stage: str
    stage_at: datetime
    submitted_at: datetime
    closed_at: datetime | None
    is_emergency: bool
    repair_class: str | None
    contractor_name: str | None
    due_at: datetime | None
    original_due_at: datetime | None
    rework_count: int
    late_contractor: str | None
    photo: str | None
    merged_into: str | None

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.stage not in FINAL_STAGES

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the running order is past its due date."""
        return self.is_open and self.due_at is not None and self.due_at < now


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFilter:
    """Which tickets to list, newest first, and which part of the list.

    Attributes:
        scopes: only these communities ("community:SW"); "city" or empty means all.
        text: part of a number, a place or a report.
        is_open: True open ones, False ended ones, None both.
        overdue_at: only those whose newest order was past due at this instant.
    """

    scopes: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    category: str | None = None
    repair_class: str | None = None
    contractor: str | None = None
    text: str = ""
    is_open: bool | None = None
    overdue_at: datetime | None = None
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderView:
    """An order with both of its deadlines and how it stood to them.

    Attributes:
        substitute_for: code of the contractor in whose place it was done, or None.
        outcome: done, held, or why it failed; None while it runs.
    """

    id: int
    contractor: str
    contractor_name: str
    repair_class: str
    dispatched_at: datetime
    original_due_at: datetime
    due_at: datetime
    extension_reason: str | None
    visit_at: datetime | None
    missed_visits: int
    done_at: datetime | None
    outcome: str | None
    substitute_for: str | None
    rework_count: int
    cost_twd: int | None
    parts: str | None
    is_late: bool
    punctuality: Punctuality

    @property
    def is_extended(self) -> bool:
        """Tell whether more time was granted."""
        return self.due_at != self.original_due_at


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteView:
    """A quote with its lines and what was decided about it."""

    id: int
    amount_twd: int
    lines: tuple[Line, ...]
    quoted_at: datetime
    quoted_by: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    sign_off_number: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerView:
    """What a substitute performance costs the contractor who failed."""

    id: int
    contractor: str
    account: Account
    charged_at: datetime
    notice_served_at: datetime | None
    demanded_at: datetime | None
    outcome: str | None
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSummary:
    """One ticket as its case page shows it.

    Attributes:
        ticket: the line of lists.
        unit_id: of the home; None for the common area.
        full_place: community, home, place in it.
        turns: who has something to do now, earliest due first.
        followers: how many other reports were merged into this one.
        charge_back_twd: what the tenant pays, or None.
        rework_of: number of the closed ticket whose trouble came back, or None.
    """

    ticket: TicketRow
    unit_id: int | None
    full_place: str
    text: str
    phone: str
    reporter_id: int
    reporter_name: str
    visit_times: tuple[str, ...]
    may_enter_without_presence: bool
    payer: str | None
    is_in_warranty: bool | None
    measures: tuple[str, ...]
    rating: int | None
    outcome: str | None
    milestones: tuple[Milestone, ...]
    turns: tuple[Turn, ...]
    orders: tuple[OrderView, ...]
    quotes: tuple[QuoteView, ...]
    ledger: tuple[LedgerView, ...]
    photos: tuple[str, ...]
    cost_twd: int
    charge_back_twd: int | None
    followers: int
    rework_of: str | None
