"""What cases are about, in a line: home, matter, person. The same for every kind of case."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, join

from engine.types import Actor
from housing.announcements.models import Announcement
from housing.announcements.service import PROCESS as ANNOUNCEMENTS
from housing.applications.call_subject import PERIODIC, ROLLING
from housing.applications.models import CallRound, HousingApplication
from housing.applications.service import PROCESS as APPLICATIONS
from housing.care.models import CareCase, CareReport
from housing.care.reports import PROCESS as CARE_REPORTS
from housing.care.service import PROCESS as CARE
from housing.cases import words
from housing.cases.rules import STAFF_ROLES, is_staff
from housing.dispatches.models import CaseDispatch
from housing.dispatches.service import PROCESS as DISPATCHES
from housing.leases.models import Lease
from housing.move_outs.models import MoveOutCase
from housing.move_outs.service import PROCESS as MOVE_OUTS
from housing.persons.models import Person
from housing.persons.rules import mask_name
from housing.places.models import Community, Unit
from housing.renewals.models import RenewalCase
from housing.renewals.operations import PROCESS as RENEWALS
from housing.renewals.queries import KEY_PREFIX
from housing.repairs.models import RepairTicket
from housing.repairs.service import PROCESS as REPAIRS
from housing.subjects import subject_of

TITLE_LENGTH = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """A case in a line; what a kind of case does not have is "" or None.

    Attributes:
        instance_id: of the case; `number` is its business key.
        community: name of the community.
        unit_code: of the home; of care for the readers of care only.
        title: what it is about, in words of people.
        person: who it is about: reporter, applicant, tenant; for the readers of the case only.
        stage: a code in the words of its kind of case.
        month_on: the month of a report, by its first day.
    """

    instance_id: str
    process: str
    number: str
    community: str = ""
    unit_code: str = ""
    place: str = ""
    title: str = ""
    person: str = ""
    stage: str = ""
    is_emergency: bool = False
    month_on: date | None = None

    @property
    def masked_person(self) -> str:
        """Tell the name as those may see it who do not read the case: 王○明."""
        return mask_name(self.person) if self.person else ""

    @property
    def open_text(self) -> str:
        """Tell by what everybody who has a task of the case finds it."""
        home = "" if self.process == CARE else self.unit_code
        typed = words.without_numbers(f"{self.place}\n{self.title}")
        return "\n".join(filter(None, (self.number, self.community, home, typed)))

    @property
    def guarded_text(self) -> str:
        """Tell by what only the readers of the case find it."""
        return self.unit_code if self.process == CARE else self.person


def about(cases: Mapping[str, Collection[str]], session: Session) -> Mapping[str, About]:
    """Read what cases are about.

    Args:
        cases: key of a process to ids of its cases.
        session: any.
    """
    found: dict[str, About] = {}
    for process, ids in cases.items():
        if process in READINGS and ids:
            for each in READINGS[process](sorted(ids), session):
                found[each.instance_id] = each
    return found


def reads(actor: Actor, process: str, scope: str) -> bool:
    """Tell whether an actor opens the cases of a process in a scope as staff."""
    return is_staff(actor, scope, readers_of(process))


def readers_of(process: str) -> frozenset[str]:
    """List the roles that open the cases of a process as staff."""
    readers = subject_of(process).readers
    return STAFF_ROLES if readers is None else readers


def _repairs(ids: Sequence[str], session: Session) -> Iterator[About]:
    rows = session.execute(
        select(
            RepairTicket.instance_id,
            RepairTicket.number,
            Community.name.label("community"),
            RepairTicket.unit_code,
            RepairTicket.place,
            RepairTicket.text,
            RepairTicket.reporter_name,
            RepairTicket.stage,
            RepairTicket.is_emergency,
        )
        .outerjoin(Community, Community.code == RepairTicket.community)
        .where(RepairTicket.instance_id.in_(ids))
    )
    for row in rows:
        yield About(
            instance_id=row.instance_id,
            process=REPAIRS,
            number=row.number,
            community=row.community or "",
            unit_code=row.unit_code or "",
            place=row.place,
            title=row.text[:TITLE_LENGTH],
            person=row.reporter_name,
            stage=row.stage,
            is_emergency=row.is_emergency,
        )


def _applications(ids: Sequence[str], session: Session) -> Iterator[About]:
    rows = session.execute(
        select(
            HousingApplication.instance_id,
            HousingApplication.number,
            HousingApplication.state,
            Person.name,
            CallRound.title,
        )
        .join(Person, Person.id == HousingApplication.person_id)
        .join(CallRound, CallRound.id == HousingApplication.round_id)
        .where(HousingApplication.instance_id.in_(ids))
    )
    for row in rows:
        yield About(
            instance_id=row.instance_id,
            process=APPLICATIONS,
            number=row.number,
            title=row.title,
            person=row.name,
            stage=row.state,
        )


def _calls(process: str) -> Callable[[Sequence[str], Session], Iterator[About]]:
    def read(ids: Sequence[str], session: Session) -> Iterator[About]:
        rows = session.scalars(select(CallRound).where(CallRound.instance_id.in_(ids)))
        for row in rows:
            yield About(
                instance_id=row.instance_id or "",
                process=process,
                number=row.number,
                title=row.title,
                stage=row.stage,
            )

    return read


_LEASES = (
    join(Lease, Person, Person.id == Lease.tenant_id)
    .join(Unit, Unit.id == Lease.unit_id)
    .join(Community, Community.code == Unit.community_code)
)
_HOME = (Person.name, Unit.code, Community.name.label("community"))


def _move_outs(ids: Sequence[str], session: Session) -> Iterator[About]:
    rows = session.execute(
        select(MoveOutCase.instance_id, MoveOutCase.number, MoveOutCase.state, *_HOME)
        .select_from(_LEASES.join(MoveOutCase, MoveOutCase.lease_id == Lease.id))
        .where(MoveOutCase.instance_id.in_(ids))
    )
    for instance_id, number, state, name, code, community in rows:
        yield About(
            instance_id=instance_id or "",
            process=MOVE_OUTS,
            number=number,
            community=community,
            unit_code=code,
            person=name,
            stage=state,
        )


def _renewals(ids: Sequence[str], session: Session) -> Iterator[About]:
    rows = session.execute(
        select(RenewalCase.instance_id, Lease.number, *_HOME)
        .select_from(_LEASES.join(RenewalCase, RenewalCase.lease_id == Lease.id))
        .where(RenewalCase.instance_id.in_(ids))
    )
    for instance_id, number, name, code, community in rows:
        yield About(
            instance_id=instance_id,
            process=RENEWALS,
            number=f"{KEY_PREFIX}{number}",
            community=community,
            unit_code=code,
            person=name,
        )


def _care(ids: Sequence[str], session: Session) -> Iterator[About]:
    """Read care without names: nobody is to be found by his name among the cared for."""
    rows = session.execute(
        select(
            CareCase.instance_id,
            CareCase.number,
            CareCase.unit_code,
            CareCase.state,
            Community.name.label("community"),
        )
        .outerjoin(Community, Community.code == CareCase.community)
        .where(CareCase.instance_id.in_(ids))
    )
    for row in rows:
        yield About(
            instance_id=row.instance_id,
            process=CARE,
            number=row.number,
            community=row.community or "",
            unit_code=row.unit_code,
            stage=row.state,
        )


def _care_reports(ids: Sequence[str], session: Session) -> Iterator[About]:
    rows = session.execute(
        select(
            CareReport.instance_id,
            CareReport.number,
            CareReport.month_on,
            CareReport.state,
            Community.name.label("community"),
        )
        .outerjoin(Community, Community.code == CareReport.community)
        .where(CareReport.instance_id.in_(ids))
    )
    for row in rows:
        yield About(
            instance_id=row.instance_id,
            process=CARE_REPORTS,
            number=row.number,
            community=row.community or "",
            stage=row.state,
            month_on=row.month_on,
        )


def _dispatches(ids: Sequence[str], session: Session) -> Iterator[About]:
    """Read questions to units: where they came from, and what is asked."""
    rows = session.execute(
        select(
            CaseDispatch.instance_id,
            CaseDispatch.number,
            CaseDispatch.parent_number,
            CaseDispatch.question,
        ).where(CaseDispatch.instance_id.in_(ids))
    )
    for row in rows:
        yield About(
            instance_id=row.instance_id or "",
            process=DISPATCHES,
            number=row.number,
            place=row.parent_number,
            title=" ".join(row.question.split())[:TITLE_LENGTH],
        )


def _announcements(ids: Sequence[str], session: Session) -> Iterator[About]:
    rows = session.execute(
        select(
            Announcement.instance_id,
            Announcement.number,
            Announcement.title,
            Community.name.label("community"),
        )
        .outerjoin(Community, Community.code == Announcement.community)
        .where(Announcement.instance_id.in_(ids))
    )
    for row in rows:
        yield About(
            instance_id=row.instance_id or "",
            process=ANNOUNCEMENTS,
            number=row.number,
            community=row.community or "",
            title=row.title,
        )


READINGS: Mapping[str, Callable[[Sequence[str], Session], Iterator[About]]] = {
    REPAIRS: _repairs,
    APPLICATIONS: _applications,
    PERIODIC: _calls(PERIODIC),
    ROLLING: _calls(ROLLING),
    MOVE_OUTS: _move_outs,
    RENEWALS: _renewals,
    CARE: _care,
    CARE_REPORTS: _care_reports,
    DISPATCHES: _dispatches,
    ANNOUNCEMENTS: _announcements,
}
"""Key of a process to what reads its cases."""
