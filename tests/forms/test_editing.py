"""A form is changed field by field without drag and drop."""

import pytest

from forms import editing, schema
from forms.errors import FormInvalid, FormKeyInvalid, FormPlaceMissing

FORM = {
    "id": "demo",
    "components": [
        {"id": "a", "type": "textfield", "key": "a", "label": "甲", "validate": {"required": True}},
        {
            "type": "group",
            "label": "組",
            "components": [{"type": "number", "key": "n", "label": "數"}],
        },
        {"type": "radio", "key": "r", "label": "選", "values": [{"value": True, "label": "是"}]},
    ],
}


def keys(form) -> list[str]:
    return [row.key for row in editing.rows(form)]


def test_rows_stand_in_the_order_of_the_form_with_their_place():
    found = [(row.place, row.depth, row.key) for row in editing.rows(FORM)]

    assert found == [("0", 0, "a"), ("1", 0, ""), ("1-0", 1, "n"), ("2", 0, "r")]


def test_fields_move_within_their_container_and_stop_at_its_end():
    assert keys(editing.moved(FORM, "0", 1)) == ["", "n", "a", "r"]
    assert keys(editing.moved(FORM, "0", -1)) == keys(FORM)
    assert keys(FORM) == ["a", "", "n", "r"]


@pytest.mark.parametrize("kind", sorted(schema.INPUT_TYPES))
def test_a_new_field_of_any_kind_can_be_filled_in_at_once(kind):
    form, place = editing.added(FORM, kind, "1")

    assert place == "1-1"
    assert schema.load(editing.write(form)).components[1].children[1].type == kind


def test_properties_are_set_and_taken_away():
    form = editing.changed(FORM, "0", {"is_required": False, "help": "說明", "retention": "case"})

    component = editing.row(form, "0").component
    assert "validate" not in component
    assert component["properties"] == {"retention": "case"}
    assert editing.row(form, "0").help == "說明"


def test_options_are_lines_and_keep_values_that_are_no_text():
    options = editing.read_options("true | 是 | Yes\nno|否\n\n也許")

    kept = editing.keep_values(FORM["components"][2], options)
    assert [each["value"] for each in kept] == [True, "no", "也許"]
    assert options.english == {"是": "Yes"}
    written = editing.write_options({"values": kept}, options.english)
    assert written == "true | 是 | Yes\nno | 否\n也許 | 也許"


def test_what_is_no_component_keeps_its_place():
    broken = {**FORM, "components": [5, FORM["components"][0]]}

    (row,) = editing.rows(broken)
    assert editing.removed(broken, row.place)["components"] == [5]


@pytest.mark.parametrize("place", ["", "9", "0-0", "x", "1-0-0-0", "-1"])
def test_a_place_that_is_gone_is_refused(place):
    with pytest.raises(FormPlaceMissing):
        editing.removed(FORM, place)


@pytest.mark.parametrize("content", [b"", b"[1]", b"[" * 100_000])
def test_what_is_no_form_is_refused(content):
    with pytest.raises(FormInvalid):
        editing.parse(content)


def test_a_new_form_can_be_filled_in_at_once_and_its_key_is_checked():
    assert schema.load(editing.new("repair/phone_call", "電話")).title == "電話"
    for key in ("phone", "../x/y", "repair/", "Repair/X", "a/b/c"):
        with pytest.raises(FormKeyInvalid):
            editing.new(key, "x")
