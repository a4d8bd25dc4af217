"""Tables of letters and of the proofs of their service (送達)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial


class LetterSerial(YearSerial):
    """The last serial number of outgoing letters given in a year of the Republic."""

    __tablename__ = "letter_serial"


class LetterRow(Base):
    """A letter of a case; its words are frozen when it is written.

    Attributes:
        idem: key of the call that wrote it.
        person_id: the addressee, or None when it goes to a contractor.
        contractor_code: the addressee, or None when it goes to a person.
        kind: name of the template.
        text_version: version of the template and checksum of its words.
        content: title, subject and parts as they are printed; see `housing.letters.writing`.
        channel: portal, email, registered_mail or hand.
        number: 發文字號, given when it is sent.
        period: the period that its service starts, 7d, 3wd or 3m, or None.
        state: draft, sent or served.
        also_tells: correlation keys of further cases that wait for its service.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_instance_id", "instance_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32))
    case_number: Mapped[str] = mapped_column(String(64), index=True)
    scope: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contractor_code: Mapped[str | None] = mapped_column(ForeignKey("contractor.code"), index=True)
    addressee_name: Mapped[str] = mapped_column(String(100))
    addressee_address: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    reason_code: Mapped[str | None] = mapped_column(String(64))
    legal_basis: Mapped[str] = mapped_column(String(300))
    appeal: Mapped[str] = mapped_column(Text)
    text_version: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    channel: Mapped[str] = mapped_column(String(16))
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    period: Mapped[str | None] = mapped_column(String(16))
    period_end_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(8))
    written_at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]
    served_at: Mapped[datetime | None]
    also_tells: Mapped[list[str] | None] = mapped_column(JSON)


class ServiceProof(Base):
    """How and when a letter reached its addressee; append only.

    Attributes:
        kind: portal_notified, portal_read, registered_receipt, postmark, deposited or handed.
        moment: when it happened.
        evidence_file_id: a stored file, or None.
    """

    __tablename__ = "service_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    moment: Mapped[datetime]
    evidence_file_id: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[str] = mapped_column(String(64))
    entered_by_name: Mapped[str] = mapped_column(String(100))
    entered_at: Mapped[datetime]
