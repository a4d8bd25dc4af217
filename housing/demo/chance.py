"""What looks random in the demo city is derived from a seed: the same on every machine."""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

SEED = b"ANJU-DEMO-115"

Choice = TypeVar("Choice")


def number(*parts: object) -> int:
    """Derive a number from 0 to 2**64 - 1 from what it is for."""
    message = "|".join(str(part) for part in parts).encode()
    return int.from_bytes(hmac.new(SEED, message, sha256).digest()[:8])


def between(low: int, high: int, *parts: object) -> int:
    """Derive a number from low to high, both included."""
    return low + number(*parts) % (high - low + 1)


def choose(options: Sequence[Choice], *parts: object) -> Choice:
    """Derive one of several options."""
    return options[number(*parts) % len(options)]
