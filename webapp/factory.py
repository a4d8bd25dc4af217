"""The web application: made from a wired Anju, without any global."""

from datetime import timedelta
from pathlib import Path

import flask
from flask import Blueprint, Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from housing.bootstrap import Application
from webapp import (
    addresses,
    compression,
    current,
    deadline_words,
    errors,
    formats,
    handbook_words,
    key_words,
    language,
    metrics,
    navigation,
    permissions,
    phone,
    security,
    sessions,
    static_files,
    uploads,
)
from webapp.api import external_tasks, guard, messages
from webapp.pages import (
    absences,
    account,
    actions,
    announcements,
    applications,
    approvals,
    auth,
    background,
    bank,
    bulk,
    calendars,
    calls,
    care,
    case_files,
    case_links,
    case_notes,
    cases,
    clocks,
    cockpit,
    communities,
    consumables,
    deadlines,
    decision_editor,
    diagram_editor,
    draft_scenarios,
    drafts,
    feedback,
    figures,
    files,
    follow,
    form_editor,
    guides,
    handbooks,
    health,
    home,
    identity,
    inbox,
    incidents,
    insight,
    keys,
    leases,
    letters,
    migrations,
    move_outs,
    news,
    notifications,
    offline,
    operations,
    own_data,
    palette,
    passkeys,
    persons,
    plain_cases,
    processes,
    repair_figures,
    repairs,
    saved_views,
    second_factors,
    sign_up,
    simulations,
    simulator,
    team,
    tryouts,
    units,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    absences.pages,
    account.pages,
    actions.pages,
    announcements.pages,
    applications.pages,
    auth.pages,
    background.pages,
    bank.pages,
    bulk.pages,
    calendars.pages,
    calls.pages,
    care.pages,
    case_files.pages,
    case_links.pages,
    case_notes.pages,
    cases.pages,
    clocks.pages,
    cockpit.pages,
    communities.pages,
    consumables.pages,
    deadlines.pages,
    decision_editor.pages,
    diagram_editor.pages,
    draft_scenarios.pages,
    drafts.pages,
    approvals.pages,
    external_tasks.pages,
    figures.pages,
    feedback.pages,
    files.pages,
    follow.pages,
    guides.pages,
    form_editor.pages,
    handbooks.pages,
    health.pages,
    home.pages,
    identity.pages,
    inbox.pages,
    saved_views.pages,
    incidents.pages,
    insight.pages,
    keys.pages,
    leases.pages,
    letters.pages,
    messages.pages,
    migrations.pages,
    move_outs.pages,
    news.pages,
    notifications.pages,
    offline.pages,
    operations.pages,
    palette.pages,
    own_data.pages,
    passkeys.pages,
    persons.pages,
    plain_cases.pages,
    processes.pages,
    repair_figures.pages,
    repairs.pages,
    second_factors.pages,
    sign_up.pages,
    simulations.pages,
    simulator.pages,
    team.pages,
    tryouts.pages,
    units.pages,
)

MAX_REQUEST_BYTES = 80 * 1024 * 1024
"""Six photos of 10 MB each, and room for the rest of the form."""

FORM_LIFETIME = timedelta(hours=8)
"""How long an opened form can be sent: a working day."""


def create_app(application: Application) -> Flask:
    """Make the web application around a wired Anju.

    Args:
        application: settings, database, engine and clocks, made by `housing.bootstrap`.

    Raises:
        OSError: the zh-TW catalogue is missing or cannot be compiled.
    """
    app = Flask("webapp", root_path=str(Path(__file__).parent))
    app.extensions["anju"] = application
    app.extensions["anju_rate_limit"] = guard.RateLimit()
    app.config.from_mapping(
        SECRET_KEY=application.settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=int(FORM_LIFETIME.total_seconds()),
        SESSION_COOKIE_NAME="anju_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=application.settings.base_url.startswith("https://"),
        BABEL_DEFAULT_LOCALE=language.DEFAULT,
        BABEL_DEFAULT_TIMEZONE="Asia/Taipei",
        ROC_YEARS=True,
    )
    compression.install(app)
    _speak(app)
    metrics.install(app)
    _guard(app)
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _speak(app: Flask) -> None:
    """Set the language, the filters and the words every page needs."""
    language.compile_catalogues()
    Babel(app, locale_selector=language.choose)
    language.teach(app)
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.filters.update(deadline_words.FILTERS)
    app.jinja_env.filters.update(handbook_words.FILTERS)
    app.jinja_env.filters["error_sentence"] = errors.kept_sentence
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_words_of_every_page)
    uploads.install(app)
    phone.install(app)
    key_words.install(app)


def _words_of_every_page() -> dict[str, object]:
    application = current.application()
    chosen = language.choose()
    return {
        "person": current.person(),
        "navigation": navigation.offer,
        "here": addresses.here,
        "languages": language.LANGUAGES,
        "language": chosen,
        "html_language": language.HTML_LANGUAGES[chosen],
        "is_demo": application.settings.is_demo,
        "now": application.clock.now(),
    }


def _guard(app: Flask) -> None:
    """Load the session, check the permission table, then the form token: in this order."""
    app.before_request(sessions.load)
    app.before_request(_check_permission)
    protection = CSRFProtect(app)
    for programs in (external_tasks.pages, messages.pages):  # no cookie opens them
        protection.exempt(programs)
    security.install(app)
    static_files.install(app)


def _check_permission() -> None:
    """Refuse a route without a row, a stranger (401), a wrong role (403), a missing token (401)."""
    endpoint = flask.request.endpoint
    if endpoint is None:
        return
    if permissions.is_for_programs(endpoint):
        guard.check_token()
        return
    person = current.person()
    if not permissions.may_open(endpoint, person.roles if person else None):
        flask.abort(403 if person else 401)
    second_factors.check(endpoint)
