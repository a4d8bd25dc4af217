from datetime import timedelta

import pytest

from engine import outbox
from engine.clock import FrozenClock
from engine.db import Database
from engine.outbox import Message, NewMessage

pytestmark = pytest.mark.integration


def message(idem: str) -> NewMessage:
    return NewMessage(idem=idem, channel="mail", recipient="1", payload={"subject": "期限"})


def add(database: Database, clock: FrozenClock, *messages: NewMessage) -> None:
    with database.unit_of_work() as session:
        outbox.add(messages, clock.now(), session.connection())


def take(database: Database, clock: FrozenClock) -> tuple[Message, ...]:
    with database.unit_of_work() as session:
        return outbox.take(clock.now(), 10, session.connection())


def test_the_same_key_is_written_once(database: Database, clock: FrozenClock):
    add(database, clock, message("a"))
    add(database, clock, message("a"), message("b"))

    assert [each.idem for each in take(database, clock)] == ["a", "b"]


def test_a_message_whose_sender_died_comes_again_with_the_same_key(
    database: Database, clock: FrozenClock
):
    add(database, clock, message("a"))
    first = take(database, clock)

    assert take(database, clock) == ()
    clock.advance(outbox.LEASE)
    again = take(database, clock)

    assert [each.idem for each in first] == [each.idem for each in again] == ["a"]
    assert again[0].attempts == 2


def test_a_sent_message_never_comes_again(database: Database, clock: FrozenClock):
    add(database, clock, message("a"))
    (taken,) = take(database, clock)
    with database.unit_of_work() as session:
        outbox.mark_sent(taken, clock.now(), session.connection())

    clock.advance(timedelta(days=1))

    assert take(database, clock) == ()


def test_a_message_that_always_fails_is_given_up(database: Database, clock: FrozenClock):
    add(database, clock, message("a"))
    attempts = 0
    while taken := take(database, clock):
        attempts += 1
        with database.unit_of_work() as session:
            outbox.postpone(taken[0], "refused", clock.now(), session.connection())
        clock.advance(timedelta(days=1))

    assert attempts == outbox.MAX_ATTEMPTS


def test_a_message_waits_for_its_time(database: Database, clock: FrozenClock):
    later = clock.now() + timedelta(hours=8)
    quiet = NewMessage(idem="a", channel="push", recipient="1", payload={}, not_before=later)
    add(database, clock, quiet)

    assert take(database, clock) == ()
    clock.set(later)
    assert [each.idem for each in take(database, clock)] == ["a"]
