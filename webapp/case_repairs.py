"""What the page of a repair shows beyond that of any case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.records import Instance
from forms.dates import parse_day
from housing.cases.rules import Viewer
from housing.repairs import incidents
from housing.repairs import queries as repairs
from housing.repairs.incidents import IncidentView
from housing.repairs.rules import BEFORE_DISPATCH, Milestone
from housing.repairs.service import MANAGERS
from housing.repairs.views import CaseSummary
from webapp import current
from webapp.case_part import Part, Templates

PAYERS: Mapping[str, LazyString] = {
    "warranty": _l("Warranty contractor"),
    "agency": _l("The office"),
    "tenant": _l("Tenant"),
    "contractor": _l("Contractor in default"),
}

PARTS_OF_DAY: Mapping[str, LazyString] = {
    "morning": _l("morning, 9 to 12"),
    "afternoon": _l("afternoon, 13 to 17"),
    "evening": _l("evening, 18 to 21"),
}

TEMPLATES = Templates(
    head="cases/repair/head.html",
    now="cases/repair/now.html",
    end="cases/repair/end.html",
    facts="cases/facts.html",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairPart:
    """The repair behind a case.

    Attributes:
        can_cancel: this person may take the report back now.
        can_extend: this person may ask for more time now.
        incident: the mass incident that this case leads or joined, or None.
        can_open_incident: this person may make one of it now.
    """

    summary: CaseSummary
    can_cancel: bool
    can_extend: bool
    incident: IncidentView | None
    can_open_incident: bool
    templates: Templates = TEMPLATES

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        return self.summary.ticket.title

    @property
    def milestones(self) -> Sequence[Milestone]:
        """List the stages of a repair in residents' words."""
        return self.summary.milestones

    @property
    def visits(self) -> Sequence[tuple[date | None, str]]:
        """The times the reporter suggested: day and words of the part of the day."""
        return [_visit(text) for text in self.summary.visit_times]

    @property
    def payer(self) -> str:
        """Who pays, in words; "" as long as nobody decided."""
        code = self.summary.payer or ""
        return str(PAYERS.get(code, code))


def read(case: Instance, viewer: Viewer, waits: Collection[str]) -> Part:
    """Gather what the page of a repair shows.

    Args:
        case: the case.
        viewer: who looks.
        waits: kinds of what the case waits for now.
    """
    application = current.application()
    with application.reading() as session:
        summary = repairs.case_summary(
            case.business_key, session=session, now=application.clock.now()
        )
        incident = incidents.incident_of(case.business_key, session=session)
    is_open = "message" in waits
    return RepairPart(
        summary=summary,
        can_cancel=is_open and _may_cancel(summary, case),
        can_extend=is_open and _may_extend(summary, viewer),
        incident=incident,
        can_open_incident=viewer.is_staff and summary.ticket.is_open and incident is None,
    )


def _may_cancel(summary: CaseSummary, case: Instance) -> bool:
    actor = current.actor()
    is_reporter = str(summary.reporter_id) == actor.id
    is_manager = any(actor.belongs_to(role, case.scope) for role in MANAGERS)
    return (is_reporter or is_manager) and summary.ticket.stage in BEFORE_DISPATCH


def _may_extend(summary: CaseSummary, viewer: Viewer) -> bool:
    runs = [order for order in summary.orders if order.done_at is None and order.outcome is None]
    return viewer.relation == "contractor" and bool(runs)


def _visit(text: str) -> tuple[date | None, str]:
    """Read a stored time, `2026-03-04 morning`; other texts stay as they are."""
    day_text, _, part = text.partition(" ")
    on = parse_day(day_text)
    return (on, str(PARTS_OF_DAY.get(part, part))) if on else (None, text)
