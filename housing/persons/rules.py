"""Pure rules of people's data: national ids, masks, dates of birth, ages."""

import re
import unicodedata
from datetime import date

from forms.dates import ROC_YEAR_OFFSET
from housing.persons.errors import (
    BirthDateInvalid,
    NationalIdInvalid,
    NationalIdOwnerless,
)

CITIZEN = "citizen"
PERMIT = "permit"
RELATIONS = frozenset({"self", "spouse", "child", "parent", "grandparent", "sibling", "other"})
ADULT_AGE = 18  # 民法 §12, since 112-01-01
OLDEST_AGE = 130
MIN_PURPOSE_LENGTH = 4

_CITIZEN = re.compile(r"[A-Z][12]\d{8}")
_PERMIT = re.compile(r"[A-Z][89]\d{8}")
_OLD_PERMIT = re.compile(r"[A-Z][A-D]\d{8}")  # issued until 2020-12-31, valid until replaced
_OWNERLESS = re.compile(r"[A-Z]0\d{8}")
_DAY = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT_ROC_DAY = re.compile(r"(\d{2,3})(\d{2})(\d{2})")
_LETTERS = dict(
    zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True)  # 內政部戶政司: 英文字母編碼
)
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
_ROC_YEAR_BELOW = 1000


def has_valid_checksum(national_id: str) -> bool:
    """Tell whether a letter and nine digits, or two letters and eight, have the right check digit.

    Of the second letter of an old permit the last digit of its code counts.
    """
    second = national_id[1]
    last = str(_LETTERS[second])[-1] if second.isalpha() else second
    digits = f"{_LETTERS[national_id[0]]}{last}{national_id[2:]}"
    return sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 10 == 0


def check_national_id(typed: str, *, is_demo: bool = False) -> tuple[str, str]:
    """Accept a national id (身分證字號) or residence permit number (居留證).

    Args:
        typed: as a person typed it; full-width letters and blanks are tolerated.
        is_demo: whether numbers without an owner (second character 0) are accepted.

    Returns:
        The stored form, and "citizen" or "permit".

    Raises:
        NationalIdInvalid: wrong form or check digit.
        NationalIdOwnerless: a test number outside of demo mode.
    """
    text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()
    if not text.isascii():
        raise NationalIdInvalid
    is_ownerless = bool(_OWNERLESS.fullmatch(text))
    is_permit = _PERMIT.fullmatch(text) or _OLD_PERMIT.fullmatch(text)
    kind = PERMIT if is_permit else CITIZEN
    if not (is_ownerless or _CITIZEN.fullmatch(text) or kind == PERMIT):
        raise NationalIdInvalid
    if not has_valid_checksum(text):
        raise NationalIdInvalid
    if is_ownerless and not is_demo:
        raise NationalIdOwnerless
    return text, kind


def complete_national_id(nine: str) -> str:
    """Append the check digit to a letter and eight digits."""
    return next(f"{nine}{digit}" for digit in range(10) if has_valid_checksum(f"{nine}{digit}"))


def mask_national_id(national_id: str) -> str:
    """Hide the middle of a national id: A12****789."""
    return f"{national_id[:3]}****{national_id[-3:]}"


def mask_name(name: str) -> str:
    """Hide a name for public lists: 王○明, 王○, 歐陽○○; a foreign name keeps its first letters."""
    text = name.strip()
    if not text:
        return ""
    if text[0].isascii():
        return " ".join(f"{part[0]}○" for part in text.split())
    if len(text) <= 2:
        return f"{text[0]}○"
    return f"{text[0]}{'○' * (len(text) - 2)}{text[-1]}"


def parse_birth_date(typed: str, *, today: date) -> date:
    """Read a date of birth in the calendar of the Republic or in ISO form.

    Args:
        typed: 081/05/20, 民國81年5月20日, 0810520 or 1992-05-20.
        today: no birth lies after it.

    Raises:
        BirthDateInvalid: it is none, lies in the future, or over 130 years back.
    """
    text = unicodedata.normalize("NFKC", typed).strip().removeprefix("民國").strip()
    found = _DAY.fullmatch(text) or _COMPACT_ROC_DAY.fullmatch(text)
    if found is None:
        raise BirthDateInvalid
    year, month, day = (int(part) for part in found.groups())
    try:
        born_on = date(year + (ROC_YEAR_OFFSET if year < _ROC_YEAR_BELOW else 0), month, day)
    except ValueError as error:
        raise BirthDateInvalid from error
    if born_on > today or age_on(born_on, today) > OLDEST_AGE:
        raise BirthDateInvalid
    return born_on


def age_on(born_on: date, day: date) -> int:
    """Count the full years of life on a day; who was born on 29 February ages on 1 March."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (0 if had_birthday else 1)


def is_adult(born_on: date, day: date) -> bool:
    """Tell whether a person is 18 on a day (housing rules ask for the day of application)."""
    return age_on(born_on, day) >= ADULT_AGE
