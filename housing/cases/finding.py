"""Find cases by their words, as far as somebody may open them."""

from sqlalchemy.orm import Session

from engine import queries
from engine.queries import InstanceFilter
from engine.records import Instance
from engine.types import Actor
from housing.cases import search
from housing.cases.queries import may_see

LOOKED_AT = 200
"""So many cases that bear a text are looked at; a text that more fit is too short to search by."""


def cases_found(text: str, actor: Actor, *, limit: int, session: Session) -> tuple[Instance, ...]:
    """List cases that bear a text and that an actor may open, newest first.

    Args:
        text: case number or its end, code of a home, name, words of a report.
        actor: who looks.
        limit: so many at most.
        session: any.
    """
    bearing = search.bearing(text, actor, session)
    ids = list(session.scalars(bearing.distinct().limit(LOOKED_AT)))
    if not ids:
        return ()
    rows = queries.instances(InstanceFilter(ids=ids, limit=LOOKED_AT), session).rows
    found: list[Instance] = []
    for each in rows:
        if len(found) < limit and may_see(actor, each, session=session):
            found.append(each)
    return tuple(found)
