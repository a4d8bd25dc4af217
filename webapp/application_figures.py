"""What the page of application figures shows: one call or all of them."""

import flask
from flask_babel import gettext as _

from housing.applications import kpis, queries
from housing.applications.kpis import ApplicationFigures, Share
from webapp import current, figure_page, labels
from webapp.figure_page import Choice, FigurePage, Group, Line


def read() -> FigurePage:
    """Gather the figures that this request asks for; an unknown call counts as all."""
    application = current.application()
    asked = flask.request.args.get("round", "")
    with application.reading() as session:
        calls = queries.call_titles(session=session)
        chosen = asked if asked in {number for number, _title in calls} else ""
        found = kpis.figures(chosen, session=session, now=application.clock.now())
    return FigurePage(
        chosen=chosen,
        choices=[Choice(code=number, words=title) for number, title in calls],
        groups=[_arrival(found), _review(found), _states(found), _reasons(found), _defects(found)],
    )


def _arrival(found: ApplicationFigures) -> Group:
    lines = [
        figure_page.count(_("Applications received"), found.received),
        _rate(_("Came online"), found.online),
        _rate(_("Online with data from MyData"), found.mydata),
    ]
    return Group(key="arrival", title=_("Arrival"), lines=lines)


def _review(found: ApplicationFigures) -> Group:
    lines = [
        _rate(_("Complete at once: qualified without a supplement"), found.complete),
        _rate(_("Needed a supplement"), found.supplemented),
        _rate(_("Supplements answered in time"), found.answered),
        figure_page.days(_("Receipt to decision, median"), found.median_days),
        figure_page.days(_("Receipt to decision, 90th percentile"), found.p90_days),
        _rate(_("Decided within the review of the call"), found.on_time),
        _rate(_("Findings of rules corrected by an officer"), found.corrected),
        _rate(_("Rejections voided by an upheld appeal"), found.appeals_upheld),
    ]
    note = _("Rates of review count decided applications only; withdrawn and merged ones are none.")
    return Group(key="review", title=_("Review and decision"), lines=lines, note=note)


def _states(found: ApplicationFigures) -> Group:
    lines = [
        figure_page.count(labels.label(state, "application_state"), number)
        for state, number in sorted(found.states.items(), key=lambda each: -each[1])
    ]
    return Group(key="states", title=_("Where they stand"), lines=lines, has_chart=True)


def _reasons(found: ApplicationFigures) -> Group:
    lines = [
        figure_page.count(labels.label(code, "rejection_reason"), number)
        for code, number in found.rejections
    ]
    return Group(key="reasons", title=_("Rejections by reason"), lines=lines, has_chart=True)


def _defects(found: ApplicationFigures) -> Group:
    lines = [
        figure_page.count(labels.label(code, "application_defect"), number)
        for code, number in found.defects
    ]
    note = _("The most frequent defects; they tell which hints the form lacks.")
    return Group(
        key="defects", title=_("Most frequent defects"), lines=lines, has_chart=True, note=note
    )


def _rate(words: str, share: Share) -> Line:
    return figure_page.rate(words, share.part, share.base)
