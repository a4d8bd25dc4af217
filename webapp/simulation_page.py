"""What the page of a simulation shows: result in sentences, charts, tables and their sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from engine import definition_queries
from engine.deployments import content_hash
from engine.mining_figures import THIN
from engine.simulation.figures import Band
from housing import simulation_work
from housing.background import queries as background
from housing.background.queries import Work
from housing.drafts import queries as drafts
from housing.drafts.queries import DraftView
from housing.insight import queries, service, simulating
from housing.insight.queries import SimulationView
from housing.insight.results import Result, Side
from housing.insight.simulating import Prepared
from webapp import charts, current, formats, model_words, simulation_sheets
from webapp.charts import Plot, Range, Series
from webapp.sheets import Sheet
from webapp.simulation_form import role_words

NEARLY_FULL = 0.85
"""From this share of used time on queues grow quickly."""

FAR_OFF = 0.5
"""A simulated time of the version in service that differs more from history is pointed at."""

_RECENT = 100
_WEEK = timedelta(weeks=1)

LEFT_OUT: Mapping[str, LazyString] = {
    "event_sub_process": _l("Event sub-processes are left out: they never begin here."),
    "multiple": _l("What is done once for each of several things is done once here."),
    "call": _l("A called process counts as a wait; its inside is not simulated."),
    "compensation": _l("Compensation is left out."),
    "start_from": _l("Every case begins at the same start."),
}


@dataclass(frozen=True, kw_only=True)
class SimulationPage:
    """Everything the page shows.

    Attributes:
        files: names of the draft's files.
        prepared: what a simulation starts from.
        changed_tables: decision tables that the draft changes; they may set other days.
        found: the newest simulation of the draft as it stands now, else of an earlier state.
        is_current: whether it is of the draft as it stands now.
        work: the order that is under way, else the last one if it failed.
    """

    draft: DraftView
    files: Sequence[str]
    prepared: Prepared
    changed_tables: Sequence[str]
    found: SimulationView | None
    is_current: bool
    work: Work | None

    @property
    def result(self) -> Result | None:
        """What was shown."""
        return None if self.found is None else self.found.result

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """All tables by name; none without a result."""
        return {} if self.found is None else simulation_sheets.sheets(self.found)

    @property
    def backlog_plot(self) -> Plot:
        """Open cases by week, both versions."""
        return _plot(_sure(self.found).result, lambda side: side.summary.backlog)

    @property
    def breaches_plot(self) -> Plot:
        """Missed service levels by week, both versions."""
        return _plot(_sure(self.found).result, lambda side: side.summary.breaches)


def read(draft_id: str) -> SimulationPage:
    """Gather what is known of a draft's simulation.

    Raises:
        DraftNotFound: there is no such draft.
        DiagramUnreadable: its files hold no process that can be read.
    """
    application = current.application()
    with application.reading() as session:
        draft = drafts.draft(draft_id, session=session)
        files = drafts.files(draft_id, session=session)
        base = simulation_work.in_service(draft.process_key, session)
        prepared = simulating.prepare(
            files, draft.process_key, base, session=session, now=application.clock.now()
        )
        before = {} if base is None else definition_queries.resources(base.id, session)
        work = _last_work(draft_id, background.newest(service.KIND, session, limit=_RECENT))
        found = queries.simulation_of(content_hash(files), session)
        is_current = found is not None
        if found is None and work is not None and work.result:
            found = queries.simulation(str(work.result.get("run_id")), session)
    is_open = work is not None and (work.is_open or work.state == "failed")
    return SimulationPage(
        draft=draft,
        files=sorted(files),
        prepared=prepared,
        changed_tables=[
            name
            for name in sorted(files)
            if name.endswith(".dmn") and name in before and before[name] != files[name]
        ],
        found=found,
        is_current=is_current,
        work=work if is_open else None,
    )


def sentences(result: Result) -> list[str]:
    """Say what the simulation shows, old against new."""
    new, old, difference = result.new.summary, result.old, result.difference
    said: list[str] = []
    weeks = len(new.backlog)
    if old is None or difference is None:
        said.append(
            _(
                "After %(weeks)d weeks %(new)s cases are open.",
                weeks=weeks,
                new=band_words(new.backlog[-1]),
            )
        )
        said.append(_("Service levels missed in all: %(new)s.", new=band_words(new.all_breaches)))
        return said
    before = old.summary
    runs = new.replications
    said.append(
        _(
            "After %(weeks)d weeks %(old)s cases are open with the version in service, %(new)s with"
            " the draft. In %(more)d of %(runs)d runs the draft left more, in %(fewer)d fewer.",
            weeks=weeks,
            old=band_words(before.backlog[-1]),
            new=band_words(new.backlog[-1]),
            more=difference.larger_backlog,
            fewer=difference.smaller_backlog,
            runs=runs,
        )
    )
    said.append(
        _(
            "Service levels missed in all: %(old)s with the version in service, %(new)s with the"
            " draft. In %(more)d of %(runs)d runs the draft missed more, in %(fewer)d fewer.",
            old=band_words(before.all_breaches),
            new=band_words(new.all_breaches),
            more=difference.more_breaches,
            fewer=difference.fewer_breaches,
            runs=runs,
        )
    )
    if before.cycle_days and new.cycle_days:
        said.append(
            _(
                "Half of the cases end within %(old)s days with the version in service, within"
                " %(new)s with the draft.",
                old=band_words(before.cycle_days),
                new=band_words(new.cycle_days),
            )
        )
    return said


def plausibility(result: Result) -> tuple[str, bool] | None:
    """Hold the simulated version in service against history.

    Returns:
        A sentence, and whether both are far apart; None if there is nothing to compare.
    """
    if result.old is None or result.old.summary.cycle_days is None or not result.measured_days:
        return None
    simulated = result.old.summary.cycle_days.middle
    words = ngettext(
        "Check: half of the cases end within %(simulated)s days in the simulation of the version in"
        " service; in history it was %(measured)s days (%(num)d ended case).",
        "Check: half of the cases end within %(simulated)s days in the simulation of the version in"
        " service; in history it was %(measured)s days (%(num)d ended cases).",
        result.measured_ended,
        simulated=f"{simulated:.1f}",
        measured=f"{result.measured_days:.1f}",
    )
    return str(words), abs(simulated / result.measured_days - 1.0) > FAR_OFF


def ground_words(found: SimulationView) -> str:
    """Say on what the simulation stands: runs, weeks, history, calendar, seed."""
    result, given = found.result, found.assumptions
    words: str = _(
        "%(runs)d runs of %(weeks)d weeks from %(monday)s on, each after %(warm)d weeks that do not"
        " count; both versions with the same chance. From %(cases)d cases begun %(since)s to"
        " %(until)s. Working hours by calendar %(calendar)s. Seed %(seed)d: the same seed gives the"
        " same figures.",
        runs=given.replications,
        weeks=given.weeks,
        monday=formats.day(result.first_monday),
        warm=given.warm_up_weeks,
        cases=result.cases,
        since=formats.day(result.since),
        until=formats.day(result.until),
        calendar=result.calendar,
        seed=given.seed,
    )
    return words


def simplified(result: Result) -> list[str]:
    """Say what is simplified in the draft's simulation, with the elements it is about."""
    return [
        str(LEFT_OUT[kind]) + " (" + _(", ").join(model_words.say(name) for name in names) + ")"
        for kind, names in result.new.left_out.items()
    ]


def thin_words(result: Result) -> list[str]:
    """Warn where history is too thin, with counts."""
    said: list[str] = []
    if result.cases < THIN:
        said.append(
            ngettext(
                "Only %(num)d case began in the period that history was taken from.",
                "Only %(num)d cases began in the period that history was taken from.",
                result.cases,
            )
        )
    steps = [each for each in result.new.sources if each.subject in ("work", "elapsed")]
    measured = sum(each.origin == "measured" for each in steps)
    if result.new.is_thin:
        said.append(
            _(
                "The time of only %(measured)d of %(count)d steps comes from history; all others"
                " are entered or assumed.",
                measured=measured,
                count=len(steps),
            )
        )
    if result.new.summary.given_up:
        said.append(
            ngettext(
                "%(num)d case went round without end and was given up.",
                "%(num)d cases went round without end and were given up.",
                result.new.summary.given_up,
            )
        )
    return said


def band_words(band: Band) -> str:
    """Say a band: the middle, and where eight of ten runs lie."""
    low, middle, high = (_short(value) for value in (band.low, band.middle, band.high))
    if low == high:
        return middle
    words: str = _("%(middle)s (%(low)s to %(high)s)", middle=middle, low=low, high=high)
    return words


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"


def _sure(found: SimulationView | None) -> SimulationView:
    if found is None:
        raise LookupError("no simulation")
    return found


def _last_work(draft_id: str, works: Sequence[Work]) -> Work | None:
    return next((each for each in works if each.params.get("draft_id") == draft_id), None)


def _plot(result: Result, of: Callable[[Side], Sequence[Band]]) -> Plot:
    first = result.first_monday
    weeks = [first + _WEEK * number for number in range(len(result.new.summary.backlog))]
    series, ranges = [], []
    for words, side in simulation_sheets.sides(result):
        look = 0 if side is result.new else 1
        bands = of(side)
        ranges.append(
            Range(
                words=_("%(version)s: eight of ten runs", version=words),
                low=[band.low for band in bands],
                high=[band.high for band in bands],
                look=look,
            )
        )
        middle = [band.middle for band in bands]
        series.append(
            Series(words=_("%(version)s: middle", version=words), values=middle, look=look)
        )
    return charts.plot([f"{week.month}/{week.day}" for week in weeks], series, ranges)


def full_roles(result: Result) -> list[str]:
    """Name the roles whose time for this process is nearly used up in the draft."""
    return [
        role_words(each.id) for each in result.new.summary.roles if each.busy.middle >= NEARLY_FULL
    ]
