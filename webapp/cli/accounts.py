"""Accounts on the command line: for the office whose only administrator lost his phone."""

import click

from engine.types import SYSTEM
from housing import bootstrap
from housing.people import second_factor
from housing.settings import Settings


def reset_second_factor(settings: Settings, login: str, reason: str) -> None:
    """Take somebody's second factor away and end his sessions; the reason is kept.

    Raises:
        AccountNotFound: there is no such account.
        ReasonTooShort: the reason has fewer than five characters.
    """
    application = bootstrap.build(settings)
    try:
        with application.unit_of_work() as session:
            second_factor.reset(
                login, reason, by=SYSTEM, session=session, clock=application.system_clock
            )
    finally:
        application.dispose()
    click.echo(f"The second factor of {login} is reset.")
