"""Tables of announcements: the text in force, its versions, and one receipt a reader."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial


class AnnouncementSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "announcement_serial"


class Announcement(Base):
    """A word of the office to people, as it stands now; business key of its process.

    Attributes:
        number: N115-000001, year of the Republic and a serial.
        token: idempotency key of the form that opened it.
        state: a code of `rules.STATES`.
        version: 1 for the first text; each correction adds one.
        is_office: written by the housing office, not by a property manager.
        scope_kind: a code of `rules.SCOPES`.
        community: code; None for the whole city and for roles.
        building, floor, units, role: what the scope names beside the community.
        translations: language to {title, body}; the Chinese stands in `title` and `body`.
        attachments: list of {file_id, alt}.
        from_at: when it may go out at the earliest; None for at once.
        until_at: its end as its author set it, or None.
        ends_at: its end as the process counts it; known from the scheduling on.
        incident: number of the repair case whose end ends it, or "".
        end_reason: withdrawn, wrong_scope, reviewed, incident_over or expired; "" while it runs.
        end_text: what its readers were told when it was withdrawn.
        return_reason: why the last draft was sent back.
        receivers: how many were told.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        Index("ix_announcement_state_published_at", "state", "published_at"),
        Index("ix_announcement_community_state", "community", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    instance_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    author_id: Mapped[str] = mapped_column(String(64), index=True)
    author_name: Mapped[str] = mapped_column(String(100))
    is_office: Mapped[bool] = mapped_column(Boolean)
    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    easy_body: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(16))
    scope_kind: Mapped[str] = mapped_column(String(16))
    community: Mapped[str | None] = mapped_column(ForeignKey("community.code"))
    building: Mapped[str] = mapped_column(String(16))
    floor: Mapped[int | None]
    units: Mapped[list[Any]] = mapped_column(JSON)
    role: Mapped[str] = mapped_column(String(32))
    must_acknowledge: Mapped[bool] = mapped_column(Boolean)
    is_public: Mapped[bool] = mapped_column(Boolean)
    translations: Mapped[dict[str, Any]] = mapped_column(JSON)
    attachments: Mapped[list[Any]] = mapped_column(JSON)
    incident: Mapped[str] = mapped_column(String(16), index=True)
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    drafted_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str] = mapped_column(String(100))
    published_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(16))
    end_text: Mapped[str] = mapped_column(Text)
    return_reason: Mapped[str] = mapped_column(Text)
    returned_count: Mapped[int]
    receivers: Mapped[int]


class AnnouncementVersion(Base):
    """A text that was in force and was replaced, with who replaced it and why."""

    __tablename__ = "announcement_version"
    __table_args__ = (UniqueConstraint("announcement_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    until_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime]
    replaced_by: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(300))


class AnnouncementReceipt(Base):
    """One reader of one announcement: told, read, acknowledged.

    Attributes:
        is_told: a notice was written for him; False for one who found it himself.
        version_read: the text he read last.
        is_on_paper: a property manager told him at the door.
    """

    __tablename__ = "announcement_receipt"
    __table_args__ = (
        UniqueConstraint("announcement_id", "account_id"),
        Index("ix_announcement_receipt_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    is_told: Mapped[bool] = mapped_column(Boolean)
    told_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    version_read: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    is_on_paper: Mapped[bool] = mapped_column(Boolean)
