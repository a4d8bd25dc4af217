"""What the team page shows: load, kept deadlines, weeks, satisfaction; tables, charts, CSV."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import flask
from flask_babel import gettext as _

from engine.types import CITY
from housing.deputies import queries as deputies
from housing.deputies.views import AbsenceView
from housing.feedback import queries as feedback
from housing.feedback.queries import Results
from housing.feedback.rules import Mean
from housing.teams import queries
from housing.teams.queries import Compliance, Kept, KeptLevel, PersonLoad, StepLoad, TeamLoad, Week
from housing.teams.rules import Team, team_of
from webapp import charts, current, feedback_page, formats, inbox_chips, labels, model_words
from webapp.charts import Plot, Series
from webapp.inbox_views import end_of_week
from webapp.insight_page import month_words
from webapp.sheets import Column, Sheet, Value

BARS = 8
"""So many people or steps a chart shows; the table shows all."""


@dataclass(frozen=True, kw_only=True)
class TeamPage:
    """Everything the page shows.

    Attributes:
        month: of the kept deadlines, such as 2026-03; "" for all.
        absent: ids of those who are away now, to words about it.
        scopes: names of the places, or the whole city.
    """

    team: Team
    now: datetime
    load: TeamLoad
    compliance: Compliance
    month: str
    weeks: Sequence[Week]
    feedback: Results
    absent: Mapping[str, str]
    scopes: Sequence[str]

    @property
    def groups(self) -> Sequence[str]:
        """Name the groups of the team."""
        return sorted({str(labels.label(group, "role")) for group in self.team.group_names})

    @property
    def months(self) -> Sequence[tuple[str, str]]:
        """Offer the months: code and words."""
        return [(each, month_words(each)) for each in self.compliance.months]

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """All tables by name."""
        made = (
            _people(self),
            _steps(self),
            _levels(self, is_statutory=True),
            _levels(self, is_statutory=False),
            _months(self),
            _weeks(self),
            _satisfaction(self),
        )
        return {each.name: each for each in made}

    @property
    def people_bars(self) -> Sequence[tuple[str, float, str]]:
        """The people with the most tasks."""
        busiest = sorted(self.load.people, key=lambda each: (-each.open, each.name))
        return [_bar(each.name, each) for each in busiest[:BARS] if each.open]

    @property
    def steps_bars(self) -> Sequence[tuple[str, float, str]]:
        """The steps with the most tasks."""
        fullest = sorted(self.load.steps, key=lambda each: (-each.open, each.step))
        return [_bar(model_words.say(each.step), each) for each in fullest[:BARS]]

    @property
    def most_of_a_person(self) -> float:
        """The longest bar of a person."""
        return max((value for _words, value, _said in self.people_bars), default=1)

    @property
    def most_of_a_step(self) -> float:
        """The longest bar of a step."""
        return max((value for _words, value, _said in self.steps_bars), default=1)

    @cached_property
    def flow_plot(self) -> Plot:
        """What came and what was done as bars, what fell late as a line."""
        return charts.plot(
            [_week_words(each.begins_on) for each in self.weeks],
            [
                Series(
                    words=_("Came in"), values=[w.came_in for w in self.weeks], look=1, is_bar=True
                ),
                Series(
                    words=_("Completed"),
                    values=[w.completed for w in self.weeks],
                    look=2,
                    is_bar=True,
                ),
                Series(words=_("Fell overdue"), values=[w.went_late for w in self.weeks]),
            ],
        )

    @cached_property
    def days_plot(self) -> Plot:
        """The median working days to completion."""
        return charts.plot(
            [_week_words(each.begins_on) for each in self.weeks],
            [
                Series(
                    words=_("Median working days to completion"),
                    values=[each.median_days for each in self.weeks],
                )
            ],
        )

    @cached_property
    def kept_plot(self) -> Plot:
        """The share of deadlines that was kept, month by month, statutory ones apart."""
        months = self._months_with_deadlines()
        return charts.plot(
            [month_words(each) for each in months],
            [
                Series(words=words, values=self._shares(months, is_statutory=flag), look=look)
                for look, (words, flag) in enumerate(
                    [
                        (_("Statutory, met in time in per cent"), True),
                        (_("Internal, met in time in per cent"), False),
                    ]
                )
            ],
        )

    def _months_with_deadlines(self) -> Sequence[str]:
        """List the months from the first one in which a deadline ended."""
        ended = {each.month for each in self.compliance.levels}
        first = min(ended, default=self.compliance.months[0])
        return [each for each in self.compliance.months[::-1] if each >= first]

    def _shares(self, months: Iterable[str], *, is_statutory: bool) -> list[float | None]:
        kept = (self.compliance.of_month(each, is_statutory=is_statutory) for each in months)
        return [None if each.share is None else 100 * each.share for each in kept]


def read() -> TeamPage:
    """Gather the team of this request's person."""
    application = current.application()
    now, team = application.clock.now(), own_team()
    month = flask.request.args.get("month", "")
    with application.reading() as session:
        calendar = application.calendar(CITY, session=session)
        load = queries.load(team, session=session, now=now, week_end=end_of_week(now))
        kept = queries.compliance(team, session=session, now=now)
        weeks = queries.weeks(team, session=session, now=now, calendar=calendar)
        said = feedback.results(team.scopes, session=session)
    return TeamPage(
        team=team,
        now=now,
        load=load,
        compliance=kept,
        month=month if month in kept.months else "",
        weeks=weeks,
        feedback=said,
        absent=absent_now(),
        scopes=[inbox_chips.scope_words(each) for each in sorted(team.scopes)],
    )


def own_team() -> Team:
    """Tell what this request's person leads."""
    return team_of(current.account().memberships)


def absent_now() -> Mapping[str, str]:
    """Say who of everybody is away now, until when, and who stands in: account id to words."""
    application = current.application()
    with application.reading() as session:
        away = deputies.running(session, application.clock.now())
    return {each.person_id: _absence(each) for each in away}


def _absence(absence: AbsenceView) -> str:
    until = formats.short_moment(absence.until_at)
    if not absence.deputies:
        return str(_("absent until %(until)s, no deputy", until=until))
    names = str(_(", ")).join(each.name for each in absence.deputies)
    return str(_("absent until %(until)s, deputy: %(names)s", until=until, names=names))


def _bar(name: str, load: PersonLoad | StepLoad) -> tuple[str, float, str]:
    words = (
        _("%(name)s (%(count)d overdue)", name=name, count=load.overdue) if load.overdue else name
    )
    return words, load.open, f"{load.open:,}"


def _week_words(monday: date) -> str:
    return f"{monday.month}/{monday.day}"


def _source(page: TeamPage) -> str:
    return str(_("Tasks of the team as of %(when)s.", when=formats.moment(page.now)))


def _people(page: TeamPage) -> Sheet:
    rows: list[list[Value]] = [
        [
            each.name,
            page.absent.get(each.id, ""),
            each.open,
            each.overdue,
            each.due_soon,
            formats.local(each.oldest_at).date() if each.oldest_at else None,
        ]
        for each in page.load.people
    ]
    totals = page.load.totals
    rows.append([_("Unclaimed"), "", totals.unclaimed, totals.unclaimed_overdue, None, None])
    return Sheet(
        name="people",
        title=_("Load by person"),
        note=_source(page),
        columns=[
            Column(words=_("Person")),
            Column(words=_("Absence")),
            Column(words=_("Open"), kind="count"),
            Column(words=_("Overdue"), kind="count"),
            Column(words=_("Due this week"), kind="count"),
            Column(words=_("Oldest since"), kind="day"),
        ],
        rows=rows,
    )


def _steps(page: TeamPage) -> Sheet:
    return Sheet(
        name="steps",
        title=_("Load by step"),
        note=_source(page),
        columns=[
            Column(words=_("Step")),
            Column(words=_("Open"), kind="count"),
            Column(words=_("Overdue"), kind="count"),
            Column(words=_("Due this week"), kind="count"),
            Column(words=_("Unclaimed"), kind="count"),
        ],
        rows=[
            [model_words.say(each.step), each.open, each.overdue, each.due_soon, each.unclaimed]
            for each in page.load.steps
        ],
    )


def _kept_columns() -> list[Column]:
    return [
        Column(words=_("Met by the due date"), kind="count"),
        Column(words=_("Met late"), kind="count"),
        Column(words=_("Breached"), kind="count"),
        Column(words=_("Waived"), kind="count"),
        Column(words=_("Share met in time"), kind="share"),
    ]


def _kept(kept: Kept) -> list[Value]:
    return [kept.met, kept.met_late, kept.breached, kept.waived, kept.share]


def _levels(page: TeamPage, *, is_statutory: bool) -> Sheet:
    found: Sequence[KeptLevel] = page.compliance.by_level(page.month, is_statutory=is_statutory)
    return Sheet(
        name="statutory" if is_statutory else "internal",
        title=_("Statutory deadlines") if is_statutory else _("Internal deadlines"),
        note=_("Deadlines that ended in %(period)s.", period=_period(page)),
        columns=[Column(words=_("Deadline")), Column(words=_("Process")), *_kept_columns()],
        rows=[
            [model_words.say(each.name), model_words.say(each.process_name), *_kept(each.kept)]
            for each in found
        ],
    )


def _months(page: TeamPage) -> Sheet:
    kinds = ((True, _("Statutory")), (False, _("Internal")))
    return Sheet(
        name="months",
        title=_("Kept deadlines by month"),
        note=_("Deadlines that ended in %(period)s.", period=_all_months(page)),
        columns=[Column(words=_("Month")), Column(words=_("Kind")), *_kept_columns()],
        rows=[
            [
                month_words(month),
                words,
                *_kept(page.compliance.of_month(month, is_statutory=is_statutory)),
            ]
            for month in page.compliance.months
            for is_statutory, words in kinds
        ],
    )


def _period(page: TeamPage) -> str:
    return month_words(page.month) if page.month else _all_months(page)


def _all_months(page: TeamPage) -> str:
    months = page.compliance.months
    first, last = month_words(months[-1]), month_words(months[0])
    return str(_("%(first)s to %(last)s", first=first, last=last))


def _weeks(page: TeamPage) -> Sheet:
    return Sheet(
        name="weeks",
        title=_("The last twelve weeks"),
        note=_source(page),
        columns=[
            Column(words=_("Week from"), kind="day"),
            Column(words=_("Came in"), kind="count"),
            Column(words=_("Completed"), kind="count"),
            Column(words=_("Fell overdue"), kind="count"),
            Column(words=_("Median working days to completion"), kind="number"),
        ],
        rows=[
            [each.begins_on, each.came_in, each.completed, each.went_late, each.median_days]
            for each in page.weeks
        ],
    )


def _satisfaction(page: TeamPage) -> Sheet:
    words = feedback_page.process_names(each.key for each in page.feedback.processes)
    by_process = [_mean(_("Process"), words[each.key], each) for each in page.feedback.processes]
    by_month = [_mean(_("Month"), month_words(each.key), each) for each in page.feedback.months]
    return Sheet(
        name="satisfaction",
        title=_("Satisfaction"),
        note=_("Cases of these places, of every team that worked on them."),
        columns=[
            Column(words=_("Group")),
            Column(words=_("Name")),
            Column(words=_("Answers"), kind="count"),
            Column(words=_("Average of 5 stars"), kind="number"),
        ],
        rows=[*by_process, *by_month],
    )


def _mean(kind: str, words: str, mean: Mean) -> list[Value]:
    return [kind, words, mean.count, mean.mean]
