"""What can go wrong with communities, homes and contractors."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class CommunityNotFound(NotFound):
    """There is no community %(code)s."""

    code: str


class PhoneInvalid(Invalid):
    """Enter a telephone number such as 04-2222-3333, an extension after #."""


@dataclass(eq=False)
class UnitNotFound(NotFound):
    """There is no home %(unit_id)s."""

    unit_id: str


@dataclass(eq=False)
class ContractorNotFound(NotFound):
    """There is no contractor %(code)s."""

    code: str


@dataclass(eq=False)
class UnitStateNotReachable(Conflict):
    """A home that is %(state)s cannot become %(wanted)s."""

    state: str
    wanted: str


@dataclass(eq=False)
class SheetNotFound(NotFound):
    """There is no handover sheet %(sheet_id)s."""

    sheet_id: str


@dataclass(eq=False)
class SheetFinal(Conflict):
    """This handover sheet is final; it can no longer be changed."""


@dataclass(eq=False)
class ConditionUnknown(Invalid):
    """An item cannot be in the condition %(condition)s."""

    condition: str


@dataclass(eq=False)
class ItemNotFound(NotFound):
    """There is no item %(item_id)s on this handover sheet."""

    item_id: str
