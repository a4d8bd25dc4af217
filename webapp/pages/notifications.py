"""A person's notices: what was told, by which channels, on which devices, at which address."""

import math

import flask
from flask import Blueprint
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import Invalid
from housing.delivery import devices
from housing.delivery.devices import NewDevice
from housing.delivery.service import retry
from housing.notices import preferences, queries
from housing.notices.kinds import TOPICS, topics_for
from housing.notices.service import ask_to_verify, tell_account
from housing.people import service as people
from webapp import current, errors, labels, language, phone
from webapp import devices as browsers
from webapp.addresses import next_page, page_number

pages = Blueprint("notifications", __name__)

PAGE_SIZE = 25
TEST = "push_test"
"""Kind of the message by which somebody tries whether push messages arrive."""

LINK_LIFETIME = 3 * 24 * 60 * 60
"""Seconds that the link of an e-mail check is good for."""


@pages.get("/messages")
def list_own() -> str:
    """List what this person was told, newest first."""
    page = page_number()
    with current.application().reading() as session:
        notices = queries.notices_of(current.account().id, session=session)
    return flask.render_template(
        "notifications/list.html",
        notices=notices[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        page=page,
        page_count=math.ceil(len(notices) / PAGE_SIZE),
    )


@pages.get("/account/notifications")
def show() -> str:
    """Show where a person is reached and what he wants to be told how."""
    return _page()


@pages.post("/account/notifications")
def save() -> flask.typing.ResponseReturnValue:
    """Keep the channels of each topic, and the language of notices and pages."""
    form = flask.request.form
    offered = topics_for(current.roles())
    chosen = {
        each.code: form.getlist(each.code) if each in offered else each.defaults for each in TOPICS
    }
    quiet = (form.get("quiet_begins", ""), form.get("quiet_ends", ""))
    try:
        with current.application().unit_of_work() as session:
            people.change_language(current.account().id, form.get("language", ""), session=session)
            preferences.choose(current.account().id, chosen, session=session)
            preferences.choose_quiet(current.account().id, *quiet, session=session)
    except Invalid as refusal:
        return _page(problem=errors.sentence(refusal), chosen=chosen, quiet=quiet), 422
    flask.flash(_("Your choice was saved."))
    return _back()


@pages.post("/account/contact")
def save_contact() -> flask.typing.ResponseReturnValue:
    """Keep e-mail address and mobile number; a new address gets a letter to check it."""
    email, mobile = flask.request.form.get("email", ""), flask.request.form.get("mobile", "")
    application = current.application()
    try:
        with application.unit_of_work() as session:
            people.change_contact(
                current.account().id,
                email=email,
                mobile=mobile,
                vault=application.vault,
                session=session,
                clock=application.clock,
            )
    except Invalid as refusal:
        typed = {"email": email, "mobile": mobile}
        return _page(contact_problem=errors.sentence(refusal), typed=typed), 422
    flask.flash(_("Your address was saved."))
    return _back()


@pages.post("/account/email/check")
def check_email() -> BaseResponse:
    """Send a letter whose link proves that the address is right."""
    account, application = current.account(), current.application()
    if account.email is None:
        return _back()
    token = _signer().dumps([account.id, account.email])
    link = flask.url_for("notifications.verify_email", token=token)
    with application.unit_of_work() as session:
        ask_to_verify(account, link, session=session, clock=application.clock)
    flask.flash(_("A letter is on its way to %(email)s.", email=account.email))
    return _back()


@pages.get("/account/email/<token>")
def verify_email(token: str) -> BaseResponse:
    """Note that the letter to an address arrived; the link is good for three days."""
    application = current.application()
    try:
        account_id, email = _signer().loads(token, max_age=LINK_LIFETIME)
    except BadSignature:
        flask.flash(_("This link is not valid any more."), "error")
        return _back()
    with application.unit_of_work() as session:
        is_right = account_id == current.account().id and people.verify_email(
            account_id, email, session=session, clock=application.clock
        )
    if is_right:
        flask.flash(_("Your e-mail address is verified."))
    else:
        flask.flash(_("This link is for another address."), "error")
    return _back()


@pages.post("/account/devices")
def add_device() -> flask.typing.ResponseReturnValue:
    """Keep the browser that asks as a device for push messages."""
    application = current.application()
    given = flask.request.get_json(silent=True)
    known = given if isinstance(given, dict) else {}
    device = NewDevice(
        endpoint=str(known.get("endpoint", "")),
        p256dh=str(known.get("p256dh", "")),
        auth=str(known.get("auth", "")),
        name=browsers.name(),
    )
    with application.unit_of_work() as session:
        devices.register(
            current.account().id,
            device,
            hosts=application.settings.channels.push.hosts,
            session=session,
            clock=application.system_clock,
        )
    return "", 204


@pages.post("/account/devices/<int:device_id>/remove")
def remove_device(device_id: int) -> BaseResponse:
    """Forget a device of this person."""
    with current.application().unit_of_work() as session:
        devices.remove(current.account().id, device_id, session=session)
    flask.flash(_("The device was removed."))
    return _back()


@pages.post("/account/devices/test")
def send_test() -> BaseResponse:
    """Push a message that says only that it arrived, at any hour."""
    application, account = current.application(), current.account()
    channels = application.settings.channels
    with application.unit_of_work() as session:
        can_arrive = not channels.is_real("push") or devices.has_device(account.id, session=session)
        if can_arrive:
            clock, page = application.clock, flask.url_for("notifications.show")
            tell_account(account, TEST, {}, page, channel="push", session=session, clock=clock)
    if not can_arrive:
        flask.flash(_("No device takes push messages yet."), "error")
    elif channels.is_real("push"):
        flask.flash(_("A test message is on its way to your devices."))
    else:
        flask.flash(_("A test message is on its way to the simulated phone."))
    return _back()


@pages.post("/notices/<int:message_row>/retry")
def try_again(message_row: int) -> BaseResponse:
    """Send a message that failed once more."""
    application = current.application()
    with application.unit_of_work() as session:
        retry(message_row, session=session, clock=application.clock)
    flask.flash(_("The message will be sent again at once."))
    return flask.redirect(next_page())


def _page(**problems: object) -> str:
    application, account = current.application(), current.account()
    channels = application.settings.channels
    with application.reading() as session:
        chosen = preferences.all_of(account.id, session=session)
        known = devices.devices_of(account.id, session=session)
        quiet = preferences.quiet_of([account.id], session=session).get(account.id)
        mobile = people.read_mobile(account.id, vault=application.vault, session=session)
    words: dict[str, object] = {
        "account": account,
        "topics": topics_for(current.roles()),
        "topic_words": labels.TOPICS,
        "topic_hints": labels.TOPIC_HINTS,
        "channels": {each: labels.CHANNELS[each] for each in channels.usable},
        "chosen": chosen,
        "languages": language.LANGUAGES,
        "devices": known,
        "quiet": (f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}") if quiet else ("", ""),
        "push_key": phone.push_key(),
        "typed": {"email": account.email or "", "mobile": mobile},
    }
    return flask.render_template("notifications/show.html", **{**words, **problems})


def _back() -> BaseResponse:
    return flask.redirect(flask.url_for("notifications.show"))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current.application().settings.secret_key, salt="email")
