"""What somebody on the way to an account has typed so far: sealed, and gone after an hour."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from housing.people.rules import token_hash
from housing.sign_up.errors import EnrolmentOver
from housing.sign_up.models import Enrolment
from housing.sign_up.rules import ENROLMENT_LIFE
from housing.vault import Place, Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class OnTheWay:
    """How far somebody is.

    Attributes:
        kind: sign_up, forgotten or first.
        typed: national_id, born_on (ISO), name, mobile, email: as far as they were given.
        has_consent: agreed to the notice by 個資法 §8.
        account_id: whose password will be replaced, when that is proven.
    """

    id: int
    kind: str
    typed: Mapping[str, str] = field(repr=False)
    has_consent: bool
    is_mobile_proven: bool
    is_email_proven: bool
    account_id: int | None


def let_in(kind: str, language: str, *, vault: Vault, session: Session, now: datetime) -> str:
    """Let somebody begin; gives the token for the cookie, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    row = Enrolment(
        token_hash=token_hash(token),
        kind=kind,
        language=language,
        draft_sealed="",
        created_at=now,
        expires_at=now + ENROLMENT_LIFE,
    )
    session.add(row)
    session.flush()
    keep(row, {}, vault=vault)
    return token


def row_of(token: str, *, session: Session, now: datetime) -> Enrolment:
    """Find and lock the row of a cookie.

    Raises:
        EnrolmentOver: it ended, or there never was one.
    """
    return _open(session.scalars(_of(token).with_for_update()).first(), now)


def look(token: str, *, session: Session, now: datetime) -> Enrolment:
    """Find the row of a cookie to read it only.

    Raises:
        EnrolmentOver: as `row_of`.
    """
    return _open(session.scalars(_of(token)).first(), now)


def read(row: Enrolment, *, vault: Vault) -> dict[str, str]:
    """Open what was typed."""
    typed: dict[str, str] = json.loads(vault.open(row.draft_sealed, _place(row)))
    return typed


def keep(row: Enrolment, typed: Mapping[str, str], *, vault: Vault) -> None:
    """Seal what was typed."""
    row.draft_sealed = vault.seal(json.dumps(typed, ensure_ascii=False), _place(row))


def view(row: Enrolment, *, vault: Vault) -> OnTheWay:
    """Show a row to pages."""
    return OnTheWay(
        id=row.id,
        kind=row.kind,
        typed=read(row, vault=vault),
        has_consent=row.consent_at is not None,
        is_mobile_proven=row.mobile_proven_at is not None,
        is_email_proven=row.email_proven_at is not None,
        account_id=row.account_id,
    )


def _of(token: str) -> Select[Enrolment]:
    return select(Enrolment).where(Enrolment.token_hash == token_hash(token))


def _open(row: Enrolment | None, now: datetime) -> Enrolment:
    if row is None or now >= row.expires_at:
        raise EnrolmentOver
    return row


def _place(row: Enrolment) -> Place:
    return Place(table=Enrolment.__tablename__, column="draft_sealed", row=row.id)
