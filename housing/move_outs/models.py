"""Tables of moving out: the case, its settlement, refund accounts, inquiries at the bank."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial


class MoveOutSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "move_out_serial"


class MoveOutCase(Base):
    """A lease that ends.

    Attributes:
        token: idempotency key of the form that opened it.
        number: X115-000001, year of the Republic and a serial; the case's business key.
        reason: notice, term, termination or death.
        heir_id: who may take the lease over after the tenant's death.
        leave_on: last day in the home.
        rent_until: last day of rent.
        state: open, withdrawn, taken_over, handed_over, settled or closed.
        is_deemed: the handover was deemed done because the tenant stayed away.
    """

    __tablename__ = "move_out_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(16))
    notice_on: Mapped[date]
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    leave_on: Mapped[date | None]
    rent_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16))
    handed_over_on: Mapped[date | None]
    is_deemed: Mapped[bool]
    refunded_twd: Mapped[int | None]
    opened_at: Mapped[datetime]


class SettlementLine(Base):
    """What is taken from the deposit; a line of a later draft replaces that of the same key.

    Attributes:
        kind: arrears, rent, compensation, damage, goods or adjustment.
        item_id: of the handover sheet.
    """

    __tablename__ = "settlement_line"
    __table_args__ = (Index("ix_settlement_line_case_id_key", "case_id", "key", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("move_out_case.id"))
    key: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(200))
    amount_twd: Mapped[int]
    item_id: Mapped[int | None]


class RefundAccount(Base):
    """An account that a household named for the refund; the newest of a case counts.

    Attributes:
        masked: the last four digits, for pages and records.
        sealed: the number, encrypted for this row; see `housing.vault`.
    """

    __tablename__ = "refund_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("move_out_case.id"), index=True)
    bank_code: Mapped[str] = mapped_column(String(8))
    masked: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]


class BankInquiry(Base):
    """A question to the bank: does this account belong to this name?

    Attributes:
        idem: key of the call that asked.
        account_number: masked; in full in a row from before accounts were sealed.
        account_id: holds the number sealed; None without one.
        is_match: the answer; None as long as there is none.
    """

    __tablename__ = "bank_inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("move_out_case.id"), index=True)
    bank_code: Mapped[str] = mapped_column(String(8))
    account_number: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("refund_account.id"))
    holder_name: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    is_match: Mapped[bool | None]
    answered_by: Mapped[str | None] = mapped_column(String(64))
