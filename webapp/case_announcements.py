"""What the page of an announcement's case shows beyond that of any case: what it says, to whom."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.records import Instance
from housing.announcements import queries
from housing.announcements.views import AnnouncementView
from housing.cases.rules import Viewer
from webapp import current
from webapp.case_part import Part, Templates

TEMPLATES = Templates(head="cases/announcement/head.html")


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnouncementPart:
    """The announcement behind a case."""

    view: AnnouncementView
    templates: Templates = TEMPLATES

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        return self.view.title


def read(case: Instance, _viewer: Viewer, _waits: Collection[str]) -> Part:
    """Gather what the page of an announcement's case shows."""
    with current.application().reading() as session:
        return AnnouncementPart(view=queries.by_instance(session, case.id))
