"""The table of working calendars: one row a published version, append only."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from engine.db import UTCDateTime, metadata

working_calendar = Table(
    "working_calendar",
    metadata,
    Column("scope", String(64), primary_key=True),  # "city" or "community:<code>"
    Column("version", Integer, primary_key=True),  # 1, 2, 3 ... a scope
    Column("content", JSON, nullable=False),  # weekly hours, days, years; see engine/calendars.py
    Column("changes", JSON, nullable=False),  # [{"on", "was", "becomes"}]
    Column("reason", Text, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),
    Column("published_by", String(64), nullable=False),
    Column("published_by_name", String(100), nullable=False),
)
