"""Absences as pages show and read them: half days, pools, whose they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from engine.types import Actor
from housing.deputies import queries, rules
from housing.deputies.errors import AbsenceNotFound, PeriodInvalid
from housing.deputies.queries import Candidate, EventView
from housing.deputies.rules import Deputy, Period
from housing.deputies.service import Entry
from housing.deputies.views import AbsenceView, absence
from housing.people import queries as people
from housing.people.queries import AccountView
from webapp import current, formats

REASONS: Mapping[str, LazyString] = {
    "leave": _l("Leave"),
    "official_trip": _l("Official trip"),
    "sick": _l("Sick leave"),
    "other": _l("Other reason"),
}

STATES: Mapping[str, tuple[LazyString, str]] = {
    "planned": (_l("Planned"), "neutral"),
    "running": (_l("Away now"), "wait"),
    "over": (_l("Over"), "neutral"),
    "cancelled": (_l("Cancelled"), "neutral"),
}

EVENTS: Mapping[str, LazyString] = {
    "entered": _l("Entered"),
    "changed": _l("Changed"),
    "ended_early": _l("Came back early"),
    "cancelled": _l("Cancelled"),
    "reported": _l("Hand-back report sent"),
}

NOON = time(12)
YEARS = range(2000, 2200)
"""Years that somebody may mean; others overflow sooner or later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One deputy as typed."""

    person_id: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """The form as somebody typed it; kept when it is refused.

    Attributes:
        from_day, until_day: ISO days, as date fields send them.
        from_half, until_half: "day" or "noon".
    """

    from_day: str = ""
    from_half: str = "day"
    until_day: str = ""
    until_half: str = "day"
    reason: str = "leave"
    note: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FormPage:
    """What the form needs beside what was typed.

    Attributes:
        groups: candidate groups of the person, to cover some of them only.
        has_begun: the beginning cannot be changed any more.
    """

    person: AccountView
    candidates: Sequence[Candidate]
    groups: tuple[str, ...]
    typed: Typed
    has_begun: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The lists of the page of absences."""

    mine: Sequence[AbsenceView]
    standing_in: Sequence[AbsenceView]
    running: Sequence[AbsenceView]
    team: Sequence[AbsenceView]
    colleagues: Sequence[AccountView]


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsencePage:
    """One absence and what this person may do with it.

    Attributes:
        may_change: he is the person, a lead, a chief or an administrator.
        uncovered: candidate groups of the absent person that no deputy covers.
    """

    absence: AbsenceView
    events: Sequence[EventView]
    may_change: bool
    uncovered: tuple[str, ...]


def overview() -> Overview:
    """Read the absences that concern this request's person."""
    application, me = current.application(), current.actor()
    now = application.clock.now()
    with application.reading() as session:
        colleagues = queries.team_of(me, session=session)
        return Overview(
            mine=queries.absences_of([me.id], now, session=session),
            standing_in=queries.named_in(me.id, now, session=session),
            running=queries.running(session, now),
            team=queries.absences_of([each.id for each in colleagues], now, session=session),
            colleagues=colleagues,
        )


def read(absence_id: int) -> AbsencePage:
    """Read an absence for whoever it concerns: the person, who arranges it, its deputies.

    Raises:
        AbsenceNotFound: there is none, or it is no business of his; the same for both.
    """
    application, me = current.application(), current.actor()
    with application.reading() as session:
        found = absence(absence_id, application.clock.now(), session=session)
        person = people.account(found.person_id, session=session)
        events = queries.events_of(absence_id, session=session)
    may_change = rules.may_arrange(me, found.person_id, person.memberships)
    if not may_change and not _is_deputy(found, me):
        raise AbsenceNotFound(str(absence_id))
    pool = [
        Deputy(person_id=each.person_id, groups=frozenset(each.groups)) for each in found.deputies
    ]
    return AbsencePage(
        absence=found,
        events=events,
        may_change=may_change,
        uncovered=rules.uncovered_groups(rules.work_rights(person.memberships), pool),
    )


def form_page(person_id: str, typed: Typed, *, has_begun: bool = False) -> FormPage:
    """Read what the form for a person offers.

    Raises:
        AccountNotFound: there is no such person.
    """
    with current.application().reading() as session:
        person = people.account(person_id, session=session)
        offered = queries.candidates(person_id, session=session)
    groups = {group for group, _scope in rules.work_rights(person.memberships)}
    return FormPage(
        person=person,
        candidates=offered,
        groups=tuple(sorted(groups)),
        typed=typed,
        has_begun=has_begun,
    )


def read_form(given: MultiDict[str, str]) -> Typed:
    """Read what was typed, unchecked but cut to sensible lengths."""
    return Typed(
        from_day=given.get("from_day", "")[:10],
        from_half="noon" if given.get("from_half") == "noon" else "day",
        until_day=given.get("until_day", "")[:10],
        until_half="noon" if given.get("until_half") == "noon" else "day",
        reason=given.get("reason", "")[:16],
        note=given.get("note", "")[: rules.LONGEST_NOTE + 1],
        rows=tuple(
            Row(
                person_id=given.get(f"deputy_{place}", "")[:18],
                groups=tuple(each[:64] for each in given.getlist(f"groups_{place}")[:20]),
            )
            for place in range(1, rules.MOST_DEPUTIES + 1)
        ),
    )


def typed_of(found: AbsenceView) -> Typed:
    """Write a stored absence as the form shows it."""
    first, last = formats.local(found.from_at), formats.local(found.until_at)
    is_whole = last.time() == time(0)
    return Typed(
        from_day=first.date().isoformat(),
        from_half="noon" if first.time() == NOON else "day",
        until_day=(last.date() - timedelta(days=1) if is_whole else last.date()).isoformat(),
        until_half="day" if is_whole else "noon",
        reason=found.reason,
        note=found.note,
        rows=tuple(Row(person_id=each.person_id, groups=each.groups) for each in found.deputies),
    )


def entry_of(person_id: str, typed: Typed, *, began_at: datetime | None = None) -> Entry:
    """Turn what was typed into what the business takes.

    Args:
        person_id: of who is away.
        typed: the form.
        began_at: the beginning of an absence that runs, which stays.

    Raises:
        PeriodInvalid: a day is missing or is none.
    """
    first = began_at or _instant(typed.from_day, NOON if typed.from_half == "noon" else time(0))
    if typed.until_half == "noon":
        last = _instant(typed.until_day, NOON)
    else:
        last = _instant(typed.until_day, time(0)) + timedelta(days=1)
    return Entry(
        person_id=person_id,
        period=Period(from_at=first, until_at=last),
        reason=typed.reason,
        note=typed.note,
        deputies=tuple(
            Deputy(person_id=each.person_id, groups=frozenset(each.groups))
            for each in typed.rows
            if each.person_id
        ),
    )


def first_words(found: AbsenceView) -> str:
    """Say when an absence begins: the day, with noon where it does."""
    begins = formats.local(found.from_at)
    return formats.day(begins) if begins.time() == time(0) else formats.moment(found.from_at)


def last_words(until_at: datetime) -> str:
    """Say until when somebody is away: the last day, or the day and time of the return."""
    ends = formats.local(until_at)
    if ends.time() == time(0):
        return formats.day(ends.date() - timedelta(days=1))
    return formats.moment(until_at)


def is_private(found: AbsenceView) -> bool:
    """Tell whether reason and note are to be kept from this request's person."""
    me = current.actor()
    if found.person_id == me.id:
        return False
    return not any(rules.leads(group) for group, _scope in me.groups)


def _is_deputy(found: AbsenceView, me: Actor) -> bool:
    return any(each.person_id == me.id for each in found.deputies)


def _instant(day: str, at: time) -> datetime:
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise PeriodInvalid from error
    if on.year not in YEARS:
        raise PeriodInvalid
    return datetime.combine(on, at, tzinfo=formats.TAIPEI)
