"""Read requests about one's own data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.own_data.desk import read_grounds, read_wanted, request_by_number
from housing.own_data.models import DataRequest
from housing.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestView:
    """A request; kind, field, state and basis are codes.

    Attributes:
        wanted, grounds: "" in a list, where they are not opened.
    """

    number: str
    kind: str
    field_code: str
    state: str
    received_at: datetime
    extended_at: datetime | None
    decided_at: datetime | None
    reason: str
    basis: str
    closes_on: date | None
    wanted: str = field(default="", repr=False)
    grounds: str = field(default="", repr=False)


def requests_of(account_id: int, *, session: Session) -> Sequence[RequestView]:
    """List the requests of a person, the newest first."""
    rows = session.scalars(
        select(DataRequest)
        .where(DataRequest.account_id == account_id)
        .order_by(DataRequest.id.desc())
    )
    return [_view(row) for row in rows]


def request(number: str, *, vault: Vault, session: Session) -> RequestView:
    """Read a request whole, for who may see its case.

    Raises:
        DataRequestNotFound: there is none of this number.
    """
    row = request_by_number(number, session=session)
    return _view(row, read_wanted(row, vault), read_grounds(row, vault))


def _view(row: DataRequest, wanted: str = "", grounds: str = "") -> RequestView:
    return RequestView(
        number=row.number,
        kind=row.kind,
        field_code=row.field,
        state=row.state,
        received_at=row.received_at,
        extended_at=row.extended_at,
        decided_at=row.decided_at,
        reason=row.reason or "" if row.state != "open" else "",
        basis=row.basis or "",
        closes_on=row.closes_on,
        wanted=wanted,
        grounds=grounds,
    )
