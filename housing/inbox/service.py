"""Save, rename and delete views of the inbox."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, func, select
from sqlalchemy.orm import Session

from engine.types import Actor
from housing.inbox.errors import (
    SavedViewNameless,
    SavedViewNameTaken,
    SavedViewNotFound,
    SavedViewNotYours,
    SavedViewsTooMany,
)
from housing.inbox.models import SavedView
from housing.inbox.rules import (
    LONGEST_NAME,
    MOST_VIEWS,
    cleaned,
    is_shown,
    may_change,
    teams_led_by,
)
from housing.people.models import Account


def save(  # noqa: PLR0913  # each is a word of the field of its own
    name: str,
    address: Mapping[str, str],
    *,
    team: tuple[str, str] | None,
    by: Actor,
    at: datetime,
    session: Session,
) -> int:
    """Save a view for oneself or a team.

    Args:
        name: as people call it.
        address: parts of the address of the list.
        team: group and scope it is for, or None for oneself.
        by: who saves it.
        at: the instant.
        session: the caller's unit of work.

    Returns:
        Its id.

    Raises:
        SavedViewNotYours: the actor does not lead the team.
        SavedViewNameless, SavedViewNameTaken: the name will not do.
        SavedViewsTooMany: one has to be deleted first.
    """
    if team is not None and team not in teams_led_by(by):
        raise SavedViewNotYours
    group, scope = team or ("", "")
    row = SavedView(
        owner_id=by.id, team=group, scope=scope, name="", address=dict(address), saved_at=at
    )
    _name(row, name, session)
    if (session.scalar(select(func.count(SavedView.id)).where(*_beside(row))) or 0) >= MOST_VIEWS:
        raise SavedViewsTooMany(MOST_VIEWS)
    session.add(row)
    session.flush()
    return row.id


def rename(view_id: int, name: str, *, by: Actor, session: Session) -> None:
    """Give a view another name.

    Raises:
        SavedViewNotFound: there is none, or the actor does not see it.
        SavedViewNotYours: the actor may not change it.
        SavedViewNameless, SavedViewNameTaken: the name will not do.
    """
    _name(_changeable(view_id, by, session), name, session)


def remove(view_id: int, *, by: Actor, session: Session) -> str:
    """Delete a view; the tasks it lists stay as they are.

    Returns:
        Its name.

    Raises:
        SavedViewNotFound: there is none, or the actor does not see it.
        SavedViewNotYours: the actor may not change it.
    """
    row = _changeable(view_id, by, session)
    session.delete(row)
    return row.name


def purge(*, session: Session) -> None:
    """Remove the own views of accounts that are disabled; those of teams stay."""
    gone = select(cast(Account.id, String)).where(Account.state == "disabled")
    session.execute(delete(SavedView).where(SavedView.team == "", SavedView.owner_id.in_(gone)))


def _changeable(view_id: int, by: Actor, session: Session) -> SavedView:
    row = session.get(SavedView, view_id)
    team = (row.team, row.scope) if row is not None and row.team else None
    if row is None or not is_shown(by, row.owner_id, team):
        raise SavedViewNotFound(view_id)
    if not may_change(by, row.owner_id, team):
        raise SavedViewNotYours
    return row


def _name(row: SavedView, name: str, session: Session) -> None:
    wanted = cleaned(name)
    if not wanted or len(wanted) > LONGEST_NAME:
        raise SavedViewNameless(LONGEST_NAME)
    same = select(SavedView.id).where(*_beside(row), SavedView.name == wanted)
    if session.scalar(same.limit(1)) not in (None, row.id):
        raise SavedViewNameTaken(wanted)
    row.name = wanted


def _beside(row: SavedView) -> tuple[ColumnElement[bool], ...]:
    """Say which views stand in the same list."""
    if row.team:
        return SavedView.team == row.team, SavedView.scope == row.scope
    return SavedView.owner_id == row.owner_id, SavedView.team == ""
