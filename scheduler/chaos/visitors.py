"""People with browsers, and the server they use: `anju serve` as a process of its own."""

import http.client
import http.cookiejar
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from PIL import Image

from scheduler.chaos.errors import Unavailable

PATIENCE = 60.0
"""Seconds until an answer."""
CONFLICT = 409


@dataclass(kw_only=True, slots=True)
class Server:
    """`anju serve` on a folder and a database.

    Attributes:
        var: its folder.
        url: of its database.
    """

    var: Path
    url: str
    port: int = 0
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it says where it serves.

        Raises:
            Unavailable: it did not start.
        """
        self.port = self.port or _free_port()
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "webapp.cli", "serve", "--port", str(self.port)],
            env={
                "ANJU_VAR": str(self.var),
                "ANJU_DATABASE_URL": self.url,
                "PYTHONPATH": ":".join(path for path in sys.path if path),
                "PYTHONUNBUFFERED": "1",
                "PYTHONUTF8": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._process, said = process, []
        for line in process.stdout or ():
            said.append(line)
            if "serves at" in line:
                threading.Thread(target=_read_on, args=(process,), daemon=True).start()
                return
        raise Unavailable("the server did not start: " + "".join(said)[-500:])

    def kill(self) -> None:
        """End it with -9."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@dataclass(kw_only=True)
class Visitor:
    """Somebody with a browser that keeps cookies.

    Attributes:
        server: which they use.
        cookies: of their session.
    """

    server: Server
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def sign_in(self, login: str, password: str) -> None:
        """Sign in."""
        page = self.get("/sign-in")
        self.post("/sign-in", with_token(page, {"login": login, "password": password}))

    def get(self, address: str) -> str:
        """Open a page."""
        with self._opener().open(self._url(address), timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def post(self, address: str, values: Mapping[str, str], photo: bytes | None = None) -> str:
        """Send a form; tell the address it led to.

        Raises:
            HTTPError: the server refused it.
        """
        with self._opener().open(self._form(address, values, photo), timeout=PATIENCE) as answer:
            answer.read()
            return str(urllib.parse.urlsplit(answer.geturl()).path)

    def post_and_hang_up(
        self, address: str, values: Mapping[str, str], photo: bytes | None = None
    ) -> None:
        """Send a form and hang up as soon as the answer begins, without reading it."""
        form = self._form(address, values, photo)
        self.cookies.add_cookie_header(form)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        headers = dict(form.header_items())
        body = form.data if isinstance(form.data, bytes) else b""
        with suppress(OSError):
            connection.request("POST", address, body, headers)
            connection.sock.recv(1)
        connection.close()

    def _form(
        self, address: str, values: Mapping[str, str], photo: bytes | None
    ) -> urllib.request.Request:
        boundary = uuid4().hex
        parts = [_part(boundary, name, value.encode()) for name, value in values.items()]
        if photo is not None:
            parts.append(_part(boundary, "photos", photo, "photo.jpg"))
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        form = urllib.request.Request(self._url(address), data=body)  # noqa: S310  # ours
        form.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        return form

    def _opener(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def _url(self, address: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{address}"


def with_token(page: str, values: Mapping[str, str]) -> dict[str, str]:
    """Add the token against forged requests that a page carries."""
    return {"csrf_token": field_of(page, "csrf_token"), **values}


def field_of(page: str, name: str) -> str:
    """Read a hidden field of a page; empty when it is not there."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def is_told_as_done(error: urllib.error.HTTPError) -> bool:
    """Tell whether a refusal says that it was done already, which answers a lost answer too."""
    return error.code == CONFLICT


def picture() -> bytes:
    """Take a photo."""
    stream = BytesIO()
    Image.new("RGB", (320, 240), "#88aacc").save(stream, "JPEG")
    return stream.getvalue()


def _part(boundary: str, name: str, value: bytes, file: str | None = None) -> bytes:
    more = f'; filename="{file}"\r\nContent-Type: image/jpeg' if file else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _read_on(process: subprocess.Popen[str]) -> None:
    """Read what the server says, or it would wait for a reader."""
    if process.stdout is not None:
        with process.stdout as words:
            words.read()
