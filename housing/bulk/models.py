"""The tables of orders for many tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class BulkBatch(Base):
    """One order for many tasks; its id stands in the history of every case that it touched.

    Attributes:
        selection: what was chosen, see `housing.bulk.selection`.
        terms: what the verb needs, see `housing.bulk.rules.Terms`; None while it is not said.
        state: prepared, confirmed (its tasks are fixed), done.
        work_id: the background task that does it; None when it was done at once.
        undoes: id of the order whose assignments this one takes back.
    """

    __tablename__ = "bulk_batch"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    verb: Mapped[str] = mapped_column(String(16))
    selection: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    terms: Mapped[Mapping[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(16))
    ordered_by: Mapped[str] = mapped_column(String(64))
    ordered_by_name: Mapped[str] = mapped_column(String(100))
    prepared_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    work_id: Mapped[str | None] = mapped_column(String(32))
    undoes: Mapped[str | None] = mapped_column(String(32))
    is_told: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (Index("ix_bulk_batch_prepared_at", "prepared_at"),)


class BulkItem(Base):
    """What became of one task of an order.

    Attributes:
        outcome: "" (not yet done), done, skipped, failed.
        why: code and error of a refusal, see `housing.bulk.rules.Refusal`.
        held_by, held_by_name: who held the task before it was assigned.
        at: when it was done; an assignment bears the same instant.
    """

    __tablename__ = "bulk_item"

    batch_id: Mapped[str] = mapped_column(ForeignKey("bulk_batch.id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int]
    instance_id: Mapped[str] = mapped_column(String(32))
    number: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(16), default="")
    why: Mapped[Mapping[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    held_by: Mapped[str | None] = mapped_column(String(64))
    held_by_name: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[datetime | None]

    __table_args__ = (Index("ix_bulk_item_position", "batch_id", "position"),)
