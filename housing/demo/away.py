"""A colleague of the demo city who is away, his deputy, and tasks to be looked at again today."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from engine import queries
from engine.calendar import TAIPEI
from engine.queries import TaskFilter
from engine.records import UserTask
from engine.types import CITY, Actor
from housing.bootstrap import Application
from housing.demo.stories import START, YEAR
from housing.demo.walk import Errand, People
from housing.deputies import rules
from housing.deputies import service as deputies
from housing.deputies.rules import Deputy
from housing.deputies.service import Entry
from housing.people import service as people
from housing.people.errors import AccountNotFound
from housing.people.queries import account_by_login
from housing.people.service import NewAccount

LOGIN, NAME = "officer3", "紀外勤"
"""He is away when the demo begins; nobody knows his password."""

DEPUTY = "officer2"
HELD = 2
"""So many tasks he leaves behind."""


def errands(application: Application, cast: People) -> list[Errand]:
    """List what these people do, for the walk through the weeks."""
    engine, clock = application.engine, application.clock

    def join(session: Session) -> None:
        password = secrets.token_urlsafe(32)
        new = NewAccount(
            login=LOGIN, name=NAME, password=password, memberships=(("officer", CITY),)
        )
        people.open_account(new, session=session, clock=clock)

    def leave(session: Session) -> None:
        absent = _actor(session)
        for task in _old_ones(absent, session)[:HELD]:
            engine.claim(task.id, by=absent, session=session)
        entry = Entry(
            person_id=absent.id,
            period=rules.whole_days(date(YEAR, 2, 27), date(YEAR, 3, 4)),
            reason="official_trip",
            note="參加中央社會住宅業務研習",
            deputies=(Deputy(person_id=cast.actors[DEPUTY].id),),
        )
        deputies.enter(entry, by=absent, session=session, clock=clock)

    def look_again(session: Session) -> None:
        today = datetime.combine(START.date(), time(), tzinfo=TAIPEI)
        for who in (cast.actors["officer1"], cast.actors["manager1"]):
            held = queries.open_tasks(TaskFilter(assigned_to=who.id), session).rows
            for task in held:
                engine.set_follow_up(task.id, today, by=who, session=session)

    return [
        Errand(at=_at(2, 2, 9), do=join),
        Errand(at=_at(2, 26, 17), do=leave),
        Errand(at=_at(2, 28, 12), do=look_again),
    ]


def _actor(session: Session) -> Actor:
    found = account_by_login(LOGIN, session=session)
    if found is None:
        raise AccountNotFound(LOGIN)
    return found.actor


def _old_ones(to: Actor, session: Session) -> Sequence[UserTask]:
    """List unclaimed tasks of long ago, at which the stories of the demo have come to rest."""
    offered = queries.open_tasks(TaskFilter(offered_to=to, limit=100), session).rows
    return [each for each in offered if each.created_at < _at(2, 20, 0)]


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(YEAR, month, day, hour, tzinfo=TAIPEI)
