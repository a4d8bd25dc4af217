"""The mailbox of the simulator: in the demo everybody sees every message, else only his own."""

import math
from dataclasses import replace

import flask
from flask import Blueprint

from housing.notices import queries
from housing.notices.queries import DeliveredView, MailboxFilter
from housing.people import queries as people
from webapp import current, labels

pages = Blueprint("simulator", __name__)

PAGE_SIZE = 25


@pages.get("/simulator")
def list_messages() -> str:
    """List delivered mail and push messages, newest first."""
    application = current.application()
    wanted = _wanted()
    page = max(1, flask.request.args.get("page", 1, int))
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
        channels=labels.CHANNELS,
        page=page,
        page_count=math.ceil(total / PAGE_SIZE),
    )


def _wanted() -> MailboxFilter:
    is_demo = current.application().settings.is_demo
    recipient = flask.request.args.get("to") or None if is_demo else str(current.account().id)
    channel = flask.request.args.get("channel")
    return MailboxFilter(
        recipient=recipient, channel=channel if channel in labels.CHANNELS else None
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


def _may_read(message: DeliveredView) -> bool:
    is_own = message.recipient == str(current.account().id)
    return is_own or current.application().settings.is_demo
