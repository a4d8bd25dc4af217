"""Decisions that were made, and what a changed table would decide in their place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, select
from sqlalchemy.orm import Session

from engine import calendars, decision_inputs
from engine.calendar import TAIPEI
from engine.day_counting import DayCounter
from engine.db import to_json
from engine.decisions import DecisionModel
from engine.errors import DecisionFailed
from engine.periods.calendars import Calendar
from engine.tables import history, process_instance
from feel.budget import Budget
from feel.errors import FeelError

_BUDGET = Budget(steps=100_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class PastDecision:
    """A decision that a case made.

    Attributes:
        line: number of its line in history; later ones are larger.
        scope: of the case, whose calendar counts.
        given: FEEL text of what the decision looked at, by path; empty for one made before this
            was kept.
        output: its result as JSON.
    """

    line: int
    instance_id: str
    business_key: str
    scope: str
    element_name: str
    at: datetime
    given: Mapping[str, str]
    output: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Redecided:
    """What a changed table says about a past decision.

    Attributes:
        outcome: "same", "changed", "failed" (the table refuses these inputs) or "unknown" (it
            looks at something that was not kept).
        output: the new result as JSON; None unless same or changed.
        reason: why it failed, or the paths that were not kept.
    """

    past: PastDecision
    outcome: str
    output: object = None
    reason: str = ""


def count_past(decision_id: str, session: Session) -> int:
    """Count how often a decision was made, in all cases of all versions."""
    made = select(func.count()).select_from(history).where(_is_made(decision_id))
    return session.scalar(made) or 0


def past_decisions(
    decision_id: str, session: Session, *, before: int | None = None, limit: int = 200
) -> tuple[PastDecision, ...]:
    """Read decisions that were made, newest first.

    Args:
        decision_id: id of the decision.
        session: reads.
        before: number of a line; only older ones are read.
        limit: most to read.
    """
    found = _made(decision_id).order_by(history.c.id.desc()).limit(limit)
    if before is not None:
        found = found.where(history.c.id < before)
    return tuple(_past(row) for row in session.execute(found).mappings())


class Replay:
    """Makes past decisions again by another table; reads each calendar once.

    Args:
        model: holds the decision as it would be.
        session: reads calendars.
    """

    def __init__(self, model: DecisionModel, decision_id: str, session: Session) -> None:
        self._model = model
        self._decision_id = decision_id
        self._session = session
        self._calendars: dict[str, Calendar] = {}

    def decide(self, past: PastDecision) -> Redecided:
        """Make one decision again, on its own day."""
        unknown = decision_inputs.missing(self._model.reads(self._decision_id), past.given)
        if unknown:
            return Redecided(past=past, outcome="unknown", reason=", ".join(unknown))
        try:
            output = self._evaluate(past)
        except (DecisionFailed, FeelError) as error:
            return Redecided(past=past, outcome="failed", reason=str(error))
        is_same = output == past.output
        return Redecided(past=past, outcome="same" if is_same else "changed", output=output)

    def _evaluate(self, past: PastDecision) -> object:
        now = past.at.astimezone(TAIPEI)
        days = DayCounter(scope=past.scope, read=self._reader(past))
        result = self._model.evaluate(
            self._decision_id,
            decision_inputs.variables_of(past.given, now=now),
            now=now,
            functions=days.functions,
            budget=_BUDGET,
        )
        return as_json(result.value)

    def _reader(self, past: PastDecision) -> Callable[[], Calendar]:
        def read() -> Calendar:
            if past.scope not in self._calendars:
                self._calendars[past.scope] = calendars.counting_calendar(
                    past.scope, past.at, self._session.connection()
                )
            return self._calendars[past.scope]

        return read


def as_json(value: object) -> object:
    """Bring a result into the form in which history keeps it."""
    result: object = orjson.loads(to_json(value))
    return result


def replay_all(
    model: DecisionModel, decision_id: str, session: Session, *, batch: int = 200
) -> Iterator[Redecided]:
    """Make every past decision again, newest first, reading a batch at a time."""
    replay = Replay(model, decision_id, session)
    before: int | None = None
    while read := past_decisions(decision_id, session, before=before, limit=batch):
        yield from map(replay.decide, read)
        before = read[-1].line


def _is_made(decision_id: str) -> ColumnElement[bool]:
    return and_(
        history.c.kind == "decision_made",
        history.c.details["decision"].as_string() == decision_id,
    )


def _made(decision_id: str) -> Select[Any]:
    return (
        select(
            history.c.id,
            history.c.instance_id,
            history.c.element_name,
            history.c.at,
            history.c.details,
            process_instance.c.business_key,
            process_instance.c.scope,
        )
        .join(process_instance, process_instance.c.id == history.c.instance_id)
        .where(_is_made(decision_id))
    )


def _past(row: RowMapping) -> PastDecision:
    details = row["details"]
    return PastDecision(
        line=row["id"],
        instance_id=row["instance_id"],
        business_key=row["business_key"] or "",
        scope=row["scope"],
        element_name=row["element_name"],
        at=row["at"],
        given=details.get("given") or {},
        output=details.get("output"),
    )
