"""What the page of insight shows: the choice of period and cases, tables, charts, the heat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

import flask
from flask_babel import gettext as _
from flask_babel import ngettext

from engine import definition_queries, mining
from engine.calendar import TAIPEI, local_date
from engine.mining import Chosen
from engine.mining_figures import FEW, Spread
from engine.records import ProcessDefinition, ProcessModel
from forms.dates import republic_year
from housing.insight import queries
from housing.insight.queries import Insight
from housing.places import queries as places
from housing.places.rules import community_scope
from webapp import charts, current, formats, language, model_words
from webapp.charts import Plot, Series
from webapp.sheets import Column, Sheet

MONTHS_SHOWN = 12
"""Months that are shown when nobody chose."""

_INSTANT = timedelta(microseconds=1)
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """Something to choose: its code and its words."""

    code: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The choice of cases as the form shows it.

    Attributes:
        since, until: months such as 2026-03, both inside the period.
        version, community: "" for all.
    """

    since: str
    until: str
    version: str
    community: str
    months: Sequence[Option]
    versions: Sequence[ProcessDefinition]
    communities: Sequence[Option]

    @property
    def arguments(self) -> Mapping[str, str]:
        """The choice as arguments of an address."""
        given = {
            "since": self.since,
            "until": self.until,
            "version": self.version,
            "community": self.community,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, kw_only=True)
class InsightPage:
    """Everything the page shows.

    Attributes:
        model: the diagram of the newest version that was chosen.
        period: in words.
    """

    model: ProcessModel
    choice: Choice
    insight: Insight
    period: str

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """All tables by name."""
        made = (_weeks, _steps, _variants, _rework, _hand_overs, _levels, _level_months)
        return {sheet.name: sheet for sheet in (each(self) for each in made)}

    @cached_property
    def weeks_plot(self) -> Plot:
        """Arrivals and ends as bars, the backlog as a line."""
        weeks = self.insight.weeks
        return charts.plot(
            [f"{week.monday.month}/{week.monday.day}" for week in weeks],
            [
                Series(
                    words=_("Cases begun"), values=[w.arrived for w in weeks], look=1, is_bar=True
                ),
                Series(
                    words=_("Cases ended"), values=[w.ended for w in weeks], look=2, is_bar=True
                ),
                Series(words=_("Open at the end of the week"), values=[w.backlog for w in weeks]),
            ],
        )

    @cached_property
    def levels_plot(self) -> Plot:
        """The share of all service levels that was met in time, month by month."""
        months = sorted({each.month for each in self.insight.levels if each.month})
        shares: list[float | None] = []
        for month in months:
            found = [each for each in self.insight.levels if each.month == month]
            total = sum(each.total for each in found)
            shares.append(100 * sum(each.met for each in found) / total if total else None)
        series = Series(words=_("Met in time, in per cent"), values=[*shares])
        return charts.plot([month_words(month) for month in months], [series])

    @property
    def heat(self) -> Mapping[str, int]:
        """Steps of the diagram to how hot they are, 1 to 4."""
        return {step.element_id: step.heat for step in self.insight.steps if step.heat}

    @property
    def times(self) -> Mapping[str, str]:
        """Steps of the diagram to the words that stand at them."""
        return {
            step.element_id: _("%(hours)s h", hours=f"{step.whole.middle:.1f}")
            for step in self.insight.steps
            if step.whole is not None and step.whole.count >= FEW
        }


def read(key: str) -> InsightPage:
    """Gather the insight that this request asks for; what cannot be understood counts as all.

    Raises:
        DefinitionNotFound: the process was never deployed.
    """
    application = current.application()
    with application.reading() as session:
        newest = definition_queries.definition(key, None, session)
        versions = queries.versions(key, session)
        now = application.clock.now()
        first = mining.first_started(key, session) or now
        communities = [
            Option(code=each.code, words=each.name) for each in places.communities(session=session)
        ]
        choice = _choice(first, now, versions, communities)
        chosen = chosen_of(key, choice, now)
        shown = next((v for v in versions if v.version == chosen.version), newest)
        model = definition_queries.process_model(shown, session)
        insight = queries.insight(chosen, session)
    return InsightPage(model=model, choice=choice, insight=insight, period=_period(choice))


def chosen_of(key: str, choice: Choice, now: datetime) -> Chosen:
    """Turn the choice of a form into the choice of cases, up to now."""
    return Chosen(
        process_key=key,
        version=int(choice.version) if choice.version else None,
        scope=community_scope(choice.community) if choice.community else None,
        since=_begin(choice.since),
        until=min(_begin(_month_after(choice.until)), now + _INSTANT),
    )


def month_words(month: str) -> str:
    """Write a month such as 2026-03; with the year of the Republic in Chinese."""
    year, number = (int(part) for part in month.split("-"))
    if formats.wants_iso() or language.choose() != language.DEFAULT:
        return month
    shown = republic_year(date(year, number, 1)) if flask.current_app.config["ROC_YEARS"] else year
    return f"{shown}年{number}月"


def _choice(
    first: datetime,
    now: datetime,
    versions: Sequence[ProcessDefinition],
    communities: Sequence[Option],
) -> Choice:
    months = _months(local_date(first), local_date(now))
    asked = flask.request.args
    until = asked.get("until", "") if asked.get("until", "") in months else months[-1]
    since = asked.get("since", "")
    if since not in months:
        since = months[max(months.index(until) - MONTHS_SHOWN + 1, 0)]
    version, community = asked.get("version", ""), asked.get("community", "")
    return Choice(
        since=min(since, until),
        until=max(since, until),
        version=version if version in {str(each.version) for each in versions} else "",
        community=community if community in {each.code for each in communities} else "",
        months=[Option(code=month, words=month_words(month)) for month in reversed(months)],
        versions=versions,
        communities=communities,
    )


def _months(first: date, last: date) -> list[str]:
    begin, end = (day.year * _MONTHS_A_YEAR + day.month - 1 for day in (first, last))
    return [_month(number) for number in range(begin, max(begin, end) + 1)]


def _month(number: int) -> str:
    year, index = divmod(number, _MONTHS_A_YEAR)
    return f"{year}-{index + 1:02}"


def _month_after(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return _month(year * _MONTHS_A_YEAR + number)


def _begin(month: str) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    return datetime.combine(date(year, number, 1), time(), tzinfo=TAIPEI)


def _period(choice: Choice) -> str:
    if choice.since == choice.until:
        return month_words(choice.since)
    words: str = _(
        "%(since)s to %(until)s",
        since=month_words(choice.since),
        until=month_words(choice.until),
    )
    return words


def _source(page: InsightPage, count: int) -> str:
    """Say where figures come from: how many ended cases, in which period."""
    words: str = ngettext(
        "From %(num)d case that ended, %(period)s.",
        "From %(num)d cases that ended, %(period)s.",
        count,
        period=page.period,
    )
    return words


def _task_source(page: InsightPage) -> str:
    words: str = ngettext(
        "From %(num)d completed step, %(period)s; working hours by calendar %(calendar)s.",
        "From %(num)d completed steps, %(period)s; working hours by calendar %(calendar)s.",
        page.insight.tasks,
        period=page.period,
        calendar=page.insight.calendar,
    )
    return words


def _level_source(page: InsightPage) -> str:
    words: str = _(
        "From service levels that ended or fell due, %(period)s; withdrawn and waived ones do not"
        " count.",
        period=page.period,
    )
    return words


def _weeks(page: InsightPage) -> Sheet:
    return Sheet(
        name="weeks",
        title=_("Cases by week"),
        note=_("All cases of the choice, %(period)s. A week begins on Monday.", period=page.period),
        columns=[
            Column(words=_("Week from"), kind="day"),
            Column(words=_("Cases begun"), kind="count"),
            Column(words=_("Cases ended"), kind="count"),
            Column(words=_("Open at the end of the week"), kind="count"),
        ],
        rows=[(w.monday, w.arrived, w.ended, w.backlog) for w in page.insight.weeks],
    )


def _steps(page: InsightPage) -> Sheet:
    return Sheet(
        name="steps",
        title=_("Time by step"),
        note=_task_source(page),
        columns=[
            Column(words=_("Step")),
            Column(words=_("Who")),
            Column(words=_("Share of all hours"), kind="share"),
            Column(words=_("Median hours in all"), kind="number"),
            Column(words=_("Nine of ten within hours"), kind="number"),
            Column(words=_("Median hours waiting"), kind="number"),
            Column(words=_("Median hours of work"), kind="number"),
            Column(words=_("Taken over first"), kind="count"),
            Column(words=_("Completed"), kind="count"),
            Column(words=_("Taken away"), kind="count"),
            Column(words=_("Open now"), kind="count"),
        ],
        rows=[
            (
                _name(page, step.element_id),
                model_words.say(step.lane),
                step.share,
                _middle(step.whole),
                step.whole.high if step.whole and step.whole.count >= FEW else None,
                _middle(step.waiting),
                _middle(step.working),
                step.waiting.count if step.waiting else 0,
                step.completed,
                step.cancelled,
                step.open,
            )
            for step in page.insight.steps
        ],
    )


def _variants(page: InsightPage) -> Sheet:
    found = page.insight.variants
    rows = [
        (number, v.cases, v.share, v.middle_days, path_words(page, v.steps))
        for number, v in enumerate(found.shown, 1)
    ]
    if found.rest_cases:
        kinds = ngettext(
            "%(num)d other path", "%(num)d other paths, each of few cases", found.rest_kinds
        )
        share = found.rest_cases / found.cases
        rows.append((len(rows) + 1, found.rest_cases, share, None, kinds))
    return Sheet(
        name="variants",
        title=_("Paths of cases"),
        note=_source(page, found.cases),
        columns=[
            Column(words=_("No."), kind="count"),
            Column(words=_("Cases"), kind="count"),
            Column(words=_("Share"), kind="share"),
            Column(words=_("Median working days"), kind="number"),
            Column(words=_("Path")),
        ],
        rows=rows,
    )


def _rework(page: InsightPage) -> Sheet:
    return Sheet(
        name="rework",
        title=_("Steps done more than once"),
        note=_source(page, page.insight.ended),
        columns=[
            Column(words=_("Step")),
            Column(words=_("Cases with this step"), kind="count"),
            Column(words=_("More than once"), kind="count"),
            Column(words=_("Share"), kind="share"),
            Column(words=_("Additional rounds"), kind="count"),
        ],
        rows=[
            (
                _name(page, each.element_id),
                each.cases,
                each.repeated,
                each.repeated / each.cases,
                each.rounds,
            )
            for each in page.insight.rework
        ],
    )


def _hand_overs(page: InsightPage) -> Sheet:
    found = page.insight.hand_overs
    rows: list[Sequence[str | int | float | None]] = [
        (model_words.say(p.source), model_words.say(p.target), p.count, p.middle_hours)
        for p in found.pairs
    ]
    if found.hidden:
        rows.append((_("Others"), "", found.hidden, None))
    return Sheet(
        name="hand-overs",
        title=_("Hand-overs"),
        note=_task_source(page),
        columns=[
            Column(words=_("Handed from")),
            Column(words=_("Handed to")),
            Column(words=_("Hand-overs"), kind="count"),
            Column(words=_("Median hours until done"), kind="number"),
        ],
        rows=rows,
    )


def _levels(page: InsightPage) -> Sheet:
    return Sheet(
        name="levels",
        title=_("Service levels"),
        note=_level_source(page),
        columns=[Column(words=_("Service level")), Column(words=_("Step")), *_level_columns()],
        rows=[
            (
                model_words.say(each.name),
                _name(page, each.element_id),
                each.total,
                each.met,
                each.met_late,
                each.breached,
                each.share,
            )
            for each in page.insight.levels
            if not each.month
        ],
    )


def _level_months(page: InsightPage) -> Sheet:
    return Sheet(
        name="level-months",
        title=_("Service levels by month"),
        note=_level_source(page),
        columns=[Column(words=_("Month")), Column(words=_("Service level")), *_level_columns()],
        rows=[
            (
                month_words(each.month),
                model_words.say(each.name),
                each.total,
                each.met,
                each.met_late,
                each.breached,
                each.share,
            )
            for each in sorted(page.insight.levels, key=lambda level: (level.month, level.sla_id))
            if each.month
        ],
    )


def _level_columns() -> Iterable[Column]:
    return (
        Column(words=_("Judged"), kind="count"),
        Column(words=_("Met in time"), kind="count"),
        Column(words=_("Met late"), kind="count"),
        Column(words=_("Missed"), kind="count"),
        Column(words=_("Share met in time"), kind="share"),
    )


def path_words(page: InsightPage, steps: Iterable[tuple[str, str]]) -> str:
    """Say a path; deadlines and messages are marked, the end is named."""
    said: list[str] = []
    for kind, element in steps:
        name = _name(page, element)
        if kind == "timer_fired":
            name = _("[deadline: %(name)s]", name=name)
        elif kind in ("message_received", "signal_received"):
            name = _("[message: %(name)s]", name=name)
        elif kind == "end":
            name = _("end: %(name)s", name=name)
        said.append(name)
    return " → ".join(said)


def _name(page: InsightPage, element_id: str) -> str:
    return model_words.say(page.insight.name(element_id))


def _middle(found: Spread | None) -> float | None:
    """Give a median of enough values; of few it might be about one person."""
    return found.middle if found is not None and found.count >= FEW else None
