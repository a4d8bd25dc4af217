"""Numbers of cases and letters that count from 1 within a year of the Republic."""

from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from housing.orm import Base


class YearSerial(Base):
    """The last serial number given in a year of the Republic; each subject has a table of its own.

    Attributes:
        republic_year: Gregorian year - 1911.
    """

    __abstract__ = True

    republic_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_serial: Mapped[int]


Counter = TypeVar("Counter", bound=YearSerial)
Identity = dict[str, int | str]


def take_serials(
    counter: type[Counter], year: int, *, session: Session, count: int = 1, **keys: str
) -> int:
    """Take the next serial numbers of a year; the counter's row is locked until the commit.

    Two who take the first number of a year at once get two numbers.

    Args:
        counter: the table of the subject.
        year: of the Republic.
        session: the open transaction.
        count: how many numbers to take, one after the other.
        keys: what else tells counters of the table apart.

    Returns:
        The first of the numbers taken.
    """
    identity: Identity = {"republic_year": year, **keys}
    row = session.get(counter, identity, with_for_update=True)
    if row is None:
        row = _first_of_year(counter, identity, session)
    first = row.last_serial + 1
    row.last_serial += count
    session.flush()
    return first


def _first_of_year(counter: type[Counter], identity: Identity, session: Session) -> Counter:
    try:
        with session.begin_nested():
            session.add(counter(**identity, last_serial=0))
    except IntegrityError:
        pass  # somebody began the year at the same moment
    return session.get_one(counter, identity, with_for_update=True)
