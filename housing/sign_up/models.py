"""Tables of the ways to an account: who is on the way, codes, first sign-ins, identity claims."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class Enrolment(Base):
    """Somebody on the way to an account or a new password; gone after an hour.

    Attributes:
        token_hash: SHA-256 of the cookie that stands for it.
        kind: sign_up, forgotten or first (by a letter of the office).
        draft_sealed: what was typed, as JSON; see `housing.vault`.
        consent_version: of the notice by 個資法 §8 that was agreed to.
        account_id: whose password is to be replaced, once that is proven.
        person_id: who it is, once that is proven.
    """

    __tablename__ = "enrolment"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    draft_sealed: Mapped[str] = mapped_column(Text)
    consent_version: Mapped[str | None] = mapped_column(String(16))
    consent_at: Mapped[datetime | None]
    mobile_proven_at: Mapped[datetime | None]
    email_proven_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first_sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("first_sign_in.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ProofCode(Base):
    """A code of six digits sent to a number or an address; only its keyed hash is kept.

    Attributes:
        channel: sms or mail.
        address_index: keyed hash of number or address: a code proves only what it was sent to.
        message_id: of the message that carried it; "" when none was sent.
    """

    __tablename__ = "proof_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    address_index: Mapped[str] = mapped_column(String(100))
    code_hash: Mapped[str] = mapped_column(String(100))
    message_id: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class ProofRequest(Base):
    """Something that is limited was asked for; the key is a keyed hash or a network address."""

    __tablename__ = "proof_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(110))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_proof_request_key_at", "key", "at"),)


class FirstSignIn(Base):
    """A letter of the office with a code by which a person comes to an account; used once.

    Attributes:
        code_index: keyed hash of the code.
        tries: wrong proofs shown with the right code.
    """

    __tablename__ = "first_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_index: Mapped[str] = mapped_column(String(100), unique=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(64))
    issued_by_name: Mapped[str] = mapped_column(String(100))
    checked: Mapped[str] = mapped_column(String(300))  # how the officer knew who it was
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdentityClaim(Base):
    """Who an account says it is; earlier cases appear only once that is proven.

    Attributes:
        national_id_index: keyed hash; the number itself is sealed for this row.
        state: open, confirmed or refused.
        proof: phone (the number on record), counter (an officer), letter (a first sign-in).
    """

    __tablename__ = "identity_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    national_id_sealed: Mapped[str] = mapped_column(Text)
    national_id_index: Mapped[str] = mapped_column(String(100), index=True)
    national_id_masked: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    born_on: Mapped[date]
    consent_version: Mapped[str] = mapped_column(String(16))
    consent_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    proof: Mapped[str | None] = mapped_column(String(16))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(String(300))
