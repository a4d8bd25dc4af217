"""A database with the tables of the housing slices."""

from importlib import import_module

import pytest

from engine.db import Database, metadata

TABLES = (
    "engine.tables",
    "housing.demo_clock",
    "housing.files.models",
    "housing.notices.models",
    "housing.people.models",
    "housing.places.models",
)


@pytest.fixture
def database(sqlite_url):
    """An SQLite database with every table of the house."""
    for module in TABLES:
        import_module(module)
    made = Database(sqlite_url)
    with made.connect_for_migration() as connection:
        metadata.create_all(connection)
    yield made
    made.dispose()
