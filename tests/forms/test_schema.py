"""A form definition is checked before anybody sees it, and all problems are told at once."""

import json

import pytest

from forms import catalogue
from forms.errors import FormDefinitionInvalid, FormNotFound
from forms.schema import Form, load

PHONE = {"type": "textfield", "key": "phone", "label": "電話"}


def a_form(*components: object, **extra: object) -> str:
    return json.dumps({"type": "default", "id": "demo/form", "components": components, **extra})


def problems_of(*components: object) -> tuple[str, ...]:
    with pytest.raises(FormDefinitionInvalid) as caught:
        load(a_form(*components))
    return caught.value.problems


def test_a_field_keeps_what_the_definition_says() -> None:
    field = load(
        a_form(
            {
                **PHONE,
                "description": "聯絡用",
                "validate": {"required": True, "maxLength": 20, "pattern": r"^09\d{8}$"},
                "properties": {"variable": "true"},
                "conditional": {"hide": "=is_silent = true"},
            }
        )
    ).components[0]

    assert (field.name, field.label, field.help) == ("phone", "電話", "聯絡用")
    assert field.is_required
    assert field.is_variable
    assert field.max_length == 20
    assert field.hide == "is_silent = true"


def test_variables_are_named_through_groups_without_a_path() -> None:
    flagged = {**PHONE, "properties": {"variable": "true"}}
    form = load(a_form({"type": "group", "label": "聯絡", "components": [flagged]}))

    assert form.variable_names() == {"phone"}


def test_all_problems_are_told_at_once() -> None:
    problems = problems_of(
        PHONE,
        {"type": "textfield", "key": "phone"},
        {"type": "html", "key": "x", "label": "x"},
        {"type": "select", "key": "pick", "label": "選"},
        {"type": "textfield", "key": "1st", "label": "一"},
        {"type": "number", "key": "n", "label": "n", "validate": {"min": 5, "max": 1}},
        {"type": "textfield", "key": "p", "label": "p", "validate": {"pattern": "(a+)+"}},
        {"type": "textfield", "key": "c", "label": "c", "conditional": {"hide": "=1 +"}},
        {"type": "textfield", "key": "d", "label": "d", "conditional": {"hide": "x = 1"}},
        {"type": "textfield", "key": "r", "label": "r", "readonly": True},
    )

    text = "\n".join(problems)
    for expected in [
        "phone: it has no label",
        "phone: this key is used twice",
        "the type html is not known",
        "pick: it has no options",
        "1st: the key must be",
        "n: a minimum is over its maximum",
        "p: the pattern may take too long",
        "c: hide is not FEEL",
        "d: hide must be FEEL that begins with =",
        "r: a read-only field needs properties.prefill",
    ]:
        assert expected in text


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"components": 3}', '{"id": "a", "components": []}']
)
def test_what_is_no_form_is_refused(text: str) -> None:
    with pytest.raises(FormDefinitionInvalid):
        load(text)


@pytest.mark.parametrize("key", ["nothing/here", "../../setup", "repair", ""])
def test_an_unknown_form_key_is_not_found(key: str) -> None:
    with pytest.raises(FormNotFound):
        catalogue.read(key)


@pytest.mark.parametrize("form_key", catalogue.keys())
def test_every_shipped_form_is_right(form_key: str) -> None:
    form = load(catalogue.read(form_key))

    assert isinstance(form, Form)
    assert form.id == form_key.replace("/", "_")
