"""The code of a case: whoever has it may follow the case, and nothing else.

It is not stored: it is derived from the case's id with the secret keys of the installation, so a
copy of the database alone opens nothing. A code stays valid as long as the key it was made with.
"""

import hmac

from housing.vault import Vault

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
LENGTH = 12
"""Characters of 5 bits each: 60 bits."""

_GROUP = 4
_MISREAD = str.maketrans("ILO", "110")
_HEX_DIGITS = 15  # 60 bits


def code_of(case_id: str, vault: Vault) -> str:
    """Derive the code of a case with the newest key, without hyphens.

    Raises:
        KeyMissing: the installation has no key.
    """
    return _as_code(vault.blind(_named(case_id)))


def is_code_of(typed: str, case_id: str, vault: Vault) -> bool:
    """Tell whether somebody knows the code of a case; all keys count, in constant time."""
    sent = normalised(typed).encode()
    found = [
        hmac.compare_digest(sent, _as_code(each).encode()) for each in vault.blinds(_named(case_id))
    ]
    return any(found)


def normalised(typed: str) -> str:
    """Read a code as it was typed: without blanks and hyphens, misread letters put right."""
    kept = (each for each in typed.upper() if each.isalnum())
    return "".join(kept).translate(_MISREAD)


def grouped(code: str) -> str:
    """Write a code for people: three groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def _named(case_id: str) -> str:
    return f"code of the case {case_id}"


def _as_code(blinded: str) -> str:
    number = int(blinded.rpartition(":")[2][:_HEX_DIGITS], 16)
    digits = [ALPHABET[number >> (5 * place) & 31] for place in reversed(range(LENGTH))]
    return "".join(digits)
