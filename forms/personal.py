"""Which fields ask for personal data, and how long what they hold is to be kept."""

import re

RETENTION_CLASSES = ("case", "person", "restricted", "short", "none")
"""Retention classes, property `retention` of a field; `docs/glossary.md` says what each means."""

_WORDS = frozenset(
    {
        *("account", "address", "bank", "birth", "dob", "email", "mail", "member", "mobile"),
        *("name", "nat", "nationality", "passport", "phone", "signature", "tel", "witness"),
        *("bsrs5", "disabled", "health", "pregnant", "violence"),
        *("income", "property", "salary"),
    }
)
_GENERAL = frozenset({"consent", "days", "decision", "limit", "percent", "reason", "use", "years"})
"""A key with one of these says yes or no, or is a setting of the office: `income_limit_twd`."""

_LABEL = re.compile(
    "姓名|身分證|居留證|護照|出生|生日|電話|手機|電子郵件|地址|帳號|身心障礙|懷孕|健康|病名|薪資|所得|簽名"
)


def asks_for_personal_data(key: str, label: str) -> bool:
    """Guess by key and label whether a field holds personal data of a person.

    Args:
        key: of the field, words parted by `_`.
        label: as people read it.
    """
    words = set(key.lower().split("_"))
    if words & _GENERAL:
        return False
    return bool(words & _WORDS) or _LABEL.search(label) is not None
