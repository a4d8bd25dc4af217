"""Working time on a line of hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.periods.calendars import Calendar, SpecialDay
from engine.periods.measuring import working_time_between
from engine.simulation.chance import Chance, Empirical, Exponential, Fixed, LogNormal
from engine.simulation.model import Deadline
from engine.simulation.working_time import WorkingTime

MONDAY = date(2026, 3, 2)
HOLIDAY = SpecialDay(on=date(2026, 3, 4), kind="holiday", name="", source="")
CALENDAR = Calendar(id="city", version="city:1", days={HOLIDAY.on: HOLIDAY})
LINE = WorkingTime.of(CALENDAR, MONDAY, 60)
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # Monday 2 March in Taipei


@pytest.mark.parametrize(("begin", "end"), [(0, 9.5), (10, 40), (30, 80), (55, 300), (12.2, 12.9)])
def test_it_measures_what_the_calendar_measures(begin, end):
    since, until = MIDNIGHT + timedelta(hours=begin), MIDNIGHT + timedelta(hours=end)

    exact = working_time_between(since, until, CALENDAR) / timedelta(hours=1)

    assert LINE.between(begin, end) == pytest.approx(exact)


@pytest.mark.parametrize("hours", [0.5, 4.0, 8.0, 8.5, 16.0, 40.0])
def test_work_that_ends_after_so_many_hours_has_taken_so_many(hours):
    assert LINE.between(9.0, LINE.after(9.0, hours)) == pytest.approx(hours)


def test_work_of_a_whole_morning_ends_at_noon_and_not_after_the_break():
    assert LINE.after(8.0, 4.0) == 12.0


@pytest.mark.parametrize(
    ("deadline", "ends_after_days"),
    [
        (Deadline(amount=2), 3),
        (Deadline(amount=2, unit="working_days"), 4),  # the holiday on Wednesday does not count
        (Deadline(amount=2, is_rolling=True), 4),
        (Deadline(amount=5, is_rolling=True), 8),  # Saturday rolls to Monday
        (Deadline(amount=1, unit="months"), 31),
    ],
)
def test_periods_end_with_the_day_that_the_law_says(deadline, ends_after_days):
    assert deadline.ends(9.0, LINE) == ends_after_days * 24.0


def test_distributions_have_the_mean_they_promise():
    shares = [Chance(1, 0).draw(number, "x") for number in range(20_000)]

    for each in (Exponential(2.0), LogNormal(2.0), Fixed(2.0), Empirical.of((1.0, 3.0))):
        assert sum(map(each.at, shares)) / len(shares) == pytest.approx(each.mean, rel=0.02)
