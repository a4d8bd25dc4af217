"""Versioned calendars on both databases, Taiwan's public holidays, calendar files."""

from datetime import date, datetime, timedelta

import pytest

from engine import calendar_files, calendars, public_holidays
from engine.calendar_tables import working_calendar
from engine.calendars import Change, Edition
from engine.db import Database
from engine.periods.calendars import SpecialDay
from engine.periods.computation import Start
from engine.periods.counting import Period, count
from engine.periods.errors import (
    CalendarChanged,
    CalendarFileInvalid,
    NothingToPublish,
    ReasonMissing,
)
from engine.types import Actor

OFFICER = Actor(id="7", name="王承辦")
SW = "community:SW"
TYPHOON = SpecialDay(on=date(2026, 7, 24), kind="typhoon", name="颱風停止上班", source="市府公告")


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    with made.connect_for_migration() as connection:
        working_calendar.create(connection)
    yield made
    made.dispose()


def publish(database, clock, change, scope="city", expected=0, reason="市府公告"):
    edition = Edition(scope=scope, change=change, reason=reason, expected_version=expected)
    with database.unit_of_work() as session:
        return calendars.publish(edition, by=OFFICER, session=session, clock=clock)


def read(database, clock, scope="city", instant=None):
    with database.reading() as session:
        return calendars.calendar_at(scope, instant or clock.now(), session)


@pytest.mark.integration
def test_the_shipped_calendar_is_version_zero_of_the_city(database, clock):
    found = read(database, clock)

    assert found.version == "city:0"
    assert found.days[date(2026, 2, 17)].name == "春節"
    assert found.has_year(2026)
    assert not found.has_year(2027)


@pytest.mark.integration
def test_a_new_version_counts_from_its_publishing_on_and_the_old_one_stays(database, clock):
    before = clock.now()
    clock.advance(timedelta(days=1))
    number = publish(database, clock, Change(put=(TYPHOON,)))

    assert number == 1
    assert not read(database, clock).is_working_day(TYPHOON.on)
    assert read(database, clock).version == "city:1"
    assert read(database, clock, instant=before).is_working_day(TYPHOON.on)
    with database.reading() as session:
        (line,) = calendars.versions("city", session)
    assert (line.reason, line.published_by_name) == ("市府公告", "王承辦")
    assert [(each.was, each.becomes) for each in line.changes] == [(None, TYPHOON)]


@pytest.mark.integration
def test_a_community_inherits_the_city_and_its_own_days_win(database, clock):
    publish(database, clock, Change(put=(TYPHOON,)))
    closure = SpecialDay(on=date(2026, 7, 27), kind="closure", name="社宅停電檢修", source="物管")
    works = SpecialDay(on=TYPHOON.on, kind="make_up", name="照常上班", source="物管")
    publish(database, clock, Change(put=(closure, works)), scope=SW)
    community = read(database, clock, SW)

    assert community.version == "city:1+community:SW:1"
    assert community.is_working_day(TYPHOON.on)
    assert not community.is_working_day(closure.on)
    assert read(database, clock).is_working_day(closure.on)
    assert not community.is_working_day(date(2026, 2, 17))


@pytest.mark.integration
def test_a_removed_day_is_like_its_weekday_again(database, clock):
    publish(database, clock, Change(put=(TYPHOON,)))
    publish(database, clock, Change(removed=frozenset({TYPHOON.on})), expected=1)

    assert read(database, clock).is_working_day(TYPHOON.on)


@pytest.mark.integration
def test_publishing_needs_a_reason_a_change_and_the_newest_version(database, clock):
    with pytest.raises(ReasonMissing):
        publish(database, clock, Change(put=(TYPHOON,)), reason=" ")
    with pytest.raises(NothingToPublish):
        publish(database, clock, Change(removed=frozenset({TYPHOON.on})))
    publish(database, clock, Change(put=(TYPHOON,)))
    with pytest.raises(CalendarChanged):
        publish(database, clock, Change(removed=frozenset({TYPHOON.on})))


def test_next_year_is_missed_from_july_on():
    shipped = public_holidays.announced_years()
    calendar = calendars.Calendar(id="city", version="city:0", years=shipped)

    assert calendars.missing_years(calendar, date(2026, 6, 30)) == ()
    assert calendars.missing_years(calendar, date(2026, 7, 1)) == (2027,)
    assert calendars.missing_years(calendar, date(2027, 1, 1)) == (2027,)


def test_expected_days_of_a_missing_year_come_from_the_law():
    calendar = calendars.Calendar(id="city", version="city:0")
    expected = calendars.with_expected_days(calendar, {2027})

    assert expected.days[date(2027, 10, 11)].name == "國慶日（補假）"


def test_the_lunar_new_year_of_2024_has_its_make_up_saturday():
    days = public_holidays.days_of(2024)
    calendar = calendars.Calendar(id="city", version="city:0", days=days)
    found = count(
        Period(start=Start(at=date(2024, 2, 7)), amount=5, unit="working_days", calendar=calendar)
    )

    assert days[date(2024, 2, 17)].kind == "make_up"
    assert found.ends_on == date(2024, 2, 20)  # 15, 16, 17 (make-up), 19, 20
    assert len(found.skipped) == 8  # 8 to 14 February, and Sunday the 18th


OFFICIAL = """西元日期,星期,是否放假,備註
20260101,四,2,開國紀念日
20260102,五,0,
20260103,六,2,
20260207,六,0,補行上班
2026-02-16,一,2,小年夜
"""

ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260217
DTEND;VALUE=DATE:20260220
SUMMARY:春節
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260307
SUMMARY:補行
 上班日
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_the_governments_open_data_is_read(encoding):
    found = calendar_files.read(OFFICIAL.encode(encoding), "116.csv")

    assert [(day.on.isoformat(), day.kind, day.name) for day in found] == [
        ("2026-01-01", "holiday", "開國紀念日"),
        ("2026-02-07", "make_up", "補行上班"),
        ("2026-02-16", "holiday", "小年夜"),
    ]
    assert {day.source for day in found} == {"116.csv"}


def test_an_ics_file_is_read_with_folded_lines_and_several_days():
    found = calendar_files.read(ICS.encode(), "holidays.ics")

    assert [(day.on.day, day.kind) for day in found] == [
        (17, "holiday"),
        (18, "holiday"),
        (19, "holiday"),
        (7, "make_up"),
    ]
    assert found[-1].name == "補行上班日"


def test_each_wrong_line_is_named():
    text = "date,kind,name\n2026-13-01,holiday,x\n2026-01-01,party,x\n2026-01-02,closure,\n"

    with pytest.raises(CalendarFileInvalid) as refused:
        calendar_files.read(text.encode(), "own.csv")

    assert [(each.line, each.code) for each in refused.value.problems] == [
        (2, "bad_date"),
        (3, "unknown_kind"),
        (4, "no_name"),
    ]
    assert "3 lines" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_columns"),
        (b"a,b\n1,2\n", "no_columns"),
        (b"\xff\xff\xff", "no_text"),
        (b"date,kind,name\n", "no_days"),
        (b"date,kind,name\n2026-01-01,holiday,a\n2026-01-01,holiday,b\n", "twice"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no_days"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:x\nEND:VEVENT\n", "bad_date"),
        (
            b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nRRULE:FREQ=DAILY\nSUMMARY:a\nEND:VEVENT",
            "repeats",
        ),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_with_its_reason(content, code):
    with pytest.raises(CalendarFileInvalid) as refused:
        calendar_files.read(content, "x")

    assert [each.code for each in refused.value.problems] == [code]


def test_a_day_survives_json():
    moment = datetime(2026, 7, 24).date()  # noqa: DTZ001 - a day
    half = SpecialDay(on=moment, kind="half", name="下午停班", source="公告")

    assert calendars.day_from_json(calendars.day_as_json(half)) == half
