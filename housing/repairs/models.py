"""Tables of repairs: tickets, orders, quotes, substitute performance, asset history."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial

Code = String(32)
Name = String(100)
Key = String(160)


class RepairSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "repair_serial"


class RepairTicket(Base):
    """One report of something broken, from the photo to closing.

    Attributes:
        number: R115-000123, year of the Republic and a serial; the case's business key.
        token: idempotency key of the submission; the same token never makes two tickets.
        community: code of the community.
        place: where in the unit or in the common area, in the reporter's words.
        visit_times: suggested times, ISO texts.
        stage: a code of `rules.STAGES`.
        payer: warranty, agency, tenant or contractor.
        late_contractor: who let the deadline pass; stays for ever (statistics).
        rework_of_id: the closed ticket whose trouble came back.
    """

    __tablename__ = "repair_ticket"
    __table_args__ = (
        Index("ix_repair_ticket_place", "community", "unit_id", "category", "stage"),
        Index("ix_repair_ticket_stage", "stage", "submitted_at"),
        Index(  # of satisfaction: what the rated ones say is read from here alone
            "ix_repair_ticket_rated",
            *("community", "closed_at", "rating"),
            postgresql_where=text("rating IS NOT NULL"),
            sqlite_where=text("rating IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    community: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int | None]
    unit_code: Mapped[str | None] = mapped_column(Code)
    is_common_area: Mapped[bool]
    place: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(Code)
    text: Mapped[str] = mapped_column(String(700))
    phone: Mapped[str] = mapped_column(String(40))
    visit_times: Mapped[list[str]] = mapped_column(JSON)
    may_enter_without_presence: Mapped[bool]
    is_emergency: Mapped[bool]
    photos: Mapped[list[str]] = mapped_column(JSON)
    reporter_id: Mapped[int] = mapped_column(index=True)
    reporter_name: Mapped[str] = mapped_column(Name)
    submitted_at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(Code)
    stage_at: Mapped[datetime]
    repair_class: Mapped[str | None] = mapped_column(String(4))
    payer: Mapped[str | None] = mapped_column(Code)
    is_in_warranty: Mapped[bool | None]
    has_human_cause: Mapped[bool | None]
    triaged_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Code)
    measures: Mapped[list[str]] = mapped_column(JSON)
    rating: Mapped[int | None]
    responsible_contractor: Mapped[str | None] = mapped_column(Code)
    late_contractor: Mapped[str | None] = mapped_column(Code)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("repair_ticket.id"))
    rework_of_id: Mapped[int | None] = mapped_column(ForeignKey("repair_ticket.id"))
    rework_count: Mapped[int]


class RepairStageChange(Base):
    """When a ticket entered a stage; a stage may be entered again (rework)."""

    __tablename__ = "repair_stage_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), index=True)
    stage: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]


class RepairFollower(Base):
    """Somebody whose own report was merged into this ticket, and who is told how it goes on."""

    __tablename__ = "repair_follower"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    merged_ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"))
    since: Mapped[datetime]


class RepairIncident(Base):
    """One outage that many people report; its ticket goes on, their reports are merged into it.

    Attributes:
        ticket_id: the ticket that goes on; a ticket has one incident at most.
        announcement: what everybody of the community is told.
        closed_at: when its ticket was closed.
    """

    __tablename__ = "repair_incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), unique=True)
    community: Mapped[str] = mapped_column(Code, index=True)
    category: Mapped[str] = mapped_column(Code)
    announcement: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_by_name: Mapped[str] = mapped_column(Name)
    closed_at: Mapped[datetime | None]


class IncidentNews(Base):
    """What all reporters of an incident were told: progress, or that it is done."""

    __tablename__ = "repair_incident_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("repair_incident.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)  # opened, progress, done
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(Name)
    told: Mapped[int]


class RepairOrder(Base):
    """Work given to a contractor within a class (B1, B2, C2), with its clock.

    Attributes:
        original_due_at: never changes; the contractor is measured by it.
        due_at: after granted extensions.
        substitute_for: code of the contractor in whose place this one performs (C2).
        is_late: the deadline passed before the work was done; stays for ever.
    """

    __tablename__ = "repair_order"
    __table_args__ = (Index("ix_repair_order_contractor", "contractor", "dispatched_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(Key, unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), index=True)
    contractor: Mapped[str] = mapped_column(Code)
    contractor_name: Mapped[str] = mapped_column(Name)
    repair_class: Mapped[str] = mapped_column(String(4))
    dispatched_at: Mapped[datetime]
    original_due_at: Mapped[datetime]
    due_at: Mapped[datetime]
    extension_reason: Mapped[str | None] = mapped_column(String(300))
    extended_at: Mapped[datetime | None]
    visit_at: Mapped[datetime | None]
    missed_visits: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Code)
    substitute_for: Mapped[str | None] = mapped_column(Code)
    rework_count: Mapped[int] = mapped_column(default=0)
    cost_twd: Mapped[int | None]
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    parts: Mapped[str | None] = mapped_column(String(700))
    is_late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str | None] = mapped_column(Code)
    last_call_served_at: Mapped[datetime | None]


class RepairQuote(Base):
    """A quote for work outside the table of consumables, and its sign-off (簽准)."""

    __tablename__ = "repair_quote"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(Key, unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), index=True)
    amount_twd: Mapped[int]
    quoted_at: Mapped[datetime]
    quoted_by: Mapped[str] = mapped_column(Name)
    decision: Mapped[str | None] = mapped_column(Code)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Name)
    sign_off_number: Mapped[str | None] = mapped_column(String(60))


class QuoteLine(Base):
    """One line of a quote; `item` is a code of the table of consumables or empty."""

    __tablename__ = "repair_quote_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("repair_quote.id"), index=True)
    item: Mapped[str | None] = mapped_column(Code)
    text: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit_price_twd: Mapped[int]


class LedgerEntry(Base):
    """What one substitute performance (代履行) costs the contractor who failed, in TWD."""

    __tablename__ = "repair_ledger_entry"
    __table_args__ = (
        CheckConstraint("set_off_twd + paid_twd <= charged_twd", name="balance"),
        CheckConstraint("set_off_twd >= 0 AND paid_twd >= 0", name="recovered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(Key, unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("repair_order.id"))
    contractor: Mapped[str] = mapped_column(Code, index=True)
    charged_twd: Mapped[int]
    charged_at: Mapped[datetime]
    notice_served_at: Mapped[datetime | None]
    demanded_at: Mapped[datetime | None]
    set_off_twd: Mapped[int] = mapped_column(default=0)
    paid_twd: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(Code)
    settled_at: Mapped[datetime | None]


class ChargeBack(Base):
    """What a tenant pays for damage he caused; billing puts it on the next bill."""

    __tablename__ = "repair_charge_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"), unique=True)
    unit_id: Mapped[int | None]
    amount_twd: Mapped[int]
    made_at: Mapped[datetime]


class ConsumableItem(Base):
    """An item of the table of consumables (耗材項目表) with its fixed unit price in TWD."""

    __tablename__ = "repair_consumable_item"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    category: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(String(16))
    unit_price_twd: Mapped[int]


class ConsumablePrice(Base):
    """A later price of an item of the table of consumables, in TWD, from a day on; never changed.

    Attributes:
        item: code of the item, whose own price is that of the beginning.
        set_by: id of the account that entered it.
    """

    __tablename__ = "repair_consumable_price"
    __table_args__ = (Index("ix_repair_consumable_price_item", "item", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(ForeignKey("repair_consumable_item.code"))
    unit_price_twd: Mapped[int]
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[str] = mapped_column(String(64))
    set_by_name: Mapped[str] = mapped_column(Name)
    set_at: Mapped[datetime]


class AssetHistory(Base):
    """One line in the life of a place; pre-fills the next handover sheet (點退點交單)."""

    __tablename__ = "repair_asset_history"
    __table_args__ = (
        UniqueConstraint("ticket_id"),
        Index("ix_repair_asset_history_place", "community", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("repair_ticket.id"))
    community: Mapped[str] = mapped_column(Code)
    unit_id: Mapped[int | None]
    place: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    repair_class: Mapped[str | None] = mapped_column(String(4))
    contractor: Mapped[str | None] = mapped_column(Code)
    cost_twd: Mapped[int]
    outcome: Mapped[str] = mapped_column(Code)
