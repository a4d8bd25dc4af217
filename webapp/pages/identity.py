"""Who is who, for officers: letters for the first sign-in, and claims of new accounts to check."""

import math

import flask
import segno
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import EngineError
from housing.sign_up import claims, first_sign_ins
from housing.sign_up.first_sign_ins import Issued
from webapp import current, enrolment, errors, person_page
from webapp.addresses import page_number

pages = Blueprint("identity", __name__)

PAGE_SIZE = 25

Answered = str | tuple[str, int] | Response


@pages.get("/persons/<int:person_id>/first-sign-in")
def show_letters(person_id: int) -> str:
    """Show which letters were issued for a person, and issue another."""
    return _letters_page(person_id)


@pages.post("/persons/<int:person_id>/first-sign-in")
def issue_letter(person_id: int) -> Answered:
    """Issue a letter and show it once, to print; one issued before is worthless from now on."""
    page = person_page.read(person_id)  # whose business is it?
    checked = flask.request.form.get("checked", "")
    try:
        with current.application().unit_of_work() as session:
            issued = first_sign_ins.issue(
                person_id, checked, by=current.actor(), desk=enrolment.desk(session)
            )
    except EngineError as refusal:
        words = errors.sentence(refusal)
        return _letters_page(person_id, words, checked), errors.status_of(refusal)
    address = _address(issued)
    return flask.render_template(
        "sign_up/letter.html",
        about=page.person,
        issued=issued,
        address=address,
        picture=segno.make(address, error="m").svg_data_uri(border=2, scale=5),
    )


@pages.get("/identity-checks")
def list_claims() -> str:
    """List new accounts that claim to be people the office knows."""
    return _claims_page()


@pages.post("/identity-checks/<int:claim_id>")
def decide(claim_id: int) -> Answered:
    """Confirm or refuse a claim, with how it was checked or why not."""
    form, application = flask.request.form, current.application()
    verb = claims.confirm if form.get("decision") == "confirm" else claims.refuse
    try:
        with application.unit_of_work() as session:
            verb(
                claim_id,
                form.get("words", ""),
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except EngineError as refusal:
        problem, status = errors.sentence(refusal), errors.status_of(refusal)
        return _claims_page(claim_id, problem, form.get("words", "")), status
    flask.flash(_("Your decision was saved; the person is told."))
    return flask.redirect(flask.url_for("identity.list_claims"))


def _address(issued: Issued) -> str:
    base = current.application().settings.base_url
    return base + flask.url_for("sign_up.first", code=issued.code)


def _letters_page(person_id: int, problem: str = "", checked: str = "") -> str:
    page = person_page.read(person_id)
    with current.application().reading() as session:
        letters = first_sign_ins.letters_of(person_id, desk=enrolment.desk(session))
    return flask.render_template(
        "sign_up/letters.html",
        about=page.person,
        letters=letters,
        problem=problem,
        checked=checked,
    )


def _claims_page(refused_id: int = 0, problem: str = "", words: str = "") -> str:
    page = page_number()
    with current.application().reading() as session:
        found = claims.waiting(offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE, session=session)
    return flask.render_template(
        "sign_up/claims.html",
        claims=found.rows,
        page=page,
        page_count=math.ceil(found.total / PAGE_SIZE),
        refused_id=refused_id,
        problem=problem,
        words=words,
    )
