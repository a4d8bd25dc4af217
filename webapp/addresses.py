"""Addresses of pages; all of a list's filter, order and page stands in the query string."""

import re
from urllib.parse import urlencode

import flask

MOST_PAGES = 10_000

_OURS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
"""A path on this server: no second slash, no backslash, nothing that browsers strip."""


def here(**changes: object) -> str:
    """Return the address of this page with some of its query changed; None takes a part away."""
    query = {**flask.request.args.to_dict(), **changes}
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{flask.request.path}?{urlencode(given)}" if given else flask.request.path


def page_number() -> int:
    """Tell which page of a list is asked for, from 1; beyond 10,000 nobody turns them."""
    return min(max(1, flask.request.args.get("page", 1, type=int)), MOST_PAGES)


def next_page() -> str:
    """Return the page asked for before, if it is one of ours; else the start page."""
    wanted = flask.request.values.get("next", "")
    return wanted if _OURS.fullmatch(wanted) else flask.url_for("home.index")


def local(wanted: str) -> str:
    """Return an address if it is one of ours, else nothing."""
    return wanted if _OURS.fullmatch(wanted) else ""
