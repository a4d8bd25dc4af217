"""The engine's tables, SQLAlchemy Core. Everything somebody asks for is a row with an index."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.db import UTCDateTime, metadata

Id = String(32)
"""A UUID in 32 hexadecimal digits, made in Python, so that an insert needs no round trip."""

RowId = BigInteger().with_variant(Integer, "sqlite")

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(100), nullable=False),  # id of the BPMN process
    Column("version", Integer, nullable=False),  # 1, 2, 3 ... a key
    Column("name", String(200), nullable=False),
    Column("content_hash", String(64), nullable=False),  # SHA-256 over all resources
    Column("deployed_at", UTCDateTime, nullable=False),
    Column("deployed_by", String(64), nullable=False),
    UniqueConstraint("key", "version"),
)

resource = Table(  # the files of a definition: decisions and forms are bound to its version
    "resource",
    metadata,
    Column("definition_id", ForeignKey("process_definition.id"), primary_key=True),
    Column("name", String(200), primary_key=True),  # "repair.bpmn", "forms/repair/report.json"
    Column("content", LargeBinary, nullable=False),
)

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    Column("business_key", String(64), nullable=False),  # the case number
    Column("scope", String(64), nullable=False),
    Column("status", String(16), nullable=False),  # active, suspended, completed, cancelled
    Column("version", Integer, nullable=False),  # counts steps; proves nobody wrote in between
    Column("state", LargeBinary, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("ended_at", UTCDateTime),
    Column("end_event", String(100)),  # id of the end event reached last
    Index("ix_process_instance_business_key", "business_key"),
    Index("ix_process_instance_definition_id_status", "definition_id", "status"),
    Index(
        "ix_process_instance_suspended",
        "id",
        postgresql_where=text("status = 'suspended'"),
        sqlite_where=text("status = 'suspended'"),
    ),
)

user_task = Table(
    "user_task",
    metadata,
    Column("id", Id, primary_key=True),  # the token's id
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("lane", String(100), nullable=False, default=""),
    Column("form_key", String(100)),
    Column("candidate_group", String(64)),
    Column("scope", String(64), nullable=False),
    Column("assignee", String(64)),
    Column("assignee_name", String(100)),
    Column("priority", Integer, nullable=False, default=50),  # 0..100, higher first
    Column("ladder", String(64)),  # notice ladder for the due date
    Column("created_at", UTCDateTime, nullable=False),
    Column("claimed_at", UTCDateTime),
    Column("due_at", UTCDateTime),
    Column("original_due_at", UTCDateTime),  # stays when due_at is extended
    Column("computation", JSON(none_as_null=True)),  # of due_at; see engine/explanations.py
    Column("state", String(16), nullable=False),  # open, completed, cancelled
    Column("ended_at", UTCDateTime),
    Column("ended_by", String(64)),
    Column("ended_by_name", String(100)),
    Column("delegation", String(16), nullable=False, server_default=""),  # "", pending, returned
    Column("delegated_by", String(64)),  # the owner: who gave it away and gets it back
    Column("delegated_by_name", String(100)),
    Column("on_behalf_of", String(64)),  # the absent person that a deputy claimed it for
    Column("follow_up_at", UTCDateTime),  # when its holder wants to look at it again
    Index("ix_user_task_instance_id", "instance_id"),
    Index("ix_user_task_name", "name"),  # to list the names that tasks have
    Index(  # holds all that the inbox and the team page count by; with the state, for SQLite
        "ix_user_task_open_group",
        *("candidate_group", "scope", "due_at", "priority", "created_at", "id"),
        *("instance_id", "assignee", "element_id", "name", "state"),
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
    Index(  # of the inbox: what somebody completed
        "ix_user_task_completed",
        "ended_by",
        "ended_at",
        postgresql_where=text("state = 'completed'"),
        sqlite_where=text("state = 'completed'"),
    ),
    Index(  # of the team page: what a group has done
        "ix_user_task_group_ended",
        "candidate_group",
        "ended_at",
        postgresql_where=text("ended_at IS NOT NULL"),
        sqlite_where=text("ended_at IS NOT NULL"),
    ),
    Index(  # of the team page: what came to a group
        "ix_user_task_group_created",
        *("candidate_group", "created_at", "scope"),
    ),
    Index(  # of the inbox: what somebody gave away and gets back
        "ix_user_task_delegated",
        "delegated_by",
        "due_at",
        postgresql_where=text("state = 'open' AND delegation = 'pending'"),
        sqlite_where=text("state = 'open' AND delegation = 'pending'"),
    ),
    Index(  # what deputies hold for somebody
        "ix_user_task_on_behalf_of",
        "on_behalf_of",
        postgresql_where=text("state = 'open' AND on_behalf_of IS NOT NULL"),
        sqlite_where=text("state = 'open' AND on_behalf_of IS NOT NULL"),
    ),
    Index(  # without unclaimed ones, lest SQLite looks for them here
        "ix_user_task_open_claimed",
        "assignee",
        "due_at",
        postgresql_where=text("state = 'open' AND assignee IS NOT NULL"),
        sqlite_where=text("state = 'open' AND assignee IS NOT NULL"),
    ),
    Index(  # of the inbox: what somebody wants to look at again
        "ix_user_task_follow_up",
        "assignee",
        "follow_up_at",
        postgresql_where=text("state = 'open' AND follow_up_at IS NOT NULL"),
        sqlite_where=text("state = 'open' AND follow_up_at IS NOT NULL"),
    ),
)

job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id")),  # none: message, signal, start
    Column("kind", String(16), nullable=False),  # see engine/jobs.py
    Column("element_id", String(100), nullable=False),
    Column("token_id", Id, nullable=False),  # the waiting token, or the user task of a rung
    Column("due_at", UTCDateTime, nullable=False),
    Column("original_due_at", UTCDateTime, nullable=False),
    Column("state", String(16), nullable=False),  # see engine/jobs.py
    Column("retries", Integer, nullable=False),  # left
    Column("attempts", Integer, nullable=False),  # leases taken
    Column("lock_owner", String(64)),
    Column("lock_until", UTCDateTime),
    Column("error", Text),
    Column("payload", JSON, nullable=False),
    Column("topic", String(200)),  # of a service task
    Column("priority", Integer, nullable=False, default=0),  # of outside work, higher first
    Column("idem", String(160), nullable=False, unique=True),
    Column("computation", JSON(none_as_null=True)),  # of a timer; see engine/explanations.py
    Index("ix_job_instance_id", "instance_id"),
    Index(
        "ix_job_worker",
        "topic",
        "due_at",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_job_due",
        "due_at",
        "id",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
)

subscription = Table(  # messages and signals an instance waits for
    "subscription",
    metadata,
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("token_id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),  # message, signal
    Column("name", String(100), primary_key=True),
    Column("element_id", String(100), nullable=False),
    Column("correlation", String(200)),
    Index("ix_subscription_kind_name", "kind", "name", "correlation"),
)

message_buffer = Table(  # messages nobody waited for when they came
    "message_buffer",
    metadata,
    Column("id", Id, primary_key=True),  # of the job that brought it
    Column("name", String(100), nullable=False),
    Column("correlation", String(200)),
    Column("letter", JSON, nullable=False),  # see engine/letters.py
    Column("buffered_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Index("ix_message_buffer_name", "name", "correlation"),
    Index("ix_message_buffer_expires_at", "expires_at"),
)

start_event = Table(  # what starts an instance of the newest version, one row a start event
    "start_event",
    metadata,
    Column("process_key", String(100), primary_key=True),
    Column("element_id", String(100), primary_key=True),
    Column("kind", String(16), nullable=False),  # message, signal
    Column("name", String(100), nullable=False),
    Index("ix_start_event_kind_name", "kind", "name"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id")),  # none: its job has none
    Column("job_id", Id),
    Column("element_id", String(100), nullable=False),
    Column("message", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("resolved_at", UTCDateTime),
    Column("resolved_by", String(64)),
    Index("ix_incident_instance_id", "instance_id"),
    Index(
        "ix_incident_open_job",  # a job has one open incident at most
        "job_id",
        unique=True,
        postgresql_where=text("resolved_at IS NULL"),
        sqlite_where=text("resolved_at IS NULL"),
    ),
)

history = Table(  # append only
    "history",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("step", Integer, nullable=False),  # the instance's version after the step
    Column("at", UTCDateTime, nullable=False),
    Column("kind", String(32), nullable=False),  # see engine/history.py
    Column("element_id", String(100), nullable=False),
    Column("element_name", String(200), nullable=False),
    Column("actor_id", String(64), nullable=False),
    Column("actor_name", String(100), nullable=False),
    Column("on_behalf_of", String(64)),
    Column("batch_id", Id),  # of the bulk order that did it
    Column("details", JSON, nullable=False),
    Index("ix_history_instance_id_id", "instance_id", "id"),
    Index(  # what deputies did
        "ix_history_on_behalf_of",
        "on_behalf_of",
        "at",
        postgresql_where=text("on_behalf_of IS NOT NULL"),
        sqlite_where=text("on_behalf_of IS NOT NULL"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("idem", String(160), nullable=False, unique=True),  # becomes the Message-ID
    Column("instance_id", Id),
    Column("channel", String(16), nullable=False),  # mail, push, sms, line
    Column("recipient", String(200), nullable=False),  # account id
    Column("payload", JSON, nullable=False),  # kind, subject, body, short, url
    Column("created_at", UTCDateTime, nullable=False),
    Column("not_before", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("is_dead", Boolean, nullable=False, default=False),
    Column("grouping", String(16)),  # see engine/outbox.py; none: travels alone
    Column("group_key", String(160)),  # Message-ID of the bundle it travels in
    Column("opened_at", UTCDateTime),  # the channel says that the reader opened it
    Column("read_at", UTCDateTime),  # the reader opened the case afterwards
    Index("ix_outbox_instance_id", "instance_id"),
    Index("ix_outbox_recipient", "recipient", "id"),
    Index("ix_outbox_group_key", "group_key"),
    Index(
        "ix_outbox_due",
        "not_before",
        "id",
        postgresql_where=text("sent_at IS NULL AND NOT is_dead"),
        sqlite_where=text("sent_at IS NULL AND is_dead = 0"),
    ),
)

worker = Table(  # processes that run the scheduler; see engine/workers.py
    "worker",
    metadata,
    Column("name", String(64), primary_key=True),  # as in job.lock_owner
    Column("host", String(64), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),  # all by the machine's clock
    Column("last_seen_at", UTCDateTime, nullable=False),
    Column("last_tick_at", UTCDateTime),
    Column("fired", BigInteger, nullable=False),  # since it started
    Column("failed", BigInteger, nullable=False),
    Column("buckets", JSON, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("clock_jump", Double),
)
