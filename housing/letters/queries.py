"""Read letters for case pages, lists and the printer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from housing.letters.errors import LetterNotFound
from housing.letters.models import LetterRow, ServiceProof


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofView:
    """A proof of service."""

    kind: str
    moment: datetime
    evidence_file_id: str | None
    note: str
    entered_by_name: str
    entered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterView:
    """A letter of a case.

    Attributes:
        kind: name of the template.
        content: title, subject and parts as they are printed.
        channel: portal, email, registered_mail or hand.
        state: draft, sent or served.
        period_end_at: last instant of the period that its service started.
        proofs: oldest first.
    """

    id: int
    instance_id: str | None
    case_number: str
    scope: str
    person_id: int | None
    contractor_code: str | None
    addressee_name: str
    addressee_address: str
    kind: str
    title: str
    reason_code: str | None
    legal_basis: str
    appeal: str
    text_version: str
    content: Mapping[str, Any]
    channel: str
    number: str | None
    period: str | None
    period_end_at: datetime | None
    state: str
    written_at: datetime
    sent_at: datetime | None
    served_at: datetime | None
    proofs: tuple[ProofView, ...]


def letter(letter_id: int, *, session: Session) -> LetterView:
    """Read a letter.

    Raises:
        LetterNotFound: there is none.
    """
    found = _letters([LetterRow.id == letter_id], session)
    if not found:
        raise LetterNotFound(str(letter_id))
    return found[0]


def letters_of(instance_id: str, *, session: Session) -> list[LetterView]:
    """List the letters of a case, oldest first."""
    return _letters([LetterRow.instance_id == instance_id], session)


def letters_to(person_id: int, *, session: Session) -> list[LetterView]:
    """List the letters that were sent to a person, oldest first."""
    return _letters([LetterRow.person_id == person_id, LetterRow.state != "draft"], session)


def _letters(where: Collection[ColumnElement[bool]], session: Session) -> list[LetterView]:
    rows = session.scalars(select(LetterRow).where(*where).order_by(LetterRow.id)).all()
    proofs: dict[int, list[ProofView]] = {row.id: [] for row in rows}
    found = session.scalars(
        select(ServiceProof)
        .where(ServiceProof.letter_id.in_(list(proofs)))
        .order_by(ServiceProof.id)
    )
    for each in found:
        proofs[each.letter_id].append(_proof(each))
    return [_view(row, tuple(proofs[row.id])) for row in rows]


def _proof(row: ServiceProof) -> ProofView:
    return ProofView(
        kind=row.kind,
        moment=row.moment,
        evidence_file_id=row.evidence_file_id,
        note=row.note,
        entered_by_name=row.entered_by_name,
        entered_at=row.entered_at,
    )


def _view(row: LetterRow, proofs: tuple[ProofView, ...]) -> LetterView:
    return LetterView(
        id=row.id,
        instance_id=row.instance_id,
        case_number=row.case_number,
        scope=row.scope,
        person_id=row.person_id,
        contractor_code=row.contractor_code,
        addressee_name=row.addressee_name,
        addressee_address=row.addressee_address,
        kind=row.kind,
        title=row.title,
        reason_code=row.reason_code,
        legal_basis=row.legal_basis,
        appeal=row.appeal,
        text_version=row.text_version,
        content=row.content,
        channel=row.channel,
        number=row.number,
        period=row.period,
        period_end_at=row.period_end_at,
        state=row.state,
        written_at=row.written_at,
        sent_at=row.sent_at,
        served_at=row.served_at,
        proofs=proofs,
    )
