"""Serving and working: one process with everything, or web processes beside workers."""

import signal
import threading
from contextlib import suppress
from importlib.metadata import entry_points
from typing import Protocol

import click
import waitress
from waitress.server import BaseWSGIServer

from housing import bootstrap
from housing.bootstrap import Application
from housing.demo import accounts
from housing.settings import Settings
from webapp.cli import city
from webapp.factory import create_app

THREADS = 24  # workers of external tasks wait in up to half of them


class Background(Protocol):
    """What the scheduler's entry point returns."""

    def stop(self) -> None:
        """Finish the running jobs and stop."""
        ...


def serve(settings: Settings, *, host: str, port: int, with_scheduler: bool) -> None:
    """Serve until interrupted; the schema, the packages and the demo city are made when missing."""
    application = bootstrap.build(settings)
    with application.only_server():
        application.migrate()
        if settings.is_demo:
            city.ensure(application)
        application.deploy_packages()
        background = start_background(application) if with_scheduler else None
        try:
            server = listen(application, host=host, port=port)
            announce(settings, host, port)
            stop_gracefully_on_sigterm()
            with suppress(KeyboardInterrupt):
                server.run()
        finally:
            if background:
                background.stop()
            application.dispose()


def listen(application: Application, *, host: str, port: int) -> BaseWSGIServer:
    """Open the port, so that what is announced can be reached.

    Raises:
        ClickException: the address is taken.
    """
    try:
        return waitress.create_server(
            create_app(application), host=host, port=port, threads=THREADS, ident=None
        )
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another with --port."
        ) from error


def work(settings: Settings) -> None:
    """Run the scheduler alone until SIGTERM or SIGINT."""
    application = bootstrap.build(settings)
    background = start_background(application)
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    click.echo("Working; stop with Ctrl+C.")
    stopped.wait()
    background.stop()
    application.dispose()


def migrate(settings: Settings) -> None:
    """Bring the schema up to date, deploy the shipped packages, seal what was not sealed."""
    application = bootstrap.build(settings)
    application.migrate()
    application.deploy_packages()
    application.renew_seals()  # what older versions wrote unsealed
    application.dispose()
    click.echo("The database is up to date.")


def start_background(application: Application) -> Background:
    """Start the scheduler through its entry point; pages never import it."""
    (start,) = entry_points(group="anju.background", name="scheduler")
    background: Background = start.load()(application)
    return background


def stop_gracefully_on_sigterm() -> None:
    """Treat SIGTERM like Ctrl+C, so that the scheduler stops between two jobs."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def announce(settings: Settings, host: str, port: int) -> None:
    """Say where Anju is, and in the demo city who may sign in."""
    click.echo(f"\nAnju (安居) serves at http://{host}:{port}   (stop with Ctrl+C)\n")
    if settings.is_demo:
        click.echo("Demo accounts, password for all: " + accounts.PASSWORD)
        for account in accounts.ACCOUNTS:
            click.echo(f"  {account.login:<12} {account.name}  {account.role.replace('_', ' ')}")
        click.echo("")
