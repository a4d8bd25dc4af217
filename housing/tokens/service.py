"""Make, check and revoke API tokens."""

import re
import secrets
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.tokens.errors import TokenNameInvalid, TokenNameTaken, TokenNotFound
from housing.tokens.models import ApiToken

EXTERNAL_TASK = "external-task"
"""Scope: fetch and complete external tasks."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def create(name: str, scope: str = EXTERNAL_TASK, *, session: Session, clock: Clock) -> str:
    """Make a token for a program; a revoked one of this name is replaced.

    Returns:
        The token, 43 characters. Nobody can read it again: only its hash is stored.

    Raises:
        TokenNameInvalid: the name holds other characters, or too many.
        TokenNameTaken: a token of this name is in use.
    """
    if not _NAME.fullmatch(name):
        raise TokenNameInvalid
    old = session.get(ApiToken, name)
    if old is not None and old.revoked_at is None:
        raise TokenNameTaken(name)
    token = secrets.token_urlsafe(32)
    made = ApiToken(
        name=name,
        token_hash=_hash(token),
        scopes=scope,
        created_at=clock.now(),
        revoked_at=None,
    )
    session.merge(made)
    return token


def revoke(name: str, *, session: Session, clock: Clock) -> None:
    """Make a token worthless, at once.

    Raises:
        TokenNotFound: there is no such token in use.
    """
    found = session.get(ApiToken, name)
    if found is None or found.revoked_at is not None:
        raise TokenNotFound(name)
    found.revoked_at = clock.now()


def holder(token: str, scope: str, *, session: Session) -> str | None:
    """Tell whose token this is; None for an unknown or revoked one, and for another scope."""
    found = session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(token)))
    if found is None or found.revoked_at is not None or scope not in found.scopes.split():
        return None
    return found.name


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
