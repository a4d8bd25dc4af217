"""Every text of a process package has its English, and no English is left over."""

import re
from collections.abc import Iterable, Iterator

import pytest
from lxml import etree

from bpmn import catalogue
from bpmn.handbook_decisions import read_decision
from feel.parser import parse_expression
from forms.catalogue import keys, read
from forms.schema import Field, load
from housing import handbooks

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r'"([^"]*)"')
NAMESPACE = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
MILESTONE = "{https://anju.example.org/schema/1.0}milestone"


@pytest.mark.parametrize("package", catalogue.packages())
def test_every_text_has_an_entry_and_every_entry_a_text(package):
    texts = set(texts_of(package))
    needed = {text for text in texts if CHINESE.search(text)}
    computed = {text for text in texts - needed if text.startswith("=")}

    english = set(catalogue.english(package))
    assert needed - english == set()
    assert english - needed - computed == set()


@pytest.mark.parametrize("package", catalogue.packages())
def test_english_is_written_in_latin_letters(package):
    wrong = [text for text in catalogue.english(package).values() if CHINESE.search(text)]

    assert wrong == []
    assert all(text.strip() == text and text for text in catalogue.english(package).values())


@pytest.mark.parametrize("package", catalogue.packages())
def test_computed_texts_stay_expressions(package):
    for text, english in catalogue.english(package).items():
        assert english.startswith("=") == text.startswith("=")
        if english.startswith("="):
            parse_expression(english[1:])


@pytest.mark.parametrize("package", catalogue.packages())
def test_every_letter_has_its_title_and_law_in_english(package):
    written = [each for book in handbooks.of_package(package) for each in book.letters]
    texts = {each.template: {each.title, each.legal_basis} - {""} for each in written}

    assert {each.template: set(each.english) for each in written} == texts
    assert not any(CHINESE.search("".join(each.english.values())) for each in written)


def test_the_english_of_an_unknown_package_is_refused():
    with pytest.raises(FileNotFoundError):
        catalogue.english("nothing")


def texts_of(package: str) -> Iterator[str]:
    """What the package says: diagram, decision tables, forms."""
    for filename, content in catalogue.resources(package).items():
        if filename.endswith(".bpmn"):
            yield from texts_of_diagram(content)
        if filename.endswith(".dmn"):
            yield from texts_of_decisions(content)
    for key in keys():
        if key.startswith(f"{package}/"):
            form = load(read(key))
            yield form.title
            yield from texts_of_fields(form.components)


def texts_of_diagram(content: bytes) -> Iterator[str]:
    for element in etree.fromstring(content).iter(etree.Element):
        yield from (element.get(key, "") for key in ("name", MILESTONE, "basis", "reason"))
        if element.tag in (f"{NAMESPACE}documentation", f"{NAMESPACE}text"):
            yield element.text or ""


def texts_of_decisions(content: bytes) -> Iterator[str]:
    for element in etree.fromstring(content).iter("{*}decision"):
        each = read_decision(element, ())
        yield from (each.name, each.text, *each.outputs)
        yield from (label for label, _expression in each.inputs)
        for rule in each.rules:
            yield from (*rule.inputs, *rule.outputs, rule.note)


def texts_of_fields(fields: Iterable[Field]) -> Iterator[str]:
    for part in fields:
        yield from (part.label, part.help, part.suffix, part.pattern_message)
        yield from (option.label for option in part.options)
        yield from QUOTED.findall(part.prefill)
        yield from texts_of_fields(part.children)
