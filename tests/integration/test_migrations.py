"""The migrations lead to exactly the tables of the code, on both databases, and back."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from engine.db import Database, metadata
from housing import bootstrap, settings

pytestmark = pytest.mark.integration


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    yield made
    made.dispose()


def run(verb, database, *arguments):
    config = Config()
    config.set_main_option("script_location", "housing:migrations")
    with database.connect_for_migration() as connection:
        config.attributes["connection"] = connection
        verb(config, *arguments)


def tables(database):
    with database.connect_for_migration() as connection:
        return set(inspect(connection).get_table_names())


def test_migrations_lead_to_exactly_the_tables_of_the_code(database):
    run(command.upgrade, database, "head")
    run(command.check, database)

    assert tables(database) == set(metadata.tables) | {"alembic_version"}


def test_migrations_lead_back_to_an_empty_database(database):
    run(command.upgrade, database, "head")
    run(command.downgrade, database, "base")

    assert tables(database) == {"alembic_version"}


def test_an_application_migrates_its_database_and_can_erase_it(database_url, tmp_path):
    environment = {"ANJU_VAR": str(tmp_path), "ANJU_DATABASE_URL": database_url}
    application = bootstrap.build(settings.load(environment))
    application.migrate()
    application.migrate()
    assert "account" in tables(application.database)

    application.erase()
    assert tables(application.database) == set()
    application.migrate()
    assert "account" in tables(application.database)
    application.dispose()
