"""Tests of decision table cells."""

from datetime import datetime

import pytest

from feel.evaluator import evaluate_unary_tests


@pytest.mark.parametrize(
    ("tests", "value", "passes"),
    [
        ("-", None, True),
        ("< 5", 3, True),
        ("< 5", None, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ("[1..5]", 5, True),
        ("(1..5)", 5, False),
        ("]1..5]", 1, False),
        ("? > limit", 4, True),
        ('starts with(?, "ab")', "abc", True),
        ("null", None, True),
        ("true", False, False),
        ("limit, 9", 9, True),
        ("[1, 2]", 2, True),
        ('< date("2026-03-02")', "text", False),
    ],
)
def test_a_cell_accepts_its_values_only(tests: str, value: object, passes: bool, now: datetime):
    assert evaluate_unary_tests(tests, value, {"limit": 3}, now=now) is passes
