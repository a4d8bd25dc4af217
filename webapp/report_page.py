"""What the report page needs: places, the draft, the key of the page, and the submission itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import flask

from engine.calendar import local_date
from engine.errors import InstanceNotFound
from engine.types import CITY, Actor
from forms.schema import Form
from housing.cases.queries import Draft, draft_of
from housing.places import queries as places
from housing.repairs import queries, service
from housing.repairs.errors import NotYourUnit
from housing.repairs.service import EXTENSION_FORM, MANAGERS, PROCESS, REPORT_FORM, Report, Reported
from housing.repairs.views import TicketRow
from webapp import case_access, current, model_words
from webapp.filling import Filled

DRAFT_KEY = f"start:{PROCESS}"
TOKEN_FIELD, PLACE_FIELD, CONFIRM_FIELD = "_token", "_place", "_confirmed"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PLACE = re.compile(r"(unit|community):([A-Za-z0-9]{1,20})")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceChoice:
    """A home or a common area that somebody may report for.

    Attributes:
        value: `unit:<id>` or `community:<code>`.
        group: name of the community.
    """

    value: str
    label: str
    group: str
    community: str
    unit_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenReport:
    """A report that is still open at one of the places.

    Attributes:
        is_readable: this person may open its case; else its text is nobody's business.
    """

    ticket: TicketRow
    is_readable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPage:
    """What the page shows beside the form.

    Attributes:
        token: idempotency key; one token makes one ticket however often it is sent.
        choices: homes and common areas the person may report for.
        place: the chosen one, or None.
        open_reports: at the homes and common areas of a resident.
    """

    token: str
    choices: Sequence[PlaceChoice]
    place: PlaceChoice | None
    draft: Draft | None
    open_reports: Sequence[OpenReport]

    @property
    def must_choose(self) -> bool:
        """Tell whether there is more than one place."""
        return len(self.choices) > 1

    @property
    def is_place_missing(self) -> bool:
        """Tell whether the person left the choice between several places open."""
        return self.must_choose and not flask.request.form.get(PLACE_FIELD)


@dataclass(eq=False)
class AlreadyReported(Exception):
    """The same trouble is open at the same place; the reporter decides."""

    tickets: Sequence[OpenReport]


def form() -> Form:
    """Read the definition of the report form."""
    return model_words.form_in_service(REPORT_FORM)


def read() -> ReportPage:
    """Gather what the page shows to this request's person."""
    actor = current.actor()
    choices = _choices(actor)
    with current.application().reading() as session:
        draft = draft_of(DRAFT_KEY, by=actor, session=session)
    token = flask.request.form.get(TOKEN_FIELD, "")
    return ReportPage(
        token=token if _TOKEN.fullmatch(token) else uuid4().hex,
        choices=choices,
        place=_chosen(choices),
        draft=draft,
        open_reports=[] if _is_manager(actor) else _open_at(choices),
    )


def submit(page: ReportPage, filled: Filled, *, keeps_draft: bool = False) -> Reported:
    """Make the ticket and start its process; the same page sent again leads to the same ticket.

    Raises:
        AlreadyReported: something of this category is open there and the person has not said
            that it is something else.
        NotYourUnit: the place is none of his.
    """
    if page.place is None:
        raise NotYourUnit
    application = current.application()
    is_confirmed = CONFIRM_FIELD in flask.request.form
    similar = [] if is_confirmed else _similar(page.place, filled.values)
    with application.unit_of_work() as session:
        reported = service.report(
            Report(
                token=page.token,
                values=filled.values,
                unit_id=page.place.unit_id,
                community=page.place.community,
                keeps_draft=keeps_draft,
            ),
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
        if similar and reported.is_new:
            # leaving the unit of work by an error takes the new ticket back
            raise AlreadyReported(similar)
    return reported


def number_of_token() -> str | None:
    """Find the case that this request's token made before, for this person; None for a new one."""
    token = flask.request.form.get(TOKEN_FIELD, "")
    with current.application().reading() as session:
        return queries.number_of_token(token, int(current.actor().id), session=session)


def extension(number: str) -> tuple[Form, Mapping[str, object]]:
    """Read the form by which a contractor asks for more time, with what it may name.

    Raises:
        InstanceNotFound: there is no such case, or it is none of this contractor's.
    """
    if case_access.find(number).viewer.relation != "contractor":
        raise InstanceNotFound(number)
    with current.application().reading() as session:
        ticket = queries.ticket(number, session=session)
    context = {
        "due_at": ticket.due_at,
        "original_due_at": ticket.original_due_at,
        "number": number,
    }
    return model_words.form_in_service(EXTENSION_FORM), context


def _is_manager(actor: Actor) -> bool:
    return any(role in MANAGERS for role, _scope in actor.groups)


def _choices(actor: Actor) -> list[PlaceChoice]:
    if _is_manager(actor):
        return _managed(actor)
    application = current.application()
    today = local_date(application.clock.now())
    with application.reading() as session:
        homes = places.units_of(int(actor.id), on=today, session=session)
    return [_home(unit) for unit in homes]


def _managed(actor: Actor) -> list[PlaceChoice]:
    scopes = {scope for role, scope in actor.groups if role in MANAGERS}
    choices: list[PlaceChoice] = []
    with current.application().reading() as session:
        for community in places.communities(session=session):
            if community.scope in scopes or CITY in scopes:
                choices.append(_common_area(community))
                homes = places.units_in(community.code, session=session)
                choices += [_home(unit) for unit in homes]
    return choices


def _common_area(community: places.CommunityView) -> PlaceChoice:
    return PlaceChoice(
        value=f"community:{community.code}",
        label=community.name,
        group=community.name,
        community=community.code,
        unit_id=None,
    )


def _home(unit: places.UnitView) -> PlaceChoice:
    return PlaceChoice(
        value=f"unit:{unit.id}",
        label=unit.label,
        group=unit.community_name,
        community=unit.community_code,
        unit_id=unit.id,
    )


def _chosen(choices: Sequence[PlaceChoice]) -> PlaceChoice | None:
    wanted = flask.request.values.get(PLACE_FIELD, "")
    if _PLACE.fullmatch(wanted):
        return next((choice for choice in choices if choice.value == wanted), None)
    return choices[0] if len(choices) == 1 else None


def _similar(place: PlaceChoice, values: Mapping[str, object]) -> list[OpenReport]:
    unit_id = None if values.get("where") == "common" else place.unit_id
    return _open_tickets(place.community, unit_id, str(values.get("category") or ""))


def _open_at(choices: Sequence[PlaceChoice]) -> list[OpenReport]:
    homes = [(choice.community, choice.unit_id) for choice in choices]
    common = sorted({choice.community for choice in choices})
    return [
        found
        for community, unit_id in [*homes, *((code, None) for code in common)]
        for found in _open_tickets(community, unit_id, None)
    ]


def _open_tickets(community: str, unit_id: int | None, category: str | None) -> list[OpenReport]:
    with current.application().reading() as session:
        found = queries.open_tickets_of_place(community, unit_id, category, session=session)
    return [
        OpenReport(ticket=ticket, is_readable=case_access.may_open(ticket.instance_id))
        for ticket in found
    ]
