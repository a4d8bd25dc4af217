"""Pure rules of delivery: where push messages may go, how links become whole addresses."""

import base64
import binascii
from collections.abc import Collection
from urllib.parse import urlsplit

_KEY_BYTES = 65  # an uncompressed point of P-256
_SECRET_BYTES = 16
_LONGEST_ENDPOINT = 1000
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def may_push_to(endpoint: str, hosts: Collection[str]) -> bool:
    """Tell whether an address given by a browser is one that we will ever call.

    Only known push services: a page could name any address of our own network otherwise. This
    machine itself is called, without https, only where the settings name it.
    """
    if len(endpoint) > _LONGEST_ENDPOINT or not endpoint.isascii():
        return False
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    is_known = any(host == each or host.endswith(f".{each}") for each in hosts)
    return is_known and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL))


def is_device_key(p256dh: str, auth: str) -> bool:
    """Tell whether a browser's key and secret have the form of RFC 8291."""
    key, secret = _decode(p256dh), _decode(auth)
    return len(key) == _KEY_BYTES and key[0] == 4 and len(secret) == _SECRET_BYTES


def with_whole_links(text: str, path: str, base_url: str) -> str:
    """Turn the lines that are nothing but a path into whole addresses."""
    return "\n".join(
        f"{base_url}{line}" if line == path or _is_path(line) else line for line in text.split("\n")
    )


def _is_path(line: str) -> bool:
    return line.startswith("/") and not line.startswith("//") and " " not in line


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
