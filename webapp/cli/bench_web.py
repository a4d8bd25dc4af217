"""How many requests a second the real server answers, beside its floor.

The server is `anju serve` in a process of its own, as it is installed, the scheduler with it; the
clients are threads of this process, each a browser with an open connection and a session.
"""

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import click

from engine import bench_transactions
from engine.bench_clients import Act, Figures, together
from housing import bootstrap, settings
from housing.demo import crowd, crowd_cases
from housing.demo.crowd import Told
from webapp.sessions import COOKIE

SERVER = (sys.executable, "-m", "webapp.cli", "serve")
READY = "serves at"
"""What the server says when it listens."""

HOST = "127.0.0.1"
PATIENCE = 60
"""Seconds after which a client gives up."""

STATIC = "/static/dist/htmx.min.js"
TRIVIAL = "/healthz"
INBOX = "/tasks?view=all"
WARM_UP = 3
"""Requests of each client before it is timed."""

_STAMP = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        tasks: rows of open tasks beside the cases that are completed.
        clients: at once.
        requests: of each client and kind.
    """

    tasks: int
    clients: int
    requests: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _City:
    """What the clients need: a session each, and the tasks that each of them holds."""

    tokens: Sequence[str]
    tasks: Sequence[Sequence[str]]


@dataclass(kw_only=True, slots=True)
class Browser:
    """A browser: one open connection, cookies, and the token of the form opened last."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    stamp: str = ""
    _led_to: str = ""
    _connection: HTTPConnection | None = None

    def get(self, path: str) -> bool:
        """Open a page; keep its form token and tell whether all is well."""
        return self._ask("GET", path) == 200

    def post(self, path: str, fields: Mapping[str, str]) -> bool:
        """Send a form; tell whether it was taken, which is answered by leading back to it."""
        body = urlencode({"csrf_token": self.stamp, **fields})
        return self._ask("POST", path, body) == 302 and self._led_to.startswith(path)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> int:
        """Ask and read the whole answer; 0 when the connection broke."""
        if self._connection is None:
            self._connection = HTTPConnection(HOST, self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return 0
        # what a form's answer adds is for the page that it leads to, which is not opened here
        for line in answer.headers.get_all("Set-Cookie", []) if method == "GET" else []:
            self.cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        self._led_to = answer.headers.get("Location", "")
        if found := _STAMP.search(text.decode("utf-8", "replace")):
            self.stamp = found[1]
        return answer.status


def measure(url: str, plan: Plan, told: Told) -> Sequence[Row]:
    """Measure on one empty database; tables are made there, and dropped again on a server.

    Raises:
        ClickException: the server does not start.
        DatabaseNotEmpty: the database holds tables already.
    """
    with tempfile.TemporaryDirectory() as folder:
        given = {"ANJU_VAR": folder, "ANJU_DATABASE_URL": url, "ANJU_SECRET_KEY": "x" * 40}
        _ensure_empty(given)
        try:
            city = _found(given, plan, told)
            floor = bench_transactions.measure(
                url,
                clients=plan.clients,
                times=plan.requests,
                told=_progress("raw transaction", plan, told),
            )
            with _serving(given) as port:
                pages = _ask_for_all(port, city, plan, told)
            return [_row("raw transaction", floor), *pages]
        finally:
            _throw_away(given)


def has_errors(rows: Sequence[Row]) -> bool:
    """Tell whether anything did not go as it should."""
    return any(row["errors"] for row in rows)


def _ensure_empty(given: Mapping[str, str]) -> None:
    application = bootstrap.build(settings.load(given))
    try:
        crowd.ensure_empty(application)
    finally:
        application.dispose()


def _found(given: Mapping[str, str], plan: Plan, told: Told) -> _City:
    application = bootstrap.build(settings.load(given))
    try:
        application.migrate()
        crowd.found(application, plan.tasks, told)
        tokens = crowd.sign_in(application, plan.clients)
        each = plan.requests + WARM_UP
        return _City(
            tokens=tokens, tasks=crowd_cases.open_cases(application, plan.clients, each, told)
        )
    finally:
        application.dispose()


def _throw_away(given: Mapping[str, str]) -> None:
    application = bootstrap.build(settings.load(given))
    if not application.database.is_sqlite:  # whose file is thrown away
        crowd.leave(application)
    application.dispose()


@contextmanager
def _serving(given: Mapping[str, str]) -> Iterator[int]:
    """Run the server until the block ends; give its port.

    Raises:
        ClickException: it ended before it listened; with the last it said.
    """
    port = _free_port()
    log = Path(given["ANJU_VAR"]) / "server.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(  # noqa: S603  # our own command
            (*SERVER, "--host", HOST, "--port", str(port)),
            env={
                **given,
                "PYTHONPATH": ":".join(path for path in sys.path if path),
                "PYTHONUNBUFFERED": "1",
                "PYTHONUTF8": "1",
            },
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as server,
    ):
        try:
            if not any(READY in line for line in server.stdout or ()):
                raise click.ClickException(f"the server did not start: {log.read_text()[-2_000:]}")
            yield port
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(PATIENCE)
            server.kill()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


def _ask_for_all(port: int, city: _City, plan: Plan, told: Told) -> Sequence[Row]:
    """Let the browsers ask for one kind of page after the other."""
    browsers = [Browser(port=port, cookies={COOKIE: token}) for token in city.tokens]

    def ask(name: str, act_of: Callable[[Browser, str], Act]) -> Row:
        work = [
            [act_of(browser, task) for task in tasks]
            for browser, tasks in zip(browsers, city.tasks, strict=True)
        ]
        together([acts[:WARM_UP] for acts in work], lambda _done: None)
        timed = [acts[WARM_UP:] for acts in work]
        return _row(name, together(timed, _progress(name, plan, told)))

    try:
        return [
            ask("static file", lambda browser, _task: partial(browser.get, STATIC)),
            ask("trivial page", lambda browser, _task: partial(browser.get, TRIVIAL)),
            ask("inbox page", lambda browser, _task: partial(browser.get, INBOX)),
            ask("task page", lambda browser, task: partial(browser.get, f"/tasks/{task}")),
            ask(
                "completion",
                lambda browser, task: partial(browser.post, f"/tasks/{task}", crowd_cases.ANSWERS),
            ),
        ]
    finally:
        for browser in browsers:
            browser.close()


def _progress(name: str, plan: Plan, told: Told) -> Callable[[int], None]:
    total = plan.clients * plan.requests

    def show(done: int) -> None:
        if done % 50 == 0 or done == total:
            told(name, done, total)

    return show


def _row(name: str, figures: Figures) -> Row:
    return {"what": name, **asdict(figures)}
