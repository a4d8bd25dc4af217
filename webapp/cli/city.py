"""The demo city on the command line, with a progress bar."""

import click

from housing import bootstrap
from housing.bootstrap import Application
from housing.demo import city
from housing.settings import Settings


def load(settings: Settings, *, reset: bool) -> None:
    """Make the demo city in the configured database."""
    application = bootstrap.build(settings)
    if reset:
        application.erase()
    application.migrate()
    _load(application)
    application.dispose()


def ensure(application: Application) -> None:
    """Make the demo city when the database holds nobody yet."""
    if not city.is_loaded(application):
        _load(application)


def _load(application: Application) -> None:
    with click.progressbar(length=city.STEPS, label="Making the demo city") as bar:
        city.load(application, progress=lambda: bar.update(1))
