"""Drafts of applications, sealed: they name national ids long before anything is submitted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.applications.desk import round_by_number
from housing.applications.models import SealedDraft
from housing.records.rules import to_json
from housing.vault import Place, Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What somebody has typed so far; `step` is where he was."""

    values: Mapping[str, object]
    step: str
    saved_at: datetime


def save(  # noqa: PLR0913  # whose draft, for which call, where he was, what he typed
    account_id: str,
    round_number: str,
    step: str,
    values: Mapping[str, object],
    *,
    vault: Vault,
    session: Session,
    clock: Clock,
) -> None:
    """Keep a draft; it is one an account and call.

    Raises:
        RoundNotFound: there is no such call.
    """
    call_round = round_by_number(round_number, session=session)
    row = _row(account_id, call_round.id, session)
    if row is None:
        row = SealedDraft(
            account_id=account_id,
            round_id=call_round.id,
            sealed="",
            step=step,
            saved_at=clock.now(),
        )
        session.add(row)
        session.flush()  # the seal is bound to the row's id
    text = json.dumps({name: to_json(value) for name, value in values.items()})
    row.sealed = vault.seal(text, _place(row.id))
    row.step, row.saved_at = step, clock.now()
    session.flush()


def read(account_id: str, round_number: str, *, vault: Vault, session: Session) -> Draft | None:
    """Read a draft; None when there is none.

    Raises:
        RoundNotFound: there is no such call.
    """
    call_round = round_by_number(round_number, session=session)
    row = _row(account_id, call_round.id, session)
    if row is None:
        return None
    values = json.loads(vault.open(row.sealed, _place(row.id)))
    return Draft(values=values, step=row.step, saved_at=row.saved_at)


def discard(account_id: str, round_number: str, *, session: Session) -> None:
    """Throw a draft away; without one nothing happens."""
    call_round = round_by_number(round_number, session=session)
    row = _row(account_id, call_round.id, session)
    if row is not None:
        session.delete(row)
        session.flush()


def _row(account_id: str, round_id: int, session: Session) -> SealedDraft | None:
    return session.scalar(
        select(SealedDraft).where(
            SealedDraft.account_id == account_id, SealedDraft.round_id == round_id
        )
    )


def _place(row: int) -> Place:
    return Place(table=SealedDraft.__tablename__, column="sealed", row=row)
