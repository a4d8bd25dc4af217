"""API tokens on the command line."""

import click

from housing import bootstrap
from housing.settings import Settings


def create(settings: Settings, name: str) -> None:
    """Make a token and print it, this one time."""
    application = bootstrap.build(settings)
    token = application.open_token(name)
    application.dispose()
    click.echo(token)
    click.echo("Keep it: it is not shown again. Send it as Bearer, or as Basic password.", err=True)


def revoke(settings: Settings, name: str) -> None:
    """Make a token worthless."""
    application = bootstrap.build(settings)
    application.revoke_token(name)
    application.dispose()
    click.echo(f"The token {name} is revoked.")
