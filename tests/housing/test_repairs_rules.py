from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing.repairs import rules
from housing.repairs.errors import BalanceBelowZero, QuoteNotFromTable, StageNotReachable

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
instants = st.integers(min_value=0, max_value=400_000_000).map(
    lambda seconds: FIRST + timedelta(seconds=seconds)
)
amounts = st.integers(min_value=0, max_value=10_000_000)
days = st.integers(min_value=0, max_value=400)


@given(st.integers(min_value=100, max_value=200), st.integers(min_value=1, max_value=10**8))
def test_a_ticket_number_can_be_read_back(year, serial):
    assert rules.parse_ticket_number(rules.ticket_number(year, serial)) == (year, serial)


def test_a_ticket_number_names_the_year_of_the_republic():
    assert rules.ticket_number(115, 123) == "R115-000123"


@pytest.mark.parametrize("text", ["", "R115", "R115-12", "X115-000001", "R115-000001 or 1=1"])
def test_what_is_no_ticket_number_is_not_read_as_one(text):
    assert rules.parse_ticket_number(text) is None


def test_residents_never_repair_power_electrics_gas_or_fire_safety():
    forbidden = {c for c in rules.CATEGORIES if not rules.is_self_repairable(c)}

    assert forbidden == {"electric_power", "electrical", "gas", "fire_safety"}


def test_one_sign_of_danger_makes_an_emergency():
    assert rules.is_emergency(["something", "gas_smell"])
    assert not rules.is_emergency([])


@given(instants, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)))
def test_rework_is_within_thirty_calendar_days_of_closing(closed_at, later):
    is_rework = rules.is_rework(closed_at, closed_at + later)

    if later <= timedelta(days=30):
        assert is_rework
    if later > timedelta(days=31):
        assert not is_rework


def test_a_report_from_before_the_closing_is_no_rework():
    closed_at = datetime(2026, 3, 1, tzinfo=UTC)

    assert not rules.is_rework(closed_at, closed_at - timedelta(seconds=1))


@given(instants, days, days, st.one_of(st.none(), days))
def test_an_extension_never_worsens_and_never_hides_the_original_judgement(
    start, period, extra, done_after
):
    original = start + timedelta(days=period)
    extended = original + timedelta(days=extra)
    done = None if done_after is None else start + timedelta(days=done_after)
    now = max(extended, done or extended) + timedelta(days=1)

    judged = rules.punctuality(original_due_at=original, due_at=extended, done_at=done, now=now)

    assert judged.original == (done is not None and done <= original)
    assert not judged.original or judged.extended


def test_a_running_deadline_is_not_judged():
    now = datetime(2026, 3, 1, tzinfo=UTC)

    assert rules.is_on_time(None, now + timedelta(days=1), now) is None


@given(amounts, st.lists(st.tuples(amounts, amounts), max_size=5))
def test_a_ledger_balance_is_never_below_zero(charged, recoveries):
    account = rules.Account(charged_twd=charged)
    for set_off, paid in recoveries:
        before = account
        try:
            account = rules.recover(account, set_off_twd=set_off, paid_twd=paid)
        except BalanceBelowZero:
            assert set_off + paid > before.balance_twd

    assert account.balance_twd >= 0
    assert account.recovered_twd + account.balance_twd == charged


def test_nothing_negative_is_recovered():
    with pytest.raises(BalanceBelowZero):
        rules.recover(rules.Account(charged_twd=100), set_off_twd=-1)


@given(st.sampled_from(rules.STAGES), st.sampled_from(rules.STAGES))
def test_an_ended_ticket_never_moves_again(stage, wanted):
    if stage in rules.FINAL_STAGES and wanted != stage:
        with pytest.raises(StageNotReachable):
            rules.ensure_stage_reachable(stage, wanted)


@given(st.sampled_from(rules.STAGES))
def test_an_operation_may_repeat_a_stage(stage):
    assert rules.is_stage_reachable(stage, stage)


@pytest.mark.parametrize("stage", ["dispatched", "scheduled", "done_reported"])
def test_a_report_cannot_be_taken_back_after_dispatch(stage):
    with pytest.raises(StageNotReachable):
        rules.ensure_stage_reachable(stage, "cancelled")


def test_an_item_of_the_table_has_the_price_of_the_table():
    line = rules.Line(text="水龍頭", item="W01", quantity=2, unit_price_twd=900)

    rules.ensure_table_prices([line], {"W01": 900})
    with pytest.raises(QuoteNotFromTable):
        rules.ensure_table_prices([line], {"W01": 850})


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 99_999)), max_size=8))
def test_a_quote_is_the_sum_of_its_lines(pairs):
    lines = [
        rules.Line(text="x", item=None, quantity=q, unit_price_twd=price) for q, price in pairs
    ]

    assert rules.total_of(lines) == sum(q * price for q, price in pairs)


@given(
    st.sampled_from(rules.STAGES),
    st.lists(st.sampled_from(["triage", "quote", "b1_visit", "confirm", "accept"]), max_size=2),
    st.booleans(),
)
def test_the_way_of_a_ticket_is_done_then_now_then_next(stage, elements, has_quote):
    way = rules.milestones(stage, elements=elements, entered_at={}, has_quote=has_quote)
    states = [milestone.state for milestone in way]

    assert states == sorted(states, key=["done", "now", "next"].index)
    assert states.count("now") <= 1
    assert way[0].code == "reported"


def test_a_closed_ticket_has_nothing_ahead():
    way = rules.milestones("closed", elements=[], entered_at={}, has_quote=False)

    assert {milestone.state for milestone in way} == {"done"}
    assert "quote" not in [milestone.code for milestone in way]


@pytest.mark.parametrize(("answer", "number"), [(None, 0), ("", 0), (Decimal(7), 7), ("12", 12)])
def test_an_answer_is_read_as_a_whole_number(answer, number):
    assert rules.whole(answer) == number


def test_suggested_visits_are_kept_as_day_and_part():
    rows = [{"on": "2026-03-04", "part": "morning"}]

    assert rules.visit_times(rows) == ["2026-03-04 morning"]
    assert rules.visit_times(None) == []


def test_the_median_of_nothing_is_nothing():
    assert rules.median_days([]) is None
    assert rules.median_days([timedelta(days=1), timedelta(days=4)]) == 2.5
    assert rules.share(0, 0) is None
