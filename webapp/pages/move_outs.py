"""Moving out: the list, the notice taken back, more time for heirs, the exit handover."""

import math

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.calendar import local_date
from engine.errors import Conflict, Invalid
from housing.cases.rules import staff_scopes
from housing.files.errors import FileRefused
from housing.move_outs import added_items, handover, overview, service
from housing.move_outs.errors import (
    ItemIncomplete,
    ItemNameMissing,
    MoveOutNotFound,
    SheetNotFinished,
    TooManyItems,
)
from housing.move_outs.overview import MOVE_OUT_STATES, Wanted
from housing.move_outs.rules import FINDINGS, KEY_KINDS, METERS, SIGNERS, is_signed
from housing.persons.queries import person
from webapp import case_access, current, errors, filling, handover_page, model_words
from webapp.addresses import page_number
from webapp.lease_words import STATE_KINDS

pages = Blueprint("move_outs", __name__)

PAGE_SIZE = 25
NEW_ITEM = 0
"""Stands for the id of an item that is about to be added."""
EXTENSION_FORM = "move_out/extend_take_over"

Answered = str | tuple[str, int] | Response


@pages.get("/move-outs")
def list_move_outs() -> str:
    """List the move-outs of the communities one works for, with state and vacancy."""
    args, page = flask.request.args, page_number()
    state = args.get("state", "")
    wanted = Wanted(
        scopes=staff_scopes(current.actor()),
        text=args.get("q", "")[:40],
        state=state if state in MOVE_OUT_STATES else "",
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    application = current.application()
    today = local_date(application.clock.now())
    with application.reading() as session:
        rows, total = overview.move_outs_listed(wanted, today=today, session=session)
    return flask.render_template(
        "move_outs/list.html",
        rows=rows,
        total=total,
        wanted=wanted,
        states=MOVE_OUT_STATES,
        state_kinds=STATE_KINDS,
        page=page,
        page_count=math.ceil(total / PAGE_SIZE),
    )


@pages.post("/move-outs/<number>/withdraw")
def take_back(number: str) -> Response:
    """Take a notice back; the tenant who gave it, or an officer for him."""
    access, application = case_access.find(number), current.application()
    if access.case.process_key != service.PROCESS:
        raise MoveOutNotFound(number)
    is_officer = current.actor().belongs_to("officer", access.case.scope)
    if access.viewer.relation != "tenant" and not is_officer:
        raise MoveOutNotFound(number)
    with application.unit_of_work() as session:
        service.withdraw(
            access.case.id, by=current.actor(), engine=application.engine, session=session
        )
    flask.flash(_("The notice was taken back; the lease goes on."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


@pages.route("/move-outs/<number>/extension", methods=["GET", "POST"])
def extend_take_over(number: str) -> Answered:
    """Let an officer enter that the heirs need more time, once."""
    access = case_access.find(number)
    if access.case.process_key != service.PROCESS:
        raise MoveOutNotFound(number)
    form = model_words.form_in_service(EXTENSION_FORM)
    if flask.request.method == "GET":
        return _draw_extension(number, filling.blank(form))
    filled = filling.receive(form)
    if not filled.is_ready:
        return _draw_extension(number, filled.view), filled.status
    application = current.application()
    try:
        with application.unit_of_work() as session:
            application.engine.send_message(
                access.case.id,
                service.EXTENSION_MESSAGE,
                filled.values,
                by=current.actor(),
                session=session,
            )
    except (Conflict, Invalid) as error:
        problem = errors.sentence(error)
        return _draw_extension(number, filled.view, problem), errors.status_of(error)
    flask.flash(_("The period was extended by three months."), "success")
    return flask.redirect(flask.url_for("cases.show", number=number))


@pages.get("/move-outs/<number>/handover")
def show_handover(number: str) -> str:
    """Show the exit sheet: to fill in on the tablet, or to read."""
    return _draw_handover(handover_page.read(number))


@pages.post("/move-outs/<number>/handover")
def begin_handover(number: str) -> Response:
    """Begin the sheet, filled in from the home's register."""
    handover_page.to_write(number)
    application = current.application()
    with application.unit_of_work() as session:
        service.open_sheet(number, session=session, clock=application.clock)
    return _to_handover(number)


@pages.post("/move-outs/<number>/handover/items/<int:item_id>")
def save_item(number: str, item_id: int) -> Answered:
    """Keep what was found of one item."""
    page, application = handover_page.to_write(number), current.application()
    photos = handover_page.take_photos()
    found = handover_page.finding(photos.ids)
    try:
        if photos.refusal:
            raise photos.refusal
        with application.unit_of_work() as session:
            handover.save_finding(
                number,
                item_id,
                found,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except (ItemIncomplete, FileRefused) as error:
        return _draw_handover(page, (item_id, errors.sentence(error), found)), _refused_status()
    return _to_handover(number, f"item-{item_id}")


@pages.post("/move-outs/<number>/handover/items")
def add_item(number: str) -> Answered:
    """Add an item that is not in the register, with what was found of it."""
    page, application = handover_page.to_write(number), current.application()
    photos = handover_page.take_photos()
    found, posted = handover_page.finding(photos.ids), flask.request.form
    name, room = posted.get("name", ""), posted.get("room", "")
    try:
        if photos.refusal:
            raise photos.refusal
        with application.unit_of_work() as session:
            item_id = added_items.add(
                number,
                name,
                room,
                found,
                by=current.actor(),
                session=session,
                clock=application.clock,
            )
    except (ItemNameMissing, ItemIncomplete, TooManyItems, FileRefused) as error:
        wrong = (NEW_ITEM, errors.sentence(error), found)
        return _draw_handover(page, wrong, (name, room)), _refused_status()
    flask.flash(_("The item was added to the sheet."), "success")
    return _to_handover(number, f"item-{item_id}")


@pages.post("/move-outs/<number>/handover/items/<int:item_id>/remove")
def remove_item(number: str, item_id: int) -> Response:
    """Take an added item out of the sheet again."""
    handover_page.to_write(number)
    application = current.application()
    with application.unit_of_work() as session:
        added_items.remove(number, item_id, session=session, clock=application.clock)
    flask.flash(_("The added item was taken out."), "success")
    return _to_handover(number, "added")


@pages.post("/move-outs/<number>/handover/readings")
def save_readings(number: str) -> Response:
    """Keep meters and keys."""
    handover_page.to_write(number)
    application = current.application()
    meters, keys = handover_page.readings()
    with application.unit_of_work() as session:
        handover.save_readings(
            number, meters=meters, keys=keys, session=session, clock=application.clock
        )
    flask.flash(_("Meters and keys are saved."), "success")
    return _to_handover(number, "readings")


@pages.post("/move-outs/<number>/handover/signatures/<role>")
def save_signature(number: str, role: str) -> Response:
    """Keep one signature: drawn, typed, or refused with a reason."""
    page, application = handover_page.to_write(number), current.application()
    if role not in SIGNERS:
        flask.abort(404)
    try:
        prepared = handover_page.drawing()
    except FileRefused as error:
        flask.flash(errors.sentence(error), "error")
        return _to_handover(number, f"sign-{role}")
    with application.unit_of_work() as session:
        file_id = None
        if prepared is not None:
            file_id = application.files.record(prepared, by=current.actor(), session=session).id
        tenant = person(page.handover.tenant_id, session=session).name
        name = tenant if role == "tenant" else current.account().name
        signature = handover_page.signature(role, name, file_id)
        if not is_signed(signature):
            flask.flash(_("Please draw, type a name, or give the reason of the refusal."), "error")
            return _to_handover(number, f"sign-{role}")
        handover.save_signature(
            number, signature, by=current.actor(), session=session, clock=application.clock
        )
    flask.flash(_("The signature is saved."), "success")
    return _to_handover(number, f"sign-{role}")


@pages.post("/move-outs/<number>/handover/sign")
def sign_handover(number: str) -> Response:
    """Complete the sheet for good; then the task asks for the outcome."""
    page, application = handover_page.to_write(number), current.application()
    try:
        with application.unit_of_work() as session:
            handover.finish(
                number,
                by=current.actor(),
                engine=application.engine,
                session=session,
                clock=application.clock,
            )
    except SheetNotFinished as error:
        flask.flash(errors.sentence(error), "error")
        return _to_handover(number, "sign")
    flask.flash(_("The handover sheet is final. Please report the outcome now."), "success")
    if page.task is None:
        return flask.redirect(flask.url_for("cases.show", number=number))
    return flask.redirect(flask.url_for("inbox.show_task", task_id=page.task.id))


def _refused_status() -> int:
    # htmx swaps only what comes with a status below 400
    return 200 if flask.request.headers.get("HX-Request") else 422


def _draw_handover(
    page: handover_page.HandoverPage,
    wrong: tuple[int, str, handover.Finding] | None = None,
    new_item: tuple[str, str] = ("", ""),
) -> str:
    return flask.render_template(
        "move_outs/handover.html",
        page=page,
        sheet=page.handover,
        findings=FINDINGS,
        meters=METERS,
        key_kinds=KEY_KINDS,
        signers=SIGNERS,
        wrong=wrong,
        new_item=new_item,
        new_item_id=NEW_ITEM,
        rooms=tuple(handover.ROOMS),
    )


def _draw_extension(number: str, view: object, problem: str = "") -> str:
    return flask.render_template(
        "move_outs/extension.html", number=number, view=view, problem=problem
    )


def _to_handover(number: str, anchor: str | None = None) -> Response:
    return flask.redirect(flask.url_for("move_outs.show_handover", number=number, _anchor=anchor))
