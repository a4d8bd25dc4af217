"""Tables of related cases."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base

InstanceId = String(32)


class CaseLink(Base):
    """Two cases that belong together.

    Attributes:
        case_id: from which it is said, such as the duplicate or the one that follows.
        kind: a code of `rules.KINDS`.
    """

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("case_id", "other_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(InstanceId)
    other_id: Mapped[str] = mapped_column(InstanceId, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    made_by_name: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]


class CaseMerge(Base):
    """A case that is merged into a lead case, which decides for both.

    Attributes:
        state: open, undone (it goes its own way again) or ended (with the lead case).
        former_state: of the merged case in its subject's register, to be brought back.
        warned_at: when the lead's team was told that a due date of this case comes near.
    """

    __tablename__ = "case_merge"
    __table_args__ = (
        Index(
            "ux_case_merge_open",
            "member_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        Index("ix_case_merge_lead", "lead_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(InstanceId)
    member_id: Mapped[str] = mapped_column(InstanceId)
    reason: Mapped[str] = mapped_column(String(300))
    merged_by_name: Mapped[str] = mapped_column(String(100))
    merged_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(String(100))
    settled_reason: Mapped[str | None] = mapped_column(String(300))
    warned_at: Mapped[datetime | None]
    former_state: Mapped[str | None] = mapped_column(String(32))
