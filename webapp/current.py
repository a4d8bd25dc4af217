"""Who and what the present request is about: the application, the account, the actor."""

from typing import cast

import flask

from engine.types import Actor
from housing.bootstrap import Application
from housing.people.queries import AccountView
from housing.people.second_factor import Door


def application() -> Application:
    """Return the wired application of the running server."""
    return cast(Application, flask.current_app.extensions["anju"])


def person() -> AccountView | None:
    """Return the person of this request, or nothing for a stranger."""
    return cast(AccountView | None, flask.g.get("person"))


def account() -> AccountView:
    """Return the person of this request; a stranger is asked to sign in (401)."""
    found = person()
    if found is None:
        flask.abort(401)
    return found


def actor() -> Actor:
    """Return the person of this request as the engine knows him; a stranger is asked to sign in."""
    return account().actor


def door() -> Door:
    """Return with what codes of a second factor are checked."""
    used = application()
    return Door(database=used.database, vault=used.vault, clock=used.system_clock)


def roles() -> frozenset[str]:
    """Name the roles of this request's person in any scope; none for a stranger."""
    found = person()
    return found.roles if found else frozenset()


def is_worker() -> bool:
    """Tell whether this request's person works for the office or a contractor."""
    return bool(roles() - {"resident", "applicant", "witness"})
