"""Words of form editors: findings of the check, retention classes, kinds of fields."""

import re
from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forms.quality import FormFinding
from forms.sentences import SENTENCES

RETENTION_CLASSES: Mapping[str, LazyString] = {
    "case": _l("with the file of the case"),
    "person": _l("while the person has a case or a lease here"),
    "restricted": _l("with the file of the case, read by few, each look written down"),
    "short": _l("erased when the case ends"),
    "none": _l("no personal data"),
}

FIELD_KINDS: Mapping[str, LazyString] = {
    "textfield": _l("Line of text"),
    "textarea": _l("Several lines of text"),
    "number": _l("Number"),
    "datetime": _l("Date or time"),
    "radio": _l("One of several, all visible"),
    "select": _l("One of several, to unfold"),
    "checklist": _l("Several of several"),
    "checkbox": _l("Box to tick"),
    "filepicker": _l("Photos and files"),
    "text": _l("Text to read"),
    "separator": _l("Line between"),
    "group": _l("Group of fields"),
    "dynamiclist": _l("Rows to add"),
}

FORM_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "retention": RETENTION_CLASSES,
    "field_kind": FIELD_KINDS,
}


def of_finding(finding: FormFinding) -> str:
    """Say a finding about a form in the reader's language."""
    return sentence(finding.rule, finding.params)


def sentence(rule: str, params: Mapping[str, str]) -> str:
    """Say a finding about a form in the reader's language."""
    return str(gettext(SENTENCES[rule], **params))


def from_advice(rule: str, advice: str) -> str | None:
    """Say a finding whose English alone is known; None for rules that are not about forms."""
    template = SENTENCES.get(rule)
    if template is None:
        return None
    pattern = re.sub(r"%\\\((\w+)\\\)s|%\((\w+)\)s", _group, re.escape(template))
    found = re.fullmatch(pattern, advice, re.DOTALL)
    return advice if found is None else sentence(rule, found.groupdict())


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1] or match[2]}>.*?)"
