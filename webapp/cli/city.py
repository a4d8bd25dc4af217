"""The demo city on the command line, with a progress bar."""

import click

from housing import bootstrap
from housing.bootstrap import Application
from housing.demo import applications, city
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


def load_applications(settings: Settings, count: int) -> None:
    """Import the synthetic applications into the demo city and review them."""
    application = bootstrap.build(settings)
    application.migrate()
    ensure(application)
    with (
        click.progressbar(length=count, label="Importing applications") as came,
        click.progressbar(length=count, label="Reviewing applications") as decided,
    ):
        outcome = applications.load(
            application, count=count, on_import=came.update, on_review=decided.update
        )
    application.dispose()
    for state, number in sorted(outcome.states.items()):
        click.echo(f"{state}: {number}")
    click.echo(f"{outcome.round_number}: {outcome.listed} entries, SHA-256 {outcome.sha256}")
    click.echo(
        f"imported in {outcome.import_seconds:.0f} s, reviewed in {outcome.review_seconds:.0f} s"
    )


def _load(application: Application) -> None:
    with click.progressbar(length=city.STEPS, label="Making the demo city") as bar:
        city.load(application, progress=lambda: bar.update(1))
