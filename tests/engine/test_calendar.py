from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import calendar


def test_an_evening_in_utc_is_the_next_day_in_taipei():
    assert calendar.local_date(datetime(2026, 3, 1, 16, tzinfo=UTC)) == date(2026, 3, 2)


def test_two_days_after_a_monday_report_end_on_wednesday_night():
    reported_at = datetime(2026, 3, 2, 1, tzinfo=UTC)

    due_at = calendar.calendar_days_after(reported_at, 2)

    assert due_at == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)


def test_a_day_is_counted_like_an_instant_of_that_day():
    reported_at = datetime(2026, 3, 2, 1, tzinfo=UTC)

    by_day = calendar.calendar_days_after(date(2026, 3, 2), 5)

    assert by_day == calendar.calendar_days_after(reported_at, 5)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="naive"):
        calendar.local_date(datetime(2026, 3, 2))  # noqa: DTZ001  # naive on purpose


def test_a_period_cannot_be_negative():
    with pytest.raises(ValueError, match="negative"):
        calendar.calendar_days_after(date(2026, 3, 2), -1)


@given(st.integers(0, 2**36), st.integers(0, 400))
def test_the_deadline_is_never_before_the_event_and_falls_on_the_counted_day(second, days):
    event_at = datetime.fromtimestamp(second, UTC)
    due_at = calendar.calendar_days_after(event_at, days)

    assert due_at >= event_at.replace(microsecond=0)
    assert (calendar.local_date(due_at) - calendar.local_date(event_at)).days == days
