"""Whatever is posted to a shipped form is answered with values and codes, never with a crash."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import catalogue, viewing
from forms.reading import read
from forms.schema import Form, load, scope_of
from forms.validation import validate

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
FORMS = {key: load(catalogue.read(key)) for key in sorted(catalogue.keys())}

texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["true", "false", "-1", "1e9", "2026-03-04", "115/03/04 9:30", "a" * 32]),
)


class Posted(dict[str, list[str]]):
    def getlist(self, key: str, /) -> list[str]:
        return self.get(key, [])


def names_of(form: Form) -> list[str]:
    names = []
    for part in scope_of(form.components):
        names.append(part.name)
        names += [f"{part.name}-{row}-{child.name}" for row in (0, 3) for child in part.children]
    return names


@pytest.mark.parametrize("form_key", FORMS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_any_input_is_answered(form_key: str, data: st.DataObject) -> None:
    form = FORMS[form_key]
    wild = st.dictionaries(st.sampled_from(names_of(form)), st.lists(texts, max_size=3))
    raw = read(form, Posted(data.draw(wild)))

    submission = validate(form, raw, context={}, now=NOW)
    drawn = viewing.view(form, raw, submission.errors, context={}, now=NOW)

    assert isinstance(submission.values, Mapping)
    assert len(drawn.summary) == len(submission.errors)


@pytest.mark.parametrize("form_key", FORMS)
def test_a_form_reads_back_what_it_drew(form_key: str) -> None:
    form = FORMS[form_key]
    fresh = viewing.initial_values(form, context={}, now=NOW)

    assert viewing.view(form, fresh, {}, context={}, now=NOW).fields
