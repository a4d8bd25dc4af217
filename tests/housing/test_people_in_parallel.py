"""What many try at the same moment comes out as if one after the other, on either database."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from engine.db import Database
from housing import bootstrap, settings
from housing.own_data import exports
from housing.own_data.errors import ExportOrdered
from housing.people import queries, service
from housing.people.errors import LoginTaken
from housing.people.service import NewAccount
from housing.people.sessions import Client
from housing.persons import service as persons
from housing.persons.rules import complete_national_id
from housing.persons.service import NewPerson
from housing.sign_up import binding, codes
from housing.sign_up.codes import Desk
from housing.sign_up.errors import PersonHasAccount, TooManyCodes
from housing.sign_up.rules import MOST_TO_ADDRESS

pytestmark = pytest.mark.integration

RIGHT = "a long right password"

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""Where writers do not wait for each other anyway, as they do on SQLite."""


@pytest.fixture
def application(database_url, tmp_path, clock):
    environment = {"ANJU_VAR": str(tmp_path), "ANJU_DATABASE_URL": database_url}
    built = bootstrap.build(settings.load(environment), clock=clock)
    built.migrate()
    with built.unit_of_work() as session:
        new = NewAccount(login="resident1", name="林小安", password=RIGHT)
        service.open_account(new, session=session, clock=clock)
    yield built
    built.dispose()


def test_ten_guesses_at_the_same_moment_count_as_three(application, clock):
    database: Database = application.database

    def guess(number):
        return service.sign_in(
            "resident1",
            f"wrong {number}",
            client=Client(address="203.0.113.7"),
            database=database,
            clock=clock,
        ).kind

    with ThreadPoolExecutor(5) as pool:
        kinds = Counter(pool.map(guess, range(10)))

    with application.reading() as session:
        audited = Counter(line.kind for line in queries.audit_log(session=session))
    assert kinds == {"wrong": 2, "locked": 8}
    assert audited["sign_in_failed"] == 3
    assert audited["locked"] == 1
    assert audited["sign_in_refused"] == 7


@on_postgresql
def test_of_two_who_choose_the_same_login_at_the_same_moment_one_is_told(application, clock):
    def choose(_number):
        new = NewAccount(login="mei.lin", name="林梅", password=RIGHT)
        try:
            with application.unit_of_work() as session:
                service.open_account(new, session=session, clock=clock)
        except LoginTaken:
            return "taken"
        return "opened"

    assert Counter(at_once(choose)) == {"opened": 1, "taken": 1}


@on_postgresql
def test_two_accounts_never_come_to_stand_for_one_person_at_the_same_moment(application, clock):
    with application.unit_of_work() as session:
        new = NewPerson(
            name="林梅", national_id=complete_national_id("A23456789"), born_on=date(1980, 5, 6)
        )
        person_id = persons.find_or_register(
            new, vault=application.vault, is_demo=False, session=session, clock=clock
        )
        ids = [
            service.open_account(
                NewAccount(login=login, name="林梅", password=RIGHT), session=session, clock=clock
            )
            for login in ("mei.lin", "lin.mei")
        ]

    def stand_for(number):
        try:
            with application.unit_of_work() as session:
                binding.bind(person_id, ids[number], session=session, clock=clock)
        except PersonHasAccount:
            return "refused"
        return "bound"

    assert Counter(at_once(stand_for)) == {"bound": 1, "refused": 1}


@on_postgresql
def test_many_who_ask_for_codes_to_one_number_at_the_same_moment_get_four(application, clock):
    def ask(number):
        try:
            with application.unit_of_work() as session:
                desk = Desk(
                    vault=application.vault,
                    session=session,
                    clock=clock,
                    business_clock=clock,
                    client=Client(address="203.0.113.7"),
                )
                codes.ensure_rested("0911222333", f"person {number}", desk=desk)
        except TooManyCodes:
            return "wait"
        return "sent"

    assert Counter(at_once(ask, 8)) == {"sent": MOST_TO_ADDRESS, "wait": 4}


@on_postgresql
def test_a_copy_of_ones_own_data_ordered_often_at_the_same_moment_is_made_once(application, clock):
    with application.reading() as session:
        by = queries.account_by_login("resident1", session=session).actor

    def order(_number):
        try:
            with application.unit_of_work() as session:
                exports.order(by, session=session, clock=clock)
        except ExportOrdered:
            return "refused"
        return "ordered"

    assert Counter(at_once(order, 5)) == {"ordered": 1, "refused": 4}


def at_once(act, count=2):
    """Let some act at the same moment."""
    gate = Barrier(count)

    def begin(number):
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
