"""Residents who report and managers who assess, over HTTP, against served processes."""

import http.cookiejar
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from housing.demo.accounts import PASSWORD

ROOT = Path(__file__).parents[2]
ANJU = (sys.executable, "-m", "webapp.cli")
LOST_CONNECTION = (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError)


@dataclass
class Server:
    """`anju serve` as a process of its own, on one folder and one port.

    Attributes:
        settings: environment variables beside ANJU_VAR.
        arguments: of the command, beside the port.
    """

    var: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it says where it serves."""
        environment = {**os.environ, "ANJU_VAR": str(self.var), "PYTHONUNBUFFERED": "1"}
        environment.update(self.settings)
        self.process = subprocess.Popen(
            [*ANJU, "serve", "--port", str(self.port), *self.arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "serves at" in line:
                break
        else:
            raise AssertionError("the server did not start:\n" + "".join(lines))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def kill(self) -> None:
        """Kill it as the machine would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


@dataclass
class Balancer:
    """Sends each request to the next of several servers."""

    servers: Sequence[Server]
    turns: Iterator[Server] = field(init=False)

    def __post_init__(self) -> None:
        self.turns = itertools.cycle(self.servers)

    @property
    def url(self) -> str:
        return next(self.turns).url


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@dataclass
class Visitor:
    """Somebody with a browser that keeps cookies."""

    server: Server | Balancer
    login: str
    opener: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def sign_in(self) -> None:
        self.post("/sign-in", self.get("/sign-in"), login=self.login, password=PASSWORD)

    def get(self, address: str) -> str:
        with self.opener.open(self.server.url + address, timeout=30) as response:
            return response.read().decode()

    def post(self, address: str, page: str, **values: object) -> str:
        """Send a form with the token of its page; returns the address it led to."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        boundary, body = encode_multipart({"csrf_token": token, **values})
        request = urllib.request.Request(self.server.url + address, data=body)
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        with self.opener.open(request, timeout=30) as response:
            response.read()
            return urllib.parse.urlparse(response.geturl()).path


@dataclass
class Work:
    """What people did and what the server acknowledged."""

    stopped: threading.Event = field(default_factory=threading.Event)
    reported: dict[str, str] = field(default_factory=dict)  # text -> case number
    completed: set[str] = field(default_factory=set)  # user task ids
    down: threading.Event = field(default_factory=threading.Event)
    progress: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    failures: list[BaseException] = field(default_factory=list)


def picture() -> FileStorage:
    stream = BytesIO()
    Image.new("RGB", (320, 240), "#88aacc").save(stream, "JPEG")
    stream.seek(0)
    return FileStorage(stream, filename="tap.jpg", content_type="image/jpeg")


def insist(work: Work, act):
    """Do something until the server acknowledges it, across its deaths."""
    while True:
        try:
            return act()
        except LOST_CONNECTION as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                raise
            work.down.wait(30)


def report_on_and_on(visitor: Visitor, work: Work) -> None:
    for count in itertools.count():
        if work.stopped.is_set():
            return
        words = f"水龍頭滴水，{visitor.login} 第 {count} 次通報。"
        page = insist(work, lambda: visitor.get("/repairs/new"))
        token = re.search(r'name="_token" value="([^"]+)"', page)[1]
        values = {
            "_token": token,
            "_confirmed": "1",
            "where": "unit",
            "place": "浴室",
            "category": "water",
            "text": words,
            "phone": "0900000001",
        }
        address = insist(
            work,
            lambda page=page, values=values: visitor.post(
                "/repairs/new", page, **values, photos=picture()
            ),
        )
        work.reported[words] = address.rpartition("/")[2]
        work.progress.release()


def triage_on_and_on(visitor: Visitor, work: Work) -> None:
    """Send a task's form again when the answer was lost: it counts once, or is told as done."""
    while not work.stopped.is_set():
        inbox = insist(work, lambda: visitor.get("/tasks?view=team"))
        mine = insist(work, lambda: visitor.get("/tasks?view=mine"))
        for task_id in re.findall(r'href="/tasks/([0-9a-f]{32})', inbox + mine):
            triage(visitor, work, task_id)
            if work.stopped.is_set():
                return


def triage(visitor: Visitor, work: Work, task_id: str) -> None:
    address = f"/tasks/{task_id}"
    page = insist(work, lambda: visitor.get(address))
    if f'action="{address}/claim"' in page:
        unless_taken(lambda: insist(work, lambda: visitor.post(f"{address}/claim", page)))
        page = insist(work, lambda: visitor.get(address))
    if 'name="broken"' not in page or '<fieldset class="plain" disabled' in page:
        return  # another kind of task, or the other manager's
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    values = {"version": version, "is_duplicate": "false", "broken": "false"}
    values["finding"] = "現場測試正常，未損壞。"
    unless_taken(
        lambda: insist(work, lambda: visitor.post(address, page, **values, photos=picture()))
    )
    work.completed.add(task_id)


def unless_taken(act) -> None:
    """Do it; "already claimed" or "already completed" means that a lost answer was a yes,
    or that the other manager was faster."""
    try:
        act()
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise


def keep(work: Work, act, visitor: Visitor) -> threading.Thread:
    def run() -> None:
        try:
            act(visitor, work)
        except BaseException as error:
            work.failures.append(error)
            work.progress.release()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
