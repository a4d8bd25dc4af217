"""Accounts of staff on the command line: opened, given roles and passwords, closed.

Residents and applicants come to their accounts by themselves or by a letter of the office.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from engine.clock import Clock
from engine.db import UnitOfWork
from engine.types import CITY, SYSTEM
from housing import bootstrap
from housing import settings as housing_settings
from housing.people import memberships, passwords, second_factor, service
from housing.people.errors import AccountNotFound
from housing.people.queries import account_by_login, all_accounts
from housing.people.rules import ROLES, normalise_login
from housing.people.service import NewAccount
from housing.people.sessions import Client
from housing.settings import LANGUAGES

_ROLE = click.Choice(sorted(ROLES))
_SCOPE = click.option(
    "--scope",
    default=CITY,
    show_default=True,
    help="Where the role holds: city, community:CODE or contractor:CODE.",
)
_PASSWORD = click.password_option(help="Asked for twice when absent; its owner types it himself.")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    """With what accounts are looked after; the clock is the real one."""

    session: UnitOfWork
    clock: Clock

    def id_of(self, login: str) -> int:
        """Find an account.

        Raises:
            AccountNotFound: nobody signs in so.
        """
        found = account_by_login(normalise_login(login), session=self.session)
        if found is None:
            raise AccountNotFound(login)
        return found.id


@click.group("account")
def group() -> None:
    """Look after the accounts of staff: open, give roles and passwords, close."""


@group.command("open")
@click.argument("login")
@click.option("--name", required=True, help="As letters and pages show it.")
@click.option("--role", required=True, type=_ROLE, metavar="ROLE", help="More with `give-role`.")
@_SCOPE
@click.option("--email", default="", help="Where notices go.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0])
@_PASSWORD
def open_account(  # noqa: PLR0913  # the options of the command
    *, login: str, name: str, role: str, scope: str, email: str, language: str, password: str
) -> None:
    """Open an account for somebody who works here; the first one is an administrator's."""
    new = NewAccount(
        login=login,
        name=name,
        password=password,
        language=language,
        memberships=((role, scope),),
        email=email,
    )
    with _at_desk() as desk:
        service.open_account(new, session=desk.session, clock=desk.clock)
    click.echo(f"{login} can sign in.")


@group.command("list")
def list_accounts() -> None:
    """List the accounts with their roles; those of residents and applicants are left out."""
    with _at_desk() as desk:
        found = all_accounts(session=desk.session)
    for each in found:
        if not each.works_here:
            continue
        roles = ", ".join(f"{role} ({scope})" for role, scope in each.memberships)
        click.echo(f"{each.login}  {each.name}  {each.state}  {roles}")


@group.command("give-role")
@click.argument("login")
@click.argument("role", type=_ROLE, metavar="ROLE")
@_SCOPE
def give_role(*, login: str, role: str, scope: str) -> None:
    """Give an account one more role."""
    with _at_desk() as desk:
        memberships.give(desk.id_of(login), role, scope, session=desk.session)
    click.echo(f"{login} is {role} ({scope}).")


@group.command("take-role")
@click.argument("login")
@click.argument("role", type=_ROLE, metavar="ROLE")
@_SCOPE
def take_role(*, login: str, role: str, scope: str) -> None:
    """Take a role away from an account."""
    with _at_desk() as desk:
        memberships.take(desk.id_of(login), role, scope, session=desk.session)
    click.echo(f"{login} is no longer {role} ({scope}).")


@group.command("new-password")
@click.argument("login")
@_PASSWORD
def new_password(*, login: str, password: str) -> None:
    """Replace a forgotten password; all sessions of the account end, a second step stays."""
    with _at_desk() as desk:
        client = Client(address="command line")
        passwords.replace(
            desk.id_of(login), password, client=client, session=desk.session, clock=desk.clock
        )
    click.echo(f"The password of {login} is replaced.")


@group.command("close")
@click.argument("login")
def close(*, login: str) -> None:
    """Close the account of somebody who left; the history keeps the name."""
    with _at_desk() as desk:
        service.disable(desk.id_of(login), session=desk.session, clock=desk.clock)
    click.echo(f"{login} can no longer sign in.")


@group.command("reopen")
@click.argument("login")
def reopen(*, login: str) -> None:
    """Open a closed account again, with the roles that it had."""
    with _at_desk() as desk:
        service.reopen(desk.id_of(login), session=desk.session, clock=desk.clock)
    click.echo(f"{login} can sign in again.")


@group.command("reset-second-factor")
@click.argument("login")
@click.option("--reason", required=True, help="Kept in the audit log.")
def reset_second_factor(*, login: str, reason: str) -> None:
    """Take a lost second factor away; all sessions of the account end."""
    with _at_desk() as desk:
        second_factor.reset(login, reason, by=SYSTEM, session=desk.session, clock=desk.clock)
    click.echo(f"The second factor of {login} is reset.")


@contextmanager
def _at_desk() -> Iterator[_Desk]:
    """Open the house for one command; it commits when nothing was refused."""
    application = bootstrap.build(housing_settings.load())
    try:
        with application.unit_of_work() as session:
            yield _Desk(session=session, clock=application.system_clock)
    finally:
        application.dispose()
