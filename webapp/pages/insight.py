"""Insight into a process: figures from its history as page, CSV files and event log."""

from collections.abc import Iterator

import flask
from flask import Blueprint
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine import xes
from engine.mining import Chosen
from engine.mining_figures import FEW, THIN
from housing.bootstrap import Application
from webapp import current, insight_page
from webapp.sheets import as_csv

pages = Blueprint("insight", __name__)


@pages.get("/processes/<key>/insight")
def show(key: str) -> str:
    """Show how cases of a process went."""
    return flask.render_template(
        "insight/show.html", page=insight_page.read(key), few=FEW, thin=THIN
    )


@pages.get("/processes/<key>/insight/<name>.csv")
def download(key: str, name: str) -> Response:
    """Hand out one table."""
    sheets = insight_page.read(key).sheets
    if name not in sheets:
        raise NotFound
    answer = Response(as_csv(sheets[name]).encode(), mimetype="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{key}-{name}.csv")
    return answer


@pages.get("/processes/<key>/insight.xes")
def download_log(key: str) -> Response:
    """Hand out the event log of the chosen cases, piece by piece."""
    page = insight_page.read(key)
    log = _log(current.application(), page.insight.chosen)
    answer = Response(log, mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{key}.xes")
    return answer


def _log(application: Application, chosen: Chosen) -> Iterator[bytes]:
    """Keep the session open as long as the log is read."""
    with application.reading() as session:
        key = application.settings.secret_key.encode()
        yield from xes.document(chosen, key=key, session=session)
