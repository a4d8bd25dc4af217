"""Tables of migrations: batches, what became of each instance, and what an undo restores."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from engine.db import UTCDateTime, metadata
from engine.tables import Id

migration_batch = Table(
    "migration_batch",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", ForeignKey("process_definition.id"), nullable=False),
    Column("target_id", ForeignKey("process_definition.id"), nullable=False),
    Column("mapping", JSON, nullable=False),  # old element id to new element id
    Column("restarts_timers", Boolean, nullable=False),
    Column("clocks", JSON),  # policies of SLA clocks by their id, "*" for all others
    Column("reason", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_by_name", String(100), nullable=False),
)

migration_item = Table(  # one instance of a batch
    "migration_item",
    metadata,
    Column("batch_id", ForeignKey("migration_batch.id"), primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("state", String(16), nullable=False),  # waiting, migrated, failed, undone
    Column("reason", Text),  # why it failed
    Column("at", UTCDateTime),
)

instance_backup = Table(  # kept until undone or too old
    "instance_backup",
    metadata,
    Column("batch_id", ForeignKey("migration_batch.id"), primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    Column("version_after", Integer, nullable=False),  # an undo needs the instance to stand there
    Column("state", LargeBinary, nullable=False),
    Column("end_event", String(100)),
    Column("rows", JSON, nullable=False),  # open tasks, standing jobs and subscriptions
    Column("created_at", UTCDateTime, nullable=False),
    Index("ix_instance_backup_created_at", "created_at"),
)
