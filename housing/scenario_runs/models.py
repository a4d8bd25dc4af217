"""The table of scenario runs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class ScenarioRun(Base):
    """One run of all scenarios of a draft.

    Attributes:
        content_hash: of all files of the draft as they were tried, scenarios included.
        task_id: the work in the background; it may be gone, the report stays.
        report: see `housing.scenario_runs.rules.Report`; None until it is done.
    """

    __tablename__ = "scenario_run"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    draft_id: Mapped[str] = mapped_column(String(32))
    content_hash: Mapped[str] = mapped_column(String(64))
    task_id: Mapped[str] = mapped_column(String(32))
    ordered_by: Mapped[str] = mapped_column(String(64))
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    report: Mapped[Mapping[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        Index("ix_scenario_run_content_hash", "content_hash", "ordered_at"),
        Index("ix_scenario_run_draft_id", "draft_id", "ordered_at"),
    )
