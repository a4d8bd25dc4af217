"""What holds for all values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from feel.errors import FeelBudgetExceeded, FeelSyntaxError
from feel.evaluator import evaluate
from feel.temporal import parse_duration
from feel.values import YearMonthDuration, quoted, to_text

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
NUMBERS = st.decimals(-(10**9), 10**9, places=3)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=20), st.dates())
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=8,
)


WORDS = 'a 1 "x" + - ( ) [ ] { } , : .. if then else for in < = ? . function null'


def refusal(text: str) -> str:
    """Say why a text is refused, or that it was read."""
    try:
        evaluate(text, {"a": 1}, now=NOW)
    except (FeelSyntaxError, FeelBudgetExceeded) as error:
        return error.message
    return "read"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str):
    assert refusal(text).endswith((".", "read"))


@given(st.lists(st.sampled_from(WORDS.split())))
def test_any_row_of_words_is_read_or_refused(words: list[str]):
    assert refusal(" ".join(words)).endswith((".", "read"))


@given(NUMBERS, NUMBERS)
def test_adding_and_taking_away_again_gives_the_number(one: Decimal, other: Decimal):
    assert evaluate("a + b - b = a", {"a": one, "b": other}, now=NOW) is True


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 20_000))
def test_days_added_to_a_date_are_its_distance(day: date, days: int):
    variables = {"day": day, "period": timedelta(days=days)}

    assert evaluate("day + period - day = period", variables, now=NOW) is True


@given(st.text(max_size=40))
def test_a_quoted_text_reads_back(text: str):
    assert evaluate(quoted(text), {}, now=NOW) == text


@given(st.timedeltas())
def test_a_duration_reads_back(period: timedelta):
    assert parse_duration(to_text(period)) == period


@given(st.integers(-10_000, 10_000))
def test_a_duration_in_months_reads_back(months: int):
    assert parse_duration(to_text(YearMonthDuration(months))) == YearMonthDuration(months)


@given(VALUES)
def test_each_value_equals_itself_and_is_found_in_a_list(value: object):
    assert evaluate("a = a", {"a": value}, now=NOW) is True
    assert evaluate("list contains([a], a)", {"a": value}, now=NOW) is True


@given(st.lists(NUMBERS, max_size=20))
def test_sorting_keeps_the_items_and_orders_them(items: list[Decimal]):
    found = evaluate("sort(a, function(x, y) x < y)", {"a": items}, now=NOW)

    assert found == sorted(items)
