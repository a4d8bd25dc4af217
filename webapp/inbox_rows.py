"""The second line of tasks in a list: what the case is about, for every kind of case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.queries import UserTask
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
