"""How often something may be asked for: by number, by person, by network address."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from housing.sign_up.models import ProofRequest
from housing.sign_up.rules import LIMIT_PERIOD


def is_tired(key: str, most: int, *, session: Session, now: datetime) -> bool:
    """Tell whether something was asked for so often within the period that it has to wait.

    Who asks for the same at once, in whatever process, queues until the commit.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite lets one write at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    recent = select(func.count(ProofRequest.id)).where(
        ProofRequest.key == key, ProofRequest.at > now - LIMIT_PERIOD
    )
    return (session.scalar(recent) or 0) >= most


def note(key: str, *, session: Session, now: datetime) -> None:
    """Count that something was asked for."""
    session.add(ProofRequest(key=key, at=now))


def purge(*, session: Session, now: datetime) -> None:
    """Remove what no limit looks at any more."""
    session.execute(delete(ProofRequest).where(ProofRequest.at <= now - LIMIT_PERIOD))
