"""The list of a call: as the public sees it and as the draw reads it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from housing.applications.desk import settings_of
from housing.applications.models import CallRound, HousingApplication, QualifiedList
from housing.applications.rules import FINAL_STATES, Entry, entries_text, pool_of, text_hash

POOLS = {
    "general": "GEN",
    "care": "CARE",
    "married": "MARR",
    "registered": "REG",
    "indigenous": "INDG",
}
"""Class to the pool of the draw, as the decision table `class_proof`; others are outside of it."""


def entries_of(call_round: CallRound, *, session: Session) -> list[Entry]:
    """List the entries of the draw: qualified ones, or all received ones when drawn first."""
    settings = settings_of(call_round)
    wanted = [
        HousingApplication.round_id == call_round.id,
        HousingApplication.household_class.in_(POOLS),
    ]
    if settings.is_review_first:
        wanted.append(HousingApplication.state == "qualified")
    else:
        wanted.append(HousingApplication.state.not_in(FINAL_STATES - {"qualified"}))
    rows = session.execute(
        select(
            HousingApplication.number,
            HousingApplication.lottery_number,
            HousingApplication.household_class,
            HousingApplication.room_type,
            HousingApplication.score,
        ).where(*wanted)
    )
    return [
        Entry(
            number=lottery_number or f"{call_round.number}-{number.partition('-')[2]}",
            pool=pool_of(POOLS[household_class], room_type),
            score=(score or 0) if settings.uses_score else 0,
        )
        for number, lottery_number, household_class, room_type, score in rows
    ]


def publish_version(
    call_round: CallRound, kind: str, *, at: datetime, session: Session
) -> QualifiedList:
    """Write the next version of a list, published or frozen; older ones stay."""
    entries = entries_of(call_round, session=session)
    text = entries_text(entries)
    last = session.scalar(
        select(func.max(QualifiedList.version)).where(QualifiedList.round_id == call_round.id)
    )
    version = QualifiedList(
        round_id=call_round.id,
        version=(last or 0) + 1,
        kind=kind,
        entries=text,
        count=len(entries),
        sha256=text_hash(text),
        at=at,
    )
    session.add(version)
    session.flush()
    return version


def newest_list(round_id: int, *, session: Session) -> QualifiedList | None:
    """Read the newest version of a call's list; None as long as there is none."""
    rows = select(QualifiedList).where(QualifiedList.round_id == round_id)
    return session.scalars(rows.order_by(QualifiedList.version.desc()).limit(1)).first()


def numbers_in(entries: str) -> Iterator[str]:
    """Read the numbers of a list, the only column the public sees."""
    return (line.partition("|")[0] for line in entries.splitlines())
