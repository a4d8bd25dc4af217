"""SLA clocks on pages: those of a case, what is late, and the forms that extend or waive one."""

from datetime import date, datetime

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import sla_queries
from engine.calendar import end_of_local_day, local_date
from engine.errors import DeadlineRoutes, InstanceNotFound
from engine.sla_orders import Grounds
from engine.sla_queries import CaseClock, ClockFilter, ClockPage
from engine.types import CITY, Actor
from housing.cases import rules
from housing.cases.queries import guarded_scopes
from webapp import case_access, current, day_words

pages = Blueprint("clocks", __name__)

PAGE = 25
LONGEST_REASON = 500
MOST_UNITS = 365
VIEWS = ("breached", "soon", "all")


@pages.get("/deadlines/late")
def list_late() -> str:
    """List the clocks of this person's scopes that are breached, due soon, or all that run."""
    application = current.application()
    view = next((each for each in VIEWS if each == flask.request.args.get("view")), VIEWS[0])
    with application.reading() as session:
        counts = {each: sla_queries.count_open(_filter(each, None), session) for each in VIEWS[:2]}
        page: ClockPage = sla_queries.open_clocks(_filter(view, _after()), session)
    return flask.render_template("clocks/late.html", page=page, view=view, counts=counts)


@pages.get("/cases/<number>/clocks")
def of_case(number: str) -> str:
    """Show all service levels of a case: state, pauses, what was ordered, which rungs come."""
    access = case_access.find(number)
    if not access.viewer.is_staff:
        raise InstanceNotFound(number)
    with current.application().reading() as session:
        clocks = sla_queries.clocks_of(access.case.id, session)
    ordered = sorted(clocks, key=lambda each: (not each.is_open, each.due_at))
    return flask.render_template(
        "clocks/case.html",
        case=access.case,
        clocks=ordered,
        may_order=_roles(access.case.scope, rules.EXTENDERS) != [],
    )


@pages.get("/clocks/<clock_id>")
def show(clock_id: str) -> str:
    """Show a clock with the forms that extend and waive it."""
    return _page(_find(clock_id))


@pages.post("/clocks/<clock_id>/extend")
def extend(clock_id: str) -> Response | tuple[str, int]:
    """Move the end of a clock by units, or to the end of a day."""
    found, form = _find(clock_id), flask.request.form
    if found.clock.timer is not None:  # the case has steps of its own that know its order
        raise DeadlineRoutes(found.clock.name)
    errors = _extension_errors(found)
    if errors:
        return _page(found, extend_errors=errors), 422
    is_counted = form.get("how") == "units"
    application = current.application()
    with application.unit_of_work() as session:
        application.engine.deadlines.extend(
            clock_id,
            amount=int(form["amount"]) if is_counted else None,
            until=None if is_counted else end_of_local_day(date.fromisoformat(form["until"])),
            grounds=_grounds(found, rules.EXTENDERS),
            session=session,
        )
    flask.flash(_("The deadline was extended."), "good")
    return flask.redirect(flask.url_for("clocks.of_case", number=found.business_key))


@pages.post("/clocks/<clock_id>/waive")
def waive(clock_id: str) -> Response | tuple[str, int]:
    """Let a deadline go, after it was confirmed."""
    found = _find(clock_id)
    errors = _reason_errors()
    if flask.request.form.get("confirmed") != "yes":
        errors["confirmed"] = _("Please confirm that you want to waive this deadline.")
    if errors:
        return _page(found, waive_errors=errors), 422
    application = current.application()
    with application.unit_of_work() as session:
        application.engine.deadlines.waive(
            clock_id, grounds=_grounds(found, rules.WAIVERS), session=session
        )
    flask.flash(_("The deadline was waived."), "good")
    return flask.redirect(flask.url_for("clocks.of_case", number=found.business_key))


def _page(
    found: CaseClock,
    *,
    extend_errors: dict[str, str] | None = None,
    waive_errors: dict[str, str] | None = None,
) -> str:
    scope = found.clock.scope
    return flask.render_template(
        "clocks/show.html",
        found=found,
        clock=found.clock,
        may_extend=_roles(scope, rules.EXTENDERS) != [],
        may_waive=_roles(scope, rules.WAIVERS) != [],
        extend_errors=extend_errors or {},
        waive_errors=waive_errors or {},
        typed=flask.request.form,
        units=day_words.UNITS,
        today=local_date(current.application().clock.now()),
    )


def _find(clock_id: str) -> CaseClock:
    """Read a clock of a case that this person may order something about.

    Raises:
        ClockNotFound: there is none.
        InstanceNotFound: it belongs to a case that is no business of his.
    """
    with current.application().reading() as session:
        found = sla_queries.clock(clock_id, session)
    access = case_access.find(found.business_key)
    if not access.viewer.is_staff or not _roles(found.clock.scope, rules.EXTENDERS):
        raise InstanceNotFound(found.business_key)
    return found


def _grounds(found: CaseClock, roles: tuple[str, ...]) -> Grounds:
    held = _roles(found.clock.scope, roles)
    return Grounds(
        by=current.actor(),
        role=held[0] if held else roles[0],
        reason=flask.request.form.get("reason", "")[:LONGEST_REASON],
    )


def _roles(scope: str, roles: tuple[str, ...]) -> list[str]:
    """List the roles of this person that count for a case of a scope."""
    actor = current.actor()
    return [role for role in roles if actor.belongs_to(role, scope)]


def _extension_errors(found: CaseClock) -> dict[str, str]:
    form, errors = flask.request.form, _reason_errors()
    if form.get("how") == "units":
        amount = form.get("amount", "")
        if not (amount.isascii() and amount.isdecimal()) or not 1 <= int(amount) <= MOST_UNITS:
            errors["amount"] = _("Enter a whole number from 1 to %(most)d.", most=MOST_UNITS)
        return errors
    until = _end_of(form.get("until", ""))
    least = max(found.clock.due_at, current.application().clock.now())
    if until is None or until <= least:
        errors["until"] = _("Enter a day after the present due date and after today.")
    return errors


def _reason_errors() -> dict[str, str]:
    reason = flask.request.form.get("reason", "").strip()
    return (
        {} if reason else {"reason": _("Give a reason; everybody who sees the deadline reads it.")}
    )


def _end_of(text: str) -> datetime | None:
    try:
        return end_of_local_day(date.fromisoformat(text))
    except ValueError:
        return None


def _filter(view: str, after: tuple[datetime, str] | None) -> ClockFilter:
    now = current.application().clock.now()
    return ClockFilter(
        scopes=_scopes(current.actor()),
        guarded=guarded_scopes(current.actor()),
        is_breached={"breached": True, "soon": False}.get(view),
        due_before=now + sla_queries.SOON if view == "soon" else None,
        after=after,
        limit=PAGE,
    )


def _scopes(actor: Actor) -> frozenset[str]:
    """Name the scopes whose clocks this person sees; none stands for all."""
    scopes = rules.staff_scopes(actor)
    return frozenset() if CITY in scopes else scopes


def _after() -> tuple[datetime, str] | None:
    """Read where a page of the list begins; nonsense begins at the front."""
    text = flask.request.args.get("after", "")
    instant, _sign, clock_id = text.partition("~")
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return (at, clock_id) if at.tzinfo else None
