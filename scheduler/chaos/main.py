"""The entry point of the chaos suite: plain values in, plain values out, as `anju chaos` wants."""

from collections.abc import Iterator
from dataclasses import asdict

from scheduler.chaos import suite
from scheduler.chaos.suite import Tell, Wish


def run(  # noqa: PLR0913  # the options of the command
    database: str,
    *,
    kills: int,
    seed: str,
    sabotages: tuple[str, ...],
    only: tuple[str, ...],
    url: str | None,
    tell: Tell,
) -> Iterator[dict[str, object]]:
    """Run the suite; see `scheduler.chaos.suite.Wish`.

    Yields:
        The result of each trial as JSON values, when it has ended.
    """
    wish = Wish(database=database, kills=kills, seed=seed, sabotages=sabotages, only=only, url=url)
    for result in suite.run(wish, tell):
        yield {**asdict(result), "broken": result.broken}
