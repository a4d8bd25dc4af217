"""Addresses of pages; all of a list's filter, order and page stands in the query string."""

import flask


def here(**changes: object) -> str:
    """Return the address of this page with some of its query changed; None takes a part away."""
    query = {**flask.request.args.to_dict(), **changes}
    given = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return flask.url_for(
        flask.request.endpoint or "home.index", **(flask.request.view_args or {}), **given
    )
