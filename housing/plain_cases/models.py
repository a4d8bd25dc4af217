"""Tables of plain cases: their numbers, and which form opened which."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base
from housing.serials import YearSerial


class PlainCaseSerial(YearSerial):
    """The last serial number given in a year of the Republic."""

    __tablename__ = "plain_case_serial"


class PlainCase(Base):
    """A case that somebody began on the page of its process.

    Attributes:
        token: of the form that began it; the same form begins it once.
        number: G115-000001, the case's business key.
    """

    __tablename__ = "plain_case"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    instance_id: Mapped[str] = mapped_column(String(32))
    begun_at: Mapped[datetime]
