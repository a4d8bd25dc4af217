"""Tables of care: cases, signals, sheets, visits, actions, monthly reports, and who read what.

What people wrote stands in `care_sheet`, apart from the forms of the case page; what is
confidential stands in `care_note`, apart from that.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial

Code = String(32)
Name = String(100)
Instance = String(32)


class CareSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "care_serial"


class CareCase(Base):
    """The care of one household, from the first signal to closing.

    Attributes:
        number: K115-000123; the case's business key.
        open_unit_id: the home while the case is open; unique, so a household has one open case.
        state: a code of `rules.STATES`.
        level: emergency, high, medium, low; None before triage.
        flags: risk codes of the triage; only social workers see them.
        is_quiet: violence in the household, or the person asked so: nothing goes to the home.
        consent: agreed, refused, or None while nobody asked.
        pm_advice: codes of what property managers are to watch; all they see beside the flag.
        missed: visits in a row at which nobody was met.
        worker_id: account of the social worker who made the plan.
    """

    __tablename__ = "care_case"
    __table_args__ = (Index("ix_care_case_community", "community", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    instance_id: Mapped[str | None] = mapped_column(Instance, unique=True)
    community: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int] = mapped_column(index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    open_unit_id: Mapped[int | None] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(Code)
    opened_at: Mapped[datetime]
    requester_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(Code)
    level: Mapped[str | None] = mapped_column(Code)
    flags: Mapped[list[str]] = mapped_column(JSON)
    is_quiet: Mapped[bool] = mapped_column(Boolean)
    contact_way: Mapped[str] = mapped_column(Code)
    consent: Mapped[str | None] = mapped_column(Code)
    has_photo_consent: Mapped[bool] = mapped_column(Boolean)
    pm_advice: Mapped[list[str]] = mapped_column(JSON)
    worker_id: Mapped[str | None] = mapped_column(Code)
    triaged_at: Mapped[datetime | None]
    next_visit_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    missed: Mapped[int]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str | None] = mapped_column(Code)


class CareSignal(Base):
    """One sign that somebody may need help; several lead to one case.

    Attributes:
        key: idempotency key of the page or the call that brought it.
        seen: codes of what was seen.
    """

    __tablename__ = "care_signal"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    source: Mapped[str] = mapped_column(Code)
    seen: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(20))
    seen_at: Mapped[datetime]
    is_danger: Mapped[bool] = mapped_column(Boolean)
    by_id: Mapped[str] = mapped_column(Code)
    by_name: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime]


class CareSheet(Base):
    """A form of a care case as it was handed in, without its confidential part."""

    __tablename__ = "care_sheet"
    __table_args__ = (Index("ix_care_sheet_case", "case_id", "form_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"))
    task_id: Mapped[str] = mapped_column(Instance, unique=True)
    form_key: Mapped[str] = mapped_column(String(64))
    values: Mapped[dict[str, object]] = mapped_column(JSON)
    by_id: Mapped[str] = mapped_column(Code)
    by_name: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime]


class CareNote(Base):
    """The confidential part of a sheet: for social workers of the community and their lead.

    Attributes:
        text: of a note from before notes were sealed; else "".
        sealed: encrypted for this row; see `housing.vault`.
    """

    __tablename__ = "care_note"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("care_sheet.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str | None] = mapped_column(Text)


class CareVisit(Base):
    """One visit, met or not.

    Attributes:
        due_at: when the visit was due.
        result: met, not_met or refused.
        bsrs5: sum of the five items, 0 to 20; None when not all were answered.
    """

    __tablename__ = "care_visit"
    __table_args__ = (Index("ix_care_visit_case", "case_id", "visited_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("care_sheet.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"))
    due_at: Mapped[datetime]
    visited_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(Code)
    result: Mapped[str] = mapped_column(Code)
    bsrs5: Mapped[int | None]
    is_danger: Mapped[bool] = mapped_column(Boolean)
    level: Mapped[str | None] = mapped_column(Code)
    by_id: Mapped[str] = mapped_column(Code)
    by_name: Mapped[str] = mapped_column(Name)
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None] = mapped_column(Name)


class CareAction(Base):
    """What was agreed at a visit: a referral or other step, with its due date."""

    __tablename__ = "care_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("care_visit.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    who: Mapped[str] = mapped_column(Name)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    ended_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(Name)


class CareEmergency(Base):
    """One emergency of a case: who was called, who was told, what was reported by law."""

    __tablename__ = "care_emergency"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    begun_at: Mapped[datetime]
    called: Mapped[list[str]] = mapped_column(JSON)
    called_at: Mapped[datetime | None]
    officer_told_at: Mapped[datetime | None]
    statutory_number: Mapped[str | None] = mapped_column(String(40))
    statutory_at: Mapped[datetime | None]


class CareAccess(Base):
    """Who opened a care case, what of it, and what for; refused attempts too. Append only.

    Attributes:
        what: overview, record, confidential, or refused.
        purpose: a code of `rules.PURPOSES`; "" for an attempt that was refused.
    """

    __tablename__ = "care_access"
    __table_args__ = (Index("ix_care_access_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    account_id: Mapped[str] = mapped_column(Code)
    account_name: Mapped[str] = mapped_column(Name)
    what: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]


class CareReport(Base):
    """The monthly work report of one community's social service station.

    Attributes:
        number: M115-04-SW; the case's business key.
        month_on: first day of the month.
        state: draft, submitted, returned, approved, late_approved.
        due_at: end of the 5th of the next month.
        first_submitted_at: by it lateness is measured.
    """

    __tablename__ = "care_report"
    __table_args__ = (UniqueConstraint("community", "month_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    instance_id: Mapped[str | None] = mapped_column(Instance, unique=True)
    community: Mapped[str] = mapped_column(Code)
    month_on: Mapped[date]
    state: Mapped[str] = mapped_column(Code)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(Name)
    returned_count: Mapped[int]
    return_reason: Mapped[str] = mapped_column(Text)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(Name)
    approval_no: Mapped[str | None] = mapped_column(String(60))
    days_late: Mapped[int]
    figure_reason: Mapped[str] = mapped_column(Text)
    narrative: Mapped[str] = mapped_column(Text)
    next_month: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[str]] = mapped_column(JSON)


class CareFigure(Base):
    """One figure of a report: what the records say, and what the station reports.

    Attributes:
        recorded, reported: in tenths, so that hours stay exact.
    """

    __tablename__ = "care_figure"

    report_id: Mapped[int] = mapped_column(ForeignKey("care_report.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    recorded: Mapped[int]
    reported: Mapped[int]
