"""Handbooks of packages on the command line."""

from pathlib import Path

import click

from bpmn import catalogue
from webapp import handbook_text


def show(package: str, readme: Path | None, *, is_written: bool) -> None:
    """Print the README of a package as it should be, or write it.

    Args:
        package: its name.
        readme: the file that people write in; that of the package when absent.
        is_written: refresh the file instead of printing.

    Raises:
        click.BadParameter: there is no such package.
    """
    if package not in catalogue.packages():
        known = ", ".join(catalogue.packages())
        raise click.BadParameter(f"{package!r} is none of {known}", param_hint="PACKAGE")
    path = readme or handbook_text.path_of(package)
    text = handbook_text.readme(package, path.read_text("utf-8") if path.is_file() else "")
    if not is_written:
        click.echo(text, nl=False)
        return
    path.write_text(text, "utf-8")
    click.echo(f"{path} is up to date.", err=True)
