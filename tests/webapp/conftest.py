"""A served house on an SQLite file: the demo city's people, a browser without a screen."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.clock import FrozenClock
from housing.bootstrap import Application
from housing.demo import accounts, pictures
from housing.people import queries as people
from housing.repairs import service
from housing.repairs.service import Report, Reported
from tests.conftest import BEGIN
from tests.founded import Founded, found
from webapp.factory import create_app

TAP = {
    "where": "unit",
    "place": "廚房水槽下方",
    "category": "water",
    "text": "水龍頭關不緊，整晚滴水。",
    "emergency": [],
    "visit_times": [],
    "phone": "0912345678",
    "entry_without_presence": False,
}


@pytest.fixture(scope="session")
def founded(tmp_path_factory) -> Iterator[Founded]:
    """The house of all tests of this process, before anybody came."""
    made = found(tmp_path_factory.mktemp("house"))
    yield made
    made.application.dispose()


@pytest.fixture
def clock(founded) -> FrozenClock:
    """The house's clock; it stands at Monday 2026-03-02 09:00 in Taipei."""
    founded.clock.set(BEGIN)
    return founded.clock


@pytest.fixture
def house(founded, clock) -> Application:
    """A wired Anju with the demo city's communities and accounts, and the shipped processes."""
    return founded.restore()


@pytest.fixture
def reported(house, clock) -> Callable[[str], Reported]:
    """Report a dripping tap in somebody's home."""

    def make(login: str = "resident1") -> Reported:
        with house.unit_of_work() as session:
            by = people.account_by_login(login, session=session).actor
            photo = house.files.save(
                BytesIO(pictures.draw("water")),
                "tap.png",
                by=by,
                session=session,
            )
            new = Report(token=uuid4().hex, values={**TAP, "photos": [photo.id]})
            return service.report(new, by=by, engine=house.engine, session=session, clock=clock)

    return make


@pytest.fixture(scope="session")
def served(founded) -> Flask:
    """The web application of all tests of this process: its templates are compiled once."""
    return create_app(founded.application)


@pytest.fixture
def app(served, house) -> Flask:  # the house must be as it was founded
    """The web application on a house as it was founded."""
    return served


class Browser:
    """Opens pages and sends forms with the token of the page opened last."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._stamp = ""

    def open(self, address: str) -> TestResponse:
        """Open a page and keep its form token."""
        return self._kept(self._client.get(address, buffered=True))

    def send(self, address: str, **fields: object) -> TestResponse:
        """Send a form; a redirect is followed."""
        data = {"csrf_token": self._stamp, **fields}
        return self._kept(
            self._client.post(address, data=data, follow_redirects=True, buffered=True)
        )

    def sign_in(self, login: str, password: str = accounts.PASSWORD) -> TestResponse:
        """Sign in on the page for it."""
        self.open("/sign-in")
        return self.send("/sign-in", login=login, password=password)

    def forget_token(self) -> None:
        """Send the next form with an old token."""
        self._stamp = "old"

    @property
    def stamp(self) -> str:
        """The form token of the page opened last."""
        return self._stamp

    @property
    def client(self) -> FlaskClient:
        """The bare client."""
        return self._client

    def _kept(self, response: TestResponse) -> TestResponse:
        if found := re.search(r'name="csrf_token" value="([^"]+)"', response.text):
            self._stamp = found[1]
        return response


@pytest.fixture
def visitor(app) -> Browser:
    """A stranger's browser."""
    return Browser(app.test_client())


@pytest.fixture
def opened() -> Callable[[Flask], Browser]:
    """Make a stranger's browser on another web application."""
    return lambda app: Browser(app.test_client())


@pytest.fixture
def signed_in(app) -> Callable[[str], Browser]:
    """Make a browser in which somebody has signed in."""

    def make(login: str) -> Browser:
        browser = Browser(app.test_client())
        browser.sign_in(login)
        return browser

    return make
