"""Whom a note mentions."""

import pytest

from housing.notes.errors import MentionRefused
from housing.notes.rules import colleagues, mentioned

PEOPLE = colleagues(
    [("1", "王小明", "officer1"), ("2", "王小明", "officer2"), ("3", "林主任", "lead1")]
)


def test_a_mention_is_a_name_without_a_blank_or_a_login_where_two_bear_the_name():
    assert mentioned("請@林主任確認,另請 @officer2 協助", PEOPLE) == ("3", "2")


def test_an_address_is_no_mention():
    assert mentioned("寄 someone@example.org", PEOPLE) == ()


@pytest.mark.parametrize("text", ["@王小明 請看", "@陳住戶，請看", "@officer21"])
def test_a_mention_that_fits_nobody_who_may_read_is_refused(text):
    with pytest.raises(MentionRefused):
        mentioned(text, PEOPLE)
