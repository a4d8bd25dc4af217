"""Pure rules of related cases: kinds of links, which cases can be merged."""

from collections.abc import Collection
from datetime import timedelta

from engine.records import Instance

RELATED, DUPLICATE, FOLLOWS = "related", "duplicate", "follows"
KINDS = (RELATED, DUPLICATE, FOLLOWS)
"""How two cases belong together; the last two have a direction."""

MERGERS = ("officer", "section_chief")
"""Roles that may merge cases."""

LONGEST_REASON = 300
MOST_MEMBERS = 50
"""Cases that one order may merge."""

WARNING = timedelta(days=3)
"""So long before a due date of a merged case the team of the lead case is told."""


def obstacle(
    member: Instance, lead: Instance, *, merged: Collection[str], leading: Collection[str]
) -> str:
    """Tell why a case cannot be merged into a lead case: a code, or "" when it can.

    Args:
        member: the case that would rest.
        lead: the case that would decide.
        merged: ids of cases that are merged into another one now.
        leading: ids of cases into which others are merged now.
    """
    if member.id == lead.id:
        return "itself"
    if member.process_key != lead.process_key:
        return "other_process"
    if member.id in merged or lead.id in merged:
        return "merged"
    if member.id in leading:
        return "leads"
    if member.status in {"completed", "cancelled"} or lead.status in {"completed", "cancelled"}:
        return "ended"
    return "suspended" if "suspended" in {member.status, lead.status} else ""
