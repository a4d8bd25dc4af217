"""The push rule through the real outbox: by day, once an hour, merged; an emergency at once."""

import itertools
from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine import bundles, outbox
from engine.bundles import BY_DAY
from engine.calendar import TAIPEI
from engine.clock import FrozenClock
from engine.db import Database, metadata
from engine.outbox import NewMessage
from housing.notices.rules import BETWEEN_RINGS, leaves_at, rings_at, waits_for_day

pytestmark = pytest.mark.integration

EVENING = datetime(2026, 3, 2, 18, tzinfo=TAIPEI)


class Phone:
    """One person's phone: messages are written to it, the relay looks in, what rang is noted."""

    def __init__(self, database: Database, clock: FrozenClock, every: int = 5) -> None:
        self.database, self.clock = database, clock
        self.every = timedelta(minutes=every)
        self.rung: list[tuple[datetime, list[str]]] = []
        with database.unit_of_work() as session:
            session.execute(metadata.tables["outbox"].delete())

    def write(self, idem: str, at: datetime, kind: str = "announcement_general") -> None:
        self.look(at)
        message = NewMessage(
            idem=idem,
            channel="push",
            recipient="1",
            payload={"kind": kind},
            not_before=leaves_at(kind, "push", at),
            grouping=BY_DAY if waits_for_day(kind, "push") else None,
        )
        with self.database.unit_of_work() as session:
            outbox.add([message], at, session.connection())
        self.look(at)

    def look(self, at: datetime) -> None:
        """Let the relay look from time to time up to an instant."""
        while self.clock.now() < at:
            self.clock.set(min(at, self.clock.now() + self.every))
            self._relay()
        self._relay()

    def _relay(self) -> None:
        now = self.clock.now()
        with self.database.unit_of_work() as session:
            taken = bundles.take(
                now,
                50,
                is_caught_up=True,
                connection=session.connection(),
                may_leave=rings_at,
            )
            for bundle in taken:
                self.rung.append((now, [message.idem for message in bundle.messages]))
                for message in bundle.messages:
                    outbox.mark_sent(message, now, session.connection())


@pytest.fixture
def phone(database):
    return Phone(database, FrozenClock(EVENING))


def test_ann_1_the_second_push_of_the_evening_is_held_to_seven(phone):
    phone.write("water off", EVENING)
    phone.write("film night", EVENING + timedelta(minutes=20))
    phone.write("parcel room", EVENING + timedelta(minutes=40))
    phone.look(EVENING + timedelta(hours=2))

    assert phone.rung == [
        (EVENING, ["water off"]),
        (EVENING + timedelta(hours=1), ["film night", "parcel room"]),
    ]


def test_ann_2_an_emergency_rings_at_night_and_holds_nothing_else_up(phone):
    night = datetime(2026, 3, 3, 2, 10, tzinfo=TAIPEI)
    phone.write("ordinary", night - timedelta(hours=3))
    phone.write("gas", night, kind="announcement_emergency")
    phone.look(night + timedelta(hours=6))

    assert phone.rung == [
        (night, ["gas"]),
        (datetime(2026, 3, 3, 7, tzinfo=TAIPEI), ["ordinary"]),
    ]


def test_what_the_hour_holds_back_past_ten_waits_for_the_morning(phone):
    late = datetime(2026, 3, 2, 21, 30, tzinfo=TAIPEI)
    phone.write("first", late)
    phone.write("second", late + timedelta(minutes=15))
    phone.look(late + timedelta(hours=10))

    assert [at for at, _ in phone.rung] == [late, datetime(2026, 3, 3, 7, tzinfo=TAIPEI)]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(some.lists(some.integers(0, 30 * 60), min_size=1, max_size=8))
def test_whatever_is_written_the_phone_rings_by_day_and_once_an_hour(database, offsets):
    phone = Phone(database, FrozenClock(EVENING), every=20)
    for number, minute in enumerate(sorted(offsets)):
        phone.write(f"n{number}", EVENING + timedelta(minutes=minute))
    phone.look(EVENING + timedelta(hours=44))

    times = [at for at, _ in phone.rung]
    assert all(b - a >= BETWEEN_RINGS for a, b in itertools.pairwise(times))
    assert all(time(7) <= each.astimezone(TAIPEI).time() < time(22) for each in times)
    assert sorted(idem for _, idems in phone.rung for idem in idems) == sorted(
        f"n{number}" for number in range(len(offsets))
    )
