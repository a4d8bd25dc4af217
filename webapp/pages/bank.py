"""The account of a refund, read for a purpose; the simulator of the bank that checks it."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.types import CITY
from housing.move_outs import accounts, queries, service
from housing.move_outs.accounts import AccountView
from housing.move_outs.errors import MoveOutNotFound
from housing.persons.errors import PurposeMissing
from webapp import case_access, current, errors

pages = Blueprint("bank", __name__)

READERS = ("officer", "section_chief", "finance")
ANSWERS = {"match": True, "no_match": False}


@pages.get("/simulator/bank")
def list_inquiries() -> str:
    """List the questions that the bank has not answered."""
    _check_simulated()
    with current.application().reading() as session:
        waiting = queries.open_inquiries(session=session)
    return flask.render_template("bank/list.html", inquiries=waiting)


@pages.post("/simulator/bank/<int:inquiry_id>")
def answer(inquiry_id: int) -> Response:
    """Answer one question as the bank would; the case that waits for it goes on."""
    _check_simulated()
    application, given = current.application(), flask.request.form.get("answer", "")
    if given not in ANSWERS:
        flask.abort(404)
    with application.unit_of_work() as session:
        service.answer_inquiry(
            inquiry_id,
            is_match=ANSWERS[given],
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
        )
    flask.flash(_("The bank has answered; the case goes on."), "success")
    return flask.redirect(flask.url_for("bank.list_inquiries"))


@pages.get("/move-outs/<number>/account")
def show_account(number: str) -> str:
    """Show the account of a move-out's refund; its number is masked."""
    return flask.render_template("bank/account.html", account=_account(number))


@pages.post("/move-outs/<number>/account")
def reveal_account(number: str) -> str | tuple[str, int]:
    """Show the account number once; who, when and why is written down first."""
    account, application = _account(number), current.application()
    purpose = flask.request.form.get("purpose", "")
    try:
        with application.unit_of_work() as session:
            whole = accounts.read_account(
                account.number,
                purpose,
                by=current.actor(),
                vault=application.vault,
                session=session,
                clock=application.clock,
            )
    except PurposeMissing as error:
        words = {"purpose": purpose, "problem": errors.sentence(error)}
        return flask.render_template("bank/account.html", account=account, **words), 422
    return flask.render_template("bank/account.html", account=account, whole=whole)


def _account(number: str) -> AccountView:
    """Read the account of a move-out for those who refund it.

    Raises:
        MoveOutNotFound: there is none, or it is no business of this request's person.
        AccountMissing: it names no account.
    """
    case = case_access.find(number).case
    actor = current.actor()
    is_business = any(actor.belongs_to(role, at) for role in READERS for at in (CITY, case.scope))
    if case.process_key != service.PROCESS or not is_business:
        raise MoveOutNotFound(number)
    with current.application().reading() as session:
        return accounts.account_view(number, session=session)


def _check_simulated() -> None:
    """Answer as if there were no such page where no bank is simulated."""
    if current.application().settings.bank != "simulator":
        flask.abort(404)
