"""The page of a plain case, sent twice at the same moment, begins one case."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.types import SYSTEM
from housing import bootstrap, settings
from housing.people import service as people
from housing.people.queries import account_by_login
from housing.people.service import NewAccount
from housing.plain_cases import service
from housing.plain_cases.service import NewCase
from tests import garden

pytestmark = pytest.mark.integration

RIGHT = "a long right password"
PAGE = "one page"


@pytest.fixture
def application(postgres_url, tmp_path, clock):
    environment = {"ANJU_VAR": str(tmp_path), "ANJU_DATABASE_URL": postgres_url}
    built = bootstrap.build(settings.load(environment), clock=clock)
    built.migrate()
    new = NewAccount(
        login="supervisor1",
        name="林主辦",
        password=RIGHT,
        memberships=(("process_supervisor", "city"),),
    )
    with built.unit_of_work() as session:
        people.open_account(new, session=session, clock=clock)
        built.engine.deploy(garden.files(), by=SYSTEM, session=session)
    yield built
    built.dispose()


def test_a_page_sent_by_two_at_the_same_moment_begins_one_case(application, clock):
    with application.reading() as session:
        by = account_by_login("supervisor1", session=session).actor
    new = NewCase(token=PAGE, key="garden.request", scope="city")

    def begin(_number):
        with application.unit_of_work() as session:
            return service.open_case(
                new, by=by, engine=application.engine, session=session, clock=clock
            )

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(begin, range(4))) == {"G115-000001"}
