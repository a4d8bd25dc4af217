"""Values that pass between the rooms of the engine and to the layers above."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Variables = Mapping[str, object]
"""Names to FEEL values: None, bool, str, int, Decimal, dates, times, durations, lists, dicts."""

CITY = "city"
"""The scope that covers every community."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who acts: an account with its roles within scopes, or the system itself.

    Attributes:
        id: the account's id as text; "system" for timers and operations.
        name: as shown in histories.
        groups: (candidate group, scope) pairs; the scope "city" covers every scope.
        on_behalf_of: id of the person a deputy acts for, stamped in the history.
        batch_id: of the bulk order that this is a part of, stamped in the history.
    """

    id: str
    name: str
    groups: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    on_behalf_of: str | None = None
    batch_id: str | None = None

    @property
    def identities(self) -> frozenset[str]:
        """Whose tasks the actor may work on: his own, and those of the person he acts for."""
        return frozenset(each for each in (self.id, self.on_behalf_of) if each is not None)

    def belongs_to(self, group: str, scope: str) -> bool:
        """Tell whether the actor holds a candidate group within a scope."""
        return (group, scope) in self.groups or (group, CITY) in self.groups


SYSTEM = Actor(id="system", name="system")


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceRef:
    """What an operation may know of the process instance that calls it."""

    id: str
    business_key: str
    scope: str
