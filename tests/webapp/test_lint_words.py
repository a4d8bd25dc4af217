"""What the check finds is said in Chinese: each sentence of the engine, and the values in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale

from bpmn import catalogue
from engine.checking import Known, check_file
from engine.decisions import check_decisions
from webapp import language, lint_words
from webapp.extraction import advice

ROOT = Path(__file__).parents[2]
PO = ROOT / "webapp/translations/zh_Hant_TW/LC_MESSAGES/messages.po"
ROOMS = ("engine/spiff", "engine/standard", "engine/dmn", "engine/importing")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]
FILES += [ROOT / "engine" / name for name in ("quality.py", "decisions.py", "deployments.py")]
FILES += [ROOT / "feel" / name for name in ("errors.py", "lexer.py", "parser.py", "reader.py")]
TELLING = {"error", "warning", "broken", "refused", "refuse", "Problem", "_finding", "_wrong"}
ENGLISH = re.compile(r"(?:\b[a-z]{2,} ){2,}[a-z]{2,}\b")

FAULTS = {
    "a condition that is no FEEL": ("=is_emergency = true<", "=is_emergency = <"),
    "a role that nobody holds": ('"property_manager"', '"nobody"'),
    "a form that is not there": ('"repair/triage"', '"repair/none"'),
    "a topic that is not there": ('"repair.set_stage"', '"repair.none"'),
    "a decision that is not there": ('"repair_class"', '"none"'),
    "a step without a way on": ('sourceRef="triage" ', 'sourceRef="merged" '),
    "a name that nothing sets": ("=is_emergency = true<", "=is_emergncy = true<"),
    "a service level without days": ('amount="2" ', ""),
    "a service level of odd days": ('amount="2" ', 'amount="two" '),
    "a ladder that is not there": ('ladder="quiet"', 'ladder="loud"'),
    "a timer that is no FEEL": ("after(now(), 14)", "after(now(), 14"),
    "a timer that is no time": ("=calendar days after(now(), 14)", "soon"),
    "an id used twice": ('id="onsite" ', 'id="triage" '),
    "a Java delegate": ('camunda:type="external"', 'camunda:class="x.Y"'),
    "a default flow of elsewhere": ('default="f_gate_class__join_assign"', 'default="f_x"'),
    "persons instead of a role": ('candidateGroups="officer"', 'candidateUsers="a"'),
}


@pytest.fixture(scope="module")
def chinese() -> Iterator[None]:
    """Say everything in Chinese; no house is needed for that."""
    language.compile_catalogues()
    app = Flask("webapp", root_path=str(ROOT / "webapp"))
    Babel(app)
    with app.test_request_context(), force_locale("zh_Hant_TW"):
        yield


def said(problems) -> list[str]:
    return [lint_words.say(each.advice) for each in problems]


def is_english(words: str) -> bool:
    """Tell whether English is left; what the model says stands in quotation marks."""
    return ENGLISH.search(re.sub("「[^」]*」", "", words)) is not None


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_check_finds_in_a_diagram_is_said_in_chinese(chinese, name):
    old, new = FAULTS[name]
    text = catalogue.read("repair", "repair.bpmn").decode()
    assert old in text
    known = Known(
        topics=frozenset({"repair.cancel_ticket"}),
        decisions=frozenset({"repair_class"}),
        forms=frozenset({"repair/triage"}),
        roles=frozenset({"property_manager", "officer"}),
    )
    found = said(check_file(text.replace(old, new).encode(), known))

    assert found
    assert [words for words in found if is_english(words)] == []


def test_what_the_check_finds_in_a_decision_table_is_said_in_chinese(chinese):
    text = catalogue.read("repair", "repair_class.dmn").decode()
    faulty = (
        text.replace("<text>-</text>", "<text>true</text>"),
        text.replace("<text>broken<", "<text>broken +<"),
        text.replace('typeRef="boolean"', 'typeRef="flag"'),
        text.replace('id="repair_class_rule2_in1"><text>true<', 'id="x"><text>(<'),
    )
    found = [said(check_decisions(each.encode())) for each in faulty]

    assert all(found)
    assert [words for each in found for words in each if is_english(words)] == []


def test_every_sentence_of_the_engine_has_its_chinese():
    with PO.open("rb") as file:
        translated = {m.id for m in read_po(file, locale="zh_Hant_TW") if m.id and m.string}
    sentences = set()
    for path in FILES:
        with path.open("rb") as file:
            sentences |= {message for _, _, message, _ in advice(file, (), (), {})}

    assert len(sentences) > 300
    assert sentences - translated == set()


def test_advice_with_values_remembers_its_words():
    """An f-string would stay English: it has to be written as sentence(...)."""
    offenders = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if name in TELLING and any(isinstance(each, ast.JoinedStr) for each in given):
                offenders.append(f"{path.name}:{node.lineno}")

    assert offenders == []
