"""A posted form is checked by the schema that drew it."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from forms.cleaning import FieldError
from forms.dates import TAIPEI
from forms.errors import ConditionFailed
from forms.reading import read
from forms.schema import Form, load
from forms.validation import Submission, validate

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
FILE_A, FILE_B, FILE_C = "a" * 32, "b" * 32, "c" * 32


class Posted(dict[str, list[str]]):
    """A posted form as web frameworks hand it over."""

    def getlist(self, key: str, /) -> list[str]:
        return self.get(key, [])


def a_form(*components: object) -> Form:
    return load(json.dumps({"id": "demo/form", "components": components}))


def field(kind: str, /, **extra: object) -> dict[str, object]:
    return {"type": kind, "key": "x", "label": "欄位", **extra}


def check(form: Form, raw: object, **context: object) -> Submission:
    assert isinstance(raw, dict)
    return validate(form, raw, context=context, now=NOW)


def code_of(component: dict[str, object], raw: object) -> str | None:
    errors = check(a_form(component), {"x": raw}).errors
    return errors["x"].code if errors else None


def value_of(component: dict[str, object], raw: object) -> object:
    submission = check(a_form(component), {"x": raw})
    assert submission.is_valid, submission.errors
    return submission.values["x"]


CHOICE = [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]


@pytest.mark.parametrize(
    ("component", "raw", "value"),
    [
        (field("textfield"), "  水龍頭 ", "水龍頭"),
        (field("textfield"), "", None),
        (field("textarea"), "一\r\n二", "一\n二"),
        (field("number"), "1,200", Decimal(1200)),
        (field("number"), 12, Decimal(12)),
        (field("number"), "\uff11\uff12", Decimal(12)),
        (field("number", decimalDigits=1), "2.5", Decimal("2.5")),
        (field("select", values=CHOICE), "yes", "yes"),
        (field("radio", values=[{"value": True, "label": "是"}]), "true", True),
        (field("radio", values=[{"value": True, "label": "是"}]), True, True),
        (field("radio", values=CHOICE), "", None),
        (field("checkbox"), True, True),
        (field("checkbox"), "", False),
        (field("checklist", values=CHOICE), ["no", "yes"], ["yes", "no"]),
        (field("datetime", subtype="date"), "113/01/16", date(2024, 1, 16)),
        (field("datetime", subtype="date"), date(2024, 1, 16), date(2024, 1, 16)),
        (field("datetime", subtype="time"), "14:30", time(14, 30)),
        (
            field("datetime", subtype="datetime"),
            "2026-03-02T14:30",
            datetime(2026, 3, 2, 14, 30, tzinfo=TAIPEI),
        ),
        (field("filepicker"), [FILE_A, FILE_A, FILE_B], [FILE_A, FILE_B]),
        (field("textfield", validate={"validationType": "email"}), "a@b.tw", "a@b.tw"),
    ],
)
def test_answers_become_typed_values(
    component: dict[str, object], raw: object, value: object
) -> None:
    assert value_of(component, raw) == value


@pytest.mark.parametrize(
    ("component", "raw", "code"),
    [
        (field("textfield", validate={"required": True}), "   ", "required"),
        (field("checkbox", validate={"required": True}), False, "required"),
        (field("checklist", values=CHOICE, validate={"required": True}), [], "required"),
        (field("textfield", validate={"minLength": 5}), "四個字啊", "too_short"),
        (field("textfield", validate={"maxLength": 3}), "四個字啊", "too_long"),
        (field("textfield"), "x" * 201, "too_long"),
        (field("textfield", validate={"pattern": r"^09\d{8}$"}), "0912", "pattern"),
        (field("textfield"), "a\x00b", "control_characters"),
        (field("textfield"), "a\nb", "control_characters"),
        (field("textarea"), "abc\u202edef", "control_characters"),
        (field("number"), "NaN", "not_a_number"),
        (field("number"), "Infinity", "not_a_number"),
        (field("number"), "1e999999", "not_a_number"),
        (field("number"), "一百", "not_a_number"),
        (field("number", decimalDigits=0), "1.5", "too_many_decimals"),
        (field("number", validate={"min": 0}), "-1", "too_small"),
        (field("number", validate={"max": 10}), "11", "too_large"),
        (field("select", values=CHOICE), "maybe", "not_an_option"),
        (field("checklist", values=CHOICE), ["yes", "maybe"], "not_an_option"),
        (field("datetime"), "113/02/30", "not_a_date"),
        (field("datetime", subtype="time"), "noon", "not_a_time"),
        (field("datetime", properties={"earliest": "=today()"}), "115/03/01", "too_early"),
        (field("datetime", properties={"latest": '=date("2026-03-09")'}), "115/03/10", "too_late"),
        (field("filepicker", properties={"min": "1"}), [], "too_few_files"),
        (field("filepicker", properties={"max": "2"}), [FILE_A, FILE_B, FILE_C], "too_many_files"),
        (field("filepicker"), ["../../etc/passwd"], "unknown_file"),
    ],
)
def test_wrong_answers_get_a_code(component: dict[str, object], raw: object, code: str) -> None:
    assert code_of(component, raw) == code


def test_an_error_carries_its_figures() -> None:
    form = a_form(field("textarea", validate={"maxLength": 3}))

    assert check(form, {"x": "abcd"}).errors["x"] == FieldError("too_long", {"max": 3, "length": 4})


def test_only_declared_fields_are_accepted() -> None:
    form = a_form(field("textfield"))

    assert check(form, {"x": "a", "is_admin": True}).errors["is_admin"].code == "undeclared"
    assert read(form, Posted(x=["a"], is_admin=["1"])) == {"x": "a"}


def test_only_marked_fields_become_variables() -> None:
    form = a_form(
        field("textfield"),
        {"type": "number", "key": "n", "label": "n", "properties": {"variable": "true"}},
    )

    assert check(form, {"x": "secret", "n": "3"}).variables == {"n": Decimal(3)}


REASON = [
    {"type": "radio", "key": "done", "label": "完成？", "values": CHOICE},
    {
        "type": "textfield",
        "key": "reason",
        "label": "原因",
        "validate": {"required": True},
        "conditional": {"hide": '=done != "no"'},
    },
]


def test_a_hidden_field_is_not_required_and_not_kept() -> None:
    submission = check(a_form(*REASON), {"done": "yes", "reason": "typed before"})

    assert submission.is_valid
    assert submission.values == {"done": "yes"}


def test_a_shown_field_is_required() -> None:
    assert check(a_form(*REASON), {"done": "no", "reason": ""}).errors["reason"].code == "required"


def test_what_depends_on_a_hidden_field_is_hidden_with_it() -> None:
    form = a_form(
        *REASON,
        {
            "type": "textfield",
            "key": "proof",
            "label": "證明",
            "conditional": {"hide": "=reason = null"},
        },
    )

    assert check(form, {"done": "yes", "reason": "r", "proof": "p"}).values == {"done": "yes"}


def test_a_condition_sees_the_context_and_a_group_hides_whole() -> None:
    form = a_form(
        {
            "type": "group",
            "label": "廠商",
            "components": [field("textfield", validate={"required": True})],
            "conditional": {"hide": "=in_warranty = true"},
        }
    )

    assert check(form, {}, in_warranty=True).is_valid
    assert not check(form, {}, in_warranty=False).is_valid


def test_a_condition_that_never_ends_is_an_error_and_not_shown() -> None:
    long = "=count(for i in 1..100000, j in 1..100000 return i) = 1"
    form = a_form(field("textfield", conditional={"hide": long}))

    with pytest.raises(ConditionFailed):
        check(form, {"x": "a"})


LINES = {
    "type": "dynamiclist",
    "path": "lines",
    "label": "明細",
    "properties": {"min": "1", "max": "2"},
    "components": [
        {"type": "textfield", "key": "item", "label": "項目", "validate": {"required": True}},
        {"type": "number", "key": "price", "label": "單價", "validate": {"required": True}},
        {
            "type": "textfield",
            "key": "why",
            "label": "理由",
            "conditional": {"hide": "=price = null or price < 1000"},
            "validate": {"required": True},
        },
    ],
}


def test_rows_are_read_by_their_index_and_close_up() -> None:
    posted = Posted({"lines-7-item": ["燈"], "lines-3-item": ["鎖"], "lines-x-item": ["?"]})

    assert read(a_form(LINES), posted) == {
        "lines": [
            {"item": "鎖", "price": "", "why": ""},
            {"item": "燈", "price": "", "why": ""},
        ]
    }


def test_every_row_is_checked_under_its_own_name() -> None:
    form = a_form(LINES)

    submission = check(
        form, {"lines": [{"item": "鎖", "price": "90"}, {"item": "", "price": "5000"}]}
    )

    assert submission.errors == {
        "lines-1-item": FieldError("required"),
        "lines-1-why": FieldError("required"),
    }
    assert submission.values["lines"] == [
        {"item": "鎖", "price": Decimal(90)},
        {"price": Decimal(5000)},
    ]


def test_the_number_of_rows_is_capped() -> None:
    form = a_form(LINES)
    row = {"item": "鎖", "price": "1"}

    assert check(form, {"lines": [row] * 3}).errors["lines"].code == "too_many_rows"
    assert check(form, {"lines": []}).errors["lines"].code == "too_few_rows"


def test_a_group_with_a_path_nests_its_values() -> None:
    form = a_form(
        {"type": "group", "path": "home", "label": "住址", "components": [field("textfield")]}
    )

    assert read(form, Posted({"home-x": ["5F"]})) == {"home": {"x": "5F"}}
    assert check(form, {"home": {"x": "5F"}}).values == {"home": {"x": "5F"}}


def test_options_may_come_from_the_context() -> None:
    form = a_form(field("select", valuesKey="contractors"))
    contractors = [{"value": "K01", "label": "可靠水電"}]

    assert check(form, {"x": "K01"}, contractors=contractors).values == {"x": "K01"}
    assert check(form, {"x": "K02"}, contractors=contractors).errors["x"].code == "not_an_option"


def test_a_read_only_field_takes_its_value_from_the_context_whatever_is_posted() -> None:
    form = a_form(field("textfield", readonly=True, properties={"prefill": "=ticket.number"}))

    submission = check(form, {"x": "forged"}, ticket={"number": "R-7"})

    assert submission.values == {"x": "R-7"}


def test_today_and_stored_instants_are_those_of_taipei() -> None:
    late_evening_in_utc = datetime(2026, 3, 1, 17, tzinfo=UTC)
    form = a_form(field("datetime", properties={"earliest": "=today()", "latest": "=date(due_at)"}))

    def code(day: str) -> str:
        errors = validate(
            form,
            {"x": day},
            context={"due_at": datetime(2026, 3, 8, 16, 30, tzinfo=UTC)},
            now=late_evening_in_utc,
        ).errors
        return errors["x"].code if errors else ""

    assert code("2026-03-01") == "too_early"
    assert code("2026-03-02") == ""
    assert code("2026-03-09") == ""
    assert code("2026-03-10") == "too_late"
