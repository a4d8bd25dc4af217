"""Public announcements: pages without an account, an Atom feed, open data."""

from datetime import datetime
from hashlib import sha256

import flask
from flask import Blueprint
from lxml import etree
from werkzeug.wrappers import Response

from housing.announcements import queries
from housing.announcements.views import AnnouncementView
from webapp import announcement_page, current
from webapp.pages.announcements import send_file

pages = Blueprint("news", __name__)

MOST = 50
KEPT_SECONDS = 300
"""How long feeds and open data may be kept on the way."""

ATOM = "http://www.w3.org/2005/Atom"
TITLE = "社會住宅公告"
LICENCE = "https://data.gov.tw/license"
"""Open Government Data License, version 1.0."""


@pages.get("/news")
def list_public() -> str:
    """List what everybody may read, and what has ended."""
    with current.application().reading() as session:
        live = queries.public(session, limit=MOST)
        over = queries.public(session, limit=MOST, is_over=True)
    return flask.render_template("announcements/public.html", live=live, over=over)


@pages.get("/news/<number>")
def show(number: str) -> str:
    """Show a public announcement to everybody."""
    with current.application().reading() as session:
        view = queries.public_one(session, number)
    return flask.render_template(
        "announcements/public_one.html", view=view, files=announcement_page.files_of(view)
    )


@pages.get("/news/<number>/files/<file_id>")
def show_file(number: str, file_id: str) -> Response:
    """Send an attachment of a public announcement."""
    with current.application().reading() as session:
        view = queries.public_one(session, number)
    return send_file(view, file_id, "public")


@pages.get("/news/feed.atom")
def feed() -> Response:
    """Give the public announcements as an Atom feed (RFC 4287)."""
    with current.application().reading() as session:
        found = queries.public(session, limit=MOST)
    return _kept(_atom(found), "application/atom+xml; charset=utf-8")


@pages.get("/news/data.json")
def open_data() -> Response:
    """Give the public announcements as open data, those that ended too."""
    with current.application().reading() as session:
        live = queries.public(session, limit=MOST)
        over = queries.public(session, limit=MOST, is_over=True)
    data = {
        "title": TITLE,
        "license": LICENCE,
        "language": "zh-Hant-TW",
        "announcements": [_as_data(each) for each in (*live, *over)],
    }
    text = flask.json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False)
    return _kept(text.encode(), "application/json; charset=utf-8")


def _kept(content: bytes, mimetype: str) -> Response:
    """Answer with a mark of the content, so that who has it already is told so in a few bytes."""
    response = Response(content, content_type=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(sha256(content).hexdigest()[:32])
    return response.make_conditional(flask.request.environ)


def _atom(found: tuple[AnnouncementView, ...]) -> bytes:
    base = current.application().settings.base_url
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-Hant-TW")
    home = base + flask.url_for("news.list_public")
    _text(root, "id", home)
    _text(root, "title", TITLE)
    _text(root, "updated", _instant(max(map(_changed_at, found), default=announcement_page.now())))
    author = etree.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", TITLE)
    _link(root, base + flask.url_for("news.feed"), "self", "application/atom+xml")
    _link(root, home, "alternate", "text/html")
    for each in found:
        _entry(root, each)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _entry(root: etree._Element, view: AnnouncementView) -> None:
    address = announcement_page.address_of(view)
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", address)
    _text(entry, "title", view.title)
    _text(entry, "updated", _instant(_changed_at(view)))
    _text(entry, "published", _instant(view.published_at or view.drafted_at))
    _link(entry, address, "alternate", "text/html")
    category = etree.SubElement(entry, f"{{{ATOM}}}category")
    category.set("term", view.category)
    _text(entry, "content", view.body).set("type", "text")


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = text
    return element


def _link(parent: etree._Element, address: str, relation: str, kind: str) -> None:
    link = etree.SubElement(parent, f"{{{ATOM}}}link")
    link.set("href", address)
    link.set("rel", relation)
    link.set("type", kind)


def _changed_at(view: AnnouncementView) -> datetime:
    return view.corrected_at or view.published_at or view.drafted_at


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _as_data(view: AnnouncementView) -> dict[str, object]:
    return {
        "number": view.number,
        "title": view.title,
        "body": view.body,
        "category": view.category,
        "community": view.scope.community or None,
        "community_name": view.community_name or None,
        "state": view.state,
        "version": view.version,
        "published_at": _instant(view.published_at) if view.published_at else None,
        "corrected_at": _instant(view.corrected_at) if view.corrected_at else None,
        "ends_at": _instant(view.ends_at) if view.ends_at else None,
        "ended_at": _instant(view.ended_at) if view.ended_at else None,
        "address": announcement_page.address_of(view),
        "translations": view.translations,
    }
