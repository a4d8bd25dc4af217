"""The simulator: messages as a phone would show them, and what becomes of them.

In the demo everybody sees every message and may play its fate, else only his own, to read.
"""

import math
from dataclasses import replace

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.db import UnitOfWork
from housing.delivery.service import play as play_outcome
from housing.notices import queries
from housing.notices.mailbox import OUTCOMES
from housing.notices.queries import DeliveredView, MailboxFilter
from housing.people import queries as people
from webapp import current, labels
from webapp.addresses import next_page, page_number

pages = Blueprint("simulator", __name__)

PAGE_SIZE = 25
ON_PHONE = 50
"""Messages of one channel that a phone shows, the newest."""

OUTCOME_FILTER = ("none", "opened", "bounced")
APPS = ("push", "sms", "line", "mail")
"""The programs of the phone, in their order."""


@pages.get("/simulator")
def list_messages() -> str:
    """List delivered messages of every channel, newest first."""
    application = current.application()
    wanted = _wanted()
    page = page_number()
    with application.reading() as session:
        total = queries.count_delivered(wanted, session=session)
        part = replace(wanted, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        messages = queries.delivered(part, session=session)
        everybody = people.all_accounts(session=session) if application.settings.is_demo else []
    return flask.render_template(
        "simulator/list.html",
        messages=messages,
        total=total,
        wanted=wanted,
        everybody=everybody,
        names={str(each.id): each.name for each in everybody},
        channels={each: labels.CHANNELS[each] for each in APPS},
        outcomes=OUTCOME_FILTER,
        page=page,
        page_count=math.ceil(total / PAGE_SIZE),
    )


def _wanted() -> MailboxFilter:
    given = flask.request.args
    is_demo = current.application().settings.is_demo
    channel, outcome = given.get("channel"), given.get("outcome")
    return MailboxFilter(
        recipient=given.get("to") or None if is_demo else str(current.account().id),
        channel=channel if channel in APPS else None,
        outcome=outcome if outcome in OUTCOME_FILTER else None,
    )


@pages.get("/simulator/<int:message_id>")
def show_message(message_id: int) -> str:
    """Show one delivered message as its reader gets it."""
    application = current.application()
    with application.reading() as session:
        message = queries.delivered_message(message_id, session=session)
        if message is None or not _may_read(message):
            flask.abort(404)
        names = people.names_of([message.recipient], session=session)
    return flask.render_template(
        "simulator/show.html", message=message, recipient=names.get(message.recipient, "")
    )


@pages.get("/simulator/phones/<int:account_id>")
def show_phone(account_id: int) -> str:
    """Show a person's phone with one of its programs open."""
    application = current.application()
    if not application.settings.is_demo and account_id != current.account().id:
        flask.abort(404)
    app = flask.request.args.get("app", "")
    app = app if app in APPS else APPS[0]
    with application.reading() as session:
        owner = people.account(account_id, session=session)
        counts = {each: _count(account_id, each, session) for each in APPS}
        wanted = MailboxFilter(recipient=str(account_id), channel=app, limit=ON_PHONE)
        messages = queries.delivered(wanted, session=session)
        everybody = people.all_accounts(session=session) if application.settings.is_demo else []
    return flask.render_template(
        "simulator/phone.html",
        owner=owner,
        app=app,
        apps={each: labels.CHANNELS[each] for each in APPS},
        counts=counts,
        messages=messages,
        everybody=everybody,
    )


@pages.post("/simulator/<int:message_id>/play")
def play(message_id: int) -> Response:
    """Let a message be opened, come back, or fail; possible in the demo only."""
    application = current.application()
    outcome = flask.request.form.get("outcome", "")
    if not application.settings.is_demo or outcome not in OUTCOMES:
        flask.abort(404)
    with application.unit_of_work() as session:
        play_outcome(
            message_id,
            outcome,
            channels=application.settings.channels,
            session=session,
            clock=application.clock,
        )
    flask.flash(_played(outcome))
    return flask.redirect(next_page())


def _played(outcome: str) -> str:
    words = {
        "opened": _("The message counts as opened."),
        "bounced": _("The message came back; the notice goes out by another channel if it can."),
        "failed": _("The delivery failed; it is tried again in a minute."),
    }
    return str(words[outcome])


def _count(account_id: int, channel: str, session: UnitOfWork) -> int:
    wanted = MailboxFilter(recipient=str(account_id), channel=channel)
    return queries.count_delivered(wanted, session=session)


def _may_read(message: DeliveredView) -> bool:
    is_own = message.recipient == str(current.account().id)
    return is_own or current.application().settings.is_demo
