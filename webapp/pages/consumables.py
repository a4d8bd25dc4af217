"""The price table of consumables: read it, and enter a price with the day it begins."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.calendar import local_date
from engine.errors import Invalid
from forms.dates import parse_day
from housing.repairs import prices
from housing.repairs.prices import HIGHEST_PRICE_TWD, LONGEST_REASON, NewPrice
from webapp import current, errors

pages = Blueprint("consumables", __name__)

LONGEST_NUMBER = 7


@pages.get("/repairs/prices")
def list_prices() -> str:
    """Show the price of every item today, and what begins later."""
    application = current.application()
    today = local_date(application.clock.now())
    with application.reading() as session:
        items = prices.price_table(today, session=session)
    return flask.render_template("repairs/prices.html", items=items, today=today)


@pages.get("/repairs/prices/<code>")
def show(code: str) -> str:
    """Show the versions of an item's price, and the form for a new one."""
    return _draw(code)


@pages.post("/repairs/prices/<code>")
def set_price(code: str) -> str | tuple[str, int] | Response:
    """Enter a new version of a price."""
    application, typed = current.application(), flask.request.form
    price, valid_from = typed.get("price", "").strip(), parse_day(typed.get("valid_from", ""))
    if valid_from is None:
        return _draw(code, _("Enter a date, such as 2026-03-02.")), 422
    is_number = price.isascii() and price.isdecimal() and len(price) <= LONGEST_NUMBER
    new = NewPrice(
        code=code,
        unit_price_twd=int(price) if is_number else 0,
        valid_from=valid_from,
        reason=typed.get("reason", ""),
    )
    try:
        with application.unit_of_work() as session:
            prices.set_price(new, by=current.actor(), session=session, clock=application.clock)
    except Invalid as error:
        return _draw(code, errors.sentence(error)), 422
    flask.flash(_("The new price is entered; quotes of earlier days keep theirs."), "success")
    return flask.redirect(flask.url_for("consumables.show", code=code))


def _draw(code: str, problem: str = "") -> str:
    application = current.application()
    today = local_date(application.clock.now())
    with application.reading() as session:
        item = prices.item(code, today, session=session)
    return flask.render_template(
        "repairs/price.html",
        item=item,
        today=today,
        problem=problem,
        highest=HIGHEST_PRICE_TWD,
        longest=LONGEST_REASON,
    )
