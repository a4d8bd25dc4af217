"""Patterns are bounded before they are allowed to run."""

import pytest

from forms import patterns


@pytest.mark.parametrize(
    "pattern",
    [
        r"^09\d{8}$",
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        r"^[A-Z][12]\d{8}$",
        r"^(0\d{1,2}-?)?\d{6,8}(#\d{1,6})?$",
        r"^(?:[a-z]{2}|[0-9]{3}){1,2}$",
        r"[]^)(*]+",
        r"\(\+\)",
    ],
)
def test_everyday_patterns_are_allowed(pattern: str) -> None:
    assert patterns.problem(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a*)*b",
        r"(a|aa)+$",
        r"(.*a){20}",
        r"a*a*a*a*b",
        "a?" * 30 + "a" * 30,
        r"((a{0,9}){0,9}){0,9}",
    ],
)
def test_patterns_that_could_keep_the_server_busy_are_refused(pattern: str) -> None:
    assert "may take too long" in str(patterns.problem(pattern))


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", r"(a)\1", "(?=a)b", "(?<!a)b", "(?P<n>a)"])
def test_broken_and_clever_patterns_are_refused(pattern: str) -> None:
    assert patterns.problem(pattern)


def test_digits_are_ascii_and_long_texts_do_not_match() -> None:
    assert patterns.matches(r"^\d+$", "123")
    assert not patterns.matches(r"^\d+$", "\uff11\uff12")
    assert not patterns.matches("a", "a" * 201)
