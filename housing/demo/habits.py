"""Who does what in the demo city, and at what time of day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from engine.calendar import TAIPEI
from housing.demo import chance
from housing.demo.courses import CANCEL, CLAIM, EXTENSION, Move
from housing.demo.stories import Story

_STAFF_HOURS = (time(9), time(18))
_RESIDENT_HOURS = (time(8), time(21, 30))
SATURDAY, SUNDAY = 5, 6
_OFFICE = frozenset({"officer1", "chief1"})

_LOGIN_BY_ELEMENT: Mapping[str, str] = {
    "b1_visit": "warranty1",
    "b1_repair": "warranty1",
    "last_call": "warranty1",
    "b2_visit": "repair1",
    "b2_repair": "repair1",
    "quote": "repair1",
    "sign_off_chief": "chief1",
    "c1_decide": "chief1",
}
_RESIDENTS_TASKS = frozenset({"accept", "self_repair", "rebook", CANCEL})
_MANAGERS_TASKS = frozenset({"triage", "onsite", "confirm"})
_MANAGER_BY_COMMUNITY: Mapping[str, str] = {"SW": "manager1", "PX": "manager2", "SM": "manager1"}


def element_of(move: Move) -> str:
    """Name the user task a move is about."""
    return move.do.removeprefix(CLAIM)


def login_of(move: Move, story: Story) -> str:
    """Tell who makes a move."""
    element = element_of(move)
    if move.by is not None:
        return move.by
    if element in _RESIDENTS_TASKS:
        return story.by
    if element in _MANAGERS_TASKS:
        return _MANAGER_BY_COMMUNITY[story.trouble.community]
    if element == EXTENSION:
        return _LOGIN_BY_ELEMENT[f"{story.trouble.leg}_repair"]
    return _LOGIN_BY_ELEMENT.get(element, "officer1")


def at_work(instant: datetime, login: str, *what: object) -> datetime:
    """Move an instant into the hours in which a person acts.

    Residents act every day, contractors and property managers not on Sundays, the office on
    weekdays only.

    Args:
        instant: when it could be done.
        login: who does it.
        what: for which act; decides about the minutes of the next morning.
    """
    begin, end = _RESIDENT_HOURS if _is_resident(login) else _STAFF_HOURS
    local = instant.astimezone(TAIPEI)
    if begin <= local.time() <= end and not _is_off(local.date(), login):
        return instant
    day = local.date() + timedelta(days=0 if local.time() < begin else 1)
    while _is_off(day, login):
        day += timedelta(days=1)
    minutes = chance.between(5, 90, "minutes", *what)
    return datetime.combine(day, begin, tzinfo=TAIPEI) + timedelta(minutes=minutes)


def _is_resident(login: str) -> bool:
    return login.startswith(("resident", "neighbour"))


def _is_off(day: date, login: str) -> bool:
    if _is_resident(login):
        return False
    return day.weekday() == SUNDAY or (login in _OFFICE and day.weekday() == SATURDAY)
