"""Who leads whom, median working time, and when the weekly digest is due."""

from datetime import date, datetime
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import TAIPEI
from engine.periods.calendars import Calendar, SpecialDay
from housing.notices.rules import SUPERVISORS
from housing.teams import rules

HOLIDAY = date(2026, 3, 2)  # a Monday
CALENDAR = Calendar(
    id="city",
    version="city:1",
    days={HOLIDAY: SpecialDay(on=HOLIDAY, kind="holiday", name="補假", source="test")},
)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=TAIPEI)


def test_a_chief_leads_the_group_whose_overdue_tasks_he_is_told_of():
    for chief, groups in rules.LED.items():
        assert {group for group in groups if group != chief} == {
            group for group, told in SUPERVISORS.items() if told == chief
        }


def test_a_lead_of_one_community_leads_nobody_elsewhere():
    team = rules.team_of([("property_manager_lead", "community:SW")])

    assert team.holds("property_manager", "community:SW")
    assert not team.holds("property_manager", "community:PX")
    assert rules.is_member([("property_manager", "city")], team)
    assert not rules.is_member([("officer", "community:SW")], team)
    assert rules.team_of([("officer", "city")]).groups == frozenset()


@given(st.dictionaries(st.integers(0, 50), st.integers(1, 5), min_size=1))
def test_the_weighted_median_is_the_median_of_all_values(counts):
    spread = [value for value, count in counts.items() for _ in range(count)]

    assert rules.weighted_median(counts.items()) == median(spread)


def test_working_days_count_from_the_day_after_and_leave_out_weekends_and_holidays():
    days = rules.WorkingDays(CALENDAR, date(2026, 2, 27), date(2026, 3, 31))

    assert days.between(date(2026, 2, 27), date(2026, 2, 27)) == 0
    assert days.between(date(2026, 2, 27), date(2026, 3, 2)) == 0
    assert days.between(date(2026, 2, 27), date(2026, 3, 3)) == 1


def test_the_digest_is_due_at_eight_on_the_first_working_day_of_the_week():
    assert not rules.digest_is_due(at(2, 9), CALENDAR)
    assert not rules.digest_is_due(at(3, 7), CALENDAR)
    assert rules.digest_is_due(at(3, 8), CALENDAR)
    assert rules.digest_is_due(at(5, 12), CALENDAR)
