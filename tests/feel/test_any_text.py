"""No text whatever makes FEEL fail other than by saying so."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feel.errors import FeelError
from feel.evaluator import evaluate, evaluate_unary_tests

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        *"()[]{},.:+-*/<>=?\"'@",
        *("**", "..", "!=", "<=", "->", " "),
        *("if ", " then ", " else ", "for ", " in ", " return ", "some ", " satisfies ", "every "),
        *("function(", " between ", " and ", " or ", "not(", " instance of ", "null", "true"),
        *("1", "0", "-1", "1e99", "0.1", "9999999999999999999999999999999999", "x", "item", "a b"),
        *('"text"', '"\\\\u0041"', '@"2026-01-01"', '@"P1Y"', '@"PT1H"', "[1,2,3]", "{a: 1}"),
        *(
            "sum(",
            "date(",
            "matches(",
            "string(",
            "sort(",
            "substring(",
            "partial",
            "date and time(",
        ),
        *("中文", "é", "\U0001f600", "\x00", "\n", "/*", "*/", "//"),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map("".join))
NAMES = {"x": 3, "y": "text", "z": [1, {"a": None}], "a b": NOW}
QUICKLY = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NIGHTLY = settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def try_out(text: str) -> bool:
    """Evaluate as expression and as unary tests; tell that nothing but a FEEL error came up."""
    try:
        evaluate(text, NAMES, now=NOW)
        evaluate_unary_tests(text, 1, NAMES, now=NOW)
    except FeelError as error:
        return bool(str(error)) and error.line >= 0
    return True


@QUICKLY
@given(TEXTS)
def test_any_text_has_a_value_or_a_sentence(text: str):
    assert try_out(text)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
@NIGHTLY
@given(TEXTS)
def test_any_text_has_a_value_or_a_sentence_all_night(text: str):
    assert try_out(text)
