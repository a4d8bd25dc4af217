"""Make the demo city: the same communities, people and sixty repairs each time."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from engine.clock import FrozenClock, ShiftedClock
from housing import demo_clock
from housing.bootstrap import Application
from housing.demo import announcements, away, calls, care, leavings, office, world
from housing.demo.errors import CityNotEmpty
from housing.demo.stories import START
from housing.demo.tickets import all_stories
from housing.demo.walk import People, Walk
from housing.people import queries as people
from housing.places import queries as places

STEPS = len(all_stories())
"""How often `load` reports progress."""


def is_loaded(application: Application) -> bool:
    """Tell whether the database holds accounts, of a demo city or of an office."""
    with application.reading() as session:
        return bool(people.all_accounts(session=session))


def load(application: Application, *, progress: Callable[[], object] = lambda: None) -> None:
    """Make the demo city in an empty, migrated database and set the demo clock to its morning.

    The history is no fake: every report, form, order and deadline goes through the forms, the
    engine and the notices, on a clock that walks through the weeks before.

    Args:
        application: with its packages deployed or not.
        progress: called STEPS times.

    Raises:
        CityNotEmpty: there are accounts already.
        StoryBroken: a story does not fit the shipped process.
    """
    if is_loaded(application):
        raise CityNotEmpty
    stories = all_stories()
    clock = FrozenClock(min(story.reported_at for story in stories))
    onward = application.on_clock(clock)
    onward.deploy_packages()
    with onward.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=clock)
        cast = _people(session)
    errands = [
        *care.errands(onward, cast),
        *calls.errands(onward, START),
        *leavings.errands(onward, cast),
        *office.errands(cast, clock),
        *announcements.errands(onward, cast),
        *away.errands(onward, cast),
    ]
    errands.sort(key=lambda each: each.at)
    Walk(onward, clock, cast, progress, errands).run(stories, START)
    _set_clock(application)


def _people(session: Session) -> People:
    return People(
        actors={each.login: each.actor for each in people.all_accounts(session=session)},
        units={
            (community.code, unit.code): unit.id
            for community in places.communities(session=session)
            for unit in places.units_in(community.code, session=session)
        },
    )


def _set_clock(application: Application) -> None:
    with application.unit_of_work() as session:
        offset = demo_clock.set_instant(
            START, system_clock=application.system_clock, session=session
        )
    if isinstance(application.clock, ShiftedClock):
        application.clock.offset = offset
