"""The keys of the personal data and of push messages on the command line."""

import click

from housing import bootstrap
from housing import settings as housing_settings
from housing.delivery import keys as push_keys


def rotate() -> None:
    """Add a key, seal all personal data that is kept sealed with it, and say which keys may go.

    Raises:
        SettingsInvalid: the keys come from ANJU_KEYS; add one there.
    """
    before = housing_settings.load()
    key_id = housing_settings.add_key(before.var)
    application = bootstrap.build(housing_settings.load())
    count = application.renew_seals()
    application.dispose()
    click.echo(f"{count} records are sealed with {key_id}.")
    click.echo(
        "Restart every server before the next change. Older keys are needed for backups only.",
        err=True,
    )


def push() -> None:
    """Make the key of push messages if there is none, and print its public half.

    Raises:
        SettingsInvalid: the file can neither be read nor made.
    """
    path = housing_settings.load().channels.push.key_path
    click.echo(push_keys.public_key(push_keys.read_or_make(path)))
