"""What the case page shows of a request about one's own data: what is asked, why, the answer."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.records import Instance
from housing.cases.rules import Viewer
from housing.own_data import queries
from housing.own_data.queries import RequestView
from webapp import current, labels
from webapp.case_part import Templates

TEMPLATES = Templates(head="cases/own_data/head.html", facts="cases/own_data/facts.html")


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnDataPart:
    """The request behind a case.

    Attributes:
        can_extend: this person works on it, and the period was not extended yet.
    """

    request: RequestView
    can_extend: bool
    templates: Templates = TEMPLATES

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        return str(labels.label(self.request.kind, "data_request"))


def read(case: Instance, viewer: Viewer, _waits: Collection[str]) -> OwnDataPart:
    """Read the request of a case; its words are sealed at rest."""
    application = current.application()
    with application.reading() as session:
        found = queries.request(case.business_key, vault=application.vault, session=session)
    is_open = found.state == "open" and found.extended_at is None
    return OwnDataPart(request=found, can_extend=viewer.is_staff and is_open)
