"""What can go wrong with communities, homes and contractors."""

from dataclasses import dataclass

from engine.errors import NotFound


@dataclass(eq=False)
class CommunityNotFound(NotFound):
    """There is no community %(code)s."""

    code: str


@dataclass(eq=False)
class UnitNotFound(NotFound):
    """There is no home %(unit_id)s."""

    unit_id: str


@dataclass(eq=False)
class ContractorNotFound(NotFound):
    """There is no contractor %(code)s."""

    code: str
