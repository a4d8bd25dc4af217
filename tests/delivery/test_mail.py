"""Mail over a real SMTP server that accepts, refuses, hangs, or breaks off."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RIGHT = "a good password"
WRONG = "a bad password"

pytestmark = pytest.mark.integration


@dataclass
class Office:
    """What the mail server does with the next letters, and what it took.

    Attributes:
        answer_recipient: to RCPT TO; None to accept.
        answer_letter: after DATA; None to accept.
        cuts: how many letters it takes and then drops the line without a word.
        signed_in: users that signed in.
    """

    answer_recipient: str | None = None
    answer_letter: str | None = None
    cuts: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the server's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.answer_recipient:
            return self.answer_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the server's own name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answer_letter:
            return self.answer_letter
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.cuts:
            self.cuts -= 1
            server.transport.abort()
            await asyncio.sleep(0)
        return "250 taken"

    def check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: object
    ) -> AuthResult:
        """Know one user and one password."""
        right = isinstance(given, LoginPassword) and given.password == RIGHT.encode()
        if right:
            self.signed_in.append(given.login.decode())
        return AuthResult(success=right)


@contextmanager
def serving(office: Office, **options: object) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def port(office: Office) -> Iterator[int]:
    with serving(office) as port:
        yield port


@pytest.fixture
def post(open_post: Callable[..., object], port: int):
    return open_post(ANJU_SMTP_HOST="127.0.0.1", ANJU_SMTP_PORT=str(port), ANJU_PUSH="off")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of this machine, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return public, context


def mail_row(post):
    (row,) = post.rows("mail")
    return row


def test_a_letter_has_text_and_html_a_subject_in_chinese_and_a_link(post, office):
    post.tell()
    post.relay()

    (mail,) = office.taken
    assert mail["Subject"] == "【R115-000001】報修結案：第 1 件漏水"
    assert mail["To"].addresses[0].addr_spec == "officer1@example.org"
    assert mail["To"].addresses[0].display_name == "許承辦"
    text = mail.get_body(["plain"]).get_content()
    html = mail.get_body(["html"]).get_content()
    assert "許承辦 您好：" in text
    assert "http://127.0.0.1:8000/cases/R115-000001\n" in text
    assert '<a href="http://127.0.0.1:8000/cases/R115-000001">' in html
    assert mail_row(post).state == "sent"


def test_a_letter_says_that_a_machine_wrote_it_and_where_to_change_that(post, office):
    post.tell()
    post.relay()

    (mail,) = office.taken
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<notices.example.org>"
    assert mail["List-Unsubscribe"] == "<http://127.0.0.1:8000/account/notifications>"
    assert mail["Content-Language"] == "zh-Hant-TW"


def test_a_letter_that_broke_off_after_its_end_comes_again_under_the_same_number(post, office):
    office.cuts = 1
    post.tell()
    post.relay()
    assert mail_row(post).state == "failed"
    post.wait(hours=1)
    post.relay()

    first, second = office.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert mail_row(post).state == "sent"
    assert mail_row(post).attempts == 2


def test_a_busy_server_gets_the_letter_again_later(post, office):
    office.answer_recipient = "450 4.2.1 try later"
    post.tell()
    post.relay()
    row = mail_row(post)
    assert (row.state, row.error) == (
        "failed",
        "The message could not be delivered: 450 4.2.1 try later.",
    )

    office.answer_recipient = None
    post.relay()
    assert office.taken == []
    post.wait(hours=1)
    post.relay()
    assert len(office.taken) == 1
    assert mail_row(post).state == "sent"


def test_a_server_that_never_gets_well_is_given_up(post, office):
    office.answer_letter = "451 4.3.0 no room"
    post.tell()
    for _ in range(20):
        post.relay()
        post.wait(hours=7)

    assert mail_row(post).state == "dead"
    assert mail_row(post).attempts == 10


def test_an_unknown_address_is_marked_and_the_notice_goes_another_way(post, office):
    office.answer_recipient = "550 5.1.1 no such user"
    post.tell()
    post.relay()

    assert mail_row(post).state == "dead"
    assert mail_row(post).error == "550 5.1.1 no such user"
    assert post.reader().email_problem == "550 5.1.1 no such user"
    post.relay()
    assert post.states()["sms"] == "sent"


def test_an_address_that_failed_is_not_written_to_again(post, office):
    office.answer_recipient = "550 5.1.1 no such user"
    post.tell()
    post.relay()
    office.answer_recipient = None
    post.tell()
    post.relay()

    assert office.taken == []
    assert "mail came back before" in post.rows("mail")[-1].error


def test_refused_content_is_dead_but_the_address_stays_good(post, office):
    office.answer_letter = "554 5.7.1 looks like spam"
    post.tell()
    post.relay()

    assert (mail_row(post).state, mail_row(post).error) == ("dead", "554 5.7.1 looks like spam")
    assert post.reader().email_problem is None


def test_a_server_that_says_nothing_is_left_after_the_time_allowed(open_post):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        post = open_post(
            ANJU_SMTP_HOST="127.0.0.1",
            ANJU_SMTP_PORT=str(silent.getsockname()[1]),
            ANJU_SMTP_TIMEOUT="1",
        )
        for _ in range(4):
            post.tell()
        post.relay()

    mails, pushes = post.rows("mail"), post.rows("push")
    assert [each.state for each in mails] == ["failed", "failed", "waiting", "waiting"]
    assert {each.state for each in pushes} == {"sent"}
    assert [each.attempts for each in mails] == [1, 1, 0, 0]


@pytest.fixture
def send_encrypted(open_post, office, certificate):
    """Sends a letter through a server that wants STARTTLS and a password."""
    trusted, shown = certificate

    def send(password):
        with serving(
            office,
            authenticator=office.check,
            auth_required=True,
            tls_context=shown,
            require_starttls=True,
        ) as port:
            post = open_post(
                ANJU_SMTP_HOST="127.0.0.1",
                ANJU_SMTP_PORT=str(port),
                ANJU_SMTP_SECURITY="starttls",
                ANJU_SMTP_CA_FILE=str(trusted),
                ANJU_SMTP_USER="anju",
                ANJU_SMTP_PASSWORD=password,
            )
            post.tell()
            post.relay()
        return post

    return send


def test_mail_is_encrypted_before_the_password_is_sent(send_encrypted, office):
    send_encrypted(RIGHT)

    assert office.signed_in == ["anju"]
    assert len(office.taken) == 1


def test_mail_is_sent_to_a_server_that_is_encrypted_from_the_first_byte(
    open_post, office, certificate
):
    trusted, shown = certificate
    with serving(office, ssl_context=shown) as port:
        post = open_post(
            ANJU_SMTP_HOST="127.0.0.1",
            ANJU_SMTP_PORT=str(port),
            ANJU_SMTP_SECURITY="tls",
            ANJU_SMTP_CA_FILE=str(trusted),
        )
        post.tell()
        post.relay()

    assert len(office.taken) == 1


def test_a_wrong_password_is_no_fault_of_the_letter(send_encrypted, office):
    post = send_encrypted(WRONG)

    assert post.states()["mail"] == "failed"
    assert office.taken == []


def test_a_server_with_a_strange_certificate_gets_no_letter(open_post, office, certificate):
    _, shown = certificate
    with serving(office, tls_context=shown, require_starttls=True) as port:
        post = open_post(
            ANJU_SMTP_HOST="127.0.0.1",
            ANJU_SMTP_PORT=str(port),
            ANJU_SMTP_SECURITY="starttls",
        )
        post.tell()
        post.relay()

    assert post.states()["mail"] == "failed"
    assert office.taken == []
