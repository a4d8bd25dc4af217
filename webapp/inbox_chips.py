"""The filters of a list of tasks: chips for those in use, and what can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from engine import inbox, queries
from engine.inbox import Facets, Reader
from housing.people import queries as people
from housing.places import queries as places
from webapp import current, labels, model_words
from webapp.addresses import here
from webapp.inbox_views import FILTERS, GROUPS, Wanted, listing_of, read_query


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A filter that narrows the view.

    Attributes:
        name: one of FILTERS.
        words: what it asks for.
        without: address of the list without it.
        hidden: how many tasks it alone hides; counted for an empty list only.
    """

    name: str
    words: str
    without: str
    hidden: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What a filter can be set to: its name in the address, and code to words."""

    name: str
    title: str
    options: Mapping[str, str]


def chips_of(wanted: Wanted, reader: Reader) -> tuple[Chip, ...]:
    """Say which filters narrow the view, each with the way to remove it."""
    words = {
        "q": _("Search: %(text)s", text=wanted.q),
        "process": _processes().get(wanted.process, wanted.process) if wanted.process else "",
        "step": _step_name(wanted, reader),
        "group": labels.label(wanted.group, "role"),
        "due": str(GROUPS.get(wanted.due, "")),
        "scope": scope_words(wanted.scope),
        "owner": _owner_words(wanted.owner),
    }
    return tuple(
        Chip(name=name, words=words[name], without=here(**{name: None, "page": None}))
        for name in FILTERS
        if getattr(wanted, name)
    )


def with_hidden(chips: tuple[Chip, ...], wanted: Wanted, reader: Reader) -> tuple[Chip, ...]:
    """Count what would be listed without each filter."""
    with current.application().reading() as session:
        return tuple(
            replace(
                chip,
                hidden=inbox.count(
                    listing_of(_without(chip.name, wanted), reader), reader, session
                ),
            )
            for chip in chips
        )


def _without(name: str, wanted: Wanted) -> Wanted:
    return read_query({key: value for key, value in wanted.address.items() if key != name})


def choices_of(facets: Facets) -> tuple[Choice, ...]:
    """Say what can be filtered by; a filter with one value would change nothing."""
    found = (
        Choice(name="process", title=_("Process"), options=_processes()),
        Choice(name="step", title=_("Step"), options=_said(facets.steps)),
        Choice(
            name="group",
            title=_("Team"),
            options={each: labels.label(each, "role") for each in facets.groups},
        ),
        Choice(name="due", title=_("Due"), options={code: str(GROUPS[code]) for code in GROUPS}),
        Choice(
            name="scope",
            title=_("Place"),
            options={each: scope_words(each) for each in facets.scopes},
        ),
    )
    return tuple(each for each in found if len(each.options) > 1)


def _said(names: Mapping[str, str]) -> Mapping[str, str]:
    return {code: model_words.say(name) for code, name in names.items()}


def _processes() -> Mapping[str, str]:
    """Name the processes by their newest version."""
    with current.application().reading() as session:
        names = {each.key: each.name for each in reversed(queries.definitions(session))}
    return _said(names)


def _step_name(wanted: Wanted, reader: Reader) -> str:
    if not wanted.step:
        return ""
    with current.application().reading() as session:
        name = inbox.name_of_step(wanted.view, wanted.step, reader, session)
    return model_words.say(name) if name else wanted.step


def _owner_words(owner: str) -> str:
    if not owner:
        return ""
    with current.application().reading() as session:
        name = people.names_of([owner], session=session).get(owner, "")
    return str(_("Of %(name)s", name=name or owner))


def scope_words(scope: str) -> str:
    """Name the place that a scope stands for."""
    if not scope or scope == "city":
        return _("The whole city") if scope else ""
    with current.application().reading() as session:
        names = {each.scope: each.name for each in places.communities(session=session)}
    return names.get(scope, scope.partition(":")[2] or scope)
