"""Words that cases are found by, and who finds which."""

import pytest

from housing.cases.words import terms_of, without_numbers, words_of


@pytest.mark.parametrize(
    "typed",
    [
        "水龍頭",
        "龍頭",
        "滴",
        "R115-000123",
        "r115-0001",
        "123",
        "A-0305",
        "\uff10\uff13\uff10\uff15",
        "305",
    ],
)
def test_a_text_is_found_by_parts_of_it(typed):
    text = words_of("R115-000123 A-0305 水龍頭滴水")
    for term in terms_of(typed):
        assert any(
            word.startswith(term.word) if term.is_beginning else word == term.word for word in text
        )


@pytest.mark.parametrize("typed", ["水頭", "000124", "B-0305"])
def test_a_text_is_not_found_by_what_it_does_not_bear(typed):
    text = words_of("R115-000123 A-0305 水龍頭滴水")

    assert any(not any(word.startswith(term.word) for word in text) for term in terms_of(typed))


def test_signs_and_spaces_are_nothing_to_look_for():
    assert terms_of(" ，—?! ") == ()


@pytest.mark.parametrize("number", ["0912-345-678", "02 2345 6789", "A123456789", "+886912345678"])
def test_phone_and_id_numbers_are_no_words(number):
    kept = without_numbers(f"請打{number}，A-0305 三樓")

    assert number not in kept
    assert not any("345" in word for word in words_of(kept))
    assert "a-0305" in words_of(kept)
