"""The capacity demo: the synthetic set imported, reviewed by robots, and listed, in one run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

from sqlalchemy import func, select

from engine.clock import FrozenClock
from housing.applications.desk import round_by_number
from housing.applications.listing import publish_version
from housing.applications.models import HousingApplication
from housing.bootstrap import Application
from housing.demo.intake import import_set
from housing.demo.robots import Robots
from housing.demo.synthetic import COUNT, the_set

BEFORE = timedelta(days=75)
"""The intake ended so long before the demo clock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of the run.

    Attributes:
        states: state to how many applications.
        listed: entries of the list.
        sha256: of the frozen list.
        import_seconds, review_seconds: measured.
    """

    round_number: str
    states: dict[str, int]
    listed: int
    sha256: str
    import_seconds: float
    review_seconds: float


def load(
    application: Application,
    *,
    count: int = COUNT,
    on_import: Callable[[int], object] = lambda _count: None,
    on_review: Callable[[int], object] = lambda _count: None,
) -> Outcome:
    """Import the synthetic set into the demo city and let robots review it.

    Args:
        application: a loaded demo city.
        count: the first so many of the set.
        on_import: called with how many more came in.
        on_review: called with how many more were decided.
    """
    clock = FrozenClock(application.clock.now() - BEFORE)
    onward = application.on_clock(clock)
    begun = perf_counter()
    imported = import_set(onward, clock, the_set(count), progress=on_import)
    between = perf_counter()
    Robots(application=onward, clock=clock, imported=imported, progress=on_review).run()
    ended = perf_counter()
    with onward.unit_of_work() as session:
        call_round = round_by_number(imported.round_number, session=session)
        version = publish_version(call_round, "frozen", at=clock.now(), session=session)
        call_round.stage, call_round.list_sha256 = "frozen", version.sha256
        call_round.listed_at = call_round.frozen_at = clock.now()
        rows = select(HousingApplication.state, func.count()).where(
            HousingApplication.round_id == call_round.id
        )
        states = session.execute(rows.group_by(HousingApplication.state))
        return Outcome(
            round_number=call_round.number,
            states={str(state): int(number) for state, number in states},
            listed=version.count,
            sha256=version.sha256,
            import_seconds=between - begun,
            review_seconds=ended - between,
        )
