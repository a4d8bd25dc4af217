"""A served Anju with its scheduler, and one real Chromium to walk through it."""

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

from engine.calendar import local_date
from housing import bootstrap, demo_clock, settings
from housing.bootstrap import Application
from housing.demo import world
from housing.demo.accounts import PASSWORD
from tests import serving
from tests.conftest import BEGIN
from webapp.factory import create_app


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """Where Anju is served, and the application behind it."""

    url: str
    application: Application


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo city without its tickets, to be copied."""
    folder = tmp_path_factory.mktemp("city")
    application = _build(folder)
    application.migrate()
    _begin_in_the_morning(application)
    application.deploy_packages()
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
    application.dispose()
    return folder


@pytest.fixture
def served(city: Path, tmp_path: Path) -> Iterator[Served]:
    """Serve a copy of the city on a free port, with the real scheduler."""
    shutil.copytree(city, tmp_path, dirs_exist_ok=True)
    application = _build(tmp_path)
    _begin_in_the_morning(application)
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(create_app(application), sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    (start,) = entry_points(group="anju.background", name="scheduler")
    background = start.load()(application)
    yield Served(url=f"http://127.0.0.1:{listener.getsockname()[1]}", application=application)
    background.stop()
    serving.stop(server, thread)
    application.dispose()


def _build(folder: Path) -> Application:
    given = {"ANJU_VAR": str(folder), "ANJU_DEMO": "1", "ANJU_SECRET_KEY": "x" * 40}
    return bootstrap.build(settings.load(given))


def _begin_in_the_morning(application: Application) -> None:
    """Have it be a working day's morning, whenever the tests run; from there the clock goes on."""
    with application.unit_of_work() as session:
        demo_clock.set_instant(
            BEGIN + timedelta(hours=1), system_clock=application.system_clock, session=session
        )
    application.refresh_clock()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys: the system's, else the one Playwright downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real JPEG, as a phone takes it."""
    path = tmp_path / "水龍頭.jpg"
    picture = Image.new("RGB", (1600, 1200), "#d9e4ec")
    ImageDraw.Draw(picture).ellipse((600, 400, 1000, 800), fill="#5b7f95")
    picture.save(path, quality=85)
    return path


@dataclass(kw_only=True, slots=True)
class Person:
    """Somebody at a screen; collects what the browser complains about."""

    page: Page
    served: Served
    complaints: list[str]

    @property
    def url(self) -> str:
        """Tell where Anju is served."""
        return self.served.url

    @property
    def today(self) -> str:
        """Tell the day in Taipei on the clock of the office, as a date field takes it."""
        return local_date(self.served.application.clock.now()).isoformat()

    def open(self, address: str) -> None:
        """Open a page of Anju."""
        self.page.goto(self.url + address)

    def press(self, words: str) -> None:
        """Press the first button with these words and wait for the page that follows."""
        self.page.get_by_role("button", name=words).first.click()
        self.page.wait_for_load_state()

    def choose(self, name: str, value: str) -> None:
        """Choose a radio button of a field."""
        self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def write(self, name: str, text: str) -> None:
        """Type into a field."""
        self.page.locator(f'[name="{name}"]').fill(text)

    def attach(self, name: str, photo: Path) -> None:
        """Choose a photo for a field."""
        self.page.locator(f'input[type="file"][name="{name}"]').set_input_files(photo)


@pytest.fixture
def person(browser: Browser, served: Served):
    """Make people who sign in at a screen of some width."""
    opened = []

    def make(login: str, width: int) -> Person:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900}, locale="zh-TW"
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(context)
        someone = Person(page=page, served=served, complaints=complaints)
        someone.open("/sign-in")
        someone.write("login", login)
        someone.write("password", PASSWORD)
        page.locator("main form button[type=submit], main form button.btn-primary").first.click()
        page.wait_for_load_state()
        return someone

    yield make
    for context in opened:
        context.close()
