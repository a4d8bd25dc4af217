"""What expressions mean, area by area."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from feel.evaluator import Outcome, evaluate
from feel.values import FeelRange, YearMonthDuration

Value = Callable[..., object]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("-3 ** 2", Decimal(9)),
        ("2 ** 3 ** 2", Decimal(64)),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1.5e2", Decimal(150)),
        ('"a" + "b"', "ab"),
        ("10 / 4", Decimal("2.5")),
        ("1 / 0", None),
        ('1 + "a"', None),
    ],
)
def test_arithmetic_follows_the_precedence_of_dmn(value: Value, text: str, expected: object):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and null", None),
        ("false and null", False),
        ("null and false", False),
        ("true or null", True),
        ("false or null", None),
        ("not(null)", None),
        ("null = null", True),
        ("1 = null", False),
        ('1 = "1"', None),
        ("1 < null", None),
        ("5 between 1 and 5", True),
        ("5 in [1..5)", False),
        ("5 in (< 3, 5)", True),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1} = {a: 2}", False),
    ],
)
def test_logic_has_three_values(value: Value, text: str, expected: object):
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ('[{a: 1, b: "x"}, {a: 2, b: "y"}][a > 1].b', ["y"]),
        ("[{a: 1}, {a: 2}].a", [1, 2]),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in [i..2] return i + j", [2, 3, 4]),
        ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("sort([3, 1, 2], function(a, b) a < b)", [1, 2, 3]),
    ],
)
def test_lists_are_filtered_looped_and_sorted(value: Value, text: str, expected: object):
    assert value(text) == expected


def test_functions_see_what_stands_around_them_and_call_themselves(value: Value):
    text = "{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(n: 5)}.r"

    assert value(text) == 120


def test_names_may_hold_spaces_and_symbols():
    variables = {"first name": "Ming", "loan-to-value": 5, "a": {"b c": 7, "費用/月": 3}}

    def of(text: str) -> object:
        return evaluate(text, variables, now=datetime(2026, 3, 2, tzinfo=UTC))

    assert of('first name + "!"') == "Ming!"
    assert of("loan-to-value * 2") == 10
    assert of("a.b c + a.費用/月") == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-02-28") + duration("P1D")', date(2026, 3, 1)),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-03-02") - date("2026-03-01")', timedelta(days=1)),
        ('time("23:00:00") + @"PT2H"', time(1)),
        ('@"P1Y" + @"P2M"', YearMonthDuration(14)),
        ('@"PT1H" * 2', timedelta(hours=2)),
        ('@"2026-03-02".weekday', Decimal(1)),
        ('@"2026-03-02T10:00:00@Asia/Taipei".time offset', timedelta(hours=8)),
        (
            '@"2026-03-02T08:00:00+08:00" = @"2026-03-02T00:00:00Z"',
            True,
        ),
        ('day of week(@"2026-03-02")', "Monday"),
        ("today()", date(2026, 3, 2)),
        ("now()", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        ('date("2026-02-30")', None),
    ],
)
def test_dates_and_durations_follow_the_calendar(value: Value, text: str, expected: object):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a" instance of string', True),
        ("[1, 2] instance of list<number>", True),
        ("{a: 1} instance of context<a: string>", False),
        ("[1..3] instance of range<number>", True),
        ("null instance of number", False),
        ('@"P1D" instance of days and time duration', True),
    ],
)
def test_instance_of_looks_inside(value: Value, text: str, expected: bool):
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3, 2)', "ob"),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('split("a;b;c", ";")', ["a", "b", "c"]),
        ('matches("臺中市北屯區", "\\p{IsCJKUnifiedIdeographs}+")', True),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ("decimal(1.115, 2)", Decimal("1.12")),
        ("round half down(1.5, 0)", Decimal(1)),
        ("modulo(-12, 5)", Decimal(3)),
        ("mean([1, 2, 3])", Decimal(2)),
        ("stddev([2, 4, 7, 5])", Decimal("2.081665999466132735282297706979931")),
        ('get value({a: {b: 1}}, ["a", "b"])', Decimal(1)),
        ("context merge([{a: 1}, {a: 2}])", {"a": 2}),
        ("flatten([[1], [[2]]])", [1, 2]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("overlaps before([1..5], [3..8])", True),
        ('number("1,234.5", ",", ".")', Decimal("1234.5")),
        ('string({a: [1.50, "x", null]})', '{a: [1.5, "x", null]}'),
        ("list replace([1, 2], 1, 9)", [9, 2]),
        ('range("[1..3)")', FeelRange(Decimal(1), Decimal(3), True, False)),
    ],
)
def test_built_in_functions_give_what_the_specification_says(
    value: Value, text: str, expected: object
):
    assert value(text) == expected


def test_what_goes_wrong_is_null_and_says_why(outcome: Callable[..., Outcome]):
    found = outcome("missing + 1")

    assert found.value is None
    assert found.problems[0] == "There is no name 'missing'."


def test_host_functions_have_names_of_several_words():
    def after(from_: datetime, n: Decimal) -> datetime:
        return from_ + timedelta(days=int(n))

    moment = datetime(2026, 3, 2, tzinfo=UTC)
    functions = {"calendar days after": after}

    for text in ("calendar days after(now(), 2)", "calendar days after(n: 2, from: now())"):
        found = evaluate(text, {}, now=moment, functions=functions)
        assert found == datetime(2026, 3, 4, tzinfo=UTC)
