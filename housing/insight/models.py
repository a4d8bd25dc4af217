"""The table of simulations: one row a run of a draft against the version in service."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class SimulationRun(Base):
    """What a simulation assumed and showed.

    Attributes:
        content_hash: of the simulated files, as `engine.deployments.content_hash`.
        base_id: the version it was held against; None if there was none.
        assumptions: JSON of `housing.insight.assumptions.Assumptions`.
        result: JSON of `housing.insight.results.Result`.
    """

    __tablename__ = "simulation_run"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    process_key: Mapped[str] = mapped_column(String(100))
    content_hash: Mapped[str] = mapped_column(String(64))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("process_definition.id"))
    assumptions: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]

    __table_args__ = (Index("ix_simulation_run_content_hash", "content_hash", "made_at"),)
