"""Renewals: until when to apply, the next term, how far one is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.db import metadata
from engine.types import SYSTEM
from housing import packages
from housing.bootstrap import build
from housing.demo import world
from housing.leases.queries import ending_between
from housing.renewals import queries
from housing.renewals.rules import INVITED_BEFORE, apply_until, next_term
from housing.settings import Settings

MORNING = timedelta(days=1, hours=6)


@pytest.fixture
def house(tmp_path, sqlite_url, clock):
    """A house in the demo city that watches its leases."""
    made = build(Settings(var=tmp_path, database_url=sqlite_url, secret_key="x" * 40), clock=clock)
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
        for key in ("move_out", "lease_renewal"):
            made.engine.deploy(packages.resources(key), by=SYSTEM, session=session)
    yield made
    made.dispose()


def let_a_day_pass(house, clock):
    """Fire what falls due within a day."""
    clock.advance(MORNING)
    for _round in range(3):
        with house.reading() as session:
            due = house.engine.due_jobs(session, clock.now(), 100)
        for job in due:
            with house.unit_of_work() as session:
                house.engine.fire(job.id, session=session)


def invited(house, clock):
    """Read the renewals of the leases that end within 120 days."""
    today = clock.now().date()
    with house.reading() as session:
        ending = ending_between(today, today + INVITED_BEFORE, session=session)
        return [
            found
            for each in ending
            if (found := queries.state_of(each.id, session=session)) is not None
        ]


def test_one_applies_up_to_thirty_days_before_the_end():
    assert apply_until(date(2026, 3, 31)) == date(2026, 3, 1)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 9))
def test_a_new_term_follows_the_old_one_and_lasts_three_years_at_most(end_on, years):
    start_on, until = next_term(end_on, years)

    assert start_on == end_on + timedelta(days=1)
    assert start_on < until <= next_term(end_on, None)[1]


def test_a_lease_that_ends_soon_is_invited_once(house, clock):
    let_a_day_pass(house, clock)
    first = invited(house, clock)
    let_a_day_pass(house, clock)

    assert [each.status for each in first] == ["active"] * len(first)
    assert first
    assert invited(house, clock) == first


def test_a_lease_that_ends_later_is_not_invited(house, clock):
    let_a_day_pass(house, clock)
    far = clock.now().date() + INVITED_BEFORE + timedelta(days=2)
    with house.reading() as session:
        later = ending_between(far, far + timedelta(days=900), session=session)
        states = [queries.state_of(each.id, session=session) for each in later]
        numbers = [each.number for each in later]

        assert later
        assert set(states) == {None}
        assert queries.running(numbers, session=session) == {}
