"""E-mail over SMTP: text and HTML in one message, and what a server's refusal means."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from engine.clock import Clock
from engine.errors import DeliveryFailed, DeliveryRefused
from housing.channels import STARTTLS, TLS, MailServer
from housing.delivery.errors import AddressRefused, NoAddress
from housing.delivery.letters import Letter
from housing.delivery.rules import with_whole_links
from housing.notices.wording import spoken

OFFICE: Mapping[str, str] = {"zh_Hant_TW": "社會住宅服務團隊", "en": "Social housing service"}
_HTML_LANGUAGES = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}
_SETTINGS_WORDS = {"zh_Hant_TW": "變更通知方式", "en": "Change how you are notified"}
_BODY_STYLE = "font-family: sans-serif; font-size: 16px; line-height: 1.6; color: #1d2733"
_FIRST_PERMANENT = 500


class MailCarrier:
    """Sends letters to a mail server, one connection a letter.

    Args:
        server: where and how.
        base_url: of the pages, for links.
        clock: the real one, for the date.
    """

    def __init__(self, server: MailServer, base_url: str, clock: Clock) -> None:
        self._server = server
        self._base_url = base_url
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server.

        Raises:
            NoAddress: the person has no address, or it failed before.
            AddressRefused: the server says that the address does not exist (5xx).
            DeliveryRefused: it refuses this message for good (5xx).
            DeliveryFailed: it may take it later (4xx, signing in, broken answers).
            OSError: it cannot be reached, hangs or breaks off.
        """
        address = letter.account.email
        if address is None:
            raise NoAddress("no e-mail address")
        if letter.account.email_problem:
            raise NoAddress(f"mail came back before: {letter.account.email_problem}")
        mail = compose(
            letter,
            address,
            sender=self._server.sender,
            base_url=self._base_url,
            at=self._clock.now(),
        )
        try:
            self._hand_over(mail, address)
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _of_recipient(refusal, address) from refusal
        except smtplib.SMTPDataError as refusal:
            raise _of_content(refusal) from refusal
        except smtplib.SMTPException as failure:
            raise DeliveryFailed(str(failure) or type(failure).__name__) from failure

    def _hand_over(self, mail: EmailMessage, address: str) -> None:
        server = self._server
        connection = self._connect()
        try:
            if server.security == STARTTLS:
                connection.starttls(context=self._trust())
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(mail, from_addr=server.sender, to_addrs=[address])
            _say_goodbye(connection)
        finally:
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security == TLS:
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=self._trust()
            )
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file)


def compose(
    letter: Letter, address: str, *, sender: str, base_url: str, at: datetime
) -> EmailMessage:
    """Write the e-mail of a letter: the same each time, but for its date.

    Args:
        letter: what to say.
        address: where to.
        sender: where from.
        base_url: of the pages, for links.
        at: the date it bears.
    """
    language = letter.account.language
    domain = sender.rpartition("@")[2]
    mail = EmailMessage()
    mail["From"] = Address(spoken(OFFICE, language), addr_spec=sender)
    mail["To"] = Address(_one_line(letter.account.name), addr_spec=address)
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(letter.message_id, domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<notices.{domain}>"
    mail["List-Unsubscribe"] = f"<{base_url}/account/notifications>"
    text = with_whole_links(letter.body, letter.url, base_url)
    mail.set_content(text, cte="base64")
    mail.add_alternative(_html(text, letter, base_url), subtype="html", cte="base64")
    # of the whole, not of its first part
    mail["Content-Language"] = spoken(_HTML_LANGUAGES, language)
    return mail


def message_id(key: str, domain: str) -> str:
    """Make the Message-ID of an outbox key: the same for every try."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _html(text: str, letter: Letter, base_url: str) -> str:
    language = letter.account.language
    lines = "<br>\n".join(_html_line(line, base_url) for line in text.split("\n"))
    page, said = f"{escape(base_url)}/account/notifications", spoken(_SETTINGS_WORDS, language)
    settings = f'<a href="{page}">{said}</a>'
    return (
        f'<!DOCTYPE html>\n<html lang="{spoken(_HTML_LANGUAGES, language)}">'
        '<head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title></head>\n"
        f'<body style="{_BODY_STYLE}">\n'
        f"<p>{lines}</p>\n"
        f'<p style="font-size: 14px; color: #5a6672">{settings}</p>\n'
        "</body></html>\n"
    )


def _html_line(line: str, base_url: str) -> str:
    safe = escape(line)
    return f'<a href="{safe}">{safe}</a>' if line.startswith(f"{base_url}/") else safe


def _one_line(text: str) -> str:
    """Keep a text from beginning a header of its own."""
    return " ".join(text.split())


def _of_recipient(refusal: smtplib.SMTPRecipientsRefused, address: str) -> DeliveryFailed:
    code, words = refusal.recipients[address]
    reason = _said(code, words)
    return AddressRefused(reason) if code >= _FIRST_PERMANENT else DeliveryFailed(reason)


def _of_content(refusal: smtplib.SMTPDataError) -> DeliveryFailed:
    code = refusal.smtp_code
    reason = _said(code, refusal.smtp_error)
    return DeliveryRefused(reason) if code >= _FIRST_PERMANENT else DeliveryFailed(reason)


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {_one_line(text)}"


def _say_goodbye(connection: smtplib.SMTP) -> None:
    """End the conversation; the message is handed over whatever is answered now."""
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
