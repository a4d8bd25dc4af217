"""What only somebody may do who has shown anew who he is: within ten minutes."""

import flask

from housing.people import sessions
from webapp import current
from webapp.sessions import COOKIE


def require(back_to: str) -> None:
    """Lead a person to the page that asks who he is, unless he just showed it.

    Args:
        back_to: endpoint of the page to go on at.
    """
    application = current.application()
    with application.reading() as session:
        is_fresh = sessions.is_fresh(
            flask.request.cookies.get(COOKIE, ""),
            session=session,
            now=application.system_clock.now(),
        )
    if not is_fresh:
        address = flask.url_for("account.ask_again", next=flask.url_for(back_to))
        flask.abort(flask.redirect(address, 303))
