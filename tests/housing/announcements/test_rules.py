"""Rules of announcements: who is meant, when a phone may ring, what a text becomes."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.calendar import TAIPEI
from housing.announcements.errors import EndMissing, EndTooEarly, ScopeIncomplete
from housing.announcements.rules import (
    Block,
    Home,
    Part,
    Reading,
    Scope,
    blocks,
    covers,
    end_of,
    ensure_complete,
    ensure_times,
    percentile,
    private_words,
    publish_at,
    state_of,
)
from housing.notices.rules import BETWEEN_RINGS, rings_at

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOME = Home(community="SW", building="B", floor=3, unit="B-0301")

minutes = some.lists(some.integers(0, 3 * 24 * 60), min_size=1, max_size=40)


def ring_times(written: list[datetime]) -> list[datetime]:
    """Let one phone ring by the rule; what is written meanwhile travels along."""
    rung: list[datetime] = []
    for at in sorted(written):
        if rung and at <= rung[-1]:
            continue  # merged into the message that waits
        rung.append(rings_at(at, rung[-1] if rung else None))
    return rung


@given(minutes)
def test_an_ordinary_push_rings_by_day_and_once_an_hour(offsets):
    rung = ring_times([NOON + timedelta(minutes=each) for each in offsets])

    gaps = [later - earlier for earlier, later in itertools.pairwise(rung)]
    assert all(gap >= BETWEEN_RINGS for gap in gaps)
    assert all(time(7) <= each.astimezone(TAIPEI).time() < time(22) for each in rung)


def test_the_second_ordinary_push_of_the_evening_waits_for_its_hour():
    six = datetime(2026, 3, 2, 18, tzinfo=TAIPEI)

    assert rings_at(six, None) == six
    assert rings_at(six + timedelta(minutes=20), six) == six + timedelta(hours=1)


def test_what_the_hour_would_hold_until_night_waits_for_the_morning():
    last = datetime(2026, 3, 2, 21, 30, tzinfo=TAIPEI)

    assert rings_at(last + timedelta(minutes=15), last) == datetime(2026, 3, 3, 7, tzinfo=TAIPEI)


@pytest.mark.parametrize(
    ("scope", "is_meant"),
    [
        (Scope(kind="city"), True),
        (Scope(kind="community", community="SW"), True),
        (Scope(kind="community", community="PX"), False),
        (Scope(kind="building", community="SW", building="B"), True),
        (Scope(kind="building", community="SW", building="A"), False),
        (Scope(kind="floor", community="SW", building="B", floor=3), True),
        (Scope(kind="floor", community="SW", building="B", floor=4), False),
        (Scope(kind="units", community="SW", units=("B-0301", "B-0302")), True),
        (Scope(kind="units", community="PX", units=("B-0301",)), False),
        (Scope(kind="role", role="resident"), True),
        (Scope(kind="role", role="applicant"), False),
    ],
)
def test_a_scope_covers_the_homes_and_roles_that_it_names(scope, is_meant):
    assert covers(scope, [HOME], {"resident"}) is is_meant


@pytest.mark.parametrize(
    "scope",
    [
        Scope(kind="community"),
        Scope(kind="building", community="SW"),
        Scope(kind="floor", community="SW", building="B"),
        Scope(kind="units", community="SW"),
        Scope(kind="role"),
        Scope(kind="everybody"),
    ],
)
def test_a_scope_that_names_nobody_is_refused(scope):
    with pytest.raises(ScopeIncomplete):
        ensure_complete(scope)


def test_an_emergency_and_an_outage_need_an_end_after_their_start():
    for category in ("emergency", "outage"):
        with pytest.raises(EndMissing):
            ensure_times(category, None, None, NOON)
    ensure_times("general", None, None, NOON)
    with pytest.raises(EndTooEarly):
        ensure_times("event", NOON + timedelta(days=2), NOON + timedelta(days=1), NOON)
    with pytest.raises(EndTooEarly):
        ensure_times("event", None, NOON - timedelta(hours=1), NOON)


def test_an_emergency_never_waits_and_others_wait_for_their_start():
    later = NOON + timedelta(hours=5)

    assert publish_at("emergency", later, NOON) == NOON
    assert publish_at("event", later, NOON) == later
    assert publish_at("event", NOON - timedelta(days=1), NOON) == NOON
    assert end_of(NOON, None).date() == date(2026, 5, 31)


def test_typed_text_becomes_paragraphs_lists_and_links_and_never_markup():
    found = blocks(
        "停水 <b>9</b> 時\n請先儲水\n\n- 一\n- 二\n\n1. 見 https://example.org/a?b=1，謝謝"
    )

    assert [(each.kind, len(each.lines)) for each in found] == [
        ("paragraph", 2),
        ("bullets", 2),
        ("numbers", 1),
    ]
    assert found[0].lines[0] == (Part(text="停水 <b>9</b> 時"),)
    link = Part(text="https://example.org/a?b=1", address="https://example.org/a?b=1")
    assert link in found[2].lines[0]


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "ftp://a.b"])
def test_only_web_addresses_become_links(text):
    assert blocks(text) == (Block(kind="paragraph", lines=((Part(text=text),),)),)


@given(some.text(max_size=300))
def test_any_text_can_be_shown(text):
    assert all(each.kind in ("paragraph", "bullets", "numbers") for each in blocks(text))


def test_names_homes_and_numbers_of_people_are_found_in_public_texts():
    found = private_words("請 A-0501 林安安與王先生致電 0912-345678", ["林安安"])

    assert set(found) >= {"A-0501", "0912-345678", "林安安"}
    assert private_words("五月一日 9 時起受理，地址見網站。") == ()


def test_the_furthest_state_of_a_reader_counts():
    def reading(**known: object) -> str:
        facts = {
            "read_at": None,
            "acknowledged_at": None,
            "is_carried": False,
            "is_shown": False,
            "is_lost": False,
        }
        return state_of(Reading(**(facts | known)))

    assert reading() == "queued"
    assert reading(is_lost=True) == "failed"
    assert reading(is_carried=True) == "sent"
    assert reading(is_carried=True, is_shown=True) == "delivered"
    assert reading(is_shown=True, read_at=NOON) == "read"
    assert reading(read_at=NOON, acknowledged_at=NOON) == "acknowledged"


def test_the_minutes_until_most_had_it_are_those_of_the_95th_of_a_hundred():
    assert percentile(range(1, 101), 95) == 95
    assert percentile([], 95) is None
