"""Templates get every field with its answer, its error and its visibility."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from forms.cleaning import FieldError
from forms.schema import Form, load
from forms.viewing import FormView, as_text, initial_values, view
from forms.words import answers

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CHOICE = [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]


def a_form(*components: object) -> Form:
    return load(json.dumps({"id": "demo/form", "title": "示範", "components": components}))


FORM = a_form(
    {"type": "text", "text": '="案號 " + number'},
    {"type": "radio", "key": "done", "label": "完成？", "values": CHOICE},
    {
        "type": "textfield",
        "key": "reason",
        "label": "原因",
        "conditional": {"hide": '=done != "no"'},
        "validate": {"required": True},
    },
    {
        "type": "number",
        "key": "cost",
        "label": "費用",
        "appearance": {"suffixAdorner": "元"},
        "properties": {"prefill": "=100 + 20"},
    },
    {
        "type": "dynamiclist",
        "path": "lines",
        "label": "明細",
        "properties": {"min": "1"},
        "components": [{"type": "textfield", "key": "item", "label": "項目"}],
    },
    {"type": "filepicker", "key": "photos", "label": "照片", "properties": {"min": "1"}},
)


def look(values: dict[str, object], **errors: FieldError) -> FormView:
    return view(FORM, values, errors, context={"number": "R-7"}, now=NOW)


def test_a_fresh_form_shows_prefills_and_hides_conditional_fields() -> None:
    values = initial_values(FORM, context={}, now=NOW)

    text, done, reason, cost, lines, photos = look(values).fields

    assert values == {"cost": Decimal(120)}
    assert text.text == "案號 R-7"
    assert [option.id for option in done.options] == ["f-done-1", "f-done-2"]
    assert done.id == "f-done"
    assert reason.is_hidden
    assert cost.value == "120"
    assert [row[0].name for row in lines.rows] == ["lines-0-item"]
    assert look(values).hidden == {"field-reason"}
    assert look(values).has_files
    assert not photos.is_optional
    assert cost.is_optional


def test_a_wrong_form_keeps_what_was_typed_and_links_to_the_field() -> None:
    drawn = look(
        {"done": "no", "cost": "many", "photos": ["a" * 32]},
        cost=FieldError("not_a_number"),
        reason=FieldError("required"),
    )

    _text, done, reason, cost, _lines, photos = drawn.fields
    assert [option.is_chosen for option in done.options] == [False, True]
    assert not reason.is_hidden
    assert cost.value == "many"
    assert photos.values == ("a" * 32,)
    assert [(link.target_id, link.label) for link in drawn.summary] == [
        ("f-reason", "原因"),
        ("f-cost", "費用"),
    ]


def test_values_are_written_as_inputs_want_them() -> None:
    assert as_text(Decimal("1200.50")) == "1200.5"
    assert as_text(Decimal("1E+3")) == "1000"
    assert as_text(date(2026, 3, 2)) == "2026-03-02"
    assert as_text(NOW) == "2026-03-02T09:00"
    assert (as_text(True), as_text(False), as_text(None)) == ("true", "", "")


def test_stored_answers_are_put_into_words() -> None:
    stored = {
        "done": "no",
        "reason": "缺料",
        "cost": "3800",
        "lines": [{"item": "龍頭"}],
        "photos": ["a" * 32],
    }

    done, reason, cost, lines, photos = answers(FORM, stored)

    assert (done.label, done.value) == ("完成？", "否")
    assert reason.value == "缺料"
    assert (cost.value, cost.suffix) == ("3800", "元")
    assert lines.rows[0][0].value == "龍頭"
    assert photos.file_ids == ("a" * 32,)


def test_yes_and_no_are_said_in_the_words_of_the_form() -> None:
    form = a_form(
        {
            "type": "radio",
            "key": "works",
            "label": "修好了嗎？",
            "values": [{"value": True, "label": "已修好"}, {"value": False, "label": "還沒"}],
        },
        {"type": "checkbox", "key": "agreed", "label": "同意"},
        {"type": "datetime", "subtype": "date", "key": "on", "label": "日期"},
    )

    works, agreed, on = answers(form, {"works": False, "agreed": True, "on": "2026-03-02"})

    assert works.value == "還沒"
    assert agreed.value is True
    assert on.value == date(2026, 3, 2)
