"""Working calendars: the year, a change with its preview, the history."""

import flask
from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import calendars
from engine.calendar import local_date
from engine.calendars import Edition
from engine.periods.errors import CalendarFileInvalid
from engine.types import CITY
from housing.calendars import queries, service
from housing.places import queries as places
from webapp import calendar_page, current, day_words

pages = Blueprint("calendars", __name__)

MOST_LISTED = 200
"""Due dates that a preview names; it counts all of them."""


@pages.get("/calendars")
def show() -> str:
    """Show a year of the city's or a community's calendar."""
    application, scope = current.application(), _scope(flask.request.args.get("scope"))
    now = application.clock.now()
    today = local_date(now)
    year = calendar_page.year_field(flask.request.args.get("year") or str(today.year))
    with application.reading() as session:
        service.ensure_scope(scope, session=session)
        stored = application.calendar(scope, session=session)
        communities = places.communities(session=session)
    calendar = calendars.with_expected_days(stored, {year})
    return flask.render_template(
        "calendars/show.html",
        scope=scope,
        year=year,
        calendar=calendar,
        is_official=stored.has_year(year),
        missing=calendars.missing_years(stored, today),
        months=calendar_page.months(calendar, year, today),
        days=calendar_page.days_of(calendar, year),
        communities=communities,
        words=day_words,
        may_edit="process_supervisor" in current.roles(),
        may_enter_disaster=bool(current.roles() & {"process_supervisor", "officer"}),
    )


@pages.post("/calendars/preview")
def preview() -> str | tuple[str, int]:
    """Show what a change would do, before anything is published."""
    form, application = flask.request.form, current.application()
    scope = _scope(form.get("scope"))
    try:
        change = calendar_page.asked_change(form, flask.request.files.get("file"))
    except CalendarFileInvalid as error:
        page = flask.render_template(
            "calendars/file_problems.html", problems=error.problems, scope=scope, words=day_words
        )
        return page, 422
    service.ensure_allowed(scope, change, by=current.actor())
    with application.reading() as session:
        service.ensure_scope(scope, session=session)
        now = application.clock.now()
        before = calendars.calendar_at(scope, now, session)
        effect = queries.effect_of(scope, change, now, session=session)
        version = calendars.own_version(scope, session)
    return flask.render_template(
        "calendars/preview.html",
        scope=scope,
        change=change,
        change_text=calendar_page.change_as_text(change),
        changed=calendars.changed_days(before.days, change),
        effect=effect,
        shown=effect.moved[:MOST_LISTED],
        version=version,
        reason=form.get("reason", ""),
        words=day_words,
    )


@pages.post("/calendars/publish")
def publish() -> Response:
    """Publish the change of a preview."""
    form, application = flask.request.form, current.application()
    version = form.get("version", "")
    if not version.isdecimal():
        flask.abort(400)
    edition = Edition(
        scope=_scope(form.get("scope")),
        change=calendar_page.change_from_text(form.get("change", "")),
        reason=form.get("reason", "")[:500],
        expected_version=int(version),
        may_shorten=form.get("may_shorten") == "1",
    )
    with application.unit_of_work() as session:
        number = service.publish(
            edition, by=current.actor(), engine=application.engine, session=session
        )
    flask.flash(_("Version %(number)d of the calendar is in force.", number=number), "success")
    flask.flash(_("Running due dates that it moves are being moved now, case by case."), "info")
    touched = [*edition.change.removed, *(day.on for day in edition.change.put)]
    year = min(touched).year if touched else min(edition.change.years)
    return flask.redirect(flask.url_for("calendars.show", scope=edition.scope, year=year))


@pages.get("/calendars/history")
def history() -> str:
    """List the versions of a calendar with reason and person."""
    application, scope = current.application(), _scope(flask.request.args.get("scope"))
    with application.reading() as session:
        service.ensure_scope(scope, session=session)
        versions = calendars.versions(scope, session)
    return flask.render_template(
        "calendars/history.html", scope=scope, versions=versions, words=day_words
    )


def _scope(text: str | None) -> str:
    return text or CITY
