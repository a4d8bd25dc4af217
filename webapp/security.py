"""Headers that every answer carries, and the nonce of the few scripts that stand in a page."""

import secrets

import flask
from flask import Flask, Response

from webapp import current

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)


def nonce() -> str:
    """Return the nonce of this request, made at first use."""
    if "nonce" not in flask.g:
        flask.g.nonce = secrets.token_urlsafe(16)
    return str(flask.g.nonce)


def is_encrypted() -> bool:
    """Tell whether readers come by HTTPS, directly or through a proxy in front of us."""
    address = current.application().settings.base_url
    return flask.request.is_secure or address.startswith("https://")


def add_headers(response: Response) -> Response:
    """Add the security headers; pages behind the sign-in are never stored by a browser."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
    if flask.request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if is_encrypted():
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def refuse_nul() -> None:
    """Refuse texts with a NUL: nobody types one, and PostgreSQL keeps none."""
    texts = [flask.request.path, *(text for _, text in flask.request.values.items(multi=True))]
    if any("\0" in text for text in texts):
        flask.abort(400)


def hold_frames(response: Response) -> Response:
    """Let a page show other pages of ours in frames."""
    policy = _POLICY.format(nonce=nonce())
    response.headers["Content-Security-Policy"] = f"{policy}; frame-src 'self'"
    return response


def be_framed(response: Response) -> Response:
    """Let pages of ours show this one in a frame."""
    policy = _POLICY.format(nonce=nonce())
    own = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["Content-Security-Policy"] = own
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def install(app: Flask) -> None:
    """Add the headers to every answer and the nonce to every template; refuse broken texts."""
    app.before_request(refuse_nul)
    app.after_request(add_headers)
    app.context_processor(lambda: {"csp_nonce": nonce})
