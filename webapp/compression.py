"""Pages leave in a small form, for phones on slow networks; built files are packed already."""

import gzip
import secrets
from io import BytesIO

import flask
from flask import Flask, Response

_SMALLEST = 1024
"""Bytes below which packing gains nothing."""

_TYPES = frozenset({"text/html", "text/javascript", "application/json", "text/csv"})
_LEVEL = 5
_MOST_PADDING = 100
"""Bytes of chance in each packed page.

Its length then tells little about what stands in it: an attacker who makes a reader open pages and
measures them learns form tokens otherwise (BREACH; answered as "Heal the BREACH" proposes, 2022).
"""


def pack(response: Response) -> Response:
    """Pack a page for a browser that takes gzip."""
    if not _may_pack(response):
        return response
    response.vary.add("Accept-Encoding")
    if not flask.request.accept_encodings.quality("gzip"):
        return response
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    return response


def install(app: Flask) -> None:
    """Pack every page; called before all else that looks at answers, so that it comes last."""
    app.after_request(pack)


def _may_pack(response: Response) -> bool:
    return (
        response.mimetype in _TYPES
        and not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and response.status_code not in (204, 304)
        and len(response.get_data()) >= _SMALLEST
    )


def _packed(page: bytes) -> bytes:
    target = BytesIO()
    name = secrets.token_hex(secrets.randbelow(_MOST_PADDING // 2) + 1)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=_LEVEL, fileobj=target) as file:
        file.write(page)
    return target.getvalue()
