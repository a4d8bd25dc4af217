"""Who may save a view for whom. Pure functions."""

from collections.abc import Iterable, Mapping

from engine.types import CITY, Actor

LONGEST_NAME = 40
MOST_VIEWS = 30
"""For one person or one team."""

TEAMS_OF_LEADS: Mapping[str, tuple[str, ...]] = {
    "property_manager_lead": ("property_manager", "property_manager_lead"),
    "social_worker_lead": ("social_worker", "social_worker_lead"),
    "section_chief": ("officer", "section_chief"),
}
"""Whose views a lead may save, where he leads."""

MAKERS_FOR_ALL = ("process_supervisor", "administrator")
"""Roles that may save views for the whole of any team that works with tasks."""

TEAMS = (
    *("property_manager", "property_manager_lead", "social_worker", "social_worker_lead"),
    *("officer", "section_chief", "finance", "ethics_office", "contractor"),
)


def teams_led_by(actor: Actor) -> tuple[tuple[str, str], ...]:
    """List the teams, as group and scope, for which an actor may save views."""
    led = [(team, scope) for role, scope in actor.groups for team in TEAMS_OF_LEADS.get(role, ())]
    if any(actor.belongs_to(role, CITY) for role in MAKERS_FOR_ALL):
        led += [(team, CITY) for team in TEAMS]
    return tuple(sorted(set(led)))


def may_change(actor: Actor, owner_id: str, team: tuple[str, str] | None) -> bool:
    """Tell whether an actor may rename or delete a view: its owner, or who leads its team."""
    return team in teams_led_by(actor) if team else owner_id == actor.id


def is_shown(actor: Actor, owner_id: str, team: tuple[str, str] | None) -> bool:
    """Tell whether a view stands in an actor's navigation."""
    if team is None:
        return owner_id == actor.id
    group, scope = team
    is_member = any(
        role == group and (scope in (CITY, own) or own == CITY) for role, own in actor.groups
    )
    return is_member or team in teams_led_by(actor)


def cleaned(name: str) -> str:
    """Cut a name as it was typed: no line breaks, single spaces."""
    return " ".join(_printable(name)).strip()


def _printable(name: str) -> Iterable[str]:
    return "".join(each if each.isprintable() else " " for each in name).split()
