"""Alembic: one metadata for Core tables and ORM classes."""

from alembic import context

import housing.bootstrap  # noqa: F401  # reaches every module that holds a table
from engine.db import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    user_module_prefix="",  # revisions import UTCDateTime by name
)
with context.begin_transaction():
    context.run_migrations()
