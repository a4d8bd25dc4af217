"""The second line of tasks in a list: what the case is about, for every kind of case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import sla_queries
from engine.queries import UserTask
from engine.sla_clocks import SlaClock
from housing.applications.call_subject import PERIODIC, ROLLING
from housing.applications.service import PROCESS as APPLICATIONS
from housing.care.reports import PROCESS as CARE_REPORTS
from housing.care.service import PROCESS as CARE
from housing.cases.about import About, about, reads
from housing.move_outs.service import PROCESS as MOVE_OUTS
from housing.notes import queries as notes
from housing.notes.views import Note
from housing.repairs.service import PROCESS as REPAIRS
from webapp import current, formats, labels

STAGE_WORDS: Mapping[str, str] = {
    REPAIRS: "stage",
    APPLICATIONS: "application_state",
    PERIODIC: "call_stage",
    ROLLING: "call_stage",
    MOVE_OUTS: "move_out_state",
    CARE: "care_state",
    CARE_REPORTS: "care_report",
}
"""Key of a process to the table of words of its stages."""

NOTE_LENGTH = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class RowWords:
    """What a row says beside the task; "" is left out.

    Attributes:
        home: community and home, where the reader may know them.
        person: in full for the readers of the case, else masked.
        note: beginning of the newest note, for the readers of the case.
    """

    home: str
    place: str
    title: str
    person: str
    stage: str
    is_emergency: bool
    note: str = ""
    note_by: str = ""
    note_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Why nothing runs against a task, or beside it.

    Attributes:
        since: None while the whole case is suspended.
        is_whole: the task itself has no running due date; else only another clock of its case
            stands.
    """

    since: datetime | None
    reason: str
    is_whole: bool


def pauses_of(tasks: Sequence[UserTask]) -> Mapping[str, Pause]:
    """Tell which tasks wait for somebody: their case is suspended, or a clock of it stands.

    A task whose own due date runs on is not paused because another clock of its case stands; that
    is only said beside it.
    """
    with current.application().reading() as session:
        clocks = sla_queries.standing({each.instance_id for each in tasks}, session)
    found = {each.id: _pause(each, clocks) for each in tasks if each.state == "open"}
    return {task_id: pause for task_id, pause in found.items() if pause is not None}


def _pause(task: UserTask, standing: Sequence[SlaClock]) -> Pause | None:
    if task.instance_status == "suspended":
        return Pause(since=None, reason="", is_whole=True)
    of_case = [each for each in standing if each.instance_id == task.instance_id]
    own = [each for each in of_case if each.token_id == task.id]
    clock = next(iter(own or of_case), None)
    if clock is None:
        return None
    return Pause(
        since=clock.paused_since,
        reason=clock.pause_reason or "",
        is_whole=bool(own) or task.due_at is None,
    )


def words_of(tasks: Sequence[UserTask]) -> Mapping[str, RowWords]:
    """Say what the cases of tasks are about: ids of cases to words."""
    cases: dict[str, list[str]] = {}
    for each in tasks:
        cases.setdefault(each.process_key, []).append(each.instance_id)
    actor = current.actor()
    readers = {each.instance_id for each in tasks if reads(actor, each.process_key, each.scope)}
    with current.application().reading() as session:
        found = about(cases, session)
        newest = notes.newest(session, readers)
    return {
        each.instance_id: _row(
            found.get(each.instance_id),
            newest.get(each.instance_id),
            is_reader=each.instance_id in readers,
        )
        for each in tasks
    }


def _row(case: About | None, note: Note | None, *, is_reader: bool) -> RowWords:
    said = case or About(instance_id="", process="", number="")
    knows_home = is_reader or said.process != CARE
    home = f"{said.community} {said.unit_code}" if knows_home else said.community
    return RowWords(
        home=home.strip(),
        place=said.place,
        title=said.title or (formats.month(said.month_on) if said.month_on else ""),
        person=said.person if is_reader else said.masked_person,
        stage=_stage(said),
        is_emergency=said.is_emergency,
        note=_shortened(note.text) if note else "",
        note_by=note.author_name if note else "",
        note_at=note.written_at if note else None,
    )


def _stage(case: About) -> str:
    table = STAGE_WORDS.get(case.process)
    return labels.label(case.stage, table) if table and case.stage else ""


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= NOTE_LENGTH else f"{line[: NOTE_LENGTH - 1]}…"
