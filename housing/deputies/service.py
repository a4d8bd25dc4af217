"""The verbs of absences: enter, change, come back early, cancel, send the hand-back report."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.types import CITY, Actor
from housing.deputies import report, rules
from housing.deputies.errors import (
    AbsenceBegan,
    AbsenceNotFound,
    AbsenceNotYours,
    AbsenceOver,
    AbsenceOverlaps,
    DeputyCycle,
    DeputyLacksRight,
    DeputyLacksRightThere,
    DeputyMissing,
    DeputyUnfit,
    NotAWorker,
    NoteTooLong,
    PeriodInvalid,
    PeriodTooLong,
    ReasonUnknown,
)
from housing.deputies.models import Absence, AbsenceDeputy, AbsenceEvent
from housing.deputies.rules import Deputy, Period, Pool, Right, last_of
from housing.deputies.standing import deputies_of, read_pools
from housing.notices.tidings import tell
from housing.people import queries as people
from housing.people.models import Account
from housing.people.queries import AccountView
from housing.places import queries as places


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An absence as somebody enters it.

    Attributes:
        person_id: id of the account of who is away.
        reason: a code of `rules.REASONS`.
        deputies: the first one first; at most `rules.MOST_DEPUTIES`.
    """

    person_id: str
    period: Period
    reason: str
    note: str = ""
    deputies: tuple[Deputy, ...] = ()


def enter(entry: Entry, *, by: Actor, session: Session, clock: Clock) -> int:
    """Enter an absence; rights are checked now, so that nobody is surprised when it begins.

    The deputies are told, and the person when somebody else entered it.

    Returns:
        The id of the absence.

    Raises:
        AccountNotFound: there is no such person.
        AbsenceNotYours: the actor is neither the person nor a lead, chief or administrator.
        NotAWorker: the person gets no tasks of the office.
        PeriodInvalid, PeriodTooLong, ReasonUnknown, NoteTooLong: what was entered cannot be.
        AbsenceOverlaps: the person is away then already.
        DeputyMissing, DeputyUnfit: nobody, or nobody fit, was chosen.
        DeputyLacksRight, DeputyLacksRightThere: a deputy could not do what he is to cover.
        DeputyCycle: deputies would stand in for each other at the same time.
    """
    now = clock.now()
    person = _allowed(entry.person_id, by, session)
    if entry.period.until_at <= now:
        raise PeriodInvalid
    _check(entry, person, session)
    row = Absence(
        person_id=person.id,
        from_at=entry.period.from_at,
        until_at=entry.period.until_at,
        reason=entry.reason,
        note=entry.note.strip(),
        entered_by=int(by.id),
        entered_at=now,
        cancelled_at=None,
        reported_at=None,
    )
    session.add(row)
    session.flush()
    _put_deputies(row.id, entry.deputies, session)
    _log(row.id, "entered", {}, by=by, session=session, now=now)
    _tell_deputies(row, person, entry.deputies, session=session, clock=clock)
    if by.id != entry.person_id:
        fields = {"name": by.name, "since": row.from_at, "until": last_of(row.until_at)}
        _tell(row, [person.id], "absence_entered", fields, session=session, clock=clock)
    return row.id


def change(absence_id: int, entry: Entry, *, by: Actor, session: Session, clock: Clock) -> None:
    """Change an absence that is not over; the beginning of one that began stays.

    Raises:
        AbsenceNotFound: there is none.
        AbsenceOver: it is over or was cancelled.
        AbsenceBegan: its beginning would move.
        Invalid, Conflict, NotAllowed: as `enter`.
    """
    now = clock.now()
    row, person = _found(absence_id, by, session, now)
    is_moved = entry.period.from_at != row.from_at
    if row.from_at <= now and is_moved:
        raise AbsenceBegan
    if entry.period.until_at <= now or entry.person_id != str(row.person_id):
        raise PeriodInvalid
    _check(entry, person, session, but=row.id)
    before = {each.person_id for each in _pool(row.id, session)}
    was = {"from": row.from_at.isoformat(), "until": row.until_at.isoformat()}
    row.from_at, row.until_at = entry.period.from_at, entry.period.until_at
    row.reason, row.note = entry.reason, entry.note.strip()
    session.execute(delete(AbsenceDeputy).where(AbsenceDeputy.absence_id == row.id))
    _put_deputies(row.id, entry.deputies, session)
    _log(row.id, "changed", {**was, "deputies": sorted(before)}, by=by, session=session, now=now)
    new = tuple(each for each in entry.deputies if is_moved or each.person_id not in before)
    _tell_deputies(row, person, new, session=session, clock=clock, of=entry.deputies)
    gone = before - {each.person_id for each in entry.deputies}
    _tell_relieved(row, person, gone, session=session, clock=clock)


def come_back(absence_id: int, *, by: Actor, session: Session, clock: Clock) -> None:
    """End a running absence now ("I am back"); the hand-back report is sent at once.

    Deputies who had nothing to do are told as well that they stand in no more.

    Raises:
        AbsenceNotFound: there is none.
        AbsenceNotYours: it is no business of the actor's.
        AbsenceOver: it is over, was cancelled, or has not begun.
    """
    now = clock.now()
    row, person = _found(absence_id, by, session, now)
    if row.from_at > now:
        raise AbsenceOver
    _log(
        row.id, "ended_early", {"until": row.until_at.isoformat()}, by=by, session=session, now=now
    )
    row.until_at = now
    session.flush()
    told = _report(row, session=session, clock=clock)
    idle = {each.person_id for each in _pool(row.id, session)} - told
    _tell_relieved(row, person, idle, session=session, clock=clock)


def cancel(absence_id: int, *, by: Actor, session: Session, clock: Clock) -> None:
    """Call an absence off that has not begun; its deputies are told.

    Raises:
        AbsenceNotFound: there is none.
        AbsenceNotYours: it is no business of the actor's.
        AbsenceBegan: it runs; come back instead.
        AbsenceOver: it is over or was cancelled.
    """
    now = clock.now()
    row, person = _found(absence_id, by, session, now)
    if row.from_at <= now:
        raise AbsenceBegan
    row.cancelled_at = now
    _log(row.id, "cancelled", {}, by=by, session=session, now=now)
    session.flush()
    pool = {each.person_id for each in _pool(row.id, session)}
    _tell_relieved(row, person, pool, session=session, clock=clock)


def report_ended(*, session: Session, clock: Clock) -> int:
    """Send the hand-back reports of absences that ended, each once; for the scheduler.

    Returns:
        How many were sent.
    """
    rows = session.scalars(
        select(Absence)
        .where(
            Absence.until_at <= clock.now(),
            Absence.reported_at.is_(None),
            Absence.cancelled_at.is_(None),
        )
        .order_by(Absence.id)
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        _report(row, session=session, clock=clock)
    return len(rows)


def _report(row: Absence, *, session: Session, clock: Clock) -> frozenset[str]:
    """Tell the person, and the deputies who acted, what was done and what is open.

    Returns:
        The ids of those told.
    """
    row.reported_at = clock.now()
    session.flush()
    found = report.hand_back_report(row.id, session=session)
    fields = {
        "name": found.absence.person_name,
        "since": row.from_at,
        "until": last_of(row.until_at),
        "done": len(found.completed),
        "left": len(found.still_open) + len(found.claimed),
    }
    readers = frozenset({str(row.person_id), *(each.actor_id for each in found.acts)})
    _tell(row, readers, "absence_over", fields, session=session, clock=clock, path="/report")
    system = Actor(id="system", name="system")
    _log(row.id, "reported", {}, by=system, session=session, now=clock.now())
    session.flush()
    return readers


def _allowed(person_id: str, by: Actor, session: Session) -> AccountView:
    person = people.account(person_id, session=session)
    if not rules.may_arrange(by, str(person.id), person.memberships):
        raise AbsenceNotYours
    return person


def _found(
    absence_id: int, by: Actor, session: Session, now: datetime
) -> tuple[Absence, AccountView]:
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None:
        raise AbsenceNotFound(str(absence_id))
    person = _allowed(str(row.person_id), by, session)
    if row.cancelled_at is not None or row.until_at <= now:
        raise AbsenceOver
    return row, person


def _check(entry: Entry, person: AccountView, session: Session, *, but: int | None = None) -> None:
    period = entry.period
    if period.from_at >= period.until_at:
        raise PeriodInvalid
    if period.until_at - period.from_at > rules.LONGEST:
        raise PeriodTooLong
    if entry.reason not in rules.REASONS:
        raise ReasonUnknown
    if len(entry.note.strip()) > rules.LONGEST_NOTE:
        raise NoteTooLong
    needed = rules.work_rights(person.memberships)
    if not needed:
        raise NotAWorker
    _check_overlap(entry, person, session, but)
    _check_deputies(entry, needed, session)
    _check_cycle(entry, session, but)


def _check_overlap(entry: Entry, person: AccountView, session: Session, but: int | None) -> None:
    """Refuse a second absence at the same time; entries for one person wait for each other."""
    session.execute(select(Account.id).where(Account.id == person.id).with_for_update())
    other = session.scalars(
        select(Absence).where(
            Absence.person_id == person.id,
            Absence.cancelled_at.is_(None),
            Absence.from_at < entry.period.until_at,
            Absence.until_at > entry.period.from_at,
            Absence.id != (but or 0),
        )
    ).first()
    if other is not None:
        days = (local_date(each).isoformat() for each in (other.from_at, last_of(other.until_at)))
        raise AbsenceOverlaps(person.name, *days)


def _check_deputies(entry: Entry, needed: Collection[Right], session: Session) -> None:
    if not entry.deputies or len(entry.deputies) > rules.MOST_DEPUTIES:
        raise DeputyMissing
    ids = [each.person_id for each in entry.deputies]
    found = {str(each.id): each for each in people.accounts(ids, session=session)}
    groups = {group for group, _scope in needed}
    for deputy in entry.deputies:
        who = found.get(deputy.person_id)
        if who is None:
            raise DeputyUnfit(deputy.person_id)
        is_fit = who.state == "active" and deputy.person_id != entry.person_id
        if not is_fit or ids.count(deputy.person_id) > 1 or not deputy.groups <= groups:
            raise DeputyUnfit(who.name)
        for group, scope in rules.missing_rights(needed, who.memberships, deputy.groups):
            raise _lacking(who.name, group, scope, session)


def _lacking(
    name: str, group: str, scope: str, session: Session
) -> DeputyLacksRight | DeputyLacksRightThere:
    if scope == CITY:
        return DeputyLacksRight(name, group)
    names = {each.scope: each.name for each in places.communities(session=session)}
    return DeputyLacksRightThere(name, group, names.get(scope, scope.partition(":")[2]))


def _check_cycle(entry: Entry, session: Session, but: int | None) -> None:
    new = Pool(person_id=entry.person_id, period=entry.period, deputies=entry.deputies)
    others = read_pools(
        session,
        Absence.from_at < entry.period.until_at,
        Absence.until_at > entry.period.from_at,
        Absence.id != (but or 0),
    )
    if way := rules.cycle_through(new, others):
        names = people.names_of(way, session=session)
        raise DeputyCycle(" → ".join(names.get(each, each) for each in way))


def _pool(absence_id: int, session: Session) -> tuple[Deputy, ...]:
    return deputies_of([absence_id], session=session).get(absence_id, ())


def _put_deputies(absence_id: int, deputies: Collection[Deputy], session: Session) -> None:
    session.add_all(
        AbsenceDeputy(
            absence_id=absence_id,
            place=place,
            person_id=int(each.person_id),
            groups=sorted(each.groups),
        )
        for place, each in enumerate(deputies, start=1)
    )
    session.flush()


def _tell_deputies(  # noqa: PLR0913  # whom, of what, with what
    row: Absence,
    person: AccountView,
    deputies: Collection[Deputy],
    *,
    session: Session,
    clock: Clock,
    of: tuple[Deputy, ...] = (),
) -> None:
    order = [each.person_id for each in of or deputies]
    for each in deputies:
        fields = {
            "name": person.name,
            "place": order.index(each.person_id) + 1,
            "since": row.from_at,
            "until": last_of(row.until_at),
        }
        _tell(row, [each.person_id], "deputy_named", fields, session=session, clock=clock)


def _tell_relieved(
    row: Absence,
    person: AccountView,
    deputy_ids: Collection[str],
    *,
    session: Session,
    clock: Clock,
) -> None:
    """Tell deputies that they stand in no more, or will not."""
    fields: dict[str, object] = {
        "name": person.name,
        "since": row.from_at,
        "until": last_of(row.until_at),
    }
    _tell(row, deputy_ids, "deputy_relieved", fields, session=session, clock=clock)


def _tell(  # noqa: PLR0913  # whom, of what, with what
    row: Absence,
    readers: Collection[int | str],
    kind: str,
    fields: dict[str, object],
    *,
    session: Session,
    clock: Clock,
    path: str = "",
) -> None:
    occasion = f"absence:{row.id}:{clock.now():%Y%m%dT%H%M%S}"
    url = f"/absences/{row.id}{path}"
    tell(readers, kind, fields, url=url, occasion=occasion, session=session, clock=clock)


def _log(  # noqa: PLR0913  # what, to which, by whom, when
    absence_id: int,
    kind: str,
    details: dict[str, object],
    *,
    by: Actor,
    session: Session,
    now: datetime,
) -> None:
    session.add(
        AbsenceEvent(
            absence_id=absence_id,
            at=now,
            kind=kind,
            by_id=by.id,
            by_name=by.name,
            details=details,
        )
    )
