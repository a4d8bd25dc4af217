"""Tables of leases: parties, deposit, what is owed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial

Key = String(160)


class LeaseSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "lease_serial"


class Lease(Base):
    """A household rents a home for a term.

    Attributes:
        number: L115-000001, year of the Republic and a serial.
        idem: key of the call that signed it.
        end_on: last day of the term.
        rent_twd: a month, in the first year of the term.
        household_class: as at signing: general, care, registered, indigenous, family, project.
        used_since: first day in social housing without a break, this lease and those before.
        months_before: of social housing elsewhere, earlier.
        state: active or ended.
        ended_on: last day of rent; at the latest `end_on`.
        end_reason: term, notice, termination, death, renewed.
        previous_id: the lease that this one continues.
    """

    __tablename__ = "lease"
    __table_args__ = (
        Index("ix_lease_unit_id_state", "unit_id", "state"),
        Index("ix_lease_state_end_on", "state", "end_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    idem: Mapped[str] = mapped_column(Key, unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    household_class: Mapped[str] = mapped_column(String(16))
    start_on: Mapped[date]
    end_on: Mapped[date]
    rent_twd: Mapped[int]
    deposit_twd: Mapped[int]
    used_since: Mapped[date]
    months_before: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(String(16))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("lease.id"))
    signed_at: Mapped[datetime]


class LeaseParty(Base):
    """A person of a lease, from a day until another (both included).

    Attributes:
        role: tenant or co_resident.
        relation: to the tenant, as in `housing.persons.rules.RELATIONS`.
    """

    __tablename__ = "lease_party"
    __table_args__ = (UniqueConstraint("lease_id", "person_id", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    relation: Mapped[str] = mapped_column(String(16))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class DepositEntry(Base):
    """A movement of a lease's deposit; append only, a mistake is corrected by another entry.

    Attributes:
        kind: paid, carried_over from the lease before, carried_on to the next one, withheld,
            refunded or seized.
        amount_twd: positive raises what the office holds, negative lowers it.
    """

    __tablename__ = "deposit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(Key, unique=True)
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    amount_twd: Mapped[int]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[str] = mapped_column(String(64))
    instance_id: Mapped[str | None] = mapped_column(String(32))


class AccountEntry(Base):
    """What a lease owes or has paid; append only.

    Attributes:
        kind: rent, management, utilities, repair, disposal, compensation, other or payment.
        amount_twd: positive is owed, negative was paid.
        due_on: last day to pay; of a payment the day it came.
    """

    __tablename__ = "lease_account_entry"
    __table_args__ = (Index("ix_lease_account_entry_lease_id_due_on", "lease_id", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(Key, unique=True)
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"))
    kind: Mapped[str] = mapped_column(String(16))
    amount_twd: Mapped[int]
    due_on: Mapped[date]
    text: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    instance_id: Mapped[str | None] = mapped_column(String(32))
