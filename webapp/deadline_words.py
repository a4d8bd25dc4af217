"""How a due date was computed, in words: what the panel beside each due date says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from engine.explanations import Change
from engine.periods.computation import Computation, Start
from webapp import day_words, formats

CHANGES: Mapping[str, LazyString] = {
    "deadline_extended": _l("Extended by a person"),
    "deadline_recomputed": _l("Moved by the working calendar"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """A day that did not count: what kind of day, and its own name or ""."""

    on: date
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A time in which the clock stood still."""

    begins_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """One way in which a due date came about.

    Attributes:
        summary: the period in one sentence.
        steps: of the counting, in order.
        facts: terms and what they are here: start, proof, rule, calendar.
        missing_years: whose official calendar had not been entered.
        first: how the first due date came about, if it was moved since.
    """

    summary: str
    steps: Sequence[str] = ()
    skipped: Sequence[Skipped] = ()
    stops: Sequence[Stop] = ()
    facts: Sequence[tuple[str, str]] = ()
    missing_years: Sequence[int] = ()
    first: "Explained | None" = None


def explain(stored: Mapping[str, Any] | None) -> Explained | None:
    """Put the stored explanation of a due date into words; None when there is none."""
    if not stored:
        return None
    before = stored.get("before")
    first = explain(before) if isinstance(before, Mapping) else None
    # what other parts of the house count stands there as `Computation.as_json` writes it
    if stored.get("how", "counted") == "counted":
        return explain_computation(Computation.from_json(stored), first=first)
    return Explained(
        summary=_plain_sentence(stored), facts=tuple(_plain_facts(stored)), first=first
    )


def explain_computation(computation: Computation, *, first: Explained | None = None) -> Explained:
    """Put a counted period into words."""
    return Explained(
        summary=_period(computation),
        steps=day_words.sentences(computation),
        skipped=[
            Skipped(on=day.on, kind=str(day_words.DAY_KINDS.get(day.kind, day.kind)), name=day.name)
            for day in computation.skipped
        ],
        stops=[
            Stop(begins_at=pause.begins_at, ends_at=pause.ends_at, reason=pause.reason)
            for pause in computation.pauses
        ],
        facts=tuple(_facts(computation)),
        missing_years=computation.missing_years,
        first=first,
    )


def change_words(change: Change) -> str:
    """Name the kind of a move."""
    return str(CHANGES.get(change.kind, change.kind))


def calendar_words(version: str) -> str:
    """Name a version such as "city:3+community:SW:1" of the calendars."""
    if not version:
        return str(_("not needed: every day counts"))
    return str(_(", ").join(_calendar_part(part) for part in version.split("+")))


def _calendar_part(part: str) -> str:
    scope, _colon, number = part.rpartition(":")
    if scope != "city":
        code = scope.partition(":")[2]
        return str(
            _("calendar of community %(code)s, version %(number)s", code=code, number=number)
        )
    if number == "0":
        return str(_("the city's calendar as it comes with Anju (version 0)"))
    return str(_("the city's calendar, version %(number)s", number=number))


def _period(computation: Computation) -> str:
    amount, is_rolling = computation.amount, bool(computation.rule)
    if computation.unit == "working_days":
        return str(ngettext("%(num)d working day", "%(num)d working days", amount))
    if computation.unit == "working_hours":
        return str(ngettext("%(num)d working hour", "%(num)d working hours", amount))
    if computation.unit == "months":
        return str(ngettext("%(num)d month", "%(num)d months", amount))
    if is_rolling:
        words = ngettext(
            "%(num)d calendar day; it ends on a working day",
            "%(num)d calendar days; they end on a working day",
            amount,
        )
        return str(words)
    return str(ngettext("%(num)d calendar day", "%(num)d calendar days", amount))


def _facts(computation: Computation) -> list[tuple[str, str]]:
    found = [(_("Start"), _start(computation.start))]
    if computation.start.proof:
        found.append((_("Proof of service"), computation.start.proof))
    found.append((_("Rule"), day_words.basis(computation.basis)))
    if computation.rule and any(day.kind == "saturday" for day in computation.skipped):
        ends = day_words.SATURDAY_ENDS.get(computation.rule, computation.rule)
        found.append((_("A last day on a Saturday ends on"), str(ends)))
    found.append((_("Calendar"), calendar_words(computation.calendar_version)))
    return found


def _start(start: Start) -> str:
    at = start.at
    when = formats.moment(at) if isinstance(at, datetime) else formats.day(at)
    if start.kind == "event":
        return when
    return str(_("%(what)s, %(when)s", what=day_words.START_KINDS[start.kind], when=when))


def _plain_sentence(stored: Mapping[str, Any]) -> str:
    how, ends_at = stored.get("how"), datetime.fromisoformat(stored["ends_at"])
    if how == "exact":
        return str(
            _("%(length)s of exact time; nights and days off count too.", length=_length(stored))
        )
    if how == "cycle":
        return str(_("It repeats every %(length)s of exact time.", length=_length(stored)))
    return str(_("The process names this moment itself: %(when)s.", when=formats.moment(ends_at)))


def _plain_facts(stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "start" not in stored:
        return []
    return [(_("Start"), formats.moment(datetime.fromisoformat(stored["start"])))]


def _length(stored: Mapping[str, Any]) -> str:
    """Say how long it is from the start to the end."""
    start, end = (datetime.fromisoformat(stored[name]) for name in ("start", "ends_at"))
    days, seconds = divmod(int((end - start).total_seconds()), 86400)
    hours, minutes = divmod(seconds // 60, 60)
    parts = [
        ngettext("%(num)d day", "%(num)d days", days) if days else "",
        ngettext("%(num)d hour", "%(num)d hours", hours) if hours else "",
        ngettext("%(num)d minute", "%(num)d minutes", minutes) if minutes else "",
    ]
    said = " ".join(str(part) for part in parts if part)
    return said or str(_("less than a minute"))


FILTERS = {
    "explained": explain,
    "change_words": change_words,
    "calendar_words": calendar_words,
}
