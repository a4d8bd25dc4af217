"""Calls that draw before they review: the result of the draw, and whose turn it is.

The draw itself happens outside; its result comes as a file of number and rank. Reviews then go in
the order of the ranks, as many at a time as homes are left in the pool.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.process_engine import ProcessEngine
from engine.types import SYSTEM
from housing.applications.desk import round_of, settings_of
from housing.applications.errors import DrawNotAwaited, DrawRanksInvalid
from housing.applications.listing import POOLS, newest_list
from housing.applications.models import CallOffer, CallRound, DrawResult, HousingApplication
from housing.applications.rounds import review_due
from housing.applications.rules import FINAL_STATES, read_ranks, text_hash
from housing.slices import Call, Desk, Result

DRAW_MESSAGE = "call.draw_result"
DRAW_FORM = "application_periodic/draw_result"
TURN_MESSAGE = "application.turn"
OUT_OF_THE_WAY = FINAL_STATES - {"qualified"}
"""States of an application that leaves its home to the next."""


def keep_result(call_round: CallRound, text: str, desk: Desk) -> DrawResult:
    """Check the ranks of a draw against the frozen list and keep the file, byte for byte.

    Raises:
        DrawNotAwaited: the call draws after its review, its list is not frozen, or it was drawn.
        DrawRanksInvalid: a line cannot be read, or an entry of a pool lacks its rank or has two.
    """
    session = desk.session
    frozen = newest_list(call_round.id, session=session)
    is_awaited = call_round.stage == "frozen" and not settings_of(call_round).is_review_first
    if not is_awaited or frozen is None or result_of(call_round.id, session=session) is not None:
        raise DrawNotAwaited(call_round.number)
    pools = _pools(frozen.entries)
    ranks = read_ranks(text)
    wrong = _wrong(pools, ranks)
    if wrong is not None:
        raise DrawRanksInvalid(wrong)
    result = DrawResult(
        round_id=call_round.id,
        ranks=text,
        count=len(ranks),
        sha256=text_hash(text),
        account_id=desk.by.id,
        account_name=desk.by.name,
        at=desk.clock.now(),
    )
    session.add(result)
    _write_ranks(call_round, ranks, session)
    return result


def result_of(round_id: int, *, session: Session) -> DrawResult | None:
    """Read the result of a call's draw; None before it is recorded."""
    return session.scalar(select(DrawResult).where(DrawResult.round_id == round_id))


def record_draw(call: Call, round_id: int) -> Result:
    """Begin the reviews in the order of the draw: as many in each pool as it has homes."""
    call_round = round_of(round_id, session=call.session)
    call_round.stage = "drawn"
    rows = select(HousingApplication).where(
        HousingApplication.round_id == call_round.id,
        HousingApplication.household_class.not_in(POOLS),
        HousingApplication.state.not_in(OUT_OF_THE_WAY),
    )
    outside = call.session.scalars(rows)  # of the draw: all of them are reviewed
    call_up(outside, engine=call.engine, session=call.session, now=call.now)
    called = {
        (room_type, household_class): _call_next(call, call_round.id, room_type, household_class)
        for room_type, household_class in _offered(call_round.id, call.session)
    }
    return {"called": sum(called.values())}


def pass_turn(application: HousingApplication, call: Call) -> None:
    """Give the home of an application that left the way to the next of its pool."""
    if application.turn_at is not None and application.household_class in POOLS:
        call.session.flush()
        round_id = application.round_id
        _call_next(call, round_id, application.room_type, application.household_class)


def awaits_turn(application: HousingApplication, *, session: Session) -> bool:
    """Tell whether the review waits for the draw: the call draws first, the turn did not come."""
    call_round = round_of(application.round_id, session=session)
    is_drawn_first = call_round.kind == "periodic" and not settings_of(call_round).is_review_first
    return is_drawn_first and application.turn_at is None


def homes_left(round_id: int, *, session: Session) -> int:
    """Count the homes that nobody qualified for yet while others still wait for their turn."""
    return sum(
        min(
            max(units - _busy(round_id, *pool, states={"qualified"}, session=session), 0),
            _waiting(round_id, *pool, session=session),
        )
        for pool, units in _offered(round_id, session).items()
    )


def _call_next(call: Call, round_id: int, room_type: str, household_class: str) -> int:
    """Call up as many of a pool as homes are left; the row of the call is locked meanwhile."""
    session = call.session
    session.get_one(CallRound, round_id, with_for_update=True)
    units = _offered(round_id, session).get((room_type, household_class), 0)
    free = units - _busy(round_id, room_type, household_class, session=session)
    if free <= 0:
        return 0
    rows = (
        select(HousingApplication)
        .where(
            HousingApplication.round_id == round_id,
            HousingApplication.room_type == room_type,
            HousingApplication.household_class == household_class,
            HousingApplication.state.not_in(OUT_OF_THE_WAY),
            HousingApplication.draw_rank.is_not(None),
            HousingApplication.turn_at.is_(None),
        )
        .order_by(HousingApplication.draw_rank)
        .limit(free)
    )
    return call_up(session.scalars(rows), engine=call.engine, session=session, now=call.now)


def call_up(
    rows: Iterable[HousingApplication], *, engine: ProcessEngine, session: Session, now: datetime
) -> int:
    """Begin the review of applications; tells how many there were."""
    called = list(rows)
    for application in called:
        application.turn_at = now
        engine.publish_message(
            TURN_MESSAGE,
            application.number,
            {"review_due": review_due(now)},
            message_id=f"{TURN_MESSAGE}:{application.id}",
            by=SYSTEM,
            session=session,
        )
    return len(called)


def _offered(round_id: int, session: Session) -> dict[tuple[str, str], int]:
    """Count the homes of each room type and class over all sites of a call."""
    rows = (
        select(CallOffer.room_type, CallOffer.household_class, func.sum(CallOffer.units))
        .where(CallOffer.round_id == round_id, CallOffer.household_class.in_(POOLS))
        .group_by(CallOffer.room_type, CallOffer.household_class)
    )
    return {(room, household): int(units) for room, household, units in session.execute(rows)}


def _busy(
    round_id: int,
    room_type: str,
    household_class: str,
    *,
    states: Iterable[str] = (),
    session: Session,
) -> int:
    """Count the applications of a pool whose turn came and that are still in the way."""
    rows = select(func.count()).where(
        HousingApplication.round_id == round_id,
        HousingApplication.room_type == room_type,
        HousingApplication.household_class == household_class,
        HousingApplication.turn_at.is_not(None),
        HousingApplication.state.not_in(OUT_OF_THE_WAY),
    )
    if states:
        rows = rows.where(HousingApplication.state.in_(states))
    return session.scalar(rows) or 0


def _waiting(round_id: int, room_type: str, household_class: str, *, session: Session) -> int:
    """Count the drawn applications of a pool that are not done: in review, or before their turn."""
    rows = select(func.count()).where(
        HousingApplication.round_id == round_id,
        HousingApplication.room_type == room_type,
        HousingApplication.household_class == household_class,
        HousingApplication.draw_rank.is_not(None),
        HousingApplication.state.not_in(FINAL_STATES),
    )
    return session.scalar(rows) or 0


def _pools(entries: str) -> dict[str, str]:
    """Read the number and the pool of each entry of a frozen list."""
    parts = (line.split("|") for line in entries.splitlines())
    return {number: pool for number, pool, *_rest in parts}


def _wrong(pools: Mapping[str, str], ranks: Mapping[str, int]) -> str | None:
    """Name the first number or pool in which list and ranks differ; None when all is well."""
    strangers = sorted(ranks.keys() ^ pools.keys())
    if strangers:
        return strangers[0]
    sizes = Counter(pools.values())
    for pool in sorted(sizes):
        given = sorted(rank for number, rank in ranks.items() if pools[number] == pool)
        if given != list(range(1, sizes[pool] + 1)):
            return pool
    return None


def _write_ranks(call_round: CallRound, ranks: Mapping[str, int], session: Session) -> None:
    rows = select(HousingApplication).where(HousingApplication.round_id == call_round.id)
    for application in session.scalars(rows):
        serial = application.number.partition("-")[2]
        application.draw_rank = ranks.get(f"{call_round.number}-{serial}")
    session.flush()
