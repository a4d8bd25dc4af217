"""What the page of care figures shows: the communities of this request's person, by month."""

import flask
from flask_babel import gettext as _

from engine.calendar import local_date
from housing.care import kpis, queries
from housing.care.kpis import CareFigures
from housing.care.rules import months_later
from webapp import care_page, current, figure_page, formats, labels
from webapp.figure_page import Choice, FigurePage, Group

MONTHS_OFFERED = 24


def read() -> FigurePage:
    """Gather the figures that this request asks for; an unknown month counts as all."""
    application, actor = current.application(), current.actor()
    now = application.clock.now()
    first = local_date(now).replace(day=1)
    months = {f"{day:%Y-%m}": day for day in (months_later(first, -back) for back in _BACK)}
    asked = flask.request.args.get("month", "")
    with application.reading() as session:
        here = queries.communities_of(actor, care_page.READERS_OF_PROGRESS, session=session)
        codes = [each.code for each in here]
        found = kpis.figures(codes, months.get(asked), session=session, now=now)
    return FigurePage(
        chosen=asked if asked in months else "",
        choices=[Choice(code=code, words=formats.month(day)) for code, day in months.items()],
        groups=[_visits(found), _work(found), _moods(found)],
    )


_BACK = range(MONTHS_OFFERED)


def _visits(found: CareFigures) -> Group:
    lines = [
        figure_page.count(_("Visits due"), found.planned),
        figure_page.count(_("Somebody was met"), found.made),
        figure_page.count(_("Nobody was met"), found.not_met),
        figure_page.count(_("Visit refused"), found.refused),
    ]
    return Group(key="visits", title=_("Visits"), lines=lines, has_chart=True)


def _work(found: CareFigures) -> Group:
    lines = [
        figure_page.rate(_("Visited by the due day"), found.on_time, found.planned),
        figure_page.rate(
            _("Assessed within one working day"), found.triaged_in_time, found.triaged
        ),
        figure_page.rate(_("Referrals done"), found.referrals_done, found.referrals),
        figure_page.rate(_("Referrals late"), found.referrals_late, found.referrals),
        figure_page.rate(
            _("Monthly reports handed in on time"), found.reports_on_time, found.reports
        ),
    ]
    return Group(key="work", title=_("On time"), lines=lines)


def _moods(found: CareFigures) -> Group:
    lines = [
        figure_page.count(labels.label(band, "bsrs_band"), number) for band, number in found.bands
    ]
    note = _("One count a visit that answered all five questions; a count names nobody.")
    title = _("BSRS-5 by band")
    return Group(key="moods", title=title, lines=lines, has_chart=True, note=note)
