"""Days are understood in 民國 and in ISO."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.dates import TAIPEI, parse_day, parse_instant, parse_time


@pytest.mark.parametrize(
    "text",
    ["113/01/16", "民國113年1月16日", "民國 113/1/16", "2024-01-16", "2024/1/16", " 113.01.16 "],
)
def test_one_day_has_many_spellings(text: str) -> None:
    assert parse_day(text) == date(2024, 1, 16)


@pytest.mark.parametrize("text", ["", "113/02/30", "2024-13-01", "明天", "113/01", "1/2/3"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text) is None


@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2900, 12, 31)))
def test_a_day_written_in_roc_years_is_read_back(day: date) -> None:
    assert parse_day(f"{day.year - 1911:02}/{day.month:02}/{day.day:02}") == day
    assert parse_day(day.isoformat()) == day


def test_instants_are_of_taipei_unless_they_say_otherwise() -> None:
    expected = datetime(2024, 1, 16, 14, 30, tzinfo=TAIPEI)

    assert parse_instant("113/01/16 14:30") == expected
    assert parse_instant("2024-01-16T14:30") == expected
    assert parse_instant("2024-01-16T06:30:00+00:00") == expected
    assert expected.utcoffset() == timedelta(hours=8)
    assert parse_instant("2024-01-16") is None


def test_a_time_of_day() -> None:
    assert parse_time("9:05") == time(9, 5)
    assert parse_time("25:00") is None
