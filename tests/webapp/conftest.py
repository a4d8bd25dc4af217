"""A served house on an SQLite file: the demo city's people, a browser without a screen."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.db import metadata
from housing import bootstrap, settings
from housing.demo import accounts, world
from webapp.factory import create_app


@pytest.fixture
def house(tmp_path, clock):
    """A wired Anju with the demo city's communities and accounts, and the shipped processes."""
    given = {"ANJU_VAR": str(tmp_path), "ANJU_DEMO": "1", "ANJU_SECRET_KEY": "x" * 40}
    application = bootstrap.build(settings.load(given), clock=clock)
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        world.found(session=session, clock=clock)
    yield application
    application.dispose()


@pytest.fixture
def app(house) -> Flask:
    """The web application."""
    return create_app(house)


class Browser:
    """Opens pages and sends forms with the token of the page opened last."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._token = ""

    def open(self, address: str) -> TestResponse:
        """Open a page and keep its form token."""
        return self._kept(self._client.get(address))

    def send(self, address: str, **fields: object) -> TestResponse:
        """Send a form; a redirect is followed."""
        data = {"csrf_token": self._token, **fields}
        return self._kept(self._client.post(address, data=data, follow_redirects=True))

    def sign_in(self, login: str, password: str = accounts.PASSWORD) -> TestResponse:
        """Sign in on the page for it."""
        self.open("/sign-in")
        return self.send("/sign-in", login=login, password=password)

    def forget_token(self) -> None:
        """Send the next form with an old token."""
        self._token = "old"

    @property
    def client(self) -> FlaskClient:
        """The bare client."""
        return self._client

    def _kept(self, response: TestResponse) -> TestResponse:
        if found := re.search(r'name="csrf_token" value="([^"]+)"', response.text):
            self._token = found[1]
        return response


@pytest.fixture
def visitor(app) -> Browser:
    """A stranger's browser."""
    return Browser(app.test_client())


@pytest.fixture
def signed_in(app) -> Callable[[str], Browser]:
    """Make a browser in which somebody has signed in."""

    def make(login: str) -> Browser:
        browser = Browser(app.test_client())
        browser.sign_in(login)
        return browser

    return make
