"""What the forms of announcements ask the business: places, rights, the text so far."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine.calendar import TAIPEI
from engine.records import UserTask
from engine.types import Actor
from forms.dates import republic_year
from housing.announcements import audience
from housing.announcements.desk import row_by_number, scope_of
from housing.announcements.drafts import is_office
from housing.announcements.errors import EndTooEarly
from housing.announcements.models import Announcement
from housing.announcements.queries import managed_communities
from housing.announcements.rules import LIVE
from housing.places.queries import communities, community
from housing.repairs.incidents import incidents_in


def opening(*, session: Session, by: Actor, **_when: object) -> Mapping[str, object]:
    """Give what the form of a draft may name, for its author."""
    office = is_office(by)
    managed = managed_communities(by)
    mine = [each for each in communities(session=session) if office or each.code in managed]
    names = {each.code: each.name for each in mine}
    return {
        "is_office": office,
        "communities": _options(names),
        "buildings": [
            {"value": f"{community}/{code}", "label": f"{names[community]} {name}"}
            for community, code, name in audience.buildings(list(names), session=session)
        ],
        "incidents": _options(_incidents(by, names, session)),
    }


def _incidents(by: Actor, names: Mapping[str, str], session: Session) -> dict[str, str]:
    """Name the running mass incidents of the communities: number to place and announcement."""
    scopes = frozenset(scope for _, scope in by.groups)
    return {
        each.number: f"{each.number} {names.get(each.community, each.community)}"
        for each in incidents_in(scopes, is_open=True, session=session)
    }


def context(
    business_key: str, *, session: Session, now: datetime, **_when: object
) -> Mapping[str, object]:
    """Give what the forms of an announcement may name: its text, and the facts in words."""
    row = row_by_number(business_key, session=session)
    return {
        "title": row.title,
        "body": row.body,
        "easy_body": row.easy_body,
        "author_name": row.author_name,
        "return_reason": row.return_reason,
        "is_live": row.state in LIVE,
        "scope_kind": row.scope_kind,
        "role": row.role,
        "whom": _whom(row, session),
        "receivers": len(audience.receivers(scope_of(row), at=now, session=session)),
        "period": f"{_said(row.from_at)} → {_said(row.until_at)}",
    }


def check(
    task: UserTask, values: Mapping[str, object], *, session: Session, **_when: object
) -> None:
    """Refuse the approval of what would be over before it is out.

    Raises:
        EndTooEarly: its end has passed.
    """
    row = row_by_number(task.business_key, session=session)
    is_approved = values.get("approval") in ("approve", "correct")
    if is_approved and row.until_at is not None and row.until_at <= _latest(row, task):
        raise EndTooEarly


def _latest(row: Announcement, task: UserTask) -> datetime:
    return max(row.from_at or task.created_at, task.created_at)


def _whom(row: Announcement, session: Session) -> str:
    """Say a place in names and codes, which are the same in every language.

    For the city and for roles the forms have words of their own; those of versions deployed earlier
    show what stands here.
    """
    if row.scope_kind == "role":
        return row.role
    place = community(row.community, session=session).name if row.community else "全市"
    floor = f"{row.floor}F" if row.floor is not None else ""
    return " ".join(filter(None, (place, row.building, floor, *row.units)))


def _said(at: datetime | None) -> str:
    """Say an instant in figures, in Taipei and the calendar of the Republic."""
    if at is None:
        return "-"
    local = at.astimezone(TAIPEI)
    return f"{republic_year(local.date())}/{local:%m/%d %H:%M}"


def _options(words: Mapping[str, str]) -> list[Mapping[str, str]]:
    return [{"value": value, "label": label} for value, label in words.items()]
