"""The verbs of letters: write, send, prove service. Service starts periods, sending never does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.calendar import local_date
from engine.clock import Clock
from engine.periods.computation import Start
from engine.periods.counting import Period, count
from engine.process_engine import ProcessEngine
from engine.types import SYSTEM, Actor, InstanceRef
from forms.dates import republic_year
from housing.letters.errors import (
    AddresseeMissing,
    ChannelUnknown,
    LetterNotFound,
    LetterNotSent,
    ProofBeforeSending,
    ProofInFuture,
    ProofUnknown,
)
from housing.letters.models import LetterRow, LetterSerial, ServiceProof
from housing.letters.rules import (
    APPEAL,
    CHANNELS,
    ELECTRONIC,
    PROOFS,
    SERVED_MESSAGE,
    channel_for,
    letter_number,
    read_period,
)
from housing.letters.writing import fill, template
from housing.notices.service import notify
from housing.people.queries import accounts_in
from housing.persons.models import Person
from housing.places.queries import contractor
from housing.places.rules import contractor_scope
from housing.serials import take_serials

KEPT = timedelta(days=365)
"""How long the news of service waits for a case that comes to wait for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLetter:
    """A letter to write.

    Attributes:
        key: idempotency key; the same key gives the same letter.
        instance: the case.
        template: name of a file in `templates/`.
        person_id, contractor: the addressee, exactly one of both.
        fields: what the template needs; free text is printed as text only.
        period: what service starts: 7d calendar days, 3wd working days, 3m months; or None.
        channel: chosen by the addressee's consent when absent.
        legal_basis: that of the template when absent.
    """

    key: str
    instance: InstanceRef
    template: str
    person_id: int | None = None
    contractor: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    reason_code: str | None = None
    legal_basis: str | None = None
    period: str | None = None
    channel: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How a letter reached its addressee.

    Attributes:
        kind: of `rules.PROOFS`.
        moment: when; an aware instant.
        evidence_file_id: a stored file that shows it.
    """

    kind: str
    moment: datetime
    evidence_file_id: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Addressee:
    name: str
    address: str
    channel: str


def write(new: NewLetter, *, by: Actor, session: Session, clock: Clock) -> int:
    """Write a letter; its words are frozen from now on.

    Returns:
        The letter's id.

    Raises:
        TemplateUnknown, LetterFieldMissing: the words cannot be written.
        AddresseeMissing: not exactly one addressee, or an unknown one.
        ChannelUnknown, PeriodTextInvalid: as the rules say.
    """
    known = session.scalars(select(LetterRow.id).where(LetterRow.idem == new.key)).first()
    if known is not None:
        return known
    if new.period is not None:
        read_period(new.period)
    words, addressee = template(new.template), _addressee(new, session)
    legal_basis = words.legal_basis if new.legal_basis is None else new.legal_basis
    content = fill(
        words,
        {
            "case_number": new.instance.business_key,
            "name": addressee.name,
            "reason_code": new.reason_code,
            "legal_basis": legal_basis,
            "today": local_date(clock.now()),
            **new.fields,
        },
    )
    row = LetterRow(
        idem=new.key,
        instance_id=new.instance.id,
        case_number=new.instance.business_key,
        scope=new.instance.scope,
        person_id=new.person_id,
        contractor_code=new.contractor,
        addressee_name=addressee.name,
        addressee_address=addressee.address,
        kind=new.template,
        title=content.title,
        reason_code=new.reason_code,
        legal_basis=legal_basis,
        appeal=APPEAL if words.has_appeal else "",
        text_version=words.text_version,
        content=content.to_json(),
        channel=addressee.channel,
        period=new.period,
        state="draft",
        written_at=clock.now(),
        written_by=by.id,
    )
    session.add(row)
    session.flush()
    return row.id


def send(
    letter_id: int, *, engine: ProcessEngine, session: Session, clock: Clock
) -> datetime | None:
    """Send a letter: it gets its number and leaves; by an electronic channel it is served at once.

    Returns:
        The instant of service; None as long as a proof has to come by post.

    Raises:
        LetterNotFound: there is none.
    """
    row = _letter(letter_id, session)
    if row.state != "draft":
        return row.served_at
    row.number, row.sent_at, row.state = _next_number(session, clock), clock.now(), "sent"
    session.flush()
    _announce(row, session=session, clock=clock)
    if row.channel in ELECTRONIC:
        proof = Proof(kind="portal_notified", moment=clock.now())
        prove_service(letter_id, proof, by=SYSTEM, engine=engine, session=session, clock=clock)
    return row.served_at


def prove_service(  # noqa: PLR0913  # the face of the room: which letter, what proof, who, with what
    letter_id: int,
    proof: Proof,
    *,
    by: Actor,
    engine: ProcessEngine,
    session: Session,
    clock: Clock,
) -> datetime:
    """Prove that a letter was served; the first proof starts its period.

    A case that waits for the message `letter.served` with the letter's id as its key goes on; one
    that comes to wait for it within a year, too. Further proofs are kept and change nothing.

    Returns:
        The instant of service that counts.

    Raises:
        LetterNotFound, LetterNotSent: there is no letter that could have arrived.
        ProofUnknown: not a kind of proof.
        ProofInFuture, ProofBeforeSending: the moment cannot be.
    """
    row = _letter(letter_id, session)
    _check(row, proof, clock.now())
    session.add(
        ServiceProof(
            letter_id=row.id,
            kind=proof.kind,
            moment=proof.moment,
            evidence_file_id=proof.evidence_file_id,
            note=proof.note,
            entered_by=by.id,
            entered_by_name=by.name,
            entered_at=clock.now(),
        )
    )
    if row.served_at is None:
        row.served_at, row.state = proof.moment, "served"
        row.period_end_at = _period_end(row, session, clock)
        _tell_case(row, by=by, engine=engine, session=session)
    session.flush()
    return row.served_at or proof.moment


def note_reading(letter_id: int, *, by: Actor, session: Session, clock: Clock) -> None:
    """Write down once that the addressee opened his letter in the portal.

    Raises:
        LetterNotFound: there is none.
    """
    row = _letter(letter_id, session)
    known = select(ServiceProof.id).where(
        ServiceProof.letter_id == row.id, ServiceProof.kind == "portal_read"
    )
    if row.state == "draft" or session.scalars(known).first() is not None:
        return
    session.add(
        ServiceProof(
            letter_id=row.id,
            kind="portal_read",
            moment=clock.now(),
            note="",
            entered_by=by.id,
            entered_by_name=by.name,
            entered_at=clock.now(),
        )
    )
    session.flush()


def _check(row: LetterRow, proof: Proof, now: datetime) -> None:
    if row.sent_at is None:
        raise LetterNotSent
    if proof.kind not in PROOFS:
        raise ProofUnknown(proof.kind)
    if proof.moment > now:
        raise ProofInFuture
    if local_date(proof.moment) < local_date(row.sent_at):
        raise ProofBeforeSending(local_date(row.sent_at).isoformat())


def _period_end(row: LetterRow, session: Session, clock: Clock) -> datetime | None:
    if row.period is None or row.served_at is None:
        return None
    amount, unit = read_period(row.period)
    calendar = calendars.counting_calendar(row.scope, clock.now(), session.connection())
    start = Start(at=row.served_at)
    return count(Period(start=start, amount=amount, unit=unit, calendar=calendar)).ends_at


def tell_also(letter_id: int, key: str, *, engine: ProcessEngine, session: Session) -> None:
    """Let one more case know when a letter is served: one letter may concern several cases.

    Args:
        letter_id: of the letter.
        key: correlation key by which that case waits.
        engine: sends the message at once, if the letter was served before.
        session: of the unit of work.

    Raises:
        LetterNotFound: there is none.
    """
    row = _letter(letter_id, session)
    row.also_tells = sorted({*(row.also_tells or []), key})
    session.flush()
    if row.served_at is not None:
        _tell_served(row, key, by=SYSTEM, engine=engine, session=session)


def _tell_case(row: LetterRow, *, by: Actor, engine: ProcessEngine, session: Session) -> None:
    for key in (str(row.id), *(row.also_tells or [])):
        _tell_served(row, key, by=by, engine=engine, session=session)


def _tell_served(
    row: LetterRow, key: str, *, by: Actor, engine: ProcessEngine, session: Session
) -> None:
    variables: dict[str, Any] = {"served_at": row.served_at, "served_letter_id": row.id}
    engine.publish_message(
        SERVED_MESSAGE,
        key,
        variables,
        ttl=KEPT,
        message_id=f"{SERVED_MESSAGE}:{key}",
        by=by,
        session=session,
    )


def _announce(row: LetterRow, *, session: Session, clock: Clock) -> None:
    """Tell the addressee that a letter came; what stands in it he reads in the portal."""
    if row.instance_id is None:
        return
    instance = InstanceRef(id=row.instance_id, business_key=row.case_number, scope=row.scope)
    context = {"what": row.title, "letter_number": row.number}
    notify(
        _accounts_of(row, session),
        "letter_sent",
        context,
        instance=instance,
        session=session,
        clock=clock,
    )


def _accounts_of(row: LetterRow, session: Session) -> list[int]:
    if row.contractor_code is not None:
        scope = contractor_scope(row.contractor_code)
        return [each.id for each in accounts_in("contractor", scope, session=session)]
    person = None if row.person_id is None else session.get(Person, row.person_id)
    return [] if person is None or person.account_id is None else [person.account_id]


def _addressee(new: NewLetter, session: Session) -> _Addressee:
    if (new.person_id is None) == (new.contractor is None):
        raise AddresseeMissing
    if new.channel is not None and new.channel not in CHANNELS:
        raise ChannelUnknown(new.channel)
    if new.contractor is not None:
        firm = contractor(new.contractor, session=session)
        return _Addressee(name=firm.name, address="", channel=new.channel or "registered_mail")
    person = session.get(Person, new.person_id)
    if person is None:
        raise AddresseeMissing
    chosen = channel_for(
        has_account=person.account_id is not None,
        agrees_to_electronic=person.electronic_service_since is not None,
    )
    return _Addressee(
        name=person.name, address=person.contact_address, channel=new.channel or chosen
    )


def _next_number(session: Session, clock: Clock) -> str:
    """Take the next number of the year of the Republic."""
    today = local_date(clock.now())
    serial = take_serials(LetterSerial, republic_year(today), session=session)
    return letter_number(today, serial)


def _letter(letter_id: int, session: Session) -> LetterRow:
    found = session.get(LetterRow, letter_id, with_for_update=True)
    if found is None:
        raise LetterNotFound(str(letter_id))
    return found
