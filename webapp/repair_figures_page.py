"""What the page of repair statistics shows: the month, whose figures, and the same as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import flask
from flask_babel import gettext as _

from engine.calendar import local_date
from housing.applications.rules import csv_cell
from housing.cases.rules import staff_scopes
from housing.places.rules import code_of
from housing.repairs import kpis
from housing.repairs.kpis import ClassFigures, ContractorFigures, ContractorScore, RepairFigures
from housing.repairs.rules import month_of
from webapp import current, formats

MONTHS_OFFERED = 24
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A month to choose: its code 2026-03 and its words."""

    code: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FiguresPage:
    """Statistics of this request's person.

    Attributes:
        month: code of the chosen month; "" means everything.
        figures: of the person's communities; None for a contractor, who sees only his own score.
        scores: contractors, best first; a contractor's own only.
    """

    month: str
    months: Sequence[Month]
    figures: RepairFigures | None
    scores: Sequence[ContractorScore]


def read() -> FiguresPage:
    """Gather the statistics that this request asks for; an unknown month counts as all."""
    application, actor = current.application(), current.actor()
    now = application.clock.now()
    asked = flask.request.args.get("month", "")
    month = month_of(asked)
    scopes = staff_scopes(actor)
    with application.reading() as session:
        if scopes:
            found = kpis.figures(scopes=scopes, month=month, session=session, now=now)
            scores: Sequence[ContractorScore] = found.scores
        else:
            found = None
            firms = sorted({scope for role, scope in actor.groups if role == "contractor"})
            own = [
                kpis.score_of(code_of(firm), month=month, session=session, now=now)
                for firm in firms
            ]
            scores = [each for each in own if each is not None]
    return FiguresPage(
        month=asked.strip() if month else "",
        months=_months(local_date(now)),
        figures=found,
        scores=scores,
    )


def as_csv(page: FiguresPage) -> str:
    """Write the tables of the page one below the other, with a byte order mark for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        [
            _("Kind of line"),
            _("Name"),
            _("Class"),
            _("Cases or orders"),
            _("On time"),
            _("On time with extensions"),
            _("Median days"),
            _("Right the first time"),
            _("Rating"),
            _("Score"),
        ]
    )
    writer.writerows([csv_cell(cell) for cell in line] for line in _lines(page))
    return "\ufeff" + text.getvalue()


def _lines(page: FiguresPage) -> Iterable[Sequence[str]]:
    yield from (_score_line(each) for each in page.scores)
    if page.figures is not None:
        yield from (_contractor_line(each) for each in page.figures.contractors)
        yield from (_class_line(each) for each in page.figures.classes)


def _score_line(each: ContractorScore) -> Sequence[str]:
    return [
        _("Contractor"),
        each.figures.contractor_name,
        "",
        str(each.figures.orders),
        _share(each.figures.on_time),
        _share(each.figures.on_time_extended),
        _number(each.median_days),
        _share(each.first_time),
        _number(each.rating),
        "" if each.score is None else str(each.score),
    ]


def _contractor_line(each: ContractorFigures) -> Sequence[str]:
    shares = [_share(each.on_time), _share(each.on_time_extended)]
    head = [_("Contractor by class"), each.contractor_name, each.repair_class or ""]
    return [*head, str(each.orders), *shares, "", "", "", ""]


def _class_line(each: ClassFigures) -> Sequence[str]:
    first_time = None if each.rework_share is None else 1 - each.rework_share
    return [
        _("Class"),
        "",
        each.repair_class,
        str(each.tickets),
        _share(each.on_time),
        "",
        _number(each.median_days),
        _share(first_time),
        "",
        "",
    ]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _months(today: date) -> Sequence[Month]:
    """Offer the last two years by month, the newest first."""
    last = today.year * _MONTHS_A_YEAR + today.month - 1
    return [
        _month(*divmod(each, _MONTHS_A_YEAR)) for each in range(last, last - MONTHS_OFFERED, -1)
    ]


def _month(year: int, index: int) -> Month:
    return Month(code=f"{year}-{index + 1:02}", words=formats.month(date(year, index + 1, 1)))
