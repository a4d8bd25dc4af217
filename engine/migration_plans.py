"""What a migration is made of: the plan, its rehearsal, the batch and its items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.records import ProcessDefinition
from engine.spiff.model import Carrying, Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How instances of one version go over to another one.

    Attributes:
        source_id, target_id: ids of the two definitions.
        mapping: ids of old elements to ids of new ones; identical ids need no entry; "" leaves
            the cases that stand there in the old version.
        restarts_timers: running timers begin anew; else they keep their due time.
        clocks: policy by service level, "*" for all others; see engine/sla_carrying.py.
    """

    source_id: str
    target_id: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    restarts_timers: bool = False
    clocks: Mapping[str, str] = field(default_factory=dict)

    @property
    def carrying(self) -> Carrying:
        """The plan without the versions."""
        return Carrying(
            mapping=self.mapping, restarts_timers=self.restarts_timers, clocks=self.clocks
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """What would become of one instance.

    Attributes:
        findings: what prevents it, by code.
        reason: another error that prevents it, or "".
        stands_at: ids of the new elements where its tokens would wait.
        restarted: ids of the new timers whose time would begin anew.
    """

    instance_id: str
    business_key: str
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    stands_at: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Tell whether the instance can go over."""
        return not self.findings and not self.reason


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchItem:
    """One instance of a batch.

    Attributes:
        state: waiting, migrated, failed or undone.
        can_undo: it stands where the migration left it.
    """

    instance_id: str
    business_key: str
    state: str
    reason: str
    at: datetime | None
    can_undo: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A migration of many instances and how far it has come."""

    id: str
    source: ProcessDefinition
    target: ProcessDefinition
    plan: Plan
    reason: str
    created_at: datetime
    created_by_name: str
    items: tuple[BatchItem, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Instances by state."""
        states = [each.state for each in self.items]
        return {state: states.count(state) for state in ("waiting", "migrated", "failed", "undone")}
