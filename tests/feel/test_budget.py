"""Expressions that would never end, or fill the memory, are refused."""

from datetime import datetime

import pytest

from feel.budget import Budget
from feel.errors import FeelBudgetExceeded, FeelError
from feel.evaluator import evaluate, evaluate_unary_tests

# Each list holds the one before twice: forty lists in memory, 2 ** 40 items on paper.
DOUBLED = "{x0: [1], " + ", ".join(f"x{i}: [x{i - 1}, x{i - 1}]" for i in range(1, 40)) + "}.x39"
ATTACKS = [
    "9 ** (9 ** 9)",
    DOUBLED,
    DOUBLED.replace("x39", "x39 = x38"),
    f"string({DOUBLED})",
    "for i in 1..20000 return 1.1 ** 0.37",
    '{s: string join(for i in 1..5000 return "0123456789", ""),'
    " r: string(for i in 1..10000 return s)}.r",
    "for i in 1..10**12 return i",
    "for i in 1..1000, j in 1..1000, k in 1..1000 return i",
    "some i in 1..10**9 satisfies i < 0",
    "{f: function(n) f(n + 1), r: f(0)}.r",
    'string join(for i in 1..40000 return "aaaaaaaaaa", "")',
    'for i in 1..30 return if i = 1 then "aaaaaaaa" else partial[-1] + partial[-1]',
    "for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    'for d in @"0001-01-01"..@"9999-12-31" return d',
    "(" * 500 + "1" + ")" * 500,
    "[" * 500 + "]" * 500,
    "-" * 5000 + "1",
    "+".join(["1"] * 40_000),
    "1" * 200_000,
    "count(for i in 1..140 return for j in 1..140 return i * j)",
    "for i in 1..5000 return " + "+".join(["i"] * 1000),
    "{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(30)}.r",
    'matches("' + "a" * 5000 + '", "a*a*a*a*b")',
    'matches("' + "a" * 300 + '", ".*.*.*.*b")',
    'matches("' + "a" * 3000 + '", "(.*)(.*)(.*)b")',
    "{l: for i in 1..2000 return {a: i}, r: for j in 1..5000 return l.a}.r",
    "{l: for i in 1..4000 return i, r: for j in 1..5000 return max(l)}.r",
    "+".join(["1"] * 9_999),
]


@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: text[:40])
def test_an_attack_is_refused(text: str, now: datetime):
    with pytest.raises(FeelBudgetExceeded):
        evaluate(text, {}, now=now)


PATTERNS = [
    ("anna.lin@example.org", "^[a-z.]+@[a-z.]+[.][a-z]+$", True),
    ("0912-345-678", "^09[0-9]{2}-?[0-9]{3}-?[0-9]{3}$", True),
    ("a" * 1000 + ",b", "[a-z]+,", True),
    ("word " * 900, "\\\\s+$", True),
    ("臺北市文山區木柵路一段 12 號 3 樓", "路.*號.*樓", True),
]


@pytest.mark.parametrize(("text", "pattern", "expected"), PATTERNS)
def test_a_plain_pattern_is_within_the_budget(
    text: str, pattern: str, expected: bool, now: datetime
):
    assert evaluate(f'matches("{text}", "{pattern}")', {}, now=now) is expected


@pytest.mark.parametrize("text", ["9 ** 9 ** 9", "1 / 3", "exp(10000)", 'number("1e9999")'])
def test_large_numbers_stay_within_34_digits_or_are_null(text: str, now: datetime):
    found = evaluate(text, {}, now=now)

    assert found is None or len(found.as_tuple().digits) <= 34


def test_a_smaller_budget_refuses_earlier(now: datetime):
    with pytest.raises(FeelBudgetExceeded):
        evaluate("for i in 1..100 return i", {}, now=now, budget=Budget(steps=50))


def test_cells_have_a_budget_too(now: datetime):
    with pytest.raises(FeelError):
        evaluate_unary_tests("count(for i in 1..10**9 return i) > ?", 1, {}, now=now)
