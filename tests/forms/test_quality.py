"""An editor is told what is wrong with a form, field by field, before anybody fills it in."""

import json

import pytest

from bpmn import catalogue as packages
from forms import catalogue
from forms.quality import check_form, field_names, gone

NOTE = {"id": "c1", "type": "textarea", "key": "note", "label": "說明"}


def a_form(*components: object) -> str:
    return json.dumps({"type": "default", "id": "demo_form", "components": components})


def rules_of(*components: object, english: dict[str, str] | None = None) -> set[str]:
    return {finding.rule for finding in check_form(a_form(*components), english=english)}


def test_a_sound_form_has_no_findings() -> None:
    assert check_form(a_form(NOTE)) == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"label": ""}, "form-label-missing"),
        ({"key": "1st"}, "form-key-name"),
        ({"type": "html"}, "form-type-unknown"),
        ({"type": "select"}, "form-options-empty"),
        ({"type": "radio", "values": [{"value": "a"}]}, "form-option-incomplete"),
        ({"type": "radio", "values": [{"value": "a", "label": "a"}] * 2}, "form-option-twice"),
        ({"type": "filepicker"}, "form-help-missing"),
        ({"validate": {"pattern": "(a+)+$"}}, "form-pattern-slow"),
        ({"validate": {"pattern": "(" * 5000}}, "form-pattern-slow"),
        ({"validate": {"pattern": "(?=a)"}}, "form-pattern-unsupported"),
        ({"validate": {"pattern": "["}}, "form-pattern-broken"),
        ({"conditional": {"hide": "=1 +"}}, "form-expression-broken"),
        ({"conditional": {"hide": "true"}}, "form-expression-without-sign"),
        ({"validate": {"minLength": 9, "maxLength": 2}}, "form-bounds-crossed"),
        ({"readonly": True}, "form-readonly-empty"),
        ({"type": "datetime", "subtype": "year"}, "form-subtype-unknown"),
        ({"properties": {"retention": "forever"}}, "form-retention-unknown"),
        ({"validate": {"maxLength": "many"}}, "form-not-usable"),
    ],
)
def test_one_fault_gives_its_finding_at_its_field(change: dict[str, object], rule: str) -> None:
    found = check_form(a_form({**NOTE, **change}, {**NOTE, "key": "other"}))

    assert rule in {each.rule for each in found}
    assert all(each.advice for each in found)
    assert all(each.element_id in ("c1", "") for each in found)


def test_personal_fields_need_a_retention_class_and_a_help_text() -> None:
    phone = {"type": "textfield", "key": "phone", "label": "電話"}

    assert rules_of(phone) == {"form-retention-missing", "form-help-missing"}
    kept = {**phone, "description": "只用來聯絡您。", "properties": {"retention": "person"}}
    assert rules_of(kept) == set()
    assert rules_of({**phone, "properties": {"retention": "none"}}) == set()


def test_a_key_may_be_used_again_in_another_list_only() -> None:
    rows = {"type": "dynamiclist", "path": "rows", "label": "明細", "components": [NOTE]}

    assert rules_of(NOTE, rows) == set()
    assert rules_of(NOTE, {"type": "group", "components": [NOTE]}) == {"form-key-twice"}


def test_texts_without_english_are_named() -> None:
    (finding,) = check_form(a_form(NOTE), english={})

    assert finding.params == {"texts": "說明"}
    assert rules_of(NOTE, english={"說明": "Note"}) == set()


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000, '{"components": 5}', "\x00"])
def test_any_text_is_answered_with_findings(content: str) -> None:
    assert {each.severity for each in check_form(content)} == {"error"}


def test_a_field_that_a_diagram_reads_is_missed_when_it_goes() -> None:
    before = a_form(NOTE, {**NOTE, "key": "amount"}, {**NOTE, "key": "spare"})

    found = gone(before, a_form(NOTE), {"amount": ["檢核金額"], "note": ["x"]})

    assert [(each.rule, each.params["key"]) for each in found] == [("form-field-gone", "amount")]
    assert {each.rule for each in gone(before, a_form(NOTE), {}, is_shipped=True)} == {
        "form-shipped-field-gone"
    }


def test_answers_of_rows_are_no_answers_of_the_form() -> None:
    rows = {"type": "dynamiclist", "path": "rows", "label": "明細", "components": [NOTE]}
    group = {"type": "group", "label": "組", "components": [{**NOTE, "key": "inner"}]}

    assert field_names(a_form(rows, group)) == {"rows", "inner"}


@pytest.mark.parametrize("form_key", catalogue.keys())
def test_shipped_forms_have_no_errors_and_a_class_for_personal_data(form_key: str) -> None:
    english = packages.english(form_key.split("/")[0])
    found = check_form(catalogue.read(form_key), english=english)

    assert {each.rule for each in found} <= {"form-help-missing"}
