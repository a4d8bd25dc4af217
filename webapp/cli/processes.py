"""Process packages on the command line: given away as an archive, taken over as a draft."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine import definition_queries
from housing import bootstrap
from housing import settings as housing_settings
from housing.bootstrap import Application
from housing.drafts import archives, importing, queries
from housing.people.queries import account_by_login

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("process")
def group() -> None:
    """Exchange process packages with other tools."""


@group.command("export")
@click.argument("key")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--version", type=click.IntRange(1), help="Default: the one in service.")
def export(*, key: str, output: Path, version: int | None) -> None:
    """Write all files of a version of a process into a zip archive."""
    with _opened() as application, application.reading() as session:
        deployed = definition_queries.definition(key, version, session)
        files = definition_queries.resources(deployed.id, session)
    output.write_bytes(archives.packed(files))
    click.echo(f"{output}: {key} version {deployed.version}, {len(files)} files")


@group.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILES)
@click.option("--as", "login", required=True, metavar="LOGIN", help="The supervisor who imports.")
@click.option("--title", help="Of the draft; default: the name of the first file.")
@click.option("--process", "key", metavar="KEY", help="A process in service that the files change.")
def take_over(*, files: tuple[Path, ...], login: str, title: str | None, key: str | None) -> None:
    """Make a draft of files of another tool, and print what became of them."""
    with _opened() as application, application.unit_of_work() as session:
        person = account_by_login(login, session=session)
        if person is None:
            raise click.BadParameter(f"nobody signs in as {login!r}", param_hint="--as")
        draft = importing.import_files(
            [(path.name, path.read_bytes()) for path in files],
            title=title or files[0].stem,
            process_key=key,
            by=person.actor,
            session=session,
            clock=application.clock,
        )
        began = queries.events(draft.id, session=session)[-1]
        address = f"{application.settings.base_url}/drafts/{draft.id}"
    for line in importing.report_of(began.detail):
        where = f"{line.element_id} {line.element_name}".strip() or line.file or "package"
        click.echo(f"{line.kind}: {where}: {line.text}")
    click.echo(f"draft: {address}")


@contextmanager
def _opened() -> Iterator[Application]:
    application = bootstrap.build(housing_settings.load())
    try:
        yield application
    finally:
        application.dispose()
