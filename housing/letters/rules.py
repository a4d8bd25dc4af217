"""Pure rules of letters: channels, proofs of service, numbers, what is printed."""

import re
from collections.abc import Mapping
from datetime import date

from engine.periods.computation import Unit
from forms.dates import republic_year
from housing.letters.errors import PeriodTextInvalid

CHANNELS = ("portal", "email", "registered_mail", "hand")
CHANNEL_WORDS: Mapping[str, str] = {
    "portal": "電子送達（會員專區）",
    "email": "電子送達（電子郵件）",
    "registered_mail": "雙掛號郵寄",
    "hand": "自行送達",
}
"""Channel to what the printed letter says of it."""

ELECTRONIC = frozenset({"portal", "email"})
"""Channels on which a letter is served at the moment the addressee is notified; they need his
consent to electronic service (行政程序法 §68 II)."""

PROOFS = (
    "portal_notified",
    "portal_read",
    "registered_receipt",
    "postmark",
    "deposited",
    "handed",
)
ENTERED_PROOFS = ("registered_receipt", "deposited", "handed", "postmark")
"""What staff may enter; the others are written by the system. `deposited` is 寄存送達 (行政程序法
§74): the day of the deposit as the post office noted it."""

SERVED_MESSAGE = "letter.served"
"""BPMN message that tells a waiting case that a letter was served; its key is the letter's id."""

APPEAL = (
    "不服本處分者，得自本處分送達之次日起三十日內，依訴願法第十四條及第五十八條規定，"
    "繕具訴願書，經由本處向訴願管轄機關提起訴願。"
)
"""教示 of an administrative decision (行政程序法 §96 I 6); an office may set its own words."""

_PERIOD = re.compile(r"(\d{1,4})(d|wd|m)")
_UNITS: Mapping[str, Unit] = {"d": "calendar_days", "m": "months", "wd": "working_days"}


def letter_number(day: date, serial: int) -> str:
    """Write the number of an outgoing letter: 中市住字第1150000001號."""
    return f"中市住字第{republic_year(day)}{serial:07}號"


def read_period(text: str) -> tuple[int, Unit]:
    """Read a period as letters carry it: 7d calendar days, 3m months, 3wd working days.

    Returns:
        The amount and its unit as `engine.periods` names it.

    Raises:
        PeriodTextInvalid: it is none.
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise PeriodTextInvalid(text)
    return int(found[1]), _UNITS[found[2]]


def channel_for(*, has_account: bool, agrees_to_electronic: bool) -> str:
    """Choose the channel of an addressee: the portal with account and consent, else the post."""
    return "portal" if has_account and agrees_to_electronic else "registered_mail"
