"""Figures of applications and of care, as pages and as CSV."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp import application_figures, care_figures, figure_page
from webapp.figure_page import FigurePage

pages = Blueprint("figures", __name__)


@pages.get("/applications/statistics")
def show_applications() -> str:
    """Show the figures of one call or of all."""
    return flask.render_template(
        "figures/show.html",
        page=application_figures.read(),
        title=_("Statistics of applications"),
        filter={"name": "round", "words": _("Call"), "all": _("All calls")},
        back=flask.url_for("applications.list_applications"),
        back_words=_("Applications"),
        download="figures.download_applications",
    )


@pages.get("/applications/statistics.csv")
def download_applications() -> Response:
    """Hand out the figures of applications."""
    return _as_file(application_figures.read(), "applications")


@pages.get("/care/statistics")
def show_care() -> str:
    """Show the figures of care of one's communities, of a month or of all."""
    return flask.render_template(
        "figures/show.html",
        page=care_figures.read(),
        title=_("Statistics of care"),
        filter={"name": "month", "words": _("Month"), "all": _("All months")},
        back=flask.url_for("care.panel"),
        back_words=_("Care"),
        download="figures.download_care",
    )


@pages.get("/care/statistics.csv")
def download_care() -> Response:
    """Hand out the figures of care."""
    return _as_file(care_figures.read(), "care")


def _as_file(page: FigurePage, name: str) -> Response:
    answer = Response(figure_page.as_csv(page).encode(), mimetype="text/csv; charset=utf-8")
    full = f"{name}-{page.chosen}.csv" if page.chosen else f"{name}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{full}"'
    return answer
