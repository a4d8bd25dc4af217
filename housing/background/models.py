"""The table of long work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class BackgroundTask(Base):
    """One order of long work, how far it has come, and what came out.

    Business time is in `ordered_at` and `ended_at`; `beat_at` is of the machine's clock and says
    when the worker was last known to live.
    """

    __tablename__ = "background_task"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    params: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))  # waiting, running, done, failed, stopped
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)  # 0: not known yet
    note: Mapped[str] = mapped_column(String(200), default="")
    result: Mapped[Mapping[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(String(500))
    ordered_by: Mapped[str] = mapped_column(String(64))
    ordered_by_name: Mapped[str] = mapped_column(String(100))
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(64))
    beat_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_background_task_state", "state", "ordered_at"),)
