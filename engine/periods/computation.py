"""How a due date was computed, as a value that can be shown, stored and compared."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from engine.calendar import TAIPEI, local_date

Unit = Literal["calendar_days", "working_days", "working_hours", "months"]
UNITS: tuple[Unit, ...] = ("calendar_days", "working_days", "working_hours", "months")

SaturdayEnd = Literal["MON_2359", "MON_1200"]
"""What happens to a last day on a Saturday: the whole Monday, or the letter of §48 IV: its noon."""

StartKind = Literal["service", "deposit", "postmark", "publication", "event"]
START_KINDS: tuple[StartKind, ...] = ("service", "deposit", "postmark", "publication", "event")
"""送達, 寄存送達, 郵戳, 公告, any other event."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """What a period starts with.

    Attributes:
        kind: service is the moment of 送達, never of sending (行政程序法 §110).
        at: an aware instant, or a day of Asia/Taipei when only the day is known.
        proof: what proves it, such as the number of a registered letter's receipt.
    """

    at: datetime | date
    kind: StartKind = "service"
    proof: str = ""

    @property
    def on(self) -> date:
        """Tell the calendar day in Asia/Taipei.

        Raises:
            ValueError: the instant is naive.
        """
        return local_date(self.at) if isinstance(self.at, datetime) else self.at

    @property
    def instant(self) -> datetime:
        """Tell the instant; of a mere day its beginning."""
        if isinstance(self.at, datetime):
            return self.at.astimezone(UTC)
        return datetime.combine(self.at, datetime.min.time(), tzinfo=TAIPEI).astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """A stopped clock: waiting for the applicant, for example.

    A period in days does not count the day the pause begins, and counts the day it ends again.

    Attributes:
        begins_at: aware.
        ends_at: aware, not before the beginning.
    """

    begins_at: datetime
    ends_at: datetime
    reason: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether a day does not count because of this pause."""
        return local_date(self.begins_at) <= day < local_date(self.ends_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedDay:
    """A day that did not count, or on which the period could not end.

    Attributes:
        kind: a kind of special day, saturday, sunday, weekly_off or paused.
        name: of the day or the reason of the pause; "" for a weekday.
    """

    on: date
    kind: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the computation, in order.

    Attributes:
        code: start_not_counted, counted, hours_counted, paused, last_day, rolled, saturday_noon,
            limited or end.
        on: the day it is about.
        amount: days or minutes, as the code says; 0 where it has none.
    """

    code: str
    on: date
    amount: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Computation:
    """A due date that explains itself.

    Attributes:
        amount: in the unit.
        ends_at: last instant of the period, aware, in UTC.
        calendar_version: the version that was counted with.
        skipped: in order; each with its name.
        pauses: all that were given.
        basis: the law or clause of the counting rule.
        rule: what the counting rule was set to, such as MON_2359.
        missing_years: years it touches whose official calendar had not been entered; make-up
            working days and moved holidays of those may still change it.
    """

    start: Start
    amount: int
    unit: Unit
    ends_at: datetime
    calendar_id: str
    calendar_version: str
    skipped: tuple[SkippedDay, ...]
    pauses: tuple[Pause, ...]
    basis: str
    steps: tuple[Step, ...]
    rule: str = ""
    missing_years: tuple[int, ...] = ()

    @property
    def ends_on(self) -> date:
        """Tell the last day in Asia/Taipei."""
        return local_date(self.ends_at)

    def is_in_time(self, done_at: datetime | date) -> bool:
        """Tell whether something was done in time.

        Of a posted paper give the day of its postmark (行政程序法 §49: the way by post does not
        count).
        """
        if isinstance(done_at, datetime):
            return done_at <= self.ends_at
        return done_at <= self.ends_on

    def limited_to(self, latest: datetime) -> "Computation":
        """Cut the period off at an instant that it may not pass."""
        if self.ends_at <= latest:
            return self
        step = Step(code="limited", on=local_date(latest))
        return replace(self, ends_at=latest, steps=(*self.steps[:-1], step, _end(latest)))

    def as_json(self) -> dict[str, object]:
        """Write everything as JSON values: instants and days as ISO text."""
        values = {name: _plain(value) for name, value in asdict(self).items()}
        return values | {"ends_on": self.ends_on.isoformat()}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Computation":
        """Read what `as_json` wrote.

        Raises:
            KeyError, ValueError: it was written by nobody of us.
        """
        start = row["start"]
        return cls(
            start=Start(at=_moment(start["at"]), kind=start["kind"], proof=start["proof"]),
            amount=row["amount"],
            unit=row["unit"],
            ends_at=datetime.fromisoformat(row["ends_at"]).astimezone(UTC),
            calendar_id=row["calendar_id"],
            calendar_version=row["calendar_version"],
            skipped=_days(row["skipped"]),
            pauses=tuple(
                Pause(
                    begins_at=datetime.fromisoformat(each["begins_at"]),
                    ends_at=datetime.fromisoformat(each["ends_at"]),
                    reason=each["reason"],
                )
                for each in row["pauses"]
            ),
            basis=row["basis"],
            steps=tuple(
                Step(code=each["code"], on=date.fromisoformat(each["on"]), amount=each["amount"])
                for each in row["steps"]
            ),
            rule=row["rule"],
            missing_years=tuple(row.get("missing_years", ())),
        )


def _days(rows: Sequence[Mapping[str, Any]]) -> tuple[SkippedDay, ...]:
    return tuple(
        SkippedDay(on=date.fromisoformat(each["on"]), kind=each["kind"], name=each["name"])
        for each in rows
    )


def _moment(text: str) -> datetime | date:
    """Read an instant or a mere day, as `Start.at` has it."""
    is_day = len(text) == len("2026-03-02")
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)


def _end(instant: datetime) -> Step:
    return Step(code="end", on=local_date(instant))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(TAIPEI).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
