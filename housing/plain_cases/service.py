"""Begin a plain case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.types import Actor
from forms.dates import republic_year
from housing.plain_cases import views
from housing.plain_cases.errors import PlaceNotYours
from housing.plain_cases.models import PlainCase, PlainCaseSerial
from housing.plain_cases.rules import case_number
from housing.records.service import Answers, record
from housing.serials import take_serials

TOKENS_KEPT = timedelta(days=60)
"""How long the same form, sent again, leads to the case that it began."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCase:
    """A case to be begun.

    Attributes:
        token: idempotency key.
        key: of the process.
        scope: "city" or "community:<code>".
        values: of the form, for the record.
        variables: of the form, for the process.
    """

    token: str
    key: str
    scope: str
    values: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)


def open_case(
    new: NewCase, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> str:
    """Begin a case of the newest version of a process; the same token begins it once.

    Returns:
        Its number.

    Raises:
        ProcessNotStartable: it begins otherwise, or not by this actor.
        PlaceNotYours: the actor does not work for that place.
    """
    known = session.get(PlainCase, new.token)
    if known is not None:
        return known.number
    try:
        with session.begin_nested():
            return _begin(new, by=by, engine=engine, session=session, clock=clock)
    except IntegrityError:
        # The same page was sent twice at the same moment; the other one has it.
        known = session.get(PlainCase, new.token, populate_existing=True)
        if known is None:
            raise
        return known.number


def purge(*, session: Session, clock: Clock) -> None:
    """Forget which form began a case long ago; the case itself stays."""
    session.execute(delete(PlainCase).where(PlainCase.begun_at < clock.now() - TOKENS_KEPT))


def _begin(
    new: NewCase, *, by: Actor, engine: ProcessEngine, session: Session, clock: Clock
) -> str:
    opening = views.opening(new.key, by, session=session)
    if new.scope not in opening.scopes:
        raise PlaceNotYours
    year = republic_year(local_date(clock.now()))
    number = case_number(year, take_serials(PlainCaseSerial, year, session=session))
    started = engine.start(
        new.key, new.variables, business_key=number, scope=new.scope, by=by, session=session
    )
    session.add(
        PlainCase(
            token=new.token,
            number=number,
            instance_id=started.instance_id,
            begun_at=clock.now(),
        )
    )
    if opening.form is not None and opening.form_key is not None:
        answers = Answers(
            instance_id=started.instance_id,
            form=opening.form,
            form_key=opening.form_key,
            values=new.values,
        )
        record(answers, by=by, session=session, clock=clock)
    session.flush()
    return number
