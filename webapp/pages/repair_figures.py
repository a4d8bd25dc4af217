"""Statistics of repairs and scores of contractors, as a page and as CSV."""

import flask
from flask import Blueprint
from werkzeug.wrappers import Response

from housing.repairs.rules import PENALTY_POINTS, SCORE_WEIGHTS
from webapp import repair_figures_page

pages = Blueprint("repair_figures", __name__)


@pages.get("/repairs/statistics")
def show() -> str:
    """Show staff the figures of their communities, a contractor only its own score."""
    return flask.render_template(
        "repairs/statistics.html",
        page=repair_figures_page.read(),
        weights=SCORE_WEIGHTS,
        penalty_points=PENALTY_POINTS,
    )


@pages.get("/repairs/statistics.csv")
def download() -> Response:
    """Hand out the tables of the page."""
    page = repair_figures_page.read()
    answer = Response(repair_figures_page.as_csv(page).encode(), mimetype="text/csv; charset=utf-8")
    name = f"repairs-{page.month}.csv" if page.month else "repairs.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
