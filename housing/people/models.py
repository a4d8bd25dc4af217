"""Tables of accounts, roles, sessions, locks and the audit log."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class Account(Base):
    """A person who can sign in."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))  # active, disabled
    created_at: Mapped[datetime]
    email: Mapped[str | None] = mapped_column(String(254))
    email_verified_at: Mapped[datetime | None]
    email_problem: Mapped[str | None] = mapped_column(String(300))  # why mail came back
    mobile: Mapped[str | None] = mapped_column(String(20))  # masked; see `housing.people.mobiles`
    mobile_sealed: Mapped[str | None] = mapped_column(String(200))
    mobile_verified_at: Mapped[datetime | None]  # a code sent to it came back
    passkey_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # base64url
    totp_sealed: Mapped[str | None] = mapped_column(String(200))  # see second_factor
    totp_since: Mapped[datetime | None]  # when a first code confirmed it
    totp_step: Mapped[int | None]  # time step of the code used last
    has_letter_keys: Mapped[bool] = mapped_column(default=True, server_default=true())
    has_iso_dates: Mapped[bool] = mapped_column(default=False, server_default=false())
    own_keys: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))  # see keyboard


class Membership(Base):
    """A role of an account within a scope: "city", "community:<code>" or "contractor:<code>"."""

    __tablename__ = "membership"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(64), primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), primary_key=True)

    __table_args__ = (Index("ix_membership_role_scope", "role", "scope"),)


class WebSession(Base):
    """A signed-in browser; the cookie holds the token, this table only its SHA-256."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str | None] = mapped_column(String(60))  # browser and system
    waits_for_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # who it is was shown anew, within the session


class Passkey(Base):
    """A credential of WebAuthn: a key pair in somebody's phone or computer; only its public half.

    Attributes:
        credential_id: as the browser names it, base64url.
        public_key: COSE key, base64url.
        sign_count: of the last use; it never goes back, see `housing.people.passkeys`.
        name: given by its owner.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(2000))
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """A question put to a browser's passkeys; answered once, within minutes."""

    __tablename__ = "passkey_challenge"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    challenge: Mapped[str] = mapped_column(String(120))  # base64url
    purpose: Mapped[str] = mapped_column(String(16))  # register, sign_in, confirm
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code that stands in once for the app of a second factor; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class LoginLock(Base):
    """Failures in a row of one login, known or not; keyed by the SHA-256 of what was typed."""

    __tablename__ = "login_lock"

    login_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class LoginFailure(Base):
    """A refused sign-in of an address, kept as long as the address limit looks back."""

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_login_failure_address_at", "address", "at"),)


class AuditEntry(Base):
    """What was done to accounts and by whom; append only, references instead of personal data."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, object]] = mapped_column(JSON)
