"""Absences on the command line: who is away and who stands in; entered when somebody falls ill."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import click

from engine.calendar import local_date
from housing import bootstrap
from housing import settings as housing_settings
from housing.deputies import queries, rules, service
from housing.deputies.rules import Deputy
from housing.deputies.service import Entry
from housing.deputies.views import AbsenceView
from housing.people.errors import AccountNotFound
from housing.people.queries import AccountView, account_by_login
from housing.people.rules import normalise_login

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("absence")
def group() -> None:
    """See and enter who is away, and who stands in."""


@group.command("list")
def list_absences() -> None:
    """List who is away now or will be, the first to go first."""
    application = bootstrap.build(housing_settings.load())
    try:
        with application.reading() as session:
            found = queries.ahead(application.clock.now(), session=session)
    finally:
        application.dispose()
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("Nobody is entered as away.")


@group.command("enter")
@click.argument("login")
@click.option("--from", "first", type=_DAY, required=True, help="First day away, as 2026-03-02.")
@click.option("--until", "last", type=_DAY, required=True, help="Last day away.")
@click.option(
    "--deputy", "deputies", multiple=True, required=True, help="Who stands in, the first one first."
)
@click.option("--reason", type=click.Choice(rules.REASONS), default="leave", show_default=True)
@click.option("--by", "by_login", required=True, help="Who enters it: the person, a lead, a chief.")
def enter(  # noqa: PLR0913  # the options of the command
    *,
    login: str,
    first: datetime,
    last: datetime,
    deputies: tuple[str, ...],
    reason: str,
    by_login: str,
) -> None:
    """Enter that somebody is away for whole days; rights of the deputies are checked now."""
    application = bootstrap.build(housing_settings.load())
    try:
        with application.unit_of_work() as session:
            found = [
                account_by_login(normalise_login(each), session=session)
                for each in (by_login, login, *deputies)
            ]
            by, person, *pool = _known(found, (by_login, login, *deputies))
            entry = Entry(
                person_id=str(person.id),
                period=rules.whole_days(first.date(), last.date()),
                reason=reason,
                deputies=tuple(Deputy(person_id=str(each.id)) for each in pool),
            )
            service.enter(entry, by=by.actor, session=session, clock=application.clock)
    finally:
        application.dispose()
    click.echo(f"{login} is away from {first.date()} to {last.date()}; the deputies are told.")


def _known(found: Iterable[AccountView | None], logins: Iterable[str]) -> Iterator[AccountView]:
    """Refuse logins that nobody has."""
    for account, login in zip(found, logins, strict=True):
        if account is None:
            raise AccountNotFound(login)
        yield account


def _line(absence: AbsenceView) -> str:
    since, until = local_date(absence.from_at), local_date(rules.last_of(absence.until_at))
    names = ", ".join(each.name for each in absence.deputies)
    return f"{since} to {until}  {absence.person_name}  {absence.state}  deputies: {names}"
