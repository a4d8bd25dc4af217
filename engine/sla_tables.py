"""The table of SLA clocks: one row a running or ended obligation."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.db import UTCDateTime, metadata
from engine.tables import Id

sla_clock = Table(
    "sla_clock",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("token_id", Id),  # of the user task or sub-process; none: the whole process
    Column("sla_id", String(100), nullable=False),  # of anju:sla
    Column("kind", String(16), nullable=False),  # process, phase, task
    Column("element_id", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("candidate_group", String(64)),  # that the user task was offered to
    Column("state", String(16), nullable=False),  # see engine/sla_clocks.py
    Column("started_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("original_due_at", UTCDateTime, nullable=False),
    Column("counted_from", UTCDateTime, nullable=False),  # shares of the ladder: start, extension
    Column("warned_at", UTCDateTime),
    Column("breached_at", UTCDateTime),  # stays
    Column("paused_since", UTCDateTime),
    Column("pause_reason", String(200)),
    Column("ended_at", UTCDateTime),
    Column("calendar", String(64)),  # whose calendar moves the end; none: no calendar does
    Column("basis", Text, nullable=False, default=""),
    Column("rule", JSON, nullable=False),  # amount, unit, start, rolling, rungs
    Column("pauses", JSON, nullable=False),  # [{"begins_at", "ends_at", "reason"}], ended ones
    Column("orders", JSON, nullable=False),  # extensions and the waiver, each with its reason
    Column("rungs_done", JSON, nullable=False),  # ["50%", "-P1D"]
    Column("plan", Integer, nullable=False),  # counts the plans of the ladder
    Column("computation", JSON),  # engine.periods Computation.as_json
    Index("ix_sla_clock_instance_id", "instance_id"),
    Index(
        "ix_sla_clock_open_due",
        "due_at",
        "id",
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index("ix_sla_clock_ended", "ended_at", "element_id"),
    Index(  # begins with the end, or SQLite prefers the index before
        "ix_sla_clock_paused",
        *("ended_at", "paused_since", "instance_id"),
        postgresql_where=text("paused_since IS NOT NULL AND ended_at IS NULL"),
        sqlite_where=text("paused_since IS NOT NULL AND ended_at IS NULL"),
    ),
)
