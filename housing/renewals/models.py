"""The table of renewals."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base


class RenewalCase(Base):
    """A lease whose tenant was invited to renew it; once a lease.

    Attributes:
        new_lease_id: the lease that continues it, once signed.
    """

    __tablename__ = "renewal_case"

    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"), primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(32), unique=True)
    new_lease_id: Mapped[int | None] = mapped_column(ForeignKey("lease.id"))
    opened_at: Mapped[datetime]
