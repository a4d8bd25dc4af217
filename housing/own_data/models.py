"""Tables of requests about one's own data, of what they changed, and of copies to fetch."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial

Code = String(32)


class DataRequestSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "data_request_serial"


class DataRequest(Base):
    """Somebody asks to correct his data, to stop their use or to delete them (個資法 §11, §13).

    Attributes:
        number: P115-000001, the case's business key.
        token: idempotency key of the form.
        kind: correct, stop or delete.
        field: what is wrong; "" unless something is to be corrected.
        wanted_sealed: the right value; "" without one.
        grounds_sealed: why, in the person's words.
        state: open, granted or refused.
        basis: code of the law that lets the office refuse.
        closes_on: the day the account is closed after a granted stop or deletion.
    """

    __tablename__ = "data_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Code)
    field: Mapped[str] = mapped_column(Code)
    wanted_sealed: Mapped[str] = mapped_column(Text)
    grounds_sealed: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Code)
    extended_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str | None] = mapped_column(String(100))
    decision: Mapped[str | None] = mapped_column(Code)
    reason: Mapped[str | None] = mapped_column(String(1000))
    basis: Mapped[str | None] = mapped_column(Code)
    closes_on: Mapped[date | None]


class DataCorrection(Base):
    """One field that was corrected on request: before and after, sealed; append only."""

    __tablename__ = "data_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("data_request.id"), index=True)
    field: Mapped[str] = mapped_column(Code)
    before_sealed: Mapped[str] = mapped_column(Text)
    after_sealed: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(100))


class DataExport(Base):
    """A copy of one's own data, sealed on disk for seven days.

    Attributes:
        work_id: of the background work that makes it.
        size_bytes: of the archive as it is fetched; None while it is made.
        fetched_at: when it was fetched last.
    """

    __tablename__ = "data_export"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    work_id: Mapped[str] = mapped_column(String(32))
    ordered_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    size_bytes: Mapped[int | None]
    fetched_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
