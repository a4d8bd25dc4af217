"""Sealing of personal data: AES-GCM for what must be read again, a keyed hash for equality search.

A sealed value names its key, so that keys can be replaced one after the other; it opens only in the
table, column and row it was sealed for. A copy of the database alone opens nothing.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from housing.errors import KeyMissing, SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits
_INDEX_PURPOSE = b"anju blind index"
_SEAL_PURPOSE = b"anju field encryption"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a sealed value stands; it opens nowhere else."""

    table: str
    column: str
    row: int

    def to_bytes(self) -> bytes:
        """Write it as the authenticated data of the cipher."""
        return f"{self.table}|{self.column}|{self.row}".encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Vault:
    """Seals and opens with the keys of the installation.

    Attributes:
        keys: key id to 32 random bytes, oldest first; the last one seals.
    """

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def newest(self) -> str:
        """Name the key that seals now.

        Raises:
            KeyMissing: there is none at all.
        """
        if not self.keys:
            raise KeyMissing("-")
        return list(self.keys)[-1]

    def seal(self, text: str, place: Place) -> str:
        """Encrypt a text for one place: "<key id>:<base64 of nonce and ciphertext>"."""
        key_id, nonce = self.newest, secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(key_id, _SEAL_PURPOSE)).encrypt(
            nonce, text.encode(), place.to_bytes()
        )
        return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: Place) -> str:
        """Decrypt what was sealed for this place.

        Raises:
            KeyMissing: the key that sealed it is not there.
            SealBroken: it was changed, or sealed for another place.
        """
        key_id, _, text = sealed.partition(":")
        cipher = AESGCM(self._key(key_id, _SEAL_PURPOSE))
        try:
            raw = base64.b64decode(text, validate=True)
            opened = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.to_bytes())
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise SealBroken(place.table, place.column) from error
        return opened.decode()

    def blind(self, text: str) -> str:
        """Hash a text with the newest key, for equality search: "<key id>:<64 hex digits>"."""
        return self._blind(self.newest, text)

    def blinds(self, text: str) -> tuple[str, ...]:
        """Hash a text with every key: a row may still carry the hash of an older one."""
        return tuple(self._blind(key_id, text) for key_id in self.keys)

    def is_newest(self, sealed: str) -> bool:
        """Tell whether a sealed value or hash was made with the newest key."""
        return sealed.partition(":")[0] == self.newest

    def _blind(self, key_id: str, text: str) -> str:
        digest = hmac.new(self._key(key_id, _INDEX_PURPOSE), text.encode(), sha256)
        return f"{key_id}:{digest.hexdigest()}"

    def _key(self, key_id: str, purpose: bytes) -> bytes:
        if key_id not in self.keys:
            raise KeyMissing(key_id)
        expand = HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=purpose)
        return expand.derive(self.keys[key_id])
