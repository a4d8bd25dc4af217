"""The check of a draft: faults are found at their elements, and nothing makes it fail itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn import catalogue
from housing import packages
from housing.drafts.checking import check

REVIEW = "application_review"
DIAGRAM = "application_review.bpmn"


HOSTILE = (
    b"",
    b"\x00",
    b"<a/>",
    b"{}",
    b"[" * 5000,
    b'{"components":' * 60 + b"1" + b"}" * 60,
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b"<a>" * 400 + b"</a>" * 400,
)


@pytest.fixture(scope="module")
def files():
    return dict(packages.resources(REVIEW))


def errors(files, base=None):
    """Give the errors as pairs of rule and element."""
    found = check(files, base=base)
    return {(each.rule, each.element_id) for each in found if each.severity == "error"}


def changed(files, old, new, name=DIAGRAM):
    """Replace words of a file."""
    assert old.encode() in files[name]
    return files | {name: files[name].replace(old.encode(), new.encode(), 1)}


@pytest.mark.parametrize("package", catalogue.packages())
def test_the_shipped_packages_have_no_error(package):
    assert errors(packages.resources(package)) == set()


def test_a_letter_without_words_is_an_error_at_its_step():
    files = dict(packages.resources("lease_renewal"))
    wrong = changed(files, 'name="template">', 'name="template">no_', "lease_renewal.bpmn")

    assert {rule for rule, _element in errors(wrong)} == {"unknown-letter"}
    assert all(element for _rule, element in errors(wrong))


def test_a_role_that_nobody_holds_stops_a_draft(files):
    group = 'camunda:candidateGroups="officer"'
    wrong = changed(files, group, 'camunda:candidateGroups="wizard"')

    assert {rule for rule, _element in errors(wrong)} == {"unknown-role"}


def test_a_form_or_a_decision_that_a_step_names_must_be_there(files):
    less = {name: each for name, each in files.items() if "eligibility" not in name}
    less.pop("forms/application_review/review.json")

    assert len(errors(less)) >= 2


def test_the_form_that_the_software_opens_must_stay(files):
    less = {name: each for name, each in files.items() if not name.endswith("/application.json")}

    assert ("form-needed", "") in errors(less)


def test_a_process_keeps_its_key(files):
    renamed = changed(files, '<bpmn:process id="app.review"', '<bpmn:process id="app.other"')

    assert ("process-key-changed", "") in errors(renamed, base=files)


@pytest.mark.parametrize("content", HOSTILE)
@pytest.mark.parametrize("name", [DIAGRAM, "eligibility.dmn", "forms/a/b.json", "en.json"])
def test_whatever_a_file_holds_is_a_finding_and_no_failure(files, name, content):
    found = check(files | {name: content}, base=files)

    assert all(each.rule for each in found)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=60), max_size=4))
def test_any_names_and_any_bytes_are_findings_and_no_failure(files):
    assert isinstance(check(files), tuple)
