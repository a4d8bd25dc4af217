"""Numbers that count from 1 within a year, also when two take the first one at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import event

from engine.db import Database, metadata
from housing.applications.models import CallSerial
from housing.leases.models import LeaseSerial
from housing.serials import take_serials

pytestmark = pytest.mark.integration


def made(url):
    """A database with the counters only."""
    database = Database(url)
    with database.connect_for_migration() as connection:
        metadata.create_all(connection, [LeaseSerial.__table__, CallSerial.__table__])
    return database


def test_numbers_count_from_one_in_each_year_and_for_each_key(sqlite_url):
    database = made(sqlite_url)
    with database.unit_of_work() as session:
        taken = [
            take_serials(LeaseSerial, year, session=session, count=count)
            for year, count in ((115, 1), (115, 3), (115, 1), (116, 1))
        ]
        kinds = [
            take_serials(CallSerial, 115, session=session, kind=kind)
            for kind in ("periodic", "rolling", "periodic")
        ]
    database.dispose()

    assert taken == [1, 2, 5, 1]
    assert kinds == [1, 1, 2]


def test_two_who_take_the_first_number_of_a_year_at_once_get_two_numbers(postgres_url):
    database = made(postgres_url)
    has_first, may_commit = Event(), Event()

    def take_first():
        with database.unit_of_work() as session:
            number = take_serials(LeaseSerial, 115, session=session)
            has_first.set()
            may_commit.wait(10)
        return number

    def commit_first(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT"):  # the second saw no counter: the first was not committed
            may_commit.set()

    def take_next():
        with database.unit_of_work() as session:
            event.listen(session.get_bind(), "before_cursor_execute", commit_first)
            return take_serials(LeaseSerial, 115, session=session)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(take_first)
        has_first.wait(10)
        second = pool.submit(take_next)
        numbers = [first.result(20), second.result(20)]
    database.dispose()

    assert numbers == [1, 2]
