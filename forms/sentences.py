"""What the check of a form says, in English; pages say it in the reader's language."""

from collections.abc import Mapping


def _l(sentence: str) -> str:
    """Mark a sentence for the catalogue of translations."""
    return sentence


SENTENCES: Mapping[str, str] = {
    "form-not-json": _l("This is not the JSON of a form."),
    "form-without-id": _l("The form has no id."),
    "form-asks-nothing": _l("The form asks nothing; add a field to fill in."),
    "form-not-usable": _l("The form cannot be used: %(reason)s"),
    "form-type-unknown": _l(
        "Fields of the kind “%(type)s” cannot be filled in here; choose another kind."
    ),
    "form-key-name": _l(
        "The key “%(key)s” must be letters, digits and _, beginning with a letter."
    ),
    "form-key-twice": _l("The key “%(key)s” is used twice; give each field its own."),
    "form-label-missing": _l("The field “%(key)s” has no label; write what people are to fill in."),
    "form-help-missing": _l(
        "There is no help text; say which photo is wanted, or what the data is needed for."
    ),
    "form-retention-missing": _l(
        "This looks like personal data; choose how long it is kept (retention class)."
    ),
    "form-retention-unknown": _l("There is no retention class “%(retention)s”."),
    "form-options-empty": _l("There is nothing to choose; add options."),
    "form-option-incomplete": _l("An option has no value or no words."),
    "form-option-twice": _l("The option “%(value)s” is there twice."),
    "form-pattern-broken": _l("The pattern cannot be read: %(reason)s"),
    "form-pattern-slow": _l(
        "The pattern could run forever on some texts; avoid repeated groups that repeat inside."
    ),
    "form-pattern-unsupported": _l(
        "The pattern uses look-around or back-references; only plain groups are allowed."
    ),
    "form-expression-without-sign": _l(
        "The condition “%(expression)s” must begin with = and be FEEL."
    ),
    "form-expression-broken": _l("The condition “%(expression)s” cannot be read: %(reason)s"),
    "form-bounds-crossed": _l("The least (%(least)s) is more than the most (%(most)s)."),
    "form-readonly-empty": _l("A read-only field needs a value that is filled in beforehand."),
    "form-subtype-unknown": _l("Choose date, time, or date and time."),
    "form-english-missing": _l("There is no English for: %(texts)s"),
    "form-field-gone": _l("The field “%(key)s” is gone, but it is still read by: %(readers)s"),
    "form-shipped-field-gone": _l(
        "The field “%(key)s” is gone; the software itself may read it. Ask before you submit."
    ),
}
"""One sentence a rule, with the names of the finding's params."""
