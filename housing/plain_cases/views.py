"""Which processes somebody may begin a case of, and with which form."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import definition_queries
from engine.records import ProcessDefinition
from engine.types import CITY, Actor
from forms.schema import Form
from housing.places import queries as places
from housing.places.rules import community_scope
from housing.plain_cases.errors import ProcessNotStartable
from housing.plain_cases.rules import scopes_of, starters
from housing.records.forms import form_of_case
from housing.subjects import SUBJECTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Startable:
    """A process that somebody may begin a case of.

    Attributes:
        form_key: of the form that begins it; None when nothing is asked.
        form: that form, as this version has it.
        scopes: where the case may belong to: "city" and "community:<code>".
    """

    definition: ProcessDefinition
    form_key: str | None
    form: Form | None
    scopes: tuple[str, ...]


def startable(actor: Actor, *, session: Session) -> tuple[ProcessDefinition, ...]:
    """List the processes without rooms of their own that an actor may begin, by name."""
    found = (each.definition for each in definition_queries.processes(session))
    return tuple(
        each
        for each in found
        if each.key not in SUBJECTS and _scopes(each, actor, session) is not None
    )


def opening(key: str, actor: Actor, *, session: Session) -> Startable:
    """Read how an actor begins a case of the newest version of a process.

    Raises:
        ProcessNotStartable: it begins otherwise, or not by this actor.
        DefinitionNotFound: nothing of this key was deployed.
    """
    definition = definition_queries.definition(key, None, session)
    start = definition_queries.plain_start(definition, session)
    scopes = _scopes(definition, actor, session)
    if key in SUBJECTS or start is None or scopes is None:
        raise ProcessNotStartable(key)
    form = form_of_case(start.form_key, definition.id, session=session) if start.form_key else None
    return Startable(definition=definition, form_key=start.form_key, form=form, scopes=scopes)


def _scopes(
    definition: ProcessDefinition, actor: Actor, session: Session
) -> tuple[str, ...] | None:
    """Name the places for which an actor may begin a case; None when he may not at all."""
    start = definition_queries.plain_start(definition, session)
    if start is None:
        return None
    held = scopes_of(actor, starters(start.groups))
    if not held:
        return None
    communities = [community_scope(each.code) for each in places.communities(session=session)]
    if CITY in held:
        return (CITY, *communities)
    return tuple(each for each in communities if each in held)
