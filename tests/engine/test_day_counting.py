"""FEEL functions that count by the working calendar, and what they refuse."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.calendar import TAIPEI
from engine.calendars import shipped_calendar
from engine.clock import FrozenClock
from engine.day_counting import DAY_FUNCTIONS, DayCounter
from engine.expressions import evaluate_text
from feel.evaluator import evaluate

NOW = datetime(2026, 2, 11, 2, tzinfo=UTC)
"""The Wednesday before the Lunar New Year, 10:00 in Taipei."""


@pytest.fixture
def counter():
    return DayCounter(scope="city", read=lambda: shipped_calendar(NOW))


@pytest.fixture
def feel(counter):
    def answer(text, **variables):
        return evaluate(text, variables, now=NOW, functions=counter.functions)

    return answer


def night(year, month, day):
    return datetime(year, month, day, 23, 59, 59, tzinfo=TAIPEI)


def test_working_days_leap_over_the_lunar_new_year(feel):
    assert feel("working days after(now(), 3)") == night(2026, 2, 23)


def test_calendar_days_do_not_and_need_no_calendar(feel, counter):
    assert feel("calendar days after(now(), 7)") == night(2026, 2, 18)
    assert counter._calendar is None


def test_working_hours_stop_at_five_and_go_on_at_eight(feel):
    found = feel("working hours after(now(), 8)")

    assert found == datetime(2026, 2, 12, 10, tzinfo=TAIPEI)


def test_a_statutory_period_rolls_off_the_holidays(feel):
    assert feel("statutory days after(now(), 7)") == night(2026, 2, 23)
    assert feel('statutory months after(date("2026-01-30"), 1)') == night(2026, 3, 2)


def test_service_is_told_with_its_proof(feel, counter):
    served = {"at": date(2026, 3, 2), "proof": "RR123", "kind": "deposit"}

    end = feel("statutory days after(served, 10)", served=served)

    start = counter.computed[end.astimezone(UTC)].start
    assert (start.kind, start.proof, start.on) == ("deposit", "RR123", date(2026, 3, 2))


def test_questions_about_days(feel):
    assert feel('is working day(date("2026-02-16"))') is False
    assert feel('is working day(date("2026-02-11"))') is True
    assert feel('next working day(date("2026-02-13"))') == date(2026, 2, 23)
    assert feel('working days between(date("2026-02-11"), date("2026-02-23"))') == 3
    assert feel('working days between(date("2026-02-23"), date("2026-02-11"))') == -3


@pytest.mark.parametrize(
    "call",
    [
        "working days after(null, 3)",
        'working days after("2026-03-02", 3)',
        "working days after(now(), -1)",
        "working days after(now(), 1.5)",
        "working days after(now(), true)",
        "working days after(now(), 1000000000)",
        'working days after(date("9999-12-30"), 5)',
        "calendar days after(now(), 1000000000)",
        "working hours after(now(), null)",
        'statutory days after({at: "soon"}, 3)',
        'statutory days after({at: now(), kind: "rumour"}, 3)',
        "statutory months after(now(), 1000000)",
        "is working day(3)",
        "next working day(null)",
        'next working day(date("9999-12-31"))',
        'working days between(date("0001-01-01"), date("9999-12-31"))',
    ],
)
def test_what_cannot_be_counted_is_null(feel, call):
    assert feel(call) is None


def test_the_terminal_knows_the_same_functions():
    answer = evaluate_text("= working days after(now(), 3)", {}, FrozenClock(NOW))

    assert answer.text.startswith("2026-02-23")


def test_each_due_date_is_remembered_with_its_explanation(feel, counter):
    end = feel("working days after(now(), 3)")

    computation = counter.computed[end.astimezone(UTC)]
    assert computation.amount == Decimal(3)
    assert [day.name for day in computation.skipped if day.name][:1] == ["小年夜"]
    assert computation.calendar_version == "city:0"


def test_a_year_without_its_official_calendar_is_named(feel, counter):
    end = feel('working days after(date("2027-12-30"), 3)')

    assert counter.computed[end.astimezone(UTC)].missing_years == (2027, 2028)


def test_no_name_is_forgotten(counter):
    assert set(counter.functions) == DAY_FUNCTIONS


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        ("2024-03-10", "2024-03-18"),  # S1: the seventh day is a Sunday
        ("2024-03-09", "2024-03-18"),  # a Saturday
        ("2024-02-01", "2024-02-15"),  # the Lunar New Year
        ("2024-02-10", "2024-02-19"),  # a make-up Saturday rolls like any Saturday
    ],
)
def test_the_golden_supplement_periods_hold_in_feel(feel, served, expected):
    end = feel(f'statutory days after(date("{served}"), 7)')

    assert end.astimezone(TAIPEI) == datetime.fromisoformat(f"{expected}T23:59:59+08:00")


@pytest.mark.parametrize(
    ("days", "working", "calendar"),
    [
        (2, "2024-02-07", "2024-02-07"),
        (5, "2024-02-17", "2024-02-10"),
        (7, "2024-02-20", "2024-02-12"),
    ],
)
def test_the_repair_periods_over_the_lunar_new_year_with_its_make_up_saturday(
    feel, days, working, calendar
):
    start = 'date("2024-02-05")'

    assert feel(f"working days after({start}, {days})").astimezone(TAIPEI).date() == (
        date.fromisoformat(working)
    )
    assert feel(f"calendar days after({start}, {days})").astimezone(TAIPEI).date() == (
        date.fromisoformat(calendar)
    )


def test_a_paper_posted_in_time_may_come_within_the_postal_grace(feel):
    served = {"at": date(2024, 3, 1), "kind": "service", "proof": "RR1"}

    end = feel("statutory days after(served, 10)", served=served)
    grace = feel("working days after(supplement_due, 5)", supplement_due=end)

    assert end.astimezone(TAIPEI).date() == date(2024, 3, 11)
    assert grace.astimezone(TAIPEI).date() == date(2024, 3, 18)
