"""What happened in a case in one stream: by day, by kind, and by the working day of its clock."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.calendar import local_date
from forms.words import Answer
from housing.attachments.queries import Attachment
from housing.cases.queries import TimelineEntry
from housing.dispatches.views import Dispatch, UnitAnswer
from housing.letters.queries import LetterView
from housing.notes.views import Note
from webapp.clock_days import ClockDay

DECISIONS, CONTACTS, DOCUMENTS, NOTES, SYSTEM = (
    "decisions",
    "contacts",
    "documents",
    "notes",
    "system",
)
FAMILIES = (DECISIONS, CONTACTS, DOCUMENTS, NOTES, SYSTEM)
"""By what the timeline can be narrowed, as its chips stand."""

SYSTEM_KINDS = frozenset(
    {
        "task_created",
        "service_done",
        "script_done",
        "end_reached",
        "message_thrown",
        "message_expired",
    }
)
"""Lines of the timeline that are shown on demand only."""

DECISION_KINDS = frozenset(
    {
        "started",
        "task_completed",
        "task_assigned",
        "task_delegated",
        "task_returned",
        "decision_made",
        "deadline_extended",
        "deadline_waived",
        "token_moved",
        "variables_corrected",
        "suspended",
        "resumed",
        "cancelled",
        "ended",
    }
)
"""History of what people and rules decided; all other history is the system's."""

CONTACT_KINDS = frozenset({"notice_sent", "form_submitted", "message_received"})
"""History of what passed between the office and others."""

PAGE = 40
"""Lines that the timeline shows at first, and so many more each time."""

MOST = 2000
"""Lines that one page shows at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """How a table decided: which rules, from what, to what."""

    rules: tuple[str, ...]
    inputs: tuple[tuple[str, object], ...]
    outputs: tuple[tuple[str, object], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteLine:
    """A note with what this person may do with it."""

    note: Note
    may_edit: bool
    may_remove: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterLine:
    """A letter that was sent or served."""

    letter: LetterView
    is_served: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLine:
    """A file that the office added, or removed."""

    attachment: Attachment
    is_removal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """What a unit answered that was asked from this case, in the process of this number."""

    number: str
    answer: UnitAnswer


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionLine:
    """That units were asked from this case."""

    dispatch: Dispatch


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One line of the timeline: of the history, or a note, a letter, a file, an answer.

    Attributes:
        families: under which chips it stands.
        is_system: shown on demand only.
        answers: that were handed in with it.
        until, before: new and former due date of an extended deadline.
    """

    at: datetime
    families: frozenset[str]
    is_system: bool = False
    entry: TimelineEntry | None = None
    answers: tuple[Answer, ...] = ()
    until: datetime | None = None
    before: datetime | None = None
    decided: Decided | None = None
    note: NoteLine | None = None
    letter: LetterLine | None = None
    file: FileLine | None = None
    answer: AnswerLine | None = None
    question: QuestionLine | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The lines of one calendar day in Taipei.

    Attributes:
        clock: which day of the case's period it is, if one ran then.
    """

    on: date
    moments: tuple[Moment, ...]
    clock: ClockDay | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which part of the timeline is asked for: all of it stands in the address.

    Attributes:
        families: chips that are on; none means everything.
        is_whole: also what only the system wrote.
        most: lines at most.
        is_oldest_first: as in print.
    """

    families: frozenset[str] = frozenset()
    is_whole: bool = False
    most: int = PAGE
    is_oldest_first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A filter of the timeline.

    Attributes:
        show: value of `show` in the address that turns it on or off; None for none.
    """

    family: str
    count: int
    is_on: bool
    show: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """The timeline as a page shows it.

    Attributes:
        hidden_count: lines that only the system wrote and that are not shown.
        later_count: lines that stand on the next part.
        next_most: lines at most of the address that shows more.
    """

    days: tuple[Day, ...]
    chips: tuple[Chip, ...]
    wanted: Wanted
    hidden_count: int
    later_count: int

    @property
    def next_most(self) -> int:
        """Tell how many lines the next larger page shows."""
        return min(self.wanted.most + PAGE, MOST)


def read_query(args: Mapping[str, str]) -> Wanted:
    """Read what is wanted from an address; what makes no sense is left out."""
    families = frozenset(args.get("show", "").split(",")) & frozenset(FAMILIES)
    most = args.get("most", "")
    return Wanted(
        families=families,
        is_whole=args.get("all") == "1",
        most=min(max(int(most), PAGE), MOST) if most.isascii() and most.isdigit() else PAGE,
    )


def families_of(kind: str, *, has_files: bool = False) -> frozenset[str]:
    """Tell under which chips a line of the history stands."""
    found = CONTACTS if kind in CONTACT_KINDS else DECISIONS if kind in DECISION_KINDS else SYSTEM
    return frozenset({found, DOCUMENTS} if has_files else {found})


def stream_of(
    moments: Collection[Moment],
    wanted: Wanted,
    *,
    offered: Sequence[str],
    clock_of: Callable[[date], ClockDay | None],
) -> Stream:
    """Narrow a timeline to what is wanted and put it into days.

    Args:
        moments: all of it, in any order.
        wanted: from the address.
        offered: chips this reader gets.
        clock_of: tells which day of the case's period a day is.
    """
    is_all = wanted.is_whole or SYSTEM in wanted.families
    visible = [each for each in moments if is_all or not each.is_system]
    fitting = [each for each in visible if _fits(each, wanted.families)]
    ordered = sorted(fitting, key=lambda each: each.at, reverse=not wanted.is_oldest_first)
    shown = ordered[: wanted.most]
    return Stream(
        days=_days(shown, clock_of),
        chips=tuple(_chip(family, moments, wanted.families) for family in offered),
        wanted=wanted,
        hidden_count=0 if wanted.families else len(moments) - len(visible),
        later_count=len(ordered) - len(shown),
    )


def printed(wanted: Wanted) -> Wanted:
    """Give what the printed case shows: all there is, oldest first."""
    return replace(wanted, is_oldest_first=True, most=MOST)


def _fits(moment: Moment, families: frozenset[str]) -> bool:
    return not families or bool(moment.families & families)


def _chip(family: str, moments: Iterable[Moment], on: frozenset[str]) -> Chip:
    after = on ^ {family}
    show = ",".join(each for each in FAMILIES if each in after)
    return Chip(
        family=family,
        count=sum(family in each.families for each in moments),
        is_on=family in on,
        show=show or None,
    )


def _days(
    moments: Iterable[Moment], clock_of: Callable[[date], ClockDay | None]
) -> tuple[Day, ...]:
    by_day: dict[date, list[Moment]] = {}
    for moment in moments:
        by_day.setdefault(local_date(moment.at), []).append(moment)
    return tuple(
        Day(on=on, moments=tuple(found), clock=clock_of(on)) for on, found in by_day.items()
    )
