"""The page of a case: what happened, what is next, whose turn it is, and until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine import definition_queries, queries
from engine.calendar import local_date
from engine.errors import DefinitionNotFound
from engine.explanations import Deadline
from engine.records import Incident, Instance, ProcessModel
from forms import schema, words
from forms.dates import parse_day
from forms.schema import Form
from forms.words import Answer
from housing.cases import queries as cases
from housing.cases.queries import CaseStep, Submitted, TimelineEntry
from housing.cases.rules import Viewer
from housing.repairs import queries as repairs
from housing.repairs.rules import BEFORE_DISPATCH
from housing.repairs.service import MANAGERS, PROCESS
from housing.repairs.views import CaseSummary, Turn
from webapp import case_access, current, model_words
from webapp.case_access import Access

SYSTEM_KINDS = frozenset(
    {
        "task_created",
        "service_done",
        "script_done",
        "decision_made",
        "end_reached",
        "message_thrown",
        "message_expired",
    }
)
"""Lines of the timeline that are shown on demand only."""

STEP_TYPES = frozenset(
    {
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "receiveTask",
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "boundaryEvent",
    }
)
"""What the list of steps names; gateways and scripts only steer between them."""


PAYERS: Mapping[str, LazyString] = {
    "warranty": _l("Warranty contractor"),
    "agency": _l("The office"),
    "tenant": _l("Tenant"),
    "contractor": _l("Contractor in default"),
}

PARTS_OF_DAY: Mapping[str, LazyString] = {
    "morning": _l("morning, 9 to 12"),
    "afternoon": _l("afternoon, 13 to 17"),
    "evening": _l("evening, 18 to 21"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnLine:
    """Whose turn it is, in the reader's terms.

    Attributes:
        words: what is to be done; for residents the milestone the drawer wrote for them.
        is_mine: this person can do it now.
        may_open: this person can open the task.
    """

    turn: Turn
    words: str
    is_mine: bool
    may_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One line of the timeline with the answers handed in with it.

    Attributes:
        until, before: new and former due date of an extended deadline.
    """

    entry: TimelineEntry
    answers: tuple[Answer, ...]
    until: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The lines of one calendar day in Taipei, newest first."""

    on: date
    moments: tuple[Moment, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePage:
    """All that the page shows.

    Attributes:
        summary: of a repair; None for other processes.
        hidden_count: lines of the timeline that only the system wrote and that are not shown.
        steps: of the diagram, as a list; empty for people who do not see the diagram.
        model: the diagram; None for the same people.
        deadlines: running ones first; people outside the office see the running ones only.
    """

    case: Instance
    viewer: Viewer
    summary: CaseSummary | None
    turns: tuple[TurnLine, ...]
    days: tuple[Day, ...]
    hidden_count: int
    steps: tuple[CaseStep, ...]
    model: ProcessModel | None
    incidents: tuple[Incident, ...]
    can_cancel: bool
    can_extend: bool
    deadlines: tuple[Deadline, ...] = ()

    def deadline_of(self, task_id: str) -> Deadline | None:
        """Find the due date of a user task."""
        return next((each for each in self.deadlines if each.token_id == task_id), None)

    def deadline_at(self, due_at: datetime) -> Deadline | None:
        """Find a due date of the case by its instant."""
        return next((each for each in self.deadlines if each.due_at == due_at), None)

    @property
    def other_deadlines(self) -> Sequence[Deadline]:
        """List the running due dates that no turn shows, each instant of an activity once."""
        shown = {(each.turn.element_id, each.turn.due_at) for each in self.turns}
        tasks = {each.turn.task_id for each in self.turns}
        return [
            each
            for each in self.deadlines
            if each.is_running
            and each.token_id not in tasks
            and (each.attached_to, each.due_at) not in shown
        ]

    @property
    def past_deadlines(self) -> Sequence[Deadline]:
        """List the due dates of tasks that have ended, newest first; of timers those reached."""
        past = [each for each in self.deadlines if each.state in ("met", "met_late", "reached")]
        return sorted(past, key=lambda each: each.due_at, reverse=True)

    @property
    def tokens(self) -> Mapping[str, Sequence[str]]:
        """What to mark in the diagram: ids of elements by kind of mark."""
        now = current.application().clock.now()
        return {
            "done": [each.element.id for each in self.steps if each.status == "done"],
            "current": [each.element.id for each in self.steps if _is_token(each)],
            "overdue": [
                each.element.id
                for each in self.steps
                if _is_token(each) and each.due_at is not None and each.due_at < now
            ],
            "incidents": [each.element_id for each in self.incidents],
        }

    @property
    def visits(self) -> Sequence[tuple[date | None, str]]:
        """The times the reporter suggested: day and words of the part of the day."""
        times = self.summary.visit_times if self.summary else ()
        return [_visit(text) for text in times]

    @property
    def payer(self) -> str:
        """Who pays, in words; "" as long as nobody decided."""
        code = (self.summary.payer if self.summary else None) or ""
        return str(PAYERS.get(code, code))

    @property
    def listed_steps(self) -> Sequence[CaseStep]:
        """The steps that the list names: done and present ones first in time, then the rest."""
        named = [each for each in self.steps if _is_listed(each)]
        order = {"done": 0, "now": 1, "future": 2}
        return sorted(named, key=lambda each: (order[each.status], each.at or _last(each)))


def read(number: str, *, is_whole: bool) -> CasePage:
    """Gather the page of a case for this request's person.

    Args:
        number: the case number.
        is_whole: whether the timeline shows what only the system wrote, too.

    Raises:
        InstanceNotFound: there is no such case, or it is no business of his.
    """
    access, application = case_access.find(number), current.application()
    case, viewer, now = access.case, access.viewer, application.clock.now()
    with application.reading() as session:
        summary = (
            repairs.case_summary(number, session=session, now=now)
            if case.process_key == PROCESS
            else None
        )
        deployed = definition_queries.definition_by_id(case.definition_id, session)
        model = definition_queries.process_model(deployed, session)
        entries = cases.timeline(case.id, viewer, session=session)
        steps = cases.steps_of(case.id, session=session) if viewer.is_staff else []
        incidents = queries.incidents(session, instance_id=case.id) if viewer.is_staff else ()
        waits = {each.kind for each in queries.active_elements(case.id, session)}
        deadlines = cases.deadlines_for(case.id, viewer, session=session)
    shown = [each for each in entries if is_whole or each.kind not in SYSTEM_KINDS]
    return CasePage(
        case=case,
        viewer=viewer,
        summary=summary,
        turns=_turns(summary, model, viewer),
        days=_days(shown, case.definition_id),
        hidden_count=len(entries) - len(shown),
        steps=tuple(steps),
        model=model if viewer.is_staff else None,
        incidents=incidents,
        can_cancel=summary is not None and "message" in waits and _may_cancel(summary, case),
        can_extend=summary is not None and "message" in waits and _may_extend(summary, viewer),
        deadlines=deadlines,
    )


def read_deadlines(number: str) -> tuple[Access, tuple[Deadline, ...]]:
    """Read the due dates of a case that this request's person may open.

    Raises:
        InstanceNotFound: there is no such case, or it is no business of his.
    """
    access = case_access.find(number)
    with current.application().reading() as session:
        return access, cases.deadlines_for(access.case.id, access.viewer, session=session)


def _may_cancel(summary: CaseSummary, case: Instance) -> bool:
    actor = current.actor()
    is_reporter = str(summary.reporter_id) == actor.id
    is_manager = any(actor.belongs_to(role, case.scope) for role in MANAGERS)
    return (is_reporter or is_manager) and summary.ticket.stage in BEFORE_DISPATCH


def _may_extend(summary: CaseSummary, viewer: Viewer) -> bool:
    runs = [order for order in summary.orders if order.done_at is None and order.outcome is None]
    return viewer.relation == "contractor" and bool(runs)


def _turns(
    summary: CaseSummary | None, model: ProcessModel, viewer: Viewer
) -> tuple[TurnLine, ...]:
    if summary is None:
        return ()
    milestones = {
        each.id: str(each.properties.get("anju:milestone") or each.name) for each in model.elements
    }
    return tuple(
        _turn(turn, turn.name if viewer.is_staff else milestones.get(turn.element_id, turn.name))
        for turn in summary.turns
    )


def _turn(turn: Turn, words: str) -> TurnLine:
    actor = current.actor()
    is_mine = turn.assignee == actor.id
    is_offered = any(group == turn.group for group, _scope in actor.groups)
    may_open = is_mine or (turn.assignee is None and is_offered)
    return TurnLine(turn=turn, words=model_words.say(words), is_mine=is_mine, may_open=may_open)


def _days(entries: Iterable[TimelineEntry], definition_id: str) -> tuple[Day, ...]:
    moments: dict[date, list[Moment]] = {}
    for entry in sorted(entries, key=lambda each: each.at, reverse=True):
        moment = Moment(
            entry=entry,
            answers=_answers(entry.form, definition_id),
            until=_instant(entry.details.get("until") or entry.details.get("new")),
            before=_instant(entry.details.get("from") or entry.details.get("old")),
        )
        moments.setdefault(local_date(entry.at), []).append(moment)
    return tuple(Day(on=on, moments=tuple(found)) for on, found in moments.items())


def _instant(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _answers(submitted: Submitted | None, definition_id: str) -> tuple[Answer, ...]:
    if submitted is None:
        return ()
    form = _deployed_form(submitted.form_key, definition_id)
    if form is None:
        return ()
    return words.answers(
        model_words.say_form(form),
        model_words.say_values(form, submitted.values),
        separator=model_words.separator(),
    )


def _deployed_form(form_key: str, definition_id: str) -> Form | None:
    """Read a form in the version of the case; None for one the version was deployed without."""
    with current.application().reading() as session:
        try:
            text = definition_queries.resource(definition_id, f"forms/{form_key}.json", session)
        except DefinitionNotFound:
            return None
    return schema.load(text)


def _visit(text: str) -> tuple[date | None, str]:
    """Read a stored time, `2026-03-04 morning`; other texts stay as they are."""
    day_text, _, part = text.partition(" ")
    on = parse_day(day_text)
    return (on, str(PARTS_OF_DAY.get(part, part))) if on else (None, text)


def _is_token(step: CaseStep) -> bool:
    """Timers and messages that wait at the border of a step are no tokens of their own."""
    return step.status == "now" and step.element.type != "boundaryEvent"


def _is_listed(step: CaseStep) -> bool:
    if step.element.type not in STEP_TYPES or not step.element.name:
        return False
    is_border = step.element.type == "boundaryEvent"
    return step.status == "done" or (step.status in ("now", "future") and not is_border)


def _last(step: CaseStep) -> datetime:
    """Where a step without an instant stands: after all others of its status."""
    return step.due_at or datetime.max.replace(tzinfo=current.application().clock.now().tzinfo)
