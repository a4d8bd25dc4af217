"""Periods: the golden table, the law's special cases, and what must always hold."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import TAIPEI, calendar_days_after
from engine.periods.calendars import Calendar, SpecialDay
from engine.periods.computation import Computation, Pause, Start
from engine.periods.counting import (
    Period,
    Rules,
    count,
    month_end,
    postal_grace,
    recount,
    restoration,
)
from engine.periods.errors import NoWorkingTime, PeriodInvalid
from engine.periods.measuring import (
    calendar_days_between,
    remaining,
    working_days_between,
    working_time_between,
)

LAW = Rules(saturday_end="MON_1200")
OFF = {
    "2024-02-08": "放假日",
    "2024-02-09": "農曆除夕",
    "2024-02-12": "春節",
    "2024-02-13": "春節（補假）",
    "2024-02-14": "春節（補假）",
    "2024-02-28": "和平紀念日",
    "2024-04-04": "兒童節",
    "2024-04-05": "民族掃墓節",
}


def special(text, kind, name="", hours=()):
    on = date.fromisoformat(text)
    return on, SpecialDay(on=on, kind=kind, name=name, source="測試", hours=hours)


def calendar_with(*days, version="city:1"):
    holidays = [special(text, "holiday", name) for text, name in OFF.items()]
    make_up = special("2024-02-17", "make_up", "補行上班日")
    return Calendar(id="city", version=version, days=dict([*holidays, make_up, *days]))


YEAR = calendar_with()


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


def period(start, amount, unit="calendar_days", calendar=YEAR, rules=None, pauses=()):
    begun = start if isinstance(start, Start) else Start(at=date.fromisoformat(start))
    return count(
        Period(
            start=begun,
            amount=amount,
            unit=unit,
            calendar=calendar,
            rules=rules or Rules(),
            pauses=pauses,
        )
    )


def ends(computation):
    return f"{computation.ends_at.astimezone(TAIPEI):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("served", "days", "end", "end_by_the_letter"),
    [
        ("2024-03-10", 7, "2024-03-18 23:59:59", "2024-03-18 23:59:59"),
        ("2024-03-09", 7, "2024-03-18 23:59:59", "2024-03-18 12:00:00"),
        ("2024-02-01", 7, "2024-02-15 23:59:59", "2024-02-15 23:59:59"),
        ("2024-03-25", 10, "2024-04-08 23:59:59", "2024-04-08 23:59:59"),
        ("2024-03-05", 10, "2024-03-15 23:59:59", "2024-03-15 23:59:59"),
        ("2024-02-10", 7, "2024-02-19 23:59:59", "2024-02-19 12:00:00"),
    ],
)
def test_the_golden_table_of_calendar_days(served, days, end, end_by_the_letter):
    assert ends(period(served, days)) == end
    assert ends(period(served, days, rules=LAW)) == end_by_the_letter


@pytest.mark.parametrize(
    ("served", "months", "end"),
    [
        ("2024-01-15", 3, "2024-04-15"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2024-01-30", 1, "2024-02-29"),
        ("2024-03-31", 1, "2024-04-30"),
        ("2024-12-31", 12, "2025-12-31"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_the_golden_table_of_months(served, months, end):
    assert month_end(date.fromisoformat(served), months) == date.fromisoformat(end)


def test_a_period_of_months_that_ends_on_a_day_off_rolls():
    assert ends(period("2024-01-28", 1, "months")) == "2024-02-29 23:59:59"


def test_a_make_up_saturday_counts_as_a_working_day():
    found = period("2024-02-16", 3, "working_days")

    assert ends(found) == "2024-02-20 23:59:59"
    assert [(day.on.isoformat(), day.kind) for day in found.skipped] == [("2024-02-18", "sunday")]


def test_s1_an_online_supplement_ends_on_monday_at_the_last_second():
    served = Start(at=at("2024-03-10T14:00"), kind="service", proof="入口網通知")
    found = period(served, 7)

    assert ends(found) == "2024-03-18 23:59:59"
    assert found.is_in_time(at("2024-03-18T23:59:00"))
    assert not found.is_in_time(at("2024-03-19T00:00:00"))


def test_s2_a_paper_counts_by_its_postmark_and_the_reject_waits_for_the_post():
    paper = period(Start(at=date(2024, 3, 5), kind="service", proof="RR123456789TW"), 10)
    grace = postal_grace(paper, 5, YEAR)

    assert ends(paper) == "2024-03-15 23:59:59"
    assert ends(grace) == "2024-03-22 23:59:59"
    assert grace.start.kind == "postmark"
    assert paper.is_in_time(date(2024, 3, 15))
    assert not paper.is_in_time(date(2024, 3, 16))
    assert grace.is_in_time(at("2024-03-19T10:00"))


@pytest.mark.parametrize(
    ("amount", "in_working_days", "in_calendar_days"),
    [
        (2, "2024-02-15", "2024-02-15"),
        (7, "2024-02-21", "2024-02-15"),
        (5, "2024-02-19", "2024-02-15"),
    ],
)
def test_two_seven_and_five_days_over_the_lunar_new_year(amount, in_working_days, in_calendar_days):
    reported = Start(at=at("2024-02-06T10:00"), kind="event")
    working = period(reported, amount, "working_days")
    statutory = period(reported, amount)

    assert working.ends_on.isoformat() == in_working_days
    assert statutory.ends_on.isoformat() == in_calendar_days
    assert "春節" in [day.name for day in working.skipped]


def test_a_typhoon_day_declared_on_the_due_day_moves_the_end_and_says_why():
    before = period("2024-07-17", 7)
    typhoon = special("2024-07-24", "typhoon", "凱米颱風停止上班")
    after = period("2024-07-17", 7, calendar=calendar_with(typhoon, version="city:2"))

    assert before.ends_on == date(2024, 7, 24)
    assert after.ends_on == date(2024, 7, 25)
    assert [(day.on.day, day.name) for day in after.skipped] == [(24, "凱米颱風停止上班")]
    assert (before.calendar_version, after.calendar_version) == ("city:1", "city:2")


def test_a_half_day_without_an_afternoon_is_worked_but_ends_no_statutory_period():
    half = special("2024-07-24", "half", "下午停止上班")
    calendar = calendar_with(half)

    assert period("2024-07-17", 7, calendar=calendar).ends_on == date(2024, 7, 25)
    assert period("2024-07-23", 1, "working_days", calendar).ends_on == date(2024, 7, 24)
    hours = period(Start(at=at("2024-07-24T11:00")), 2, "working_hours", calendar)
    assert ends(hours) == "2024-07-25 09:00:00"


def test_working_hours_run_within_office_hours_only():
    found = period(Start(at=at("2024-02-07T16:00")), 10, "working_hours")

    assert ends(found) == "2024-02-16 09:00:00"  # 1 hour, then 8 on the 15th, then 1
    minutes = [step.amount for step in found.steps if step.code == "hours_counted"]
    assert minutes == [60, 480, 60]


def test_a_pause_inside_holidays_does_not_move_a_period_of_working_days():
    rest = Pause(
        begins_at=at("2024-02-09T09:00"), ends_at=at("2024-02-13T09:00"), reason="等待補件"
    )
    free = period("2024-02-06", 5, "working_days")
    paused = period("2024-02-06", 5, "working_days", pauses=[rest])

    assert paused.ends_at == free.ends_at
    assert "等待補件" in [day.name for day in paused.skipped]


def test_a_pause_lengthens_a_period_of_calendar_days_by_its_days():
    waiting = Pause(
        begins_at=at("2024-03-12T09:00"), ends_at=at("2024-03-15T09:00"), reason="等待補件"
    )

    assert period("2024-03-11", 3).ends_on == date(2024, 3, 14)
    assert period("2024-03-11", 3, pauses=[waiting]).ends_on == date(2024, 3, 18)  # 17 is a Sunday


def test_a_pause_takes_its_working_time_out_of_working_hours():
    lunch_over = Pause(begins_at=at("2024-03-12T11:00"), ends_at=at("2024-03-12T14:00"))
    found = period(Start(at=at("2024-03-12T10:00")), 2, "working_hours", pauses=[lunch_over])

    assert ends(found) == "2024-03-12 15:00:00"


def test_restoration_ends_ten_days_after_the_cause_ended():
    missed = period("2024-06-01", 30)
    found = restoration(missed, Start(at=date(2024, 7, 29), kind="event"), YEAR)

    assert ends(found) == "2024-08-08 23:59:59"
    assert found.basis == "行政程序法 §50"


def test_restoration_of_a_short_period_has_as_many_days_as_it_had():
    missed = period("2024-06-03", 7)
    found = restoration(missed, Start(at=date(2024, 7, 29), kind="event"), YEAR)

    assert found.ends_on == date(2024, 8, 5)


def test_restoration_ends_a_year_after_the_missed_end_at_the_latest():
    missed = period("2024-06-03", 30)
    found = restoration(missed, Start(at=date(2025, 7, 1), kind="event"), YEAR)

    assert missed.ends_on == date(2024, 7, 3)
    assert ends(found) == "2025-07-03 23:59:59"
    assert [step.code for step in found.steps][-2:] == ["limited", "end"]


def test_without_rolling_the_end_is_the_one_the_engine_has_always_used():
    start = Start(at=at("2024-02-01T15:30"), kind="event")

    assert period(start, 7, rules=Rules(is_rolling=False)).ends_at == calendar_days_after(
        start.at, 7
    )


def test_a_computation_is_json_that_names_every_skipped_day():
    written = json.loads(json.dumps(period("2024-02-01", 7).as_json()))

    assert written["ends_at"] == "2024-02-15T23:59:59+08:00"
    assert written["start"] == {"kind": "service", "at": "2024-02-01", "proof": ""}
    assert [day["on"] for day in written["skipped"]] == [f"2024-02-{n:02}" for n in range(8, 15)]
    assert [step["code"] for step in written["steps"]] == [
        "start_not_counted",
        "counted",
        "last_day",
        "rolled",
        "end",
    ]
    assert (written["basis"], written["rule"]) == ("行政程序法 §48", "MON_2359")


@pytest.mark.parametrize("unit", ["working_days", "working_hours", "calendar_days", "months"])
def test_a_calendar_without_working_time_is_refused(unit):
    never = Calendar(id="never", version="never:1", weekly={})

    with pytest.raises(NoWorkingTime):
        period("2024-02-01", 1, unit, never)


@pytest.mark.parametrize("amount", [-1, 10_001])
def test_an_absurd_amount_is_refused(amount):
    with pytest.raises(PeriodInvalid):
        period("2024-02-01", amount)


def test_a_naive_start_is_refused():
    with pytest.raises(ValueError, match="naive"):
        period(Start(at=datetime(2024, 2, 1)), 1)  # noqa: DTZ001 - naive on purpose


DAYS = st.dates(date(2023, 11, 1), date(2029, 3, 31))
AMOUNTS = st.integers(0, 90)
KINDS = st.sampled_from(["holiday", "typhoon", "closure", "half", "make_up"])


@st.composite
def calendars(draw):
    chosen = draw(
        st.dictionaries(st.dates(date(2023, 12, 20), date(2024, 3, 10)), KINDS, max_size=25)
    )
    return calendar_with(*(special(on.isoformat(), kind, "日") for on, kind in chosen.items()))


@st.composite
def some_pauses(draw):
    first = draw(st.datetimes(datetime(2024, 1, 1), datetime(2024, 3, 1)))  # noqa: DTZ001 - zone follows
    begin = first.replace(tzinfo=UTC)
    length = draw(st.timedeltas(timedelta(), timedelta(days=20)))
    return (
        (Pause(begins_at=begin, ends_at=begin + length, reason="停"),)
        if draw(st.booleans())
        else ()
    )


UNITS = st.sampled_from(["calendar_days", "working_days", "working_hours", "months"])


@given(DAYS, AMOUNTS, UNITS, calendars(), some_pauses())
def test_a_longer_period_never_ends_earlier(start, amount, unit, calendar, pauses):
    amount = amount // 6 if unit == "months" else amount
    given_start = start.isoformat()
    short = period(given_start, amount, unit, calendar, pauses=pauses)
    long = period(given_start, amount + 1, unit, calendar, pauses=pauses)

    assert short.ends_at <= long.ends_at


@given(DAYS, AMOUNTS, UNITS, calendars(), some_pauses())
def test_a_later_start_never_ends_earlier(start, amount, unit, calendar, pauses):
    amount = amount // 6 if unit == "months" else amount
    early = period(start.isoformat(), amount, unit, calendar, pauses=pauses)
    later = start + timedelta(days=1)
    late = period(later.isoformat(), amount, unit, calendar, pauses=pauses)

    assert early.ends_at <= late.ends_at


@given(DAYS, AMOUNTS, calendars(), some_pauses())
def test_measuring_is_the_inverse_of_counting(start, amount, calendar, pauses):
    given_start = start.isoformat()
    days = period(given_start, amount, "working_days", calendar, pauses=pauses)
    hours = period(given_start, amount, "working_hours", calendar, pauses=pauses)
    plain = period(given_start, amount, "calendar_days", calendar, Rules(is_rolling=False), pauses)

    assert working_days_between(start, days.ends_on, calendar, pauses=pauses) == amount
    worked = working_time_between(hours.start.instant, hours.ends_at, calendar, pauses=pauses)
    assert worked == timedelta(hours=amount)
    assert calendar_days_between(start, plain.ends_on, pauses=pauses) == amount


@given(DAYS, st.integers(1, 90), calendars(), some_pauses())
def test_an_end_is_a_day_on_which_the_office_works_and_every_skip_has_a_reason(
    start, amount, calendar, pauses
):
    found = period(start.isoformat(), amount, "calendar_days", calendar, pauses=pauses)

    assert calendar.may_end_on(found.ends_on)
    assert not any(pause.covers(found.ends_on) for pause in pauses)
    assert all(day.name or day.kind in {"saturday", "sunday"} for day in found.skipped)


@given(DAYS, st.integers(1, 36), st.integers(1, 36))
def test_months_stay_within_their_month_at_year_ends_and_leap_days(start, few, more):
    end = month_end(start, few)

    assert start < end
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) in {few, few + 1}
    assert month_end(start, few) <= month_end(start, few + more)


@given(DAYS, st.integers(1, 60), calendars())
def test_what_remains_shrinks_from_the_amount_to_nothing(start, amount, calendar):
    found = period(start.isoformat(), amount, "working_days", calendar)
    begin = found.start.instant

    assert remaining(found, begin, calendar) == timedelta(days=amount)
    assert remaining(found, begin + timedelta(days=1), calendar) >= timedelta(days=amount - 1)
    assert remaining(found, found.ends_at, calendar) == timedelta()


@given(DAYS, AMOUNTS, UNITS, calendars(), some_pauses(), st.sampled_from(["MON_2359", "MON_1200"]))
def test_what_was_stored_counts_the_same_again(start, amount, unit, calendar, pauses, saturday_end):
    amount = amount // 6 if unit == "months" else amount
    rules = Rules(saturday_end=saturday_end)
    found = period(start.isoformat(), amount, unit, calendar, rules, pauses)

    stored = Computation.from_json(json.loads(json.dumps(found.as_json())))

    assert stored == found
    assert recount(stored, calendar) == found


@given(DAYS, st.integers(1, 90), calendars())
def test_a_typhoon_day_on_the_due_day_moves_a_running_period_to_a_later_working_day(
    start, amount, calendar
):
    for unit in ("calendar_days", "working_days"):
        found = period(start.isoformat(), amount, unit, calendar)
        stormy = replace(
            calendar,
            days={**calendar.days, **dict([special(found.ends_on.isoformat(), "typhoon", "颱風")])},
        )

        moved = recount(found, stormy)

        assert moved.ends_at > found.ends_at
        assert stormy.is_working_day(moved.ends_on)
        assert "颱風" in [day.name for day in moved.skipped]


def test_plain_days_stay_plain_when_they_are_counted_again():
    found = period("2024-02-01", 7, rules=Rules(is_rolling=False))

    assert recount(found, YEAR) == found
    assert found.missing_years == ()


def test_a_period_names_the_years_whose_calendar_is_missing():
    known = replace(YEAR, years=frozenset({2024}))

    assert period("2024-12-20", 5, calendar=known).missing_years == ()
    assert period("2024-12-25", 10, calendar=known).missing_years == (2025,)
