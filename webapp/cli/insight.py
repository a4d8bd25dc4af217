"""Event logs and simulations on the command line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from engine import definition_queries, mining, xes
from engine.mining import Chosen
from engine.simulation import queues
from engine.simulation.figures import Band
from housing import bootstrap
from housing.bootstrap import Application
from housing.insight import simulating
from housing.insight.assumptions import Assumptions
from housing.insight.results import Result
from housing.settings import Settings

CUSTOMERS = 100_000
"""Arrivals of each queue that is checked against its closed form."""

_INSTANT = timedelta(microseconds=1)


@contextmanager
def opened(settings: Settings) -> Iterator[Application]:
    """Open the house for a command, on the demo's clock if there is one."""
    application = bootstrap.build(settings)
    application.refresh_clock()
    try:
        yield application
    finally:
        application.dispose()


def export_xes(application: Application, process_key: str, output: Path) -> None:
    """Write the event log of all ended cases of a process to a file.

    Raises:
        DefinitionNotFound: the process was never deployed.
    """
    now = application.clock.now()
    with application.reading() as session:
        definition_queries.definition(process_key, None, session)
        since = mining.first_started(process_key, session) or now
        chosen = Chosen(process_key=process_key, since=since, until=now + _INSTANT)
        key = application.settings.secret_key.encode()
        log = xes.document(chosen, key=key, session=session)
        with output.open("wb") as file:
            file.writelines(log)
    click.echo(f"{output} is written.", err=True)


def simulate(
    application: Application, process_key: str, given: Assumptions, *, as_json: bool
) -> None:
    """Simulate the version in service with what history tells, and print the figures.

    Raises:
        DefinitionNotFound: the process was never deployed.
    """
    with application.reading() as session:
        base = definition_queries.definition(process_key, None, session)
        files = definition_queries.resources(base.id, session)
        prepared = simulating.prepare(
            files, process_key, None, session=session, now=application.clock.now()
        )
    fields = {name: getattr(given, name) for name in ("weeks", "replications", "seed", "per_week")}
    result = simulating.simulate(prepared, Assumptions(roles=prepared.roles, **fields))
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _print(result)


def check(*, seed: int, as_json: bool) -> bool:
    """Compare simulated queues with their closed form (M/M/c), and tell whether all are near."""
    found = list(queues.check_all(customers=CUSTOMERS, seed=seed))
    if as_json:
        rows = [
            {
                "people": each.people,
                "load": each.load,
                "simulated": each.simulated_wait,
                "exact": each.exact_wait,
                "difference": each.difference,
                "margin": each.margin,
                "busy": each.simulated_busy,
                "customers": each.customers,
            }
            for each in found
        ]
        click.echo(json.dumps(rows))
    else:
        _table(
            ("c", "rho", "simulated", "exact", "difference", "+-95 %", "busy", "customers"),
            [
                (
                    str(each.people),
                    f"{each.load:.2f}",
                    f"{each.simulated_wait:.4f}",
                    f"{each.exact_wait:.4f}",
                    f"{each.difference:+.2%}",
                    f"{each.margin / each.exact_wait:.2%}",
                    f"{each.simulated_busy:.4f}",
                    str(each.customers),
                )
                for each in found
            ],
        )
    return all(abs(each.difference) <= queues.NEAR for each in found)


def _print(result: Result) -> None:
    new = result.new.summary
    click.echo(f"From {result.cases} cases begun {result.since} to {result.until}.")
    if result.new.is_thin:
        click.echo("Most times of its steps are assumed, not measured: the figures say little.")
    weeks = len(new.backlog)
    click.echo(f"{new.replications} runs of {weeks} weeks from {result.first_monday} on")
    cycle = [] if new.cycle_days is None else [("median days to the end", new.cycle_days)]
    _table(
        ("", "P10", "P50", "P90"),
        [
            _row("cases begun", new.arrived),
            _row("cases ended", new.ended),
            _row("open in the end", new.backlog[-1]),
            _row("missed service levels", new.all_breaches),
            *(_row(words, band) for words, band in cycle),
            *(_row(f"time used: {role.id}", role.busy) for role in new.roles),
        ],
    )
    click.echo()
    _table(
        ("step", "reached", "wait h", "days"),
        [
            (
                step.id,
                f"{step.reached:.1f}",
                f"{step.wait_hours:.2f}",
                "-" if step.elapsed_days is None else f"{step.elapsed_days:.2f}",
            )
            for step in new.steps
            if step.id in result.new.lanes
        ],
    )


def _row(words: str, band: Band) -> tuple[str, ...]:
    return (words, *(f"{value:.2f}" for value in (band.low, band.middle, band.high)))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns, the first to the left, all others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        first, *rest = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        click.echo("  ".join(cells).rstrip())
