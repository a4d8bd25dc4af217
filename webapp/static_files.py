"""Addresses of built files that change with their content, so that browsers may keep them."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import flask
from flask import Flask, Response

_KEEP = "public, max-age=31536000, immutable"
_HASHED = "dist/fonts/"
"""Names of fonts hold a hash of their content already."""


def asset(filename: str) -> str:
    """Give the address of a static file with a mark of its present content."""
    return flask.url_for("static", filename=filename, v=_mark_of(filename))


def keep(response: Response) -> Response:
    """Let a browser keep a static file that was asked for with the mark of its content."""
    if flask.request.endpoint == "static" and response.status_code < 400:
        name = str((flask.request.view_args or {}).get("filename", ""))
        if name.startswith(_HASHED) or flask.request.args.get("v") == _mark_of(name):
            response.headers["Cache-Control"] = _KEEP
    return response


def install(app: Flask) -> None:
    """Offer `asset` to every template and let browsers keep what it names."""
    app.after_request(keep)
    app.context_processor(lambda: {"asset": asset})


def _mark_of(filename: str) -> str:
    path = Path(flask.current_app.static_folder or "") / filename
    return _mark(path, path.stat().st_mtime_ns) if path.is_file() else ""


@cache
def _mark(path: Path, _changed_ns: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
