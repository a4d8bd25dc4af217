"""The page of a case: what happened, what is next, whose turn it is, and until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import flask

from engine import definition_queries, queries
from engine.explanations import Deadline
from engine.records import Incident, Instance, ProcessModel
from housing.announcements.service import PROCESS as ANNOUNCEMENTS
from housing.applications.service import PROCESS as APPLICATIONS
from housing.case_links import views as links
from housing.case_links.views import Merged
from housing.cases import queries as cases
from housing.cases.queries import CaseStep
from housing.cases.rules import Viewer
from housing.dispatches.service import PROCESS as DISPATCHES
from housing.letters.queries import LetterView
from housing.move_outs.service import PROCESS as MOVE_OUTS
from housing.notes import views as notes
from housing.notes.rules import LONGEST as LONGEST_NOTE
from housing.notes.rules import Colleague
from housing.own_data.service import PROCESS as OWN_DATA
from housing.records.queries import Turn, turns_of
from housing.renewals.operations import PROCESS as RENEWALS
from housing.repairs.service import PROCESS as REPAIRS
from webapp import (
    case_access,
    case_actions,
    case_announcements,
    case_applications,
    case_dispatches,
    case_files,
    case_leases,
    case_letters,
    case_own_data,
    case_repairs,
    case_stream,
    case_timeline,
    current,
    feedback_page,
    follow_page,
    model_words,
    notice_list,
    related_cases,
)
from webapp.case_access import Access
from webapp.case_actions import ActionLine
from webapp.case_files import CaseFile
from webapp.case_part import Part, ReadPart
from webapp.case_timeline import Stream, Wanted
from webapp.follow_page import FollowLink
from webapp.related_cases import RelatedCases

PAST_STATES = frozenset({"met", "met_late", "reached", "breached", "waived"})
"""How a due date may have ended; one whose work was withdrawn in time is not listed."""

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


PARTS: Mapping[str, ReadPart] = {
    ANNOUNCEMENTS: case_announcements.read,
    APPLICATIONS: case_applications.read,
    DISPATCHES: case_dispatches.read,
    MOVE_OUTS: case_leases.read_move_out,
    RENEWALS: case_leases.read_renewal,
    REPAIRS: case_repairs.read,
    OWN_DATA: case_own_data.read,
}
"""Key of a process to what its subject adds to the page."""


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
class CasePage:
    """All that the page shows.

    Attributes:
        part: what the subject of the process adds; None for a plain case.
        letters: that this person may read, oldest first.
        documents: files of the case, oldest first; for the office and whoever began the case.
        stream: the timeline.
        steps: of the diagram, as a list; empty for people who do not see the diagram.
        model: the diagram; None for the same people.
        actions: what this person may do beside the tasks.
        deadlines: running ones first; people outside the office see the running ones only.
        follow: how the case is followed without an account; None where that is not offered.
        asks_feedback: whether this person is asked how the case was handled.
        colleagues: whom notes may mention; empty for people outside the office.
        related: cases that belong to this one; None for people outside the office.
        lead: the merger that holds this case, or with whose lead it ended.
        may_open_lead: whether this person may open the lead case.
    """

    case: Instance
    viewer: Viewer
    part: Part | None
    letters: tuple[LetterView, ...]
    documents: tuple[CaseFile, ...]
    turns: tuple[TurnLine, ...]
    stream: Stream
    steps: tuple[CaseStep, ...]
    model: ProcessModel | None
    incidents: tuple[Incident, ...]
    actions: tuple[ActionLine, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    follow: FollowLink | None = None
    asks_feedback: bool = False
    colleagues: tuple[Colleague, ...] = ()
    related: RelatedCases | None = None
    lead: Merged | None = None
    may_open_lead: bool = False

    @property
    def is_merged(self) -> bool:
        """Tell whether another case decides for this one now."""
        return self.lead is not None and self.lead.state == "open"

    @property
    def longest_note(self) -> int:
        """Tell how many characters a note may have."""
        return LONGEST_NOTE

    def deadline_of(self, task_id: str) -> Deadline | None:
        """Find the due date of a user task."""
        return next((each for each in self.deadlines if each.token_id == task_id), None)

    def deadline_at(self, due_at: datetime) -> Deadline | None:
        """Find a due date of the case by its instant."""
        return next((each for each in self.deadlines if each.due_at == due_at), None)

    @property
    def other_deadlines(self) -> Sequence[Deadline]:
        """List the running due dates that no turn shows, each instant of an activity once."""
        running = [each for each in self.deadlines if each.is_running]
        turns = {each.turn.task_id for each in self.turns}
        of_tasks = {(each.element_id, each.due_at) for each in running if each.kind == "task"}
        return [
            each
            for each in running
            if each.token_id not in turns and (each.attached_to, each.due_at) not in of_tasks
        ]

    @property
    def past_deadlines(self) -> Sequence[Deadline]:
        """List the due dates of tasks that have ended, newest first; of timers those reached."""
        past = [each for each in self.deadlines if each.state in PAST_STATES]
        return sorted(past, key=lambda each: each.due_at, reverse=True)

    @property
    def unserved_letters(self) -> Sequence[LetterView]:
        """List the letters that were sent and whose service starts a period."""
        return [each for each in self.letters if each.state == "sent" and each.period]

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
    def listed_steps(self) -> Sequence[CaseStep]:
        """The steps that the list names: done and present ones first in time, then the rest."""
        named = [each for each in self.steps if _is_listed(each)]
        order = {"done": 0, "now": 1, "future": 2}
        return sorted(named, key=lambda each: (order[each.status], self._place(each)))

    def _place(self, step: CaseStep) -> datetime:
        """Tell where a step stands among its like; the start leaves no line in the history."""
        if step.at is None and step.element.type == "startEvent":
            return self.case.started_at
        return step.at or _last(step)


def read(number: str, wanted: Wanted) -> CasePage:
    """Gather the page of a case for this request's person.

    Args:
        number: the case number.
        wanted: which part of the timeline.

    Raises:
        InstanceNotFound: there is no such case, or it is no business of his.
    """
    access, application = case_access.find(number), current.application()
    case, viewer = access.case, access.viewer
    with application.reading() as session:
        deployed = definition_queries.definition_by_id(case.definition_id, session)
        model = definition_queries.process_model(deployed, session)
        steps = cases.steps_of(case.id, session=session) if viewer.is_staff else []
        incidents = queries.incidents(session, instance_id=case.id) if viewer.is_staff else ()
        waits = {each.kind for each in queries.active_elements(case.id, session)}
        deadlines = cases.deadlines_for(case.id, viewer, session=session)
        turns = turns_of(case.id, session=session)
        colleagues = notes.colleagues_of(case, session=session) if viewer.is_staff else ()
        lead = links.lead_of(case.id, session=session)
    read_part = PARTS.get(case.process_key)
    return CasePage(
        case=case,
        viewer=viewer,
        part=read_part(case, viewer, waits) if read_part else None,
        letters=case_letters.of_case(case, viewer),
        documents=case_files.of_case(case, viewer),
        turns=_turns(turns, model, viewer),
        stream=case_stream.read(case, viewer, wanted),
        steps=tuple(steps),
        model=model if viewer.is_staff else None,
        incidents=incidents,
        actions=case_actions.lines(case, viewer, model),
        deadlines=deadlines,
        follow=follow_page.link_for(case, viewer),
        asks_feedback=feedback_page.is_asked(case, viewer),
        colleagues=colleagues,
        related=related_cases.read(case) if viewer.is_staff else None,
        lead=lead,
        may_open_lead=lead is not None and case_access.may_open(lead.other.id),
    )


def draw(number: str, typed: Mapping[str, object] | None = None) -> str:
    """Draw the page of a case for this request's person, and note that he read it.

    Args:
        number: the case number.
        typed: what was typed into a form of the page that was refused, with the sentence why.

    Raises:
        InstanceNotFound: as `read`.
    """
    page = read(number, case_timeline.read_query(flask.request.args))
    notice_list.note_reading(page.case.id)
    notices = notice_list.of_case(page.case.id) if page.viewer.is_staff else []
    return flask.render_template("cases/show.html", page=page, notices=notices, typed=typed or {})


def read_deadlines(number: str) -> tuple[Access, tuple[Deadline, ...]]:
    """Read the due dates of a case that this request's person may open.

    Raises:
        InstanceNotFound: there is no such case, or it is no business of his.
    """
    access = case_access.find(number)
    with current.application().reading() as session:
        return access, cases.deadlines_for(access.case.id, access.viewer, session=session)


def _turns(turns: Iterable[Turn], model: ProcessModel, viewer: Viewer) -> tuple[TurnLine, ...]:
    milestones = {
        each.id: str(each.properties.get("anju:milestone") or each.name) for each in model.elements
    }
    return tuple(
        _turn(turn, turn.name if viewer.is_staff else milestones.get(turn.element_id, turn.name))
        for turn in turns
    )


def _turn(turn: Turn, words: str) -> TurnLine:
    actor = current.actor()
    is_mine = turn.assignee == actor.id
    is_offered = turn.group is not None and actor.belongs_to(turn.group, turn.scope)
    may_open = is_mine or (turn.assignee is None and is_offered)
    return TurnLine(turn=turn, words=model_words.say(words), is_mine=is_mine, may_open=may_open)


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
