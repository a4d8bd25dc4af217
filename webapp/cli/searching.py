"""The words that cases are found by, on the command line."""

import click

from housing import bootstrap
from housing.settings import Settings


def rebuild(settings: Settings) -> None:
    """Throw the words of all cases away and cut them anew."""
    application = bootstrap.build(settings)
    count = application.index_cases(anew=True)
    application.dispose()
    click.echo(f"{count} cases can be found by their words.")
