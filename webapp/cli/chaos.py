"""`anju chaos`: real processes are killed, cut off and sent the same thing twice.

The suite belongs to the scheduler and is reached through its entry point: pages never import it.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from secrets import token_hex
from typing import Any

import click

from engine.errors import EngineError
from engine.invariants import NAMES

DATABASES = ("sqlite", "postgres")
SABOTAGES = ("two-commits", "no-version", "no-recheck")
WIDTH = 78

Result = Mapping[str, Any]
"""What the suite tells of a trial: see `scheduler.chaos.suite.Result`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What was asked for on the command line.

    Attributes:
        database: one of DATABASES.
        seed: none: a new one.
        sabotage: one of SABOTAGES, "all", or none.
        only: names of trials; none: all.
        url: of a PostgreSQL database to administer from.
    """

    database: str
    kills: int
    seed: str | None
    sabotage: str | None
    only: tuple[str, ...]
    url: str | None

    @property
    def sabotages(self) -> tuple[str, ...]:
        """The sabotages one by one."""
        if self.sabotage is None:
            return ()
        return SABOTAGES if self.sabotage == "all" else (self.sabotage,)


def run(wish: Wish, *, as_json: bool) -> int:
    """Run the suite and print its results.

    Returns:
        0 if every invariant holds, 1 if one is broken. With sabotage 1 is as it must be: each
        sabotage broke an invariant; 0 says that one of them was not noticed.

    Raises:
        UsageError: there is no such database or trial here.
    """
    if wish.url and wish.database != "postgres":
        raise click.UsageError("--url is the address of a PostgreSQL server.")
    seed = wish.seed or token_hex(4)
    try:
        told = _told_as_json(wish, seed) if as_json else _told(wish, seed)
    except EngineError as error:
        raise click.UsageError(str(error)) from error
    return _status(told, wish.sabotages)


def _told_as_json(wish: Wish, seed: str) -> list[Result]:
    told = list(_run(wish, seed))
    asked = {"database": wish.database, "kills": wish.kills, "seed": seed}
    click.echo(json.dumps({**asked, "results": told, "holds": not _broken_by(told)}, indent=2))
    return told


def _told(wish: Wish, seed: str) -> list[Result]:
    click.echo(f"Chaos on {wish.database}, {wish.kills} kills, seed {seed}")
    told = list(_echoed(_run(wish, seed)))
    for line in _verdict(told, wish.sabotages):
        click.echo(line)
    return told


def _run(wish: Wish, seed: str) -> Iterator[Result]:
    (suite,) = entry_points(group="anju.chaos", name="suite")
    begin: Callable[..., Iterator[Result]] = suite.load()
    return begin(
        wish.database,
        kills=wish.kills,
        seed=seed,
        sabotages=wish.sabotages,
        only=wish.only,
        url=wish.url,
        tell=_show_progress,
    )


def _show_progress(words: str) -> None:
    """Show how far it is, on one line that the next one overwrites."""
    if sys.stderr.isatty():
        click.echo(f"\r{words:<{WIDTH}}\r", nl=False, err=True)


def _echoed(results: Iterable[Result]) -> Iterator[Result]:
    """Print a line a trial as soon as it has ended."""
    click.echo(f"{'trial':<10}{'trouble':<52}{'count':>6}{'seconds':>9}  invariants")
    for result in results:
        _show_progress("")
        held = ", ".join(result["broken"]) + " BROKEN" if result["broken"] else "all hold"
        sabotage = f"{result['sabotage']}: " if result["sabotage"] else ""
        counts = f"{result['count']:>6}{result['seconds']:>9.1f}"
        words = f"skipped: {result['skipped']}" if result["skipped"] else held
        click.echo(f"{result['trial']:<10}{sabotage + result['title']:<52}{counts}  {words}")
        figures = ", ".join(f"{value} {name}" for name, value in result["figures"].items())
        if figures:
            click.echo(f"{'':<10}{figures}")
        for breach in result["breaches"]:
            click.echo(f"{'':<10}{breach['invariant']}: {breach['text']}")
        yield result


def _verdict(results: Iterable[Result], sabotages: Iterable[str]) -> Iterator[str]:
    """Say in the end what is broken, or which sabotage was noticed by what."""
    broken = _broken_by(results)
    if not any(sabotages):
        yield "Every invariant holds." if not broken else "Broken:"
        for invariant in broken.get("", ()):
            yield f"  {invariant} {NAMES[invariant]}"
        return
    for sabotage in sabotages:
        names = broken.get(sabotage, ())
        told = "; ".join(f"{name} {NAMES[name]}" for name in names)
        yield f"{sabotage}: noticed, broken: {told}" if told else f"{sabotage}: NOT NOTICED"


def _broken_by(results: Iterable[Result]) -> dict[str, list[str]]:
    """Collect the broken invariants by sabotage, in their order."""
    found: dict[str, set[str]] = {}
    for result in results:
        if result["broken"]:
            found.setdefault(result["sabotage"], set()).update(result["broken"])
    return {
        sabotage: [name for name in NAMES if name in names] for sabotage, names in found.items()
    }


def _status(results: Iterable[Result], sabotages: tuple[str, ...]) -> int:
    broken = _broken_by(results)
    if sabotages:
        return int(all(sabotage in broken for sabotage in sabotages))
    return int(bool(broken))
