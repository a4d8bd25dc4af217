"""Web sessions: a random token in a cookie, everything else on the server."""

import flask
from flask import Response

from housing.people import queries, service
from housing.people.queries import SignedIn
from webapp import current, security

COOKIE = "anju_session"


def load() -> None:
    """Find out who asks, before anything else of the request."""
    token = flask.request.cookies.get(COOKIE)
    if not token or flask.request.endpoint == "static":
        return
    application = current.application()
    clock = application.system_clock
    with application.reading() as session:
        found = queries.signed_in(token, now=clock.now(), session=session)
    if found is None:
        return
    flask.g.person = found.account
    _touch(token, found)


def _touch(token: str, found: SignedIn) -> None:
    """Keep a session alive; it takes the database's only writer at most once a minute."""
    application = current.application()
    clock = application.system_clock
    if clock.now() - found.last_seen_at < service.TOUCH_PERIOD:
        return
    with application.unit_of_work() as session:
        service.touch(token, session=session, clock=clock)


def remember(response: Response, token: str) -> Response:
    """Set the cookie of a session that was just opened."""
    flask.g.pop("person", None)
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", secure=security.is_encrypted()
    )
    return response


def forget(response: Response) -> Response:
    """Close the session of this request on the server and forget its cookie."""
    application = current.application()
    if token := flask.request.cookies.get(COOKIE):
        with application.unit_of_work() as session:
            service.sign_out(token, session=session, clock=application.system_clock)
    flask.session.clear()
    response.delete_cookie(COOKIE)
    return response
