"""Errors of a text say where they are."""

import pytest

from feel.errors import FeelSyntaxError
from feel.parser import parse_expression, parse_unary_tests


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("1 +", 1, 4),
        ("1 2", 1, 3),
        ('"abc', 1, 1),
        ("a >\n  )", 2, 3),
        ("if a then b", 1, 12),
        ("[1, 2", 1, 6),
        ('@"nonsense"', 1, 1),
        ("{a 1}", 1, 2),
        ("1 /* open", 1, 3),
        ("f(a: 1, 2)", 1, 9),
        ("§", 1, 1),
    ],
)
def test_a_syntax_error_tells_line_and_column(text: str, line: int, column: int):
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).endswith(".")


def test_cells_of_a_table_are_checked_too():
    with pytest.raises(FeelSyntaxError):
        parse_unary_tests("< ,")


def test_an_expression_knows_the_names_it_takes_from_outside():
    text = "{b: a + 1, c: b}.c + sum(for i in rows return i.x) + items[price > top].price[1]"

    assert parse_expression(text).names == {"a", "rows", "items"}


def test_equal_texts_are_parsed_once():
    assert parse_expression("a + 1") is parse_expression("a + 1")
