"""Read how far a case is, for whoever has its code: no name, no address, nothing that was typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definition_queries, queries, visits
from engine.errors import InstanceNotFound
from engine.explanations import Deadline
from engine.records import Instance, UserTask
from housing.applications.service import PROCESS as APPLICATIONS
from housing.case_links.views import leads_of
from housing.cases.queries import deadlines_for, steps_of
from housing.cases.rules import Viewer
from housing.move_outs.service import PROCESS as MOVE_OUTS
from housing.progress import codes, rules
from housing.progress.rules import MILESTONE, Ahead, Course, Window
from housing.records.models import CaseParty
from housing.records.rules import account_party
from housing.renewals.operations import PROCESS as RENEWALS
from housing.repairs.service import PROCESS as REPAIRS
from housing.vault import Vault

FOLLOWED = frozenset({APPLICATIONS, MOVE_OUTS, RENEWALS, REPAIRS})
"""Processes whose cases can be followed with a code. Care is none of them, and stays none."""

HISTORY = timedelta(days=365)
"""How far back past cases are looked at."""

OWN = ("reporter", "household")
"""How people stand to cases that are their own."""

_STRANGER = Viewer(account_id="", relation="follower")


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A milestone that the case has left behind, and when."""

    words: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Now:
    """Where the case stands.

    Attributes:
        since: when it first came to this milestone.
        is_residents: the resident or applicant has to do something now.
        deadline: of that work, with how it was computed; no reasons and names of people in it.
    """

    words: str
    since: datetime
    is_residents: bool
    due_at: datetime | None
    deadline: Deadline | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a case is.

    Attributes:
        now: empty while only the office's system waits, such as for a letter to arrive.
        ahead: the usual milestones first.
        end: when it is likely to end; None with too few past cases.
        clocks: running deadlines of the whole case that a law sets.
        paused: clocks among all that stand still.
        merged_into: number of the case that decides for this one, or with which it ended; else "".
    """

    case: Instance
    done: tuple[Done, ...]
    now: tuple[Now, ...]
    ahead: tuple[Ahead, ...]
    end: Window | None
    clocks: tuple[Deadline, ...]
    paused: tuple[Deadline, ...]
    merged_into: str

    @property
    def is_running(self) -> bool:
        """Tell whether something can still happen."""
        return self.case.status in ("active", "suspended")


def case_with_code(number: str, code: str, *, vault: Vault, session: Session) -> Instance | None:
    """Find the case that a number and a code open; None when either is wrong or it has no page.

    An absent case costs the same work as a wrong code.
    """
    try:
        case = queries.by_business_key(number, session)
    except InstanceNotFound:
        codes.is_code_of(code, "", vault)
        return None
    is_right = codes.is_code_of(code, case.id, vault)
    return case if is_right and case.process_key in FOLLOWED else None


def path_of(case_id: str, *, vault: Vault, session: Session) -> str:
    """Give the path, with the code in it, on which a case is followed; "" where none is."""
    try:
        case = queries.instance(case_id, session)
    except InstanceNotFound:
        return ""
    if case.process_key not in FOLLOWED:
        return ""
    return f"/follow/{case.business_key}/{codes.grouped(codes.code_of(case.id, vault))}"


class Past:
    """The courses of past cases, those of each process read once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._read: dict[str, tuple[Course, ...]] = {}

    def of(self, process_key: str) -> tuple[Course, ...]:
        """Give those of one process, all versions together."""
        if process_key not in self._read:
            courses = past_courses(process_key, session=self._session, now=self._now)
            self._read[process_key] = courses
        return self._read[process_key]


def progress(case: Instance, past: Past, *, session: Session) -> Progress:
    """Read how far a case is, and what past cases let expect."""
    steps = steps_of(case.id, session=session)
    words = {
        each.element.id: each.element.properties[MILESTONE]
        for each in steps
        if each.element.properties.get(MILESTONE)
    }
    tasks = [each for each in queries.tasks_of(case.id, session) if each.element_id in words]
    deadlines = [_plain(each) for each in deadlines_for(case.id, _STRANGER, session=session)]
    present = _present(case, tasks, words, deadlines, session)
    standing = {each.words for each in present}
    possible = [
        words[s.element.id] for s in steps if s.status == "future" and s.element.id in words
    ]
    possible = [each for each in dict.fromkeys(possible) if each not in standing]
    ahead, end = _expected(case, present, possible, past)
    lead = leads_of([case.id], session=session).get(case.id)
    return Progress(
        case=case,
        done=_done(tasks, words, standing),
        now=present,
        ahead=ahead,
        end=end,
        clocks=tuple(each for each in deadlines if each.kind == "clock"),
        paused=tuple(each for each in deadlines if each.paused_since is not None),
        merged_into=lead.business_key if lead else "",
    )


def _plain(deadline: Deadline) -> Deadline:
    """Leave out what people typed: the reasons of moves, and who made them."""
    moves = (replace(each, by_id="", by_name="", reason="") for each in deadline.changes)
    return replace(deadline, changes=tuple(moves))


def _present(
    case: Instance,
    tasks: Iterable[UserTask],
    words: Mapping[str, str],
    deadlines: Iterable[Deadline],
    session: Session,
) -> tuple[Now, ...]:
    first: dict[str, datetime] = {}
    open_tasks: dict[str, UserTask] = {}
    for task in tasks:
        milestone = words[task.element_id]
        first[milestone] = min(task.created_at, first.get(milestone, task.created_at))
        if task.state == "open" and milestone not in open_tasks:
            open_tasks[milestone] = task
    residents = _residents(case.id, session)
    by_token = {each.token_id: each for each in deadlines}
    return tuple(
        Now(
            words=milestone,
            since=first[milestone],
            is_residents=task.assignee is not None and account_party(task.assignee) in residents,
            due_at=task.due_at,
            deadline=by_token.get(task.id),
        )
        for milestone, task in open_tasks.items()
    )


def _residents(case_id: str, session: Session) -> frozenset[str]:
    own = select(CaseParty.party).where(
        CaseParty.instance_id == case_id, CaseParty.relation.in_(OWN)
    )
    return frozenset(session.scalars(own))


def _done(
    tasks: Iterable[UserTask], words: Mapping[str, str], standing: set[str]
) -> tuple[Done, ...]:
    last: dict[str, datetime] = {}
    for task in tasks:
        milestone = words[task.element_id]
        if task.state == "completed" and task.ended_at and milestone not in standing:
            last[milestone] = max(task.ended_at, last.get(milestone, task.ended_at))
    found = [Done(words=milestone, at=at) for milestone, at in last.items()]
    return tuple(sorted(found, key=lambda each: each.at))


def _expected(
    case: Instance,
    present: Iterable[Now],
    possible: list[str],
    past: Past,
) -> tuple[tuple[Ahead, ...], Window | None]:
    """Compare with past cases, all versions; without a present milestone nothing is foretold."""
    newest = max(present, key=lambda each: each.since, default=None)
    if newest is None:
        return tuple(Ahead(words=each, window=None, is_usual=False) for each in possible), None
    courses = past.of(case.process_key)
    ahead = rules.ahead(newest.words, newest.since, possible, courses)
    return ahead, rules.end_window(newest.words, newest.since, courses)


def past_courses(process_key: str, *, session: Session, now: datetime) -> tuple[Course, ...]:
    """Read how the past cases of a process came from milestone to milestone."""
    words: dict[str, str] = {}
    for version in reversed(definition_queries.definitions(session, process_key)):
        model = definition_queries.process_model(version, session)
        words |= {
            each.id: each.properties[MILESTONE]
            for each in model.elements
            if each.properties.get(MILESTONE)
        }
    found = visits.past_cases(process_key, words.keys(), now - HISTORY, session)
    return tuple(rules.course(each.visits, each.ended_at, words) for each in found)
