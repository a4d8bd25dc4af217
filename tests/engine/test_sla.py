from datetime import UTC, datetime, timedelta

import pytest

from engine import sla
from engine.errors import UnknownLadder

BEGAN_AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def ladder_of(period: timedelta) -> list[tuple[str, timedelta]]:
    rungs = sla.plan("default", BEGAN_AT, BEGAN_AT + period)
    return [(rung.level, rung.due_at - BEGAN_AT) for rung in rungs]


def test_a_week_is_reminded_at_half_time_and_a_day_before_its_end():
    assert ladder_of(timedelta(days=7)) == [
        ("half", timedelta(days=3.5)),
        ("day_before", timedelta(days=6)),
        ("overdue", timedelta(days=7)),
        ("escalated", timedelta(days=8)),
        ("chief", timedelta(days=10)),
    ]


def test_a_period_under_two_days_is_reminded_once_when_most_of_it_has_passed():
    levels = ladder_of(timedelta(hours=10))

    assert levels[:2] == [("half", timedelta(hours=8)), ("overdue", timedelta(hours=10))]


def test_two_notices_never_come_at_the_same_instant():
    instants = [instant for _, instant in ladder_of(timedelta(days=2))]

    assert len(set(instants)) == len(instants)


def test_a_ladder_planned_late_leaves_out_reminders_that_have_passed():
    rungs = sla.plan("default", BEGAN_AT, BEGAN_AT + timedelta(days=7))

    first = sla.first_rung(rungs, BEGAN_AT + timedelta(days=5))

    assert first is not None
    assert first.level == "day_before"


def test_a_ladder_planned_after_the_due_date_begins_with_overdue():
    rungs = sla.plan("default", BEGAN_AT, BEGAN_AT - timedelta(days=1))

    first = sla.first_rung(rungs, BEGAN_AT)

    assert first is not None
    assert first.level == "overdue"


def test_the_last_rung_has_none_after_it():
    rungs = sla.plan("default", BEGAN_AT, BEGAN_AT + timedelta(days=7))

    assert sla.rung_after(rungs, "chief") is None


def test_an_unknown_ladder_is_refused():
    with pytest.raises(UnknownLadder):
        sla.plan("express", BEGAN_AT, BEGAN_AT + timedelta(days=7))


def test_a_schedule_survives_being_written_and_read():
    schedule = sla.Schedule(
        ladder="default", began_at=BEGAN_AT, due_at=BEGAN_AT + timedelta(days=7), plan=3
    )

    assert sla.Schedule.from_payload(schedule.to_payload()) == schedule
