"""What the page of a question to units shows: what is asked, from which case, who has answered."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.records import Instance
from housing.cases.rules import Viewer
from housing.dispatches import views
from housing.dispatches.views import Dispatch
from webapp import current
from webapp.case_part import Part, Templates

TITLE_LENGTH = 60
TEMPLATES = Templates(head="cases/dispatch/head.html", facts="cases/dispatch/facts.html")


@dataclass(frozen=True, kw_only=True, slots=True)
class DispatchPart:
    """The question behind a case."""

    asked: Dispatch
    templates: Templates = TEMPLATES

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        line = " ".join(self.asked.question.split())
        return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"


def read(case: Instance, viewer: Viewer, waits: Collection[str]) -> Part:
    """Read the question of a case; who reads it and what it waits for makes no difference."""
    del viewer, waits
    with current.application().reading() as session:
        row = views.by_number(case.business_key, session=session)
        return DispatchPart(asked=views.view(row, session=session))
