"""Web push to a real HTTP endpoint that opens the message as a browser would."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from housing.channels import PUSH_HOSTS
from housing.delivery import devices, keys
from housing.delivery.devices import MOST_DEVICES, NewDevice
from housing.delivery.errors import DeviceInvalid
from housing.delivery.rules import may_push_to

pytestmark = pytest.mark.integration


def in_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Browser:
    """A browser and its push service.

    Attributes:
        status: what its push service answers.
        came: headers and texts of the messages, opened with the browser's key.
    """

    port: int
    name: str = "Firefox"
    status: int = 201
    came: list[tuple[Message, dict[str, str]]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = b"sixteen bytes ok"

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def as_device(self) -> NewDevice:
        return NewDevice(
            endpoint=f"http://127.0.0.1:{self.port}/{self.name}",
            p256dh=in_base64(self.public),
            auth=in_base64(self.secret),
            name=self.name,
        )

    def take(self, headers: Message, body: bytes) -> int:
        if self.status < 300:
            text = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)
            self.came.append((headers, json.loads(text)))
        return self.status


@pytest.fixture
def browsers() -> Iterator[Callable[[str], Browser]]:
    """Make browsers whose push service listens on this machine."""
    known: dict[str, Browser] = {}

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the server's own name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(known[self.path[1:]].take(self.headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def make(name: str) -> Browser:
        known[name] = Browser(port=server.server_port, name=name)
        return known[name]

    yield make
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def post(open_post):
    return open_post(ANJU_PUSH="real", ANJU_PUSH_HOSTS="127.0.0.1", ANJU_MAIL="off")


@pytest.fixture
def browser(post, browsers) -> Browser:
    made = browsers("Firefox")
    register(post, made)
    return made


def register(post, browser: Browser) -> None:
    with post.application.unit_of_work() as session:
        devices.register(
            post.reader_id,
            browser.as_device(),
            hosts=post.application.settings.channels.push.hosts,
            session=session,
            clock=post.clock,
        )


def devices_of(post):
    with post.application.reading() as session:
        return devices.devices_of(post.reader_id, session=session)


def test_a_browser_can_open_the_message_and_knows_who_sent_it(post, browser):
    post.tell()
    post.relay()

    ((headers, text),) = browser.came
    assert text["title"] == "【R115-000001】報修結案：第 1 件漏水"
    assert text["body"] == "「第 1 件漏水」已結案，感謝您的配合。"
    assert text["url"] == "/cases/R115-000001"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert Vapid02.verify(headers["Authorization"])
    pem = keys.read_or_make(post.application.settings.channels.push.key_path)
    assert f"k={keys.public_key(pem)}" in headers["Authorization"]
    assert post.states()["push"] == "sent"
    assert devices_of(post)[0].used_at == post.clock.now()


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_notice_goes_another_way(post, browser, status):
    browser.status = status
    post.tell()
    post.relay()
    post.relay()

    assert devices_of(post) == []
    assert post.states()["push"] == "dead"
    assert post.states()["sms"] == "sent"


def test_a_busy_push_service_gets_the_same_message_later(post, browser):
    browser.status = 503
    post.tell()
    post.relay()
    assert post.states()["push"] == "failed"

    browser.status = 201
    post.wait(hours=1)
    post.relay()
    assert post.states()["push"] == "sent"
    assert len(browser.came) == 1


def test_one_of_several_devices_is_enough(post, browser, browsers):
    phone = browsers("Phone")
    register(post, phone)
    browser.status = 500
    post.tell()
    post.relay()

    assert len(phone.came) == 1
    assert post.states()["push"] == "sent"


def test_a_repeated_message_replaces_the_first(post, browser):
    post.tell()
    post.relay()
    ((headers, text),) = browser.came

    assert headers["Topic"] == text["tag"]
    assert len(headers["Topic"]) == 32


def test_who_has_no_device_is_told_another_way(post):
    post.tell()
    post.relay()
    post.relay()

    assert post.states() == {"mail": "dead", "push": "dead", "sms": "sent"}


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "push_key.pem"
    first = keys.read_or_make(path)

    assert keys.read_or_make(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(keys.public_key(first)) == 87


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://wns2-by3p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com/abc",
    ],
)
def test_the_push_services_of_browsers_are_known(endpoint):
    assert may_push_to(endpoint, PUSH_HOSTS)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evilfcm.googleapis.com.example/abc",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:5432/",
        "https://user:word@fcm.googleapis.com/abc",
        "https://[::1/abc",
        "file:///etc/passwd",
        "",
        "https://fcm.googleapis.com/" + "a" * 1000,
    ],
)
def test_no_other_address_is_ever_called(endpoint):
    assert not may_push_to(endpoint, PUSH_HOSTS)


def test_a_device_without_proper_keys_is_refused(post, browser):
    good = browser.as_device()
    for bad in ("", "AAAA", good.auth):
        wrong = NewDevice(endpoint=good.endpoint, p256dh=bad, auth=good.auth, name="x")
        with post.application.unit_of_work() as session, pytest.raises(DeviceInvalid):
            devices.register(
                post.reader_id, wrong, hosts=("127.0.0.1",), session=session, clock=post.clock
            )


def test_a_person_has_a_limited_number_of_devices(post, browsers):
    for number in range(MOST_DEVICES + 3):
        register(post, browsers(f"browser{number}"))

    names = [each.name for each in devices_of(post)]
    assert names == [f"browser{number}" for number in range(3, MOST_DEVICES + 3)]
