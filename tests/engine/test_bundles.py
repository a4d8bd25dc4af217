"""Messages of one person that travel together: gathered, numbered once, never lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import bundles, dispatches, outbox
from engine.bundles import HOURLY, LATE_ONES, LONGEST_GATHERING, PERIOD, Bundle
from engine.clock import FrozenClock
from engine.db import Database
from engine.outbox import NewMessage

pytestmark = pytest.mark.integration


@pytest.fixture
def add(database: Database, clock: FrozenClock) -> Callable[..., None]:
    """Write messages for a recipient."""

    def write(*idems: str, grouping: str | None, to: str = "1", channel: str = "push") -> None:
        messages = [
            NewMessage(idem=each, channel=channel, recipient=to, payload={}, grouping=grouping)
            for each in idems
        ]
        with database.unit_of_work() as session:
            outbox.add(messages, clock.now(), session.connection())

    return write


@pytest.fixture
def take(database: Database, clock: FrozenClock) -> Callable[..., tuple[Bundle, ...]]:
    """Take what may leave now."""

    def run(*, is_caught_up: bool = True) -> tuple[Bundle, ...]:
        with database.unit_of_work() as session:
            return bundles.take(
                clock.now(), 100, is_caught_up=is_caught_up, connection=session.connection()
            )

    return run


@pytest.fixture
def send(database: Database, clock: FrozenClock) -> Callable[[Bundle], None]:
    """Note that a bundle was delivered."""

    def mark(bundle: Bundle) -> None:
        with database.unit_of_work() as session:
            for message in bundle.messages:
                outbox.mark_sent(message, clock.now(), session.connection())

    return mark


def contents(taken: tuple[Bundle, ...]) -> list[list[str]]:
    return [[message.idem for message in bundle.messages] for bundle in taken]


def test_what_falls_due_in_a_catch_up_leaves_when_it_is_over(add, take):
    add("a", "b", grouping=LATE_ONES)
    assert take(is_caught_up=False) == ()
    add("c", grouping=LATE_ONES)

    assert contents(take()) == [["a", "b", "c"]]


def test_a_catch_up_that_never_ends_holds_nothing_back_for_ever(add, take, clock):
    add("a", grouping=LATE_ONES)
    clock.advance(LONGEST_GATHERING)

    assert contents(take(is_caught_up=False)) == [["a"]]


def test_each_person_and_each_channel_gets_a_bundle_of_its_own(add, take):
    add("a", "b", grouping=LATE_ONES)
    add("c", grouping=LATE_ONES, to="2")
    add("d", grouping=LATE_ONES, channel="mail")
    add("e", grouping=None)

    assert sorted(contents(take())) == [["a", "b"], ["c"], ["d"], ["e"]]


def test_a_bundle_whose_sender_died_comes_again_whole_and_under_the_same_number(add, take, clock):
    add("a", "b", grouping=LATE_ONES)
    (first,) = take()
    add("c", grouping=LATE_ONES)
    clock.advance(outbox.LEASE)

    again = {bundle.idem: bundle for bundle in take()}
    assert set(again) == {first.idem, "c"}
    assert contents((again[first.idem],)) == [["a", "b"]]
    assert again[first.idem].messages[0].attempts == 2


def test_a_single_message_keeps_its_own_number(add, take):
    add("a", grouping=HOURLY)
    (bundle,) = take()

    assert bundle.idem == "a"


def test_the_second_message_of_an_hour_waits_for_the_next_and_takes_the_others_along(
    add, take, send, clock
):
    add("a", grouping=HOURLY)
    send(take()[0])
    clock.advance(timedelta(minutes=20))
    add("b", grouping=HOURLY)
    assert take() == ()
    clock.advance(timedelta(minutes=20))
    add("c", grouping=HOURLY)
    assert take() == ()

    clock.advance(timedelta(minutes=20))
    assert contents(take()) == [["b", "c"]]


def test_an_hour_after_the_last_bundle_a_message_leaves_at_once(add, take, send, clock):
    add("a", grouping=HOURLY)
    send(take()[0])
    clock.advance(PERIOD)
    add("b", grouping=HOURLY)

    assert contents(take()) == [["b"]]


def test_while_a_bundle_is_on_its_way_no_second_one_of_the_hour_leaves(add, take, send):
    add("a", grouping=HOURLY)
    (first,) = take()
    add("b", grouping=HOURLY)
    assert take() == ()

    send(first)
    assert take() == ()


def test_urgent_messages_travel_alone_and_never_wait(add, take, send):
    add("a", grouping=HOURLY)
    send(take()[0])
    add("u1", "u2", grouping=None)

    assert contents(take(is_caught_up=False)) == [["u1"], ["u2"]]


def test_a_bundle_that_cannot_be_delivered_is_given_up_as_a_whole(add, take, clock, database):
    add("a", "b", grouping=LATE_ONES)
    tries = 0
    while taken := take():
        tries += 1
        with database.unit_of_work() as session:
            for message in taken[0].messages:
                outbox.postpone(message, "refused", clock.now(), session.connection())
        clock.advance(timedelta(days=1))

    assert tries == outbox.MAX_ATTEMPTS
    with database.reading() as session:
        rows = dispatches.by_keys(["a", "b"], session.connection())
    assert [each.state for each in rows] == ["dead", "dead"]


def test_a_dead_message_is_sent_again_alone(add, take, clock, database):
    add("a", "b", grouping=LATE_ONES)
    (bundle,) = take()
    with database.unit_of_work() as session:
        for message in bundle.messages:
            outbox.give_up(message, "no such user", clock.now(), session.connection())
        first = bundle.messages[0].id
        assert dispatches.retry(first, clock.now(), session.connection())

    assert contents(take()) == [["a"]]


def test_a_sent_message_is_not_sent_again(add, take, send, clock, database):
    add("a", grouping=None)
    (bundle,) = take()
    send(bundle)

    with database.unit_of_work() as session:
        again = dispatches.retry(bundle.messages[0].id, clock.now(), session.connection())
    assert not again


def test_what_comes_back_from_the_channel_is_noted_for_all_of_a_bundle(
    add, take, send, clock, database
):
    add("a", "b", grouping=LATE_ONES)
    (bundle,) = take()
    send(bundle)
    with database.unit_of_work() as session:
        dispatches.note_opened(bundle.idem, clock.now(), session.connection())
    with database.reading() as session:
        opened = dispatches.in_bundle(bundle.idem, session.connection())
    with database.unit_of_work() as session:
        dispatches.note_bounced(bundle.idem, "550 gone", session.connection())
    with database.reading() as session:
        back = dispatches.in_bundle(bundle.idem, session.connection())

    assert [(each.idem, each.state) for each in opened] == [("a", "opened"), ("b", "opened")]
    assert [(each.state, each.error) for each in back] == [("dead", "550 gone")] * 2
