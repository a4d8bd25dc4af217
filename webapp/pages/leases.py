"""Leases: the tenant's own page, his notice, the office's list and what it keys in."""

import math
from collections.abc import Mapping
from datetime import date
from uuid import uuid4

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import queries as engine_queries
from engine.calendar import local_date
from engine.db import UnitOfWork
from engine.errors import Conflict, InstanceNotFound, Invalid
from engine.types import CITY
from forms.dates import parse_day
from housing.cases.rules import staff_scopes
from housing.leases import queries as leases
from housing.leases.errors import LeaseNotFound
from housing.leases.queries import LeaseView
from housing.move_outs import overview
from housing.move_outs.accounts import NOTICE_FORM
from housing.move_outs.overview import LEASE_STATES, Leaving, OwnLease, Wanted
from housing.move_outs.subject import open_notice
from housing.persons.queries import persons
from housing.places.queries import unit
from housing.places.rules import community_scope
from housing.renewals import queries as renewals
from housing.renewals.subject import PAPER_FORM, PAPER_MESSAGE
from housing.renewals.subject import SUBJECT as RENEWALS
from housing.slices import Desk, Opening
from webapp import case_access, current, errors, filling, model_words
from webapp.addresses import page_number
from webapp.filling import Filled

pages = Blueprint("leases", __name__)

PAGE_SIZE = 25

Answered = str | tuple[str, int] | Response


@pages.get("/my-lease")
def show_own() -> str:
    """Show a tenant his lease: term, rent, deposit, what he owes, and what may come next."""
    own = _own()
    renewal = None
    if own is not None:
        with current.application().reading() as session:
            renewal = renewals.state_of(own.lease.id, session=session)
    return flask.render_template("leases/own.html", own=own, renewal=renewal, today=_today())


@pages.route("/my-lease/notice", methods=["GET", "POST"])
def give_notice() -> Answered:
    """Let a tenant give notice: first the day and what it costs, then the rest."""
    own = _own()
    if own is None or own.move_out is not None:
        return flask.redirect(flask.url_for("leases.show_own"))
    form, context = model_words.form_in_service(NOTICE_FORM), {"is_office": False}
    if flask.request.method == "GET":
        chosen = flask.request.args.get("planned_on", "")
        view = filling.blank(form, context, draft={"planned_on": chosen})
        return _draw_notice(own, view, chosen, uuid4().hex)
    filled, token = filling.receive(form, context), flask.request.form.get("_token", "")
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    chosen = str(filled.raw.get("planned_on") or "")
    if not filled.is_ready:
        return _draw_notice(own, filled.view, chosen, token), filled.status
    return _to_case(_open(filled, token, {}))


@pages.get("/leases")
def list_leases() -> str:
    """List the leases of the office, those that end first on top."""
    args, page = flask.request.args, page_number()
    state = args.get("state", "active")
    wanted = Wanted(
        scopes=staff_scopes(current.actor()),
        text=args.get("q", "")[:40],
        state=state if state in LEASE_STATES else "",
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    with current.application().reading() as session:
        rows, total = overview.leases_listed(wanted, today=_today(), session=session)
        known = renewals.running([each.number for each in rows], session=session)
    return flask.render_template(
        "leases/list.html",
        rows=rows,
        renewals=known,
        total=total,
        wanted=wanted,
        states=LEASE_STATES,
        page=page,
        page_count=math.ceil(total / PAGE_SIZE),
    )


@pages.get("/leases/<number>")
def show(number: str) -> str:
    """Show one lease to the office: people, money, and what can be begun."""
    lease = _find(number)
    with current.application().reading() as session:
        parties = leases.parties_of(lease.id, session=session)
        context = {
            "lease": lease,
            "home": unit(lease.unit_id, session=session).label,
            "parties": parties,
            "people": persons([each.person_id for each in parties], session=session),
            "deposit": leases.deposit_lines(lease.id, session=session),
            "deposit_held_twd": leases.deposit_held(lease.id, session=session),
            "lines": leases.account_lines(lease.id, session=session),
            "arrears_twd": leases.arrears(lease.id, on=_today(), session=session),
            "move_out": overview.running_number(lease.id, session=session),
            "renewal": renewals.state_of(lease.id, session=session),
        }
    return flask.render_template("leases/show.html", **context)


@pages.route("/leases/<number>/move-out", methods=["GET", "POST"])
def begin_move_out(number: str) -> Answered:
    """Let an officer begin the end of a lease: notice on paper, termination, death."""
    lease = _find(number)
    with current.application().reading() as session:
        home = unit(lease.unit_id, session=session).label
    form, context = model_words.form_in_service(NOTICE_FORM), {"is_office": True}
    if flask.request.method == "GET":
        return _draw_office(lease, home, filling.blank(form, context), uuid4().hex)
    filled, token = filling.receive(form, context), flask.request.form.get("_token", "")
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_office(lease, home, filled.view, token), filled.status
    try:
        opened = _open(filled, token, {"lease": lease.number})
    except Conflict as error:
        return _draw_office(lease, home, filled.view, token, errors.sentence(error)), 409
    return _to_case(opened)


@pages.route("/renewals/<number>/paper", methods=["GET", "POST"])
def key_in_renewal(number: str) -> Answered:
    """Let an officer key in an application for renewal that came on paper."""
    case = case_access.find(number).case
    if case.process_key != RENEWALS.process:
        raise InstanceNotFound(number)
    form = model_words.form_in_service(PAPER_FORM)
    context = _renewal_context(number)
    if flask.request.method == "GET":
        return _draw_paper(number, filling.blank(form, context))
    filled = filling.receive(form, context)
    if filled.wish == "look":
        return filling.hidden_answer(filled)
    if not filled.is_ready:
        return _draw_paper(number, filled.view), filled.status
    application = current.application()
    try:
        with application.unit_of_work() as session:
            RENEWALS.post(case.id, PAPER_MESSAGE, filled.values, _desk(session))
    except (Conflict, Invalid) as error:
        return _draw_paper(number, filled.view, errors.sentence(error)), errors.status_of(error)
    flask.flash(_("The application was keyed in."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


def _find(number: str) -> LeaseView:
    """Find a lease of a community that this request's person works for.

    Raises:
        LeaseNotFound: there is none, or it is of another community; the same for both.
    """
    with current.application().reading() as session:
        lease = leases.lease_by_number(number, session=session)
    if not staff_scopes(current.actor()) & {CITY, community_scope(lease.community_code)}:
        raise LeaseNotFound(number)
    return lease


def _own() -> OwnLease | None:
    with current.application().reading() as session:
        return overview.own_lease(current.account().id, today=_today(), session=session)


def _leaving(lease: LeaseView, chosen: str) -> Leaving | None:
    """Tell what a chosen day means; None as long as no usable day is chosen."""
    planned_on, now = parse_day(chosen), current.application().clock.now()
    if planned_on is None or planned_on < _today():
        return None
    with current.application().reading() as session:
        return overview.leaving(lease, planned_on, now=now, today=_today(), session=session)


def _open(filled: Filled, token: str, options: Mapping[str, object]) -> str:
    """Open the move-out; gives its number."""
    application = current.application()
    opening = Opening(token=token[:64] or uuid4().hex, values=filled.values, options=options)
    with application.unit_of_work() as session:
        result = open_notice(opening, _desk(session))
        return engine_queries.instance(result.instance_id, session).business_key


def _desk(session: UnitOfWork) -> Desk:
    application = current.application()
    return Desk(
        by=current.actor(),
        engine=application.engine,
        session=session,
        clock=application.clock,
        vault=application.vault,
        is_demo=application.settings.is_demo,
    )


def _renewal_context(number: str) -> Mapping[str, object]:
    now = current.application().clock.now()
    with current.application().reading() as session:
        return renewals.context(number, session=session, now=now)


def _today() -> date:
    return local_date(current.application().clock.now())


def _draw_notice(own: OwnLease, view: object, chosen: str, token: str) -> str:
    leaving = _leaving(own.lease, chosen)
    return flask.render_template(
        "leases/notice.html", own=own, view=view, chosen=chosen, leaving=leaving, token=token
    )


def _draw_office(lease: LeaseView, home: str, view: object, token: str, problem: str = "") -> str:
    return flask.render_template(
        "leases/begin.html", lease=lease, home=home, view=view, token=token, problem=problem
    )


def _draw_paper(number: str, view: object, problem: str = "") -> str:
    return flask.render_template("leases/paper.html", number=number, view=view, problem=problem)


def _to_case(number: str) -> Response:
    flask.flash(_("The move-out %(number)s has begun.", number=number), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))
