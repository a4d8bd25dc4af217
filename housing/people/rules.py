"""Pure rules of accounts: passwords, logins, the lock after failures, the life of a session."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from housing.people.errors import (
    EmailInvalid,
    LoginInvalid,
    MobileInvalid,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    RoleUnknown,
    ScopeInvalid,
)

ROLES = frozenset(
    {
        "resident",
        "property_manager",
        "property_manager_lead",
        "social_worker",
        "social_worker_lead",
        "contractor",
        "officer",
        "section_chief",
        "finance",
        "ethics_office",
        "process_supervisor",
        "process_approver",
        "administrator",
        "applicant",
        "witness",
    }
)
"""Roles are the candidate groups of the diagrams."""

CITIZEN_ROLES = frozenset({"resident", "applicant"})
"""Who holds no other role works for nobody here: his account is his own business alone."""

MIN_PASSWORD_LENGTH = 12  # NIST SP 800-63B: length, no composition rules
MAX_PASSWORD_LENGTH = 128
FAILURES_BEFORE_LOCK = 3  # award document of the application system: three wrong passwords
LOCK_PERIOD = timedelta(minutes=15)  # the same source
ADDRESS_FAILURES = 30  # failures from one address within ADDRESS_PERIOD; a setting of ours
ADDRESS_PERIOD = timedelta(minutes=15)
SESSION_IDLE = timedelta(hours=8)
SESSION_LIFE = timedelta(hours=12)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_SCOPE = re.compile(r"city|(community|contractor):[A-Za-z0-9_-]{1,40}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_MOBILE = re.compile(r"09\d{8}", re.ASCII)
_LONGEST_EMAIL = 254  # RFC 5321, less its brackets
_COMMON = frozenset(
    {"password", "passw0rd", "qwertyuiop", "1234567890", "0123456789", "taichung", "abcdefghijkl"}
)


def normalise_password(password: str) -> str:
    """Bring a password into Unicode form NFKC, so that every keyboard gives the same bytes."""
    return unicodedata.normalize("NFKC", password)


def check_new_password(password: str, *, login: str) -> None:
    """Accept or refuse a new password: 12 to 128 characters, none of the common ones.

    Raises:
        PasswordTooShort: fewer than 12 characters after normalisation.
        PasswordTooLong: more than 128.
        PasswordTooCommon: it is the login, one repeated character, or a common word with digits.
    """
    text = normalise_password(password)
    if len(text) < MIN_PASSWORD_LENGTH:
        raise PasswordTooShort(MIN_PASSWORD_LENGTH)
    if len(text) > MAX_PASSWORD_LENGTH:
        raise PasswordTooLong(MAX_PASSWORD_LENGTH)
    if _is_easy_to_guess(text.casefold(), login):
        raise PasswordTooCommon


def _is_easy_to_guess(text: str, login: str) -> bool:
    core = text.strip("0123456789!@#$%^&*.-_ ")
    return len(set(text)) <= 2 or core in _COMMON or text in _COMMON or core == login or not core


def normalise_login(login: str) -> str:
    """Bring a typed login into its stored form: NFKC, lower case, no outer blanks."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def check_login(login: str) -> str:
    """Accept a new login and return its stored form.

    Raises:
        LoginInvalid: it is not 3 to 64 letters, digits, dots, hyphens or underscores.
    """
    text = normalise_login(login)
    if not _LOGIN.fullmatch(text):
        raise LoginInvalid
    return text


def login_key(login: str) -> str:
    """Hash a typed login for the lock table: unknown logins are locked too, but never stored."""
    return sha256(normalise_login(login).encode()).hexdigest()


def token_hash(token: str) -> str:
    """Hash a session token; only this is stored, so that a copy of the table opens no session."""
    return sha256(token.encode()).hexdigest()


def check_membership(role: str, scope: str) -> None:
    """Accept a role within a scope.

    Raises:
        RoleUnknown: there is no such role.
        ScopeInvalid: not "city", "community:<code>" or "contractor:<code>".
    """
    if role not in ROLES:
        raise RoleUnknown(role)
    if not _SCOPE.fullmatch(scope):
        raise ScopeInvalid(scope)


@dataclass(frozen=True, kw_only=True, slots=True)
class LockState:
    """Failures of one login.

    Attributes:
        failures: wrong passwords in a row, 0..3.
        locked_until: end of the lock; the lock is over at this very instant.
    """

    failures: int = 0
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Tell whether a try at this instant is refused."""
        return self.locked_until is not None and now < self.locked_until

    def after_failure(self, now: datetime) -> "LockState":
        """Count a wrong password; the third in a row locks for 15 minutes."""
        failures = 1 if self.locked_until else self.failures + 1
        is_last = failures >= FAILURES_BEFORE_LOCK
        return LockState(failures=failures, locked_until=now + LOCK_PERIOD if is_last else None)


def session_end(created_at: datetime, last_seen_at: datetime) -> datetime:
    """Tell when a session ends: after 8 hours without a page, at the latest after 12 hours."""
    return min(last_seen_at + SESSION_IDLE, created_at + SESSION_LIFE)


def check_email(typed: str) -> str | None:
    """Accept an e-mail address and return its stored form; None when nothing was typed.

    Raises:
        EmailInvalid: it is none that a plain mail server takes.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return None
    if len(text) > _LONGEST_EMAIL or not _EMAIL.fullmatch(text) or ".." in text:
        raise EmailInvalid
    return text


def check_mobile(typed: str) -> str:
    """Accept a mobile number of Taiwan and return its ten digits.

    Raises:
        MobileInvalid: it has not ten digits beginning with 09.
    """
    text = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", typed))
    if not _MOBILE.fullmatch(text):
        raise MobileInvalid
    return text


def mask_mobile(mobile: str) -> str:
    """Write a mobile number as pages list it: 0912***678."""
    return f"{mobile[:4]}***{mobile[-3:]}" if mobile else ""


def mask_address(address: str) -> str:
    """Mask the end of a network address: enough to know a place again, not to find a household."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return f"{address.rpartition('.')[0]}.*"
    return f"{':'.join(known.exploded.split(':')[:3])}:*"
