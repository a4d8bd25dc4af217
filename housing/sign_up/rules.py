"""Pure rules of the ways to an account: codes, limits, names, the old residence permits."""

import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from datetime import timedelta

from housing.sign_up.errors import NameMissing

ENROLMENT_LIFE = timedelta(hours=1)
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODE_DIGITS = 6
LETTER_LIFE = timedelta(days=14)  # a setting of ours: time for the post and for the reader
LETTER_TRIES = 5
LIMIT_PERIOD = timedelta(hours=1)
MIN_CHECK_LENGTH = 4

MOST_TO_ADDRESS = 4
"""Codes to one number or address within the period; a setting of ours."""

MOST_FOR_PERSON = 6
"""Codes for one national id within the period."""

MOST_FROM_NETWORK = 30
"""Codes and wrong letters from one network address within the period."""

LETTER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of the code in a letter: no sign that looks like another."""

_LETTER_LENGTH = 12  # 31**12, about 59 bits
_NAME = re.compile(r"[^\W\d_][\w .'\u2019\u00b7\u2027\u30fb-]{0,98}[\w.]")


def new_code() -> str:
    """Draw a code of six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def new_letter_code() -> str:
    """Draw the code of a letter, in three groups of four."""
    drawn = "".join(secrets.choice(LETTER_ALPHABET) for _ in range(_LETTER_LENGTH))
    return "-".join(drawn[at : at + 4] for at in range(0, _LETTER_LENGTH, 4))


def plain_letter_code(typed: str) -> str:
    """Bring the code of a letter, as typed, into the form that is hashed."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(each for each in text if each in LETTER_ALPHABET)[:40]


def plain_code(typed: str) -> str:
    """Bring a code of six digits as typed into the form that is hashed."""
    return plain_digits(typed)[:CODE_DIGITS]


def plain_digits(typed: str) -> str:
    """Bring digits as typed into their plain form; full-width ones and blanks are tolerated."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))


def check_name(typed: str) -> str:
    """Accept a name: letters of any script, 2 to 100; nothing that could be an address.

    Names of indigenous peoples have a dot between their parts, written in one of three ways.

    Raises:
        NameMissing: it is none.
    """
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not _NAME.fullmatch(text):
        raise NameMissing
    return text


STEPS: Mapping[str, tuple[str, ...]] = {
    "sign_up": (
        "consent",
        "national_id",
        "born_on",
        "name",
        "mobile",
        "sms",
        "email",
        "mail",
        "password",
    ),
    "forgotten": ("national_id", "born_on", "mobile", "sms", "password"),
    "first": ("password",),
}
"""Kind of enrolment to its questions, one a page."""


def open_step(kind: str, done: Collection[str]) -> str:
    """Name the first question that is not answered."""
    return next(each for each in STEPS[kind] if each not in done)


def step_before(kind: str, step: str) -> str | None:
    """Name the question before one; codes are not asked for again on the way back."""
    steps = [each for each in STEPS[kind] if each not in {"sms", "mail"} or each == step]
    place = steps.index(step)
    return steps[place - 1] if place else None
