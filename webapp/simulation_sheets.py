"""The tables of a simulation, old beside new."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.simulation.summary import LevelSummary, StepSummary
from housing.insight.queries import SimulationView
from housing.insight.results import Result, Side
from webapp import formats, model_words
from webapp.sheets import Column, Sheet, Value
from webapp.simulation_form import role_words

_WEEK = timedelta(weeks=1)

ORIGINS: Mapping[str, LazyString] = {
    "measured": _l("from history"),
    "entered": _l("entered"),
    "guessed": _l("assumed"),
}

SUBJECTS: Mapping[str, LazyString] = {
    "arrivals": _l("Cases a week"),
    "work": _l("Hours of work"),
    "elapsed": _l("Hours until it is done, day and night"),
    "fork": _l("Shares of the ways"),
    "event": _l("What comes from outside: share, or hours until it comes"),
    "timer": _l("Days of a deadline that the case sets"),
}


def sheets(found: SimulationView) -> Mapping[str, Sheet]:
    """Make all tables by name."""
    made = (_weeks, _levels, _steps, _roles, _sources)
    return {sheet.name: sheet for sheet in (each(found) for each in made)}


def sides(result: Result) -> list[tuple[str, Side]]:
    """Name the versions that were simulated, the one in service first."""
    old = [] if result.old is None else [(_("Version in service"), result.old)]
    return [*old, (_("Draft"), result.new)]


def _name(result: Result, element: str) -> str:
    older = result.old.names if result.old else {}
    return model_words.say(result.new.names.get(element) or older.get(element) or element)


def _note(found: SimulationView) -> str:
    words: str = _(
        "Simulated: %(runs)d runs, seed %(seed)d, %(when)s. Low and high: of ten runs one lies"
        " below, one above.",
        runs=found.assumptions.replications,
        seed=found.assumptions.seed,
        when=formats.moment(found.made_at),
    )
    return words


def _weeks(found: SimulationView) -> Sheet:
    result = found.result
    columns = [Column(words=_("Week from"), kind="day")]
    for words, _side in sides(result):
        for what in (_("open cases"), _("missed service levels")):
            for point in (_("low"), _("middle"), _("high")):
                title = _("%(version)s: %(what)s, %(point)s", version=words, what=what, point=point)
                columns.append(Column(words=title, kind="number"))
    rows: list[list[Value]] = []
    for number in range(len(result.new.summary.backlog)):
        cells: list[Value] = [result.first_monday + _WEEK * number]
        for _words, side in sides(result):
            for band in (side.summary.backlog[number], side.summary.breaches[number]):
                cells += [band.low, band.middle, band.high]
        rows.append(cells)
    return Sheet(name="weeks", title=_("Weeks"), note=_note(found), columns=columns, rows=rows)


def _levels(found: SimulationView) -> Sheet:
    result = found.result
    by_side = [{each.id: each for each in side.summary.levels} for _words, side in sides(result)]
    ids = list(dict.fromkeys(each for levels in by_side for each in levels))
    ids.sort(key=lambda level: -max(_missed(levels.get(level)) for levels in by_side))
    columns = [Column(words=_("Service level"))]
    for words, _side in sides(result):
        columns += [
            Column(words=_("%(version)s: judged", version=words), kind="number"),
            Column(words=_("%(version)s: missed, middle", version=words), kind="number"),
            Column(words=_("%(version)s: missed, high", version=words), kind="number"),
        ]
    rows = [
        [_name(result, level), *(cell for found_ in by_side for cell in _level(found_.get(level)))]
        for level in ids
    ]
    return Sheet(
        name="levels", title=_("Service levels"), note=_note(found), columns=columns, rows=rows
    )


def _missed(level: LevelSummary | None) -> float:
    return 0.0 if level is None else level.late.middle


def _level(level: LevelSummary | None) -> Sequence[float | None]:
    if level is None:
        return (None, None, None)
    return (level.judged, level.late.middle, level.late.high)


def _steps(found: SimulationView) -> Sheet:
    result = found.result
    by_side = [{each.id: each for each in side.summary.steps} for _words, side in sides(result)]
    lanes = {**(result.old.lanes if result.old else {}), **result.new.lanes}
    columns = [Column(words=_("Step")), Column(words=_("Who"))]
    for words, _side in sides(result):
        columns += [
            Column(words=_("%(version)s: reached", version=words), kind="number"),
            Column(words=_("%(version)s: wait in working hours", version=words), kind="number"),
            Column(words=_("%(version)s: days until done", version=words), kind="number"),
            Column(words=_("%(version)s: taken away", version=words), kind="share"),
        ]
    rows = [
        [
            _name(result, step),
            role_words(role),
            *(cell for steps in by_side for cell in _step(steps.get(step))),
        ]
        for step, role in lanes.items()
    ]
    return Sheet(name="steps", title=_("Steps"), note=_note(found), columns=columns, rows=rows)


def _step(step: StepSummary | None) -> Sequence[float | None]:
    if step is None:
        return (None, None, None, None)
    return (step.reached, step.wait_hours, step.elapsed_days, step.interrupted_share)


def _roles(found: SimulationView) -> Sheet:
    result = found.result
    by_side = [
        {each.id: each.busy for each in side.summary.roles} for _words, side in sides(result)
    ]
    columns = [Column(words=_("Who")), Column(words=_("People"), kind="count")]
    columns.append(Column(words=_("Hours a week each"), kind="number"))
    for words, _side in sides(result):
        columns += [
            Column(words=_("%(version)s: time used", version=words), kind="share"),
            Column(words=_("%(version)s: time used, high", version=words), kind="share"),
        ]
    rows: list[list[Value]] = []
    for role in dict.fromkeys(each for roles in by_side for each in roles):
        given = found.assumptions.roles.get(role)
        cells: list[Value] = [role_words(role)]
        cells += [given.staff, given.hours_a_week] if given else [None, None]
        for roles in by_side:
            busy = roles.get(role)
            cells += [busy.middle, busy.high] if busy else [None, None]
        rows.append(cells)
    return Sheet(
        name="roles", title=_("People's time"), note=_note(found), columns=columns, rows=rows
    )


def _sources(found: SimulationView) -> Sheet:
    result = found.result
    return Sheet(
        name="sources",
        title=_("Where the numbers come from"),
        note=_(
            "From %(cases)d cases begun %(since)s to %(until)s.",
            cases=result.cases,
            since=formats.day(result.since),
            until=formats.day(result.until),
        ),
        columns=[
            Column(words=_("What")),
            Column(words=_("Element")),
            Column(words=_("Value"), kind="number"),
            Column(words=_("Where from")),
            Column(words=_("Measured"), kind="count"),
        ],
        rows=[
            [
                str(SUBJECTS[each.subject]),
                model_words.say(each.name) or each.id,
                each.value,
                str(ORIGINS[each.origin]),
                each.count,
            ]
            for each in result.new.sources
        ],
    )
