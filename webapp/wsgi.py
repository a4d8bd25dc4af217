"""The web application for servers that import it: `gunicorn "webapp.wsgi:make()"`.

Each worker process of such a server makes its own; migrate first, and run `anju worker` beside it.
"""

from flask import Flask

from housing import bootstrap, settings
from housing.errors import SettingsInvalid
from webapp.factory import create_app


def make() -> Flask:
    """Make the application from the settings of the environment.

    Raises:
        SettingsInvalid: a value cannot be used, or the database is SQLite, which one process of
            `anju serve` keeps for itself.
    """
    found = settings.load()
    if found.database_url.startswith("sqlite"):
        raise SettingsInvalid("ANJU_DATABASE_URL", "several processes need PostgreSQL")
    return create_app(bootstrap.build(found))
