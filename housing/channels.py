"""How messages leave the house: off, simulator or real for each channel, read once at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from housing.errors import SettingsInvalid

OFF, SIMULATOR, REAL = "off", "simulator", "real"
MODES = (OFF, SIMULATOR, REAL)

CHANNELS = ("mail", "push", "sms", "line")
_REAL_ONES = frozenset({"mail", "push"})

PLAIN, STARTTLS, TLS = "plain", "starttls", "tls"
_PORTS: Mapping[str, int] = {PLAIN: 25, STARTTLS: 587, TLS: 465}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_TIMEOUT = 30

PUSH_HOSTS = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
"""Where browsers take push messages: these hosts and those below them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """The mail server.

    Attributes:
        host: its name, "" for none.
        security: plain, starttls or tls (from the first byte).
        user: to sign in with, "" for not at all.
        sender: address notices come from.
        timeout: seconds that each answer may take.
        ca_file: certificates to trust instead of the system's.
    """

    host: str = ""
    port: int = 25
    security: str = PLAIN
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "anju@example.org"
    timeout: int = 10
    ca_file: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PushService:
    """Web push.

    Attributes:
        key_path: file of the private key that signs; made at first use.
        hosts: where subscriptions may lie; no other address is ever called.
        timeout: seconds that each answer may take.
    """

    key_path: Path = Path("var/push_key.pem")
    hosts: tuple[str, ...] = PUSH_HOSTS
    timeout: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """What an installation decides about the ways out.

    Attributes:
        modes: channel to off, simulator or real.
    """

    modes: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(CHANNELS, SIMULATOR))
    mail: MailServer = field(default_factory=MailServer)
    push: PushService = field(default_factory=PushService)

    @property
    def usable(self) -> tuple[str, ...]:
        """Name the channels that are not switched off."""
        return tuple(each for each in CHANNELS if self.modes[each] != OFF)

    def is_real(self, channel: str) -> bool:
        """Tell whether a channel leaves the house."""
        return self.modes[channel] == REAL


def read(given: Mapping[str, str], var: Path, base_url: str) -> Channels:
    """Read how messages leave from the environment.

    Args:
        given: names to texts.
        var: folder of what is written.
        base_url: address of the pages; browsers take push messages of safe addresses only.

    Raises:
        SettingsInvalid: a value cannot be used; the error names the variable.
    """
    mail = _read_mail(given)
    modes = {each: _read_mode(given, each, has_mail=bool(mail.host)) for each in CHANNELS}
    if modes["mail"] == REAL and not mail.host:
        raise SettingsInvalid("ANJU_SMTP_HOST", "real mail needs the name of a mail server")
    if modes["push"] == REAL and not _is_safe(base_url):
        raise SettingsInvalid("ANJU_BASE_URL", "push messages need an https address")
    return Channels(modes=modes, mail=mail, push=_read_push(given, var))


def _read_mode(given: Mapping[str, str], channel: str, *, has_mail: bool) -> str:
    variable = f"ANJU_{channel.upper()}"
    default = REAL if channel == "mail" and has_mail else SIMULATOR
    mode = given.get(variable) or default
    if mode not in MODES:
        raise SettingsInvalid(variable, f"it must be one of {', '.join(MODES)}")
    if mode == REAL and channel not in _REAL_ONES:
        raise SettingsInvalid(variable, "no provider is built in yet; use off or simulator")
    return mode


def _read_mail(given: Mapping[str, str]) -> MailServer:
    host, security = given.get("ANJU_SMTP_HOST", ""), given.get("ANJU_SMTP_SECURITY") or PLAIN
    if security not in _PORTS:
        raise SettingsInvalid("ANJU_SMTP_SECURITY", f"it must be one of {', '.join(_PORTS)}")
    user, password = given.get("ANJU_SMTP_USER", ""), given.get("ANJU_SMTP_PASSWORD", "")
    if bool(user) != bool(password):
        raise SettingsInvalid("ANJU_SMTP_PASSWORD", "user and password belong together")
    if user and security == PLAIN and host not in _LOCAL:
        raise SettingsInvalid(
            "ANJU_SMTP_SECURITY", "a password is not sent in the clear; use starttls or tls"
        )
    sender = given.get("ANJU_SMTP_SENDER") or "anju@example.org"
    if not sender.isascii() or sender.count("@") != 1 or any(each.isspace() for each in sender):
        raise SettingsInvalid("ANJU_SMTP_SENDER", "it must be a mail address")
    ca_file = given.get("ANJU_SMTP_CA_FILE") or None
    if ca_file is not None and not Path(ca_file).is_file():
        raise SettingsInvalid("ANJU_SMTP_CA_FILE", f"{ca_file} is no file")
    return MailServer(
        host=host,
        port=_read_number(given, "ANJU_SMTP_PORT", _PORTS[security], 2**16 - 1),
        security=security,
        user=user,
        password=password,
        sender=sender,
        timeout=_read_number(given, "ANJU_SMTP_TIMEOUT", 10, _LONGEST_TIMEOUT),
        ca_file=ca_file,
    )


def _read_push(given: Mapping[str, str], var: Path) -> PushService:
    more = [each.strip().lower() for each in given.get("ANJU_PUSH_HOSTS", "").split(",")]
    return PushService(
        key_path=Path(given.get("ANJU_PUSH_KEY_FILE") or var / "push_key.pem"),
        hosts=(*PUSH_HOSTS, *(each for each in more if each)),
        timeout=_read_number(given, "ANJU_PUSH_TIMEOUT", 10, _LONGEST_TIMEOUT),
    )


def _read_number(given: Mapping[str, str], variable: str, default: int, largest: int) -> int:
    text = given.get(variable) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= largest):
        raise SettingsInvalid(variable, f"it must be a number from 1 to {largest}")
    return int(text)


def _is_safe(base_url: str) -> bool:
    """Tell whether browsers allow push messages at an address: https, or this machine."""
    parts = urlsplit(base_url)
    return parts.scheme == "https" or parts.hostname in _LOCAL
