"""Values are written so that they read back; readers of parts of a variable are told apart."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from feel.evaluator import evaluate
from feel.free_paths import free_paths
from feel.literals import to_literal
from feel.parser import parse_expression
from feel.values import YearMonthDuration

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        Decimal("-1.25"),
        '他說"好"\\\n',
        date(2026, 2, 28),
        time(9, 30),
        NOW,
        timedelta(days=3, hours=-2),
        YearMonthDuration(14),
        [Decimal(1), ["a"], {}],
        {"in table": {"a:b": None}},
    ],
)
def test_a_value_reads_back_as_it_was_written(value):
    assert evaluate(to_literal(value), {}, now=NOW) == value


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("facts.age < facts.limits.age", {"facts.age", "facts.limits.age"}),
        ("some x in rows satisfies x.price > most", {"rows", "most"}),
        ("list contains(papers, code)", {"papers", "code"}),
        ("rows[price > 3].name", {"rows"}),
    ],
)
def test_an_expression_tells_which_parts_it_reads(text, paths):
    assert free_paths([parse_expression(text).root]) == paths
