"""Find requests about one's own data, and open their sealed words."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from housing.own_data.errors import DataRequestNotFound
from housing.own_data.models import DataRequest
from housing.vault import Place, Vault


def request_by_number(number: str, *, session: Session) -> DataRequest:
    """Find a request.

    Raises:
        DataRequestNotFound: there is none of this number.
    """
    row = session.scalars(select(DataRequest).where(DataRequest.number == number)).first()
    if row is None:
        raise DataRequestNotFound(number)
    return row


def read_wanted(row: DataRequest, vault: Vault) -> str:
    """Open the value that the person says is right."""
    return vault.open(row.wanted_sealed, place_of(row.id, "wanted_sealed"))


def read_grounds(row: DataRequest, vault: Vault) -> str:
    """Open the person's reasons."""
    return vault.open(row.grounds_sealed, place_of(row.id, "grounds_sealed"))


def place_of(row_id: int, column: str) -> Place:
    """Tell where a sealed column of a request stands."""
    return Place(table=DataRequest.__tablename__, column=column, row=row_id)
