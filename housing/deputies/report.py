"""The hand-back report: what deputies did during an absence, and what is left."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine import stand_ins
from engine.queries import TaskFilter
from engine.records import UserTask
from engine.stand_ins import Act
from housing.deputies.errors import AbsenceNotFound
from housing.deputies.models import Absence
from housing.deputies.views import AbsenceView, absence

MOST_TASKS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class HandBack:
    """What the absent person finds.

    Attributes:
        acts: what deputies did on his behalf, oldest first.
        still_open: tasks he holds.
        claimed: open tasks that deputies claimed on his behalf and still hold.
    """

    absence: AbsenceView
    acts: tuple[Act, ...]
    still_open: tuple[UserTask, ...]
    claimed: tuple[UserTask, ...]

    @property
    def completed(self) -> tuple[Act, ...]:
        """The tasks that deputies completed."""
        return tuple(each for each in self.acts if each.kind == "task_completed")


def hand_back_report(absence_id: int, *, session: Session) -> HandBack:
    """Put the report of an absence together; what is open is that of now.

    Raises:
        AbsenceNotFound: there is no such absence.
    """
    row = session.get(Absence, absence_id)
    if row is None:
        raise AbsenceNotFound(str(absence_id))
    person_id = str(row.person_id)
    mine = TaskFilter(assigned_to=person_id, limit=MOST_TASKS)
    return HandBack(
        absence=absence(absence_id, row.until_at, session=session),
        acts=stand_ins.acts_on_behalf_of(person_id, row.from_at, row.until_at, session),
        still_open=tuple(engine_queries.open_tasks(mine, session).rows),
        claimed=stand_ins.held_for(person_id, session),
    )
