"""The key pair that proves to push services who sends (VAPID, RFC 8292)."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from housing.errors import SettingsInvalid


def read_or_make(path: Path) -> str:
    """Read the private key, and make it at the first time; only its owner may read the file.

    Returns:
        The key as PEM text.

    Raises:
        SettingsInvalid: the file can neither be read nor made.
    """
    try:
        # Exclusive creation with its final rights: no moment in which others may read the key.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise SettingsInvalid("ANJU_PUSH_KEY_FILE", f"{path} cannot be written") from error
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123  # already open
        file.write(_new_key())
    return _read(path)


def public_key(pem: str) -> str:
    """Tell the public half as browsers want it: the point, uncompressed, in base64url."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _new_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()


def _read(path: Path) -> str:
    try:
        pem = path.read_text("ascii")
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsInvalid("ANJU_PUSH_KEY_FILE", f"{path} holds no private key") from error
    is_right = isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1"
    if not is_right:
        raise SettingsInvalid("ANJU_PUSH_KEY_FILE", f"{path} holds no key of the curve P-256")
    return pem
