"""Count wrong codes: who guesses is not answered for a while."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from housing.progress.models import WrongCode

MOST_WRONG = 20  # from one address within PERIOD; a setting of ours
PERIOD = timedelta(minutes=15)


def is_closed(address: str, *, session: Session, clock: Clock) -> bool:
    """Tell whether so many codes from an address were wrong that none is looked at for a while.

    Args:
        address: of the client.
        session: any.
        clock: the real clock, never the demo's.
    """
    recent = select(func.count(WrongCode.id)).where(
        WrongCode.address == address, WrongCode.at > clock.now() - PERIOD
    )
    return (session.scalar(recent) or 0) >= MOST_WRONG


def note_wrong_code(address: str, *, session: Session, clock: Clock) -> None:
    """Count a wrong code."""
    session.add(WrongCode(address=address, at=clock.now()))


def purge(*, session: Session, clock: Clock) -> None:
    """Remove wrong codes that no limit looks at."""
    session.execute(delete(WrongCode).where(WrongCode.at <= clock.now() - PERIOD))
