"""Codes of an authenticator app by RFC 6238, and the codes that stand in when it is lost."""

import base64
import secrets
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ISSUER = "Anju"
RECOVERY_CODES = 10
_STEP_SECONDS = 30  # RFC 6238, section 5.2; authenticator apps know no other
_DIGITS = 6
_SECRET_BYTES = 20  # RFC 4226, section 4: 160 bits
_SKEW = (0, -1, 1)
_RECOVERY_BYTES = 10  # 80 bits: a plain hash of them cannot be tried out


def new_secret() -> str:
    """Make a secret, in base32 as apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_of(secret: str, login: str) -> str:
    """Write the address that a QR code gives to an app."""
    return _totp(secret).get_provisioning_uri(login, ISSUER)


def step_of_code(secret: str, code: str, *, after: int | None, now: datetime) -> int | None:
    """Find the time step that a code belongs to; None when it is wrong or was used.

    Args:
        secret: in base32.
        code: as typed.
        after: the step of the code used last; it and older ones are not accepted again.
        now: the real instant; clocks may differ by one step of 30 seconds.
    """
    typed = _digits(code)
    present = int(now.timestamp()) // _STEP_SECONDS
    totp = _totp(secret)
    for step in (present + skew for skew in _SKEW):
        is_right = bytes_eq(totp.generate(step * _STEP_SECONDS), typed)
        if is_right and (after is None or step > after):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Make ten codes, each in four groups of four letters and digits."""
    texts = [
        base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
        for _ in range(RECOVERY_CODES)
    ]
    return ["-".join(text[at : at + 4] for at in range(0, 16, 4)) for text in texts]


def recovery_hash(code: str) -> str:
    """Hash a recovery code as it was typed: case, blanks and hyphens do not matter."""
    plain = "".join(each for each in code.lower() if each.isalnum())
    return sha256(plain.encode()).hexdigest()


def _digits(code: str) -> bytes:
    return "".join(each for each in code if each.isdecimal() and each.isascii()).encode()


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP_SECONDS)  # noqa: S303
