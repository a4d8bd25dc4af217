"""Pure rules of requests about one's own data: fields, periods, numbers."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from housing.people.rules import check_email, check_mobile
from housing.persons.rules import parse_birth_date
from housing.sign_up.rules import check_name

KINDS = ("correct", "stop", "delete")
FIELDS = (
    "name",
    "born_on",
    "mobile",
    "email",
    "registered_address",
    "contact_address",
    "other",
)
FIELDS_OF_ACCOUNTS = frozenset({"name", "mobile", "email"})
"""What is kept of somebody who has an account but is not known to the register."""

EXTENSION_DAYS = 30  # 個資法 §13 II: once, by 30 days at most
EXPORT_LIFE = timedelta(days=7)
CLOSING_DAYS = 7  # a setting of ours: time to read the notice before the account is closed


def request_number(year: int, serial: int) -> str:
    """Write the number of a request: P115-000001."""
    return f"P{year}-{serial:06}"


def check_wanted(field: str, typed: str, *, today: date) -> str:
    """Accept the right value of a field and give its stored form.

    Raises:
        BirthDateInvalid, MobileInvalid, EmailInvalid, NameMissing: it cannot be one.
    """
    readers: Mapping[str, Callable[[str], str]] = {
        "name": check_name,
        "born_on": lambda text: parse_birth_date(text, today=today).isoformat(),
        "mobile": check_mobile,
        "email": lambda text: check_email(text) or "",
    }
    return readers.get(field, str.strip)(typed)
