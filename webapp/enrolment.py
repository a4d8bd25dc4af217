"""The cookie of somebody on the way to an account, and the questions of the way."""

from collections.abc import Mapping
from dataclasses import dataclass

import flask
from flask import Response
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from engine.db import UnitOfWork
from housing.channels import SIMULATOR
from housing.notices import queries as notices
from housing.notices.queries import DeliveredView
from housing.people.rules import mask_mobile
from housing.sign_up import queries, rules, service
from housing.sign_up.codes import Desk
from housing.sign_up.drafts import OnTheWay
from housing.sign_up.errors import EnrolmentOver
from webapp import current, devices, security

COOKIE = "anju_enrolment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One page of the way.

    Attributes:
        kind: type of the field: text, tel, email.
        mode: which keyboard a phone shows.
        complete: what the browser may fill in.
    """

    title: LazyString
    label: LazyString
    hint: LazyString
    kind: str = "text"
    mode: str = "text"
    complete: str = "off"


QUESTIONS: Mapping[str, Question] = {
    "national_id": Question(
        title=_l("What is your national ID number?"),
        label=_l("National ID or residence permit number"),
        hint=_l("Such as A123456789. Residence permits of the old and the new form do as well."),
    ),
    "born_on": Question(
        title=_l("When were you born?"),
        label=_l("Date of birth"),
        hint=_l("Such as 081/05/20 or 1992-05-20."),
        complete="bday",
    ),
    "name": Question(
        title=_l("What is your name?"),
        label=_l("Full name"),
        hint=_l("As on your identity card or residence permit."),
        complete="name",
    ),
    "mobile": Question(
        title=_l("What is your mobile number?"),
        label=_l("Mobile number"),
        hint=_l("Ten digits, such as 0912345678. We send a code to it at once."),
        kind="tel",
        mode="tel",
        complete="tel-national",
    ),
    "sms": Question(
        title=_l("Enter the code from your phone"),
        label=_l("Code of six digits"),
        hint=_l("It is good for ten minutes."),
        mode="numeric",
        complete="one-time-code",
    ),
    "email": Question(
        title=_l("What is your e-mail address?"),
        label=_l("E-mail address"),
        hint=_l("We send a code to it at once."),
        kind="email",
        mode="email",
        complete="email",
    ),
    "mail": Question(
        title=_l("Enter the code from your e-mail"),
        label=_l("Code of six digits"),
        hint=_l("It is good for ten minutes."),
        mode="numeric",
        complete="one-time-code",
    ),
}
"""Step to its words; consent and password have templates of their own."""


@dataclass(frozen=True, kw_only=True)
class StepPage:
    """What the page of a question shows.

    Attributes:
        number: its place, from 1.
        back: the question before; None at the first.
        sent_to: masked number or address of a code.
        message: of the simulator, in a demo city, as soon as it arrived.
        is_played: whether the code is shown by a simulator here.
    """

    step: str
    number: int
    count: int
    back: str | None
    sent_to: str
    message: DeliveredView | None
    is_played: bool


CHANNELS_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "sign_up": ("sms", "mail"),
    "forgotten": ("sms",),
}
"""What somebody may begin by himself, to the channels that its codes go by."""


def is_open(kind: str) -> bool:
    """Tell whether all codes reach people from here: really, or in a demo city's simulator.

    The simulator of a real office shows nobody else's messages, so nobody could finish.
    """
    settings = current.application().settings
    return settings.is_demo or all(map(settings.channels.is_real, CHANNELS_BY_KIND[kind]))


def token() -> str:
    """Read the cookie."""
    return flask.request.cookies.get(COOKIE, "")


def remember(response: Response, value: str) -> Response:
    """Set the cookie; it ends with the browser, and the row behind it after an hour."""
    response.set_cookie(
        COOKIE, value, httponly=True, samesite="Lax", secure=security.is_encrypted()
    )
    return response


def forget(response: Response) -> Response:
    """Drop the cookie."""
    response.delete_cookie(COOKIE)
    return response


def desk(session: UnitOfWork) -> Desk:
    """Give the verbs of the slice what they work with."""
    application = current.application()
    return Desk(
        vault=application.vault,
        session=session,
        clock=application.system_clock,
        business_clock=application.clock,
        client=devices.client(),
    )


def look() -> OnTheWay | None:
    """Tell how far this browser's person is; None when he has to begin."""
    try:
        with current.application().reading() as session:
            return service.look(token(), desk=desk(session))
    except EnrolmentOver:
        return None


def page_of(way: OnTheWay, step: str) -> StepPage:
    """Gather the page of a question."""
    steps = rules.STEPS[way.kind]
    application = current.application()
    is_played = application.settings.channels.modes.get(step) == SIMULATOR
    message = None
    if step in {"sms", "mail"} and is_played and application.settings.is_demo:
        with application.reading() as session:
            key = queries.message_of(way.id, step, session=session)
            message = notices.delivered_under(key, session=session) if key else None
    return StepPage(
        step=step,
        number=steps.index(step) + 1,
        count=len(steps),
        back=rules.step_before(way.kind, step),
        sent_to=_masked(way, step),
        message=message,
        is_played=is_played and application.settings.is_demo,
    )


def _masked(way: OnTheWay, step: str) -> str:
    if step == "sms":
        return mask_mobile(way.typed.get("mobile", ""))
    name, _at, domain = way.typed.get("email", "").partition("@")
    return f"{name[:2]}***@{domain}" if step == "mail" else ""
