"""Pure rules of cases: who may look at what, which step of a diagram stands where."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.types import Actor
from housing.records.rules import account_party

STAFF_ROLES = frozenset(
    {
        "property_manager",
        "property_manager_lead",
        "officer",
        "section_chief",
        "finance",
        "ethics_office",
        "process_supervisor",
        "administrator",
    }
)
"""Who sees every case of his scope; a scope of "city" covers all communities."""

RESIDENT_FORMS = frozenset(
    {
        "repair/report",
        "repair/triage",
        "repair/onsite",
        "repair/self_repair",
        "repair/visit",
        "repair/completion",
        "repair/rebook",
        "repair/confirm",
        "repair/acceptance",
        "repair/extension_decision",
    }
)
"""Forms whose answers the resident may read; quotes, memos and penalties stay with the office."""

RESIDENT_KINDS = frozenset(
    {
        "started",
        "task_completed",
        "timer_fired",
        "message_received",
        "deadline_extended",
        "deadline_recomputed",
        "ended",
        "cancelled",
        "suspended",
        "resumed",
    }
)
"""History that the resident sees; who claimed a task or was reminded is the office's matter."""

EXTENDERS = ("officer", "section_chief", "property_manager_lead")
"""Roles that may extend a deadline, where they are held; the first one that fits is noted."""

WAIVERS = ("officer", "section_chief")
"""Roles that may waive a deadline."""

HIDDEN_KINDS = frozenset({"gateway_passed"})
"""History that only the diagram needs."""


def parties_of(actor: Actor) -> frozenset[str]:
    """Name an actor as he may stand among the parties of a case: himself and his contractors."""
    contractors = (scope for group, scope in actor.groups if group == "contractor")
    return frozenset((account_party(actor.id), *contractors))


def is_staff(actor: Actor, scope: str, roles: frozenset[str] = STAFF_ROLES) -> bool:
    """Tell whether an actor works for the office or the community of a case in one of the roles."""
    return any(actor.belongs_to(role, scope) for role in roles)


def staff_scopes(actor: Actor) -> frozenset[str]:
    """Give the scopes whose cases an actor may see as staff; "city" stands for all."""
    return frozenset(scope for role, scope in actor.groups if role in STAFF_ROLES)


def guard_of(process: str, scope: str) -> str:
    """Name the readers of the cases of a process in a scope."""
    return f"{process}@{scope}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """How somebody stands to a case.

    Attributes:
        relation: staff, reporter, household, follower or contractor.
    """

    account_id: str
    relation: str

    @property
    def is_staff(self) -> bool:
        """Tell whether the viewer works for the office or the community."""
        return self.relation == "staff"


def may_read(viewer: Viewer, *, form_key: str, author_id: str) -> bool:
    """Tell whether a viewer may read the answers of a form: staff all, others by form or own."""
    return viewer.is_staff or form_key in RESIDENT_FORMS or viewer.account_id == author_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """An element as ways through a diagram need it; see `engine.records.ProcessElement`."""

    id: str
    type: str
    scope: str
    attached_to: str | None


def ways(nodes: Iterable[Node], flows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give every way a token may go: flows, onto borders, into and out of sub-processes."""
    found = list(flows)
    for node in nodes:
        if node.attached_to is not None:
            found.append((node.attached_to, node.id))
        if node.type == "startEvent":
            found.append((node.scope, node.id))
        found.append((node.id, node.scope))
    return found


def holding(active: Collection[str], nodes: Iterable[Node]) -> frozenset[str]:
    """Add to the active elements those that hold them: sub-processes, and hosts of borders."""
    by_id = {node.id: node for node in nodes}
    found: set[str] = set()
    waiting = [each for each in active if each in by_id]
    while waiting:
        node = by_id[waiting.pop()]
        if node.id in found:
            continue
        found.add(node.id)
        waiting += [each for each in (node.attached_to, node.scope) if each in by_id]
    return frozenset(found)


def entered(done: Collection[str], nodes: Iterable[Node]) -> frozenset[str]:
    """Add to the elements that were done what leaves no line of history of its own.

    A sub-process was entered, and a start event was passed, when something beside it was done.
    """
    nodes = list(nodes)
    held = holding(done, nodes)
    scopes = {node.scope for node in nodes if node.id in held}
    starts = {node.id for node in nodes if node.type == "startEvent" and node.scope in scopes}
    return frozenset(done) | starts | (scopes & {node.id for node in nodes})


def reachable(starts: Collection[str], flows: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Follow sequence flows, given as (source, target), from some elements onward."""
    targets: dict[str, list[str]] = {}
    for source, target in flows:
        targets.setdefault(source, []).append(target)
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        for target in targets.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)
