"""What the pages of care need: who sees how much of a case, places, the printed report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import flask

from engine.calendar import local_date
from engine.errors import NotFound
from engine.types import Actor
from forms import words
from forms.schema import Form
from forms.words import Answer
from housing.care import printing, queries, service
from housing.care.desk import case_by_number
from housing.care.errors import CareCaseNotFound, HomeMissing
from housing.care.rules import (
    MANAGER_ROLES,
    OFFICE_ROLES,
    PURPOSES,
    SOCIAL_ROLES,
    view_of,
)
from housing.care.service import SIGNAL_FORM, Signalled
from housing.care.views import FlagRow, Overview, Record, ReportView, SheetView
from housing.letters.printing import to_pdf
from housing.places import queries as places
from housing.places.queries import UnitView
from webapp import current, model_words
from webapp.filling import Filled

READERS_OF_PROGRESS = SOCIAL_ROLES | OFFICE_ROLES
TOKEN_FIELD, PLACE_FIELD = "_token", "_place"
REPORT_ROLES = READERS_OF_PROGRESS | {"finance"}
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalPage:
    """The page on which somebody reports a signal.

    Attributes:
        homes: those he may choose from; one when it is his own.
        unit_id: the chosen one, or None.
        is_resident: he asks for himself.
    """

    token: str
    homes: Sequence[UnitView]
    unit_id: int | None
    is_resident: bool

    @property
    def context(self) -> Mapping[str, object]:
        """What the form may name."""
        return {"is_resident": self.is_resident}


@dataclass(frozen=True, kw_only=True, slots=True)
class CarePage:
    """A case as this request's person sees it: flag, overview, or overview and the way to all."""

    level: str
    flag: FlagRow | None = None
    overview: Overview | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetWords:
    """A handed-in form in words."""

    sheet: SheetView
    title: str
    answers: tuple[Answer, ...]


def signal_form() -> Form:
    """Read the definition of the form of a signal."""
    return model_words.form_in_service(SIGNAL_FORM)


def signal_page() -> SignalPage:
    """Gather what the page of a signal shows to this request's person."""
    actor, application = current.actor(), current.application()
    roles = SOCIAL_ROLES | OFFICE_ROLES | MANAGER_ROLES
    with application.reading() as session:
        here = queries.communities_of(actor, roles, session=session)
        homes = [home for each in here for home in places.units_in(each.code, session=session)]
        if not here:
            today = local_date(application.clock.now())
            homes = places.units_of(int(actor.id), on=today, session=session)
    token = flask.request.form.get(TOKEN_FIELD, "")
    return SignalPage(
        token=token if _TOKEN.fullmatch(token) else uuid4().hex,
        homes=homes,
        unit_id=_chosen(homes),
        is_resident=not here,
    )


def _chosen(homes: Sequence[UnitView]) -> int | None:
    wanted = flask.request.values.get(PLACE_FIELD, "")
    known = {str(home.id): home.id for home in homes}
    return known.get(wanted, homes[0].id if len(homes) == 1 else None)


def send_signal(page: SignalPage, filled: Filled) -> Signalled:
    """Take a signal in; the same page sent again makes no second one.

    Raises:
        HomeMissing: no home was chosen.
        CareNotYours: the home is none of his.
    """
    if page.unit_id is None:
        raise HomeMissing
    application, actor = current.application(), current.actor()
    with application.unit_of_work() as session:
        new = service.read_signal(
            page.token,
            filled.values,
            page.unit_id,
            by=actor,
            session=session,
            now=application.clock.now(),
        )
        return service.signal(
            new,
            by=actor,
            engine=application.engine,
            session=session,
            clock=application.clock,
        )


def read_case(number: str) -> CarePage:
    """Read a case as far as this request's person may, and write the reading down.

    Raises:
        CareCaseNotFound: there is none, or it is no business of his; the attempt is kept.
    """
    level = _note(number, "overview", "")
    application = current.application()
    with application.reading() as session:
        if level == "flag":
            return CarePage(level=level, flag=queries.flag(number, session=session))
        now = application.clock.now()
        return CarePage(level=level, overview=queries.overview(number, now=now, session=session))


def read_record(number: str, purpose: str) -> Record:
    """Read all that is written of a case for a purpose, and write the reading down.

    Raises:
        CareCaseNotFound: there is none, or it is no business of his; the attempt is kept.
        PurposeUnknown: no purpose is given.
    """
    if _note(number, "confidential", purpose) != "record":
        raise CareCaseNotFound(number)
    with current.application().reading() as session:
        return queries.record(number, vault=current.application().vault, session=session)


def may_read_record(number: str) -> bool:
    """Tell whether this request's person may open the record of a case."""
    with current.application().reading() as session:
        found = case_by_number(number, session=session)
    view = view_of(current.actor(), service.scope_of(found))
    return view is not None and view.level == "record"


def _note(number: str, what: str, purpose: str) -> str:
    """Write a reading or an attempt down and tell how much this person sees."""
    application, actor = current.application(), current.actor()
    with application.unit_of_work() as session:
        found = case_by_number(number, session=session)
        level = _level(actor, service.scope_of(found))
        is_refused = level in ("", "flag") or (what == "confidential" and level != "record")
        service.note_access(
            found.id,
            "refused" if is_refused else what,
            "" if is_refused else purpose,
            by=actor,
            session=session,
            clock=application.clock,
        )
    if not level:
        raise CareCaseNotFound(number)
    return level


def _level(actor: Actor, scope: str) -> str:
    view = view_of(actor, scope)
    return view.level if view else ""


def in_words(record: Record) -> list[SheetWords]:
    """Say the handed-in forms of a record as the form pages say them."""
    found = []
    for sheet in record.sheets:
        form = model_words.form_in_service(sheet.form_key)
        answers = words.answers(
            form,
            model_words.say_values(form, sheet.values),
            separator=model_words.separator(),
        )
        found.append(SheetWords(sheet=sheet, title=form.title, answers=answers))
    return found


def purposes() -> Sequence[str]:
    """List the purposes for which a record may be opened."""
    return PURPOSES


def read_report(number: str) -> ReportView:
    """Read a monthly report of a community this request's person works for.

    Raises:
        CareReportNotFound: there is none, or it is no business of his.
    """
    actor = current.actor()
    with current.application().reading() as session:
        found = queries.report(number, session=session)
        allowed = queries.communities_of(actor, REPORT_ROLES, session=session)
    if found.community not in {each.code for each in allowed}:
        raise NotFound
    return found


def print_report(report: ReportView) -> bytes:
    """Print a report as an accessible PDF.

    Raises:
        PrintingFailed: the printer refuses it.
    """
    application = current.application()
    letter = printing.as_letter(report, now=application.clock.now())
    return to_pdf(letter, application.settings.base_url)
