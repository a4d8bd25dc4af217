"""Addresses of built files that change with their content, so that browsers may keep them.

The build leaves a small form of each text file beside it (`.br`, `.gz`): it goes to browsers that
take it.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

import flask
from flask import Flask, Response

_KEEP = "public, max-age=31536000, immutable"
_HASHED = "dist/fonts/"
"""Names of fonts hold a hash of their content already."""

_ENDINGS = {"br": ".br", "gzip": ".gz"}
"""Encoding to the ending of the file that the build made; the smaller one first."""


def asset(filename: str) -> str:
    """Give the address of a static file with a mark of its present content."""
    return flask.url_for("static", filename=filename, v=mark_of(filename))


def mark_of(filename: str) -> str:
    """Give the mark of a static file's present content; "" without such a file."""
    path = _folder() / filename
    return _mark(path, path.stat().st_mtime_ns) if path.is_file() else ""


def send(filename: str) -> Response:
    """Send a static file, in its small form to browsers that take it."""
    if Path(filename).suffix in _ENDINGS.values():
        flask.abort(404)
    app = flask.current_app
    accepted = flask.request.accept_encodings
    for encoding, ending in _ENDINGS.items():
        if accepted.quality(encoding) and (_folder() / f"{filename}{ending}").is_file():
            response = app.send_static_file(f"{filename}{ending}")
            response.mimetype = _type_of(filename)
            response.headers["Content-Encoding"] = encoding
            response.headers.pop("Content-Disposition", None)
            break
    else:
        response = app.send_static_file(filename)
    response.vary.add("Accept-Encoding")
    return response


def keep(response: Response) -> Response:
    """Let a browser keep a static file that was asked for with the mark of its content."""
    if flask.request.endpoint == "static" and response.status_code < 400:
        name = str((flask.request.view_args or {}).get("filename", ""))
        if name.startswith(_HASHED) or flask.request.args.get("v") == mark_of(name):
            response.headers["Cache-Control"] = _KEEP
    return response


def install(app: Flask) -> None:
    """Offer `asset` to every template and let browsers keep what it names."""
    app.view_functions["static"] = send
    app.after_request(keep)
    app.context_processor(lambda: {"asset": asset})


def _type_of(filename: str) -> str:
    known = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    return known.get(Path(filename).suffix, "application/octet-stream")


def _folder() -> Path:
    return Path(flask.current_app.static_folder or "")


@cache
def _mark(path: Path, _changed_ns: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
