"""What people thought of how their cases were handled, for those who lead; and the question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from engine import definition_queries
from engine.records import Instance
from engine.types import CITY
from housing.cases.rules import Viewer
from housing.feedback import queries, service
from housing.feedback.queries import Said
from housing.feedback.rules import LEAST, Mean
from housing.places.queries import communities
from housing.places.rules import COMMUNITY_PREFIX
from webapp import current, figure_page, formats, model_words
from webapp.figure_page import FigurePage, Group, Line

ASKED = frozenset({"reporter", "household"})
"""Who is asked on the page of a case: how people stand to it."""

READERS = frozenset({"section_chief", "process_supervisor"})


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackPage:
    """The figures, and what people wrote; each sentence with the name of its process."""

    figures: FigurePage
    sentences: tuple[tuple[str, Said], ...]


def is_asked(case: Instance, viewer: Viewer | None = None) -> bool:
    """Tell whether whoever looks at a case is asked; without a viewer, whoever has its code."""
    if viewer is not None and viewer.relation not in ASKED:
        return False
    application = current.application()
    with application.reading() as session:
        return service.is_asked(case, session=session, now=application.clock.now())


def read() -> FeedbackPage:
    """Gather what the people of this person's scopes thought."""
    application = current.application()
    scopes = {scope for role, scope in current.actor().groups if role in READERS}
    with application.reading() as session:
        found = queries.results(scopes, session=session)
        places = {
            f"{COMMUNITY_PREFIX}{each.code}": each.name for each in communities(session=session)
        }
    processes = process_names(each.key for each in found.processes)
    places[CITY] = _("The whole city")
    months = {
        each.key: formats.month(date.fromisoformat(f"{each.key}-01")) for each in found.months
    }
    groups = [
        _group("processes", _("By process"), found.processes, processes),
        _group("communities", _("By community"), found.communities, places),
        _group("months", _("By month of the end"), found.months, months),
    ]
    return FeedbackPage(
        figures=FigurePage(chosen="", choices=(), groups=groups),
        sentences=tuple((processes[each.process_key], each) for each in found.sentences),
    )


def process_names(keys: Iterable[str]) -> dict[str, str]:
    """Name processes as they are called in service."""
    with current.application().reading() as session:
        return {
            key: model_words.say(definition_queries.definition(key, None, session).name)
            for key in sorted(set(keys))
        }


def _group(key: str, title: str, means: Iterable[Mean], words: dict[str, str]) -> Group:
    lines = [_line(words.get(each.key, each.key), each) for each in means]
    return Group(key=key, title=title, lines=lines)


def _line(words: str, mean: Mean) -> Line:
    if mean.mean is None or mean.count is None:
        said = _("not shown: fewer than %(least)d answers, or counted back from them", least=LEAST)
        return Line(words=words, value=None, said=said)
    said = _("%(mean)s of 5 (%(count)d answers)", mean=f"{mean.mean:.1f}", count=mean.count)
    return Line(words=words, value=mean.mean, said=said, base=mean.count)


def as_csv(page: FeedbackPage) -> str:
    """Write the figures, with a byte order mark for spreadsheets."""
    return figure_page.as_csv(page.figures)
