"""Plans of ladders: which rung is due when, and what pauses and extensions do to them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import sla
from engine.periods.calendars import Calendar
from engine.periods.computation import Pause, Start
from engine.sla import Course, Extension, Terms
from engine.sla_rules import LADDERS, SHORT_PERIOD, RungRule, check_at, with_end, with_warnings

BEGAN_AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def ladder_of(period: timedelta, name: str = "default") -> list[tuple[str, timedelta]]:
    ladder = LADDERS[name]
    rungs = ladder.short if period < SHORT_PERIOD else ladder.rungs
    planned = sla.plan(rungs, Course(began_at=BEGAN_AT, due_at=BEGAN_AT + period))
    return [(rung.rule.level, rung.due_at - BEGAN_AT) for rung in planned]


def test_a_week_is_reminded_at_half_time_and_a_day_before_its_end():
    assert ladder_of(timedelta(days=7)) == [
        ("half", timedelta(days=3, hours=12)),
        ("day_before", timedelta(days=6)),
        ("overdue", timedelta(days=7)),
        ("escalated", timedelta(days=8)),
        ("chief", timedelta(days=10)),
    ]


def test_two_days_are_reminded_once_because_both_reminders_fall_on_one_instant():
    assert [level for level, _ in ladder_of(timedelta(days=2))] == [
        "day_before",
        "overdue",
        "escalated",
        "chief",
    ]


def test_a_short_period_is_reminded_once_when_four_fifths_have_passed():
    assert ladder_of(timedelta(hours=10))[0] == ("half", timedelta(hours=8))


def test_the_urgent_ladder_climbs_in_hours():
    assert ladder_of(timedelta(hours=10), "urgent") == [
        ("half", timedelta(hours=5)),
        ("half", timedelta(hours=8)),
        ("overdue", timedelta(hours=10)),
        ("chief", timedelta(hours=14)),
    ]


def test_a_ladder_that_begins_late_leaves_out_reminders_but_never_the_due_date():
    rungs = LADDERS["default"].rungs
    planned = sla.plan(rungs, Course(began_at=BEGAN_AT, due_at=BEGAN_AT + timedelta(days=7)))

    assert sla.first_rung(planned, BEGAN_AT + timedelta(days=4)).rule.level == "day_before"
    assert sla.first_rung(planned, BEGAN_AT + timedelta(days=30)).rule.level == "overdue"


def test_no_reminder_follows_the_escalations_of_a_period_that_ended_before_it_began():
    rungs = LADDERS["default"].rungs
    planned = sla.plan(rungs, Course(began_at=BEGAN_AT, due_at=BEGAN_AT - timedelta(days=30)))

    first = sla.first_rung(planned, BEGAN_AT)

    assert first is not None
    assert [rung.rule.level for rung in planned[planned.index(first) :]] == [
        "overdue",
        "escalated",
        "chief",
    ]


def test_the_rung_after_the_last_one_is_none():
    planned = sla.plan(LADDERS["default"].rungs, Course(began_at=BEGAN_AT, due_at=BEGAN_AT + DAY))

    assert sla.rung_after(planned, ["P3D"]) is None
    assert sla.rung_after(planned, ["50%"]).rule.at == "P0D"


def test_own_rungs_get_one_at_the_end_so_that_the_breach_is_marked():
    assert [rung.at for rung in with_end([RungRule(at="P1D", notify=("officer",))])] == [
        "P1D",
        "P0D",
    ]


def test_warnings_take_the_place_of_the_reminders_of_a_ladder():
    rungs = with_warnings(LADDERS["default"].rungs, ["90%", "-PT2H"])

    assert [rung.at for rung in rungs] == ["90%", "-PT2H", "P0D", "P1D", "P3D"]


@pytest.mark.parametrize("at", ["", "P", "PT", "-P", "1D", "100%", "P1M2", "half", "50", "P1DT"])
def test_a_rung_without_a_time_is_refused(at):
    with pytest.raises(ValueError, match=r"neither|before"):
        check_at(at)


@pytest.mark.parametrize("at", ["50%", "-P1D", "P0D", "PT4H", "P1DT12H", "P2W", "-PT30M"])
def test_a_rung_has_a_share_or_a_time_from_the_end(at):
    check_at(at)

    assert RungRule(at=at).level in {"half", "day_before", "overdue", "escalated"}


def test_a_rung_at_half_time_is_put_off_by_the_pauses_before_it():
    pause = Pause(begins_at=BEGAN_AT + 2 * HOUR, ends_at=BEGAN_AT + 5 * HOUR)
    course = Course(began_at=BEGAN_AT, due_at=BEGAN_AT + 13 * HOUR, pauses=[pause])

    planned = sla.plan([RungRule(at="50%")], course)

    assert planned[0].due_at == BEGAN_AT + 8 * HOUR


def test_an_escalation_is_put_off_by_a_pause_after_the_due_date():
    due_at = BEGAN_AT + 7 * DAY
    pause = Pause(begins_at=due_at + HOUR, ends_at=due_at + 3 * HOUR)
    course = Course(began_at=BEGAN_AT, due_at=due_at, pauses=[pause])

    assert sla.plan([RungRule(at="P1D")], course)[0].due_at == due_at + DAY + 2 * HOUR


def terms(amount: int) -> Terms:
    return Terms(
        start=Start(at=BEGAN_AT, kind="event"),
        amount=amount,
        unit="calendar_days",
        is_rolling=False,
        saturday_end="MON_2359",
    )


def test_an_extension_is_counted_from_the_end_before_it():
    calendar = Calendar(id="city", version="")
    end = sla.count_terms(terms(7), calendar).ends_at

    moved = sla.extended(
        end, [Extension(amount=3, until=None, at=BEGAN_AT + DAY)], terms(7), calendar, []
    )

    assert moved == end + 3 * DAY


def test_a_given_end_is_put_off_by_later_pauses_only():
    until = BEGAN_AT + 20 * DAY
    earlier = Pause(begins_at=BEGAN_AT + DAY, ends_at=BEGAN_AT + 3 * DAY)
    later = Pause(begins_at=BEGAN_AT + 8 * DAY, ends_at=BEGAN_AT + 10 * DAY)
    granted = Extension(amount=None, until=until, at=BEGAN_AT + 5 * DAY)
    calendar = Calendar(id="city", version="")

    moved = sla.extended(until, [granted], terms(7), calendar, [earlier, later])

    assert moved == until + 2 * DAY


minutes = st.integers(min_value=0, max_value=60 * 24 * 10)


@st.composite
def pauses_in_order(draw):
    edges = sorted(draw(st.lists(minutes, min_size=0, max_size=8, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return [
        Pause(
            begins_at=BEGAN_AT + timedelta(minutes=begin), ends_at=BEGAN_AT + timedelta(minutes=end)
        )
        for begin, end in pairs
    ]


@given(length=minutes, pauses=pauses_in_order())
def test_time_that_has_passed_is_as_long_as_asked_for_with_pauses_left_out(length, pauses):
    asked = timedelta(minutes=length)

    reached_at = sla.after(BEGAN_AT, asked, pauses)

    assert sla.running_time(BEGAN_AT, reached_at, pauses) == asked


@given(
    period=st.integers(min_value=1, max_value=60 * 24 * 40),
    pauses=pauses_in_order(),
    name=st.sampled_from(sorted(LADDERS)),
)
def test_rungs_come_in_order_each_once_and_escalations_never_within_a_pause(period, pauses, name):
    due_at = BEGAN_AT + timedelta(minutes=period)
    course = Course(began_at=BEGAN_AT, due_at=due_at, pauses=pauses)

    planned = sla.plan(LADDERS[name].rungs, course)

    assert [each.due_at for each in planned] == sorted(each.due_at for each in planned)
    assert len({each.rule.at for each in planned}) == len(planned)
    assert {"P0D"} <= {each.rule.at for each in planned}
    late = [each.due_at for each in planned if not each.rule.is_before_end and each.due_at > due_at]
    assert not [at for at in late for pause in pauses if pause.begins_at < at < pause.ends_at]
