"""The confidential notes of care cases: sealed where they stand, opened for the record only."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from housing.care.models import CareNote
from housing.errors import KeyMissing
from housing.vault import Place, Vault


def keep_note(sheet_id: int, text: str, *, vault: Vault | None, session: Session) -> None:
    """Seal the confidential part of a sheet.

    Raises:
        KeyMissing: there is no vault.
    """
    if vault is None:
        raise KeyMissing("-")
    sealed = vault.seal(text, _place(sheet_id))
    session.add(CareNote(sheet_id=sheet_id, text="", sealed=sealed))
    session.flush()


def read_note(note: CareNote, *, vault: Vault) -> str:
    """Open a note; one from before notes were sealed stands there as it was written.

    Raises:
        KeyMissing, SealBroken: as `Vault.open`.
    """
    return note.text if note.sealed is None else vault.open(note.sealed, _place(note.sheet_id))


def seal_anew(*, vault: Vault, session: Session, limit: int = 500) -> int:
    """Bring up to `limit` notes under the newest key, those written before sealing too.

    Returns:
        How many were changed; 0 when all are.
    """
    is_newest = CareNote.sealed.startswith(f"{vault.newest}:", autoescape=True)
    rows = select(CareNote).where(or_(CareNote.sealed.is_(None), ~is_newest))
    notes = session.scalars(rows.order_by(CareNote.sheet_id).limit(limit)).all()
    for note in notes:
        text = read_note(note, vault=vault)
        note.sealed, note.text = vault.seal(text, _place(note.sheet_id)), ""
    session.flush()
    return len(notes)


def _place(sheet_id: int) -> Place:
    return Place(table=CareNote.__tablename__, column="sealed", row=sheet_id)
