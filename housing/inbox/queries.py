"""Read saved views."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.types import Actor
from housing.inbox.errors import SavedViewNotFound
from housing.inbox.models import SavedView
from housing.inbox.rules import is_shown, may_change, teams_led_by


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedViewLine:
    """A saved view as its reader sees it.

    Attributes:
        team: group and scope it is for, or None for one's own.
        address: parts of the address of the list.
        may_change: whether this reader may rename and delete it.
    """

    id: int
    name: str
    team: tuple[str, str] | None
    address: Mapping[str, str]
    may_change: bool


def shown_to(actor: Actor, session: Session) -> tuple[SavedViewLine, ...]:
    """List the saved views of an actor: his own first, then those of his teams, by name."""
    groups = {group for group, _scope in (*actor.groups, *teams_led_by(actor))}
    rows = session.scalars(
        select(SavedView)
        .where(
            or_(
                (SavedView.owner_id == actor.id) & (SavedView.team == ""),
                SavedView.team.in_(sorted(groups)),
            )
        )
        .order_by(SavedView.team, SavedView.name, SavedView.id)
    )
    return tuple(_line(row, actor) for row in rows if is_shown(actor, row.owner_id, team_of(row)))


def shown(view_id: int, actor: Actor, session: Session) -> SavedViewLine:
    """Read one.

    Raises:
        SavedViewNotFound: there is none, or the actor does not see it.
    """
    row = session.get(SavedView, view_id)
    if row is None or not is_shown(actor, row.owner_id, team_of(row)):
        raise SavedViewNotFound(view_id)
    return _line(row, actor)


def team_of(row: SavedView) -> tuple[str, str] | None:
    """Tell the team of a view, or None for somebody's own."""
    return (row.team, row.scope) if row.team else None


def _line(row: SavedView, actor: Actor) -> SavedViewLine:
    team = team_of(row)
    return SavedViewLine(
        id=row.id,
        name=row.name,
        team=team,
        address=row.address,
        may_change=may_change(actor, row.owner_id, team),
    )
