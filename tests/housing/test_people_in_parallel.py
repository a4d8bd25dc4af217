"""Many tries at once cannot get more than three guesses, on either database."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.db import Database
from housing import bootstrap, settings
from housing.people import queries, service
from housing.people.service import NewAccount
from housing.people.sessions import Client

pytestmark = pytest.mark.integration

RIGHT = "a long right password"


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
