"""What a shipped diagram names must exist, and what exists must be used."""

from pathlib import Path

import pytest
from lxml import etree

from housing.operations import OPERATIONS, WORKER_TOPICS

ROOT = Path(__file__).parents[2]
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ENGINE_TOPICS = {"engine.reschedule"}


@pytest.fixture(scope="module")
def diagrams() -> dict[str, etree._Element]:
    return {
        path.relative_to(ROOT).as_posix(): etree.parse(path).getroot()
        for path in sorted((ROOT / "bpmn").rglob("*.bpmn"))
    }


def values(diagrams: dict[str, etree._Element], attribute: str) -> set[str]:
    found = (node.get(CAMUNDA + attribute) for root in diagrams.values() for node in root.iter())
    return {value for value in found if value}


def test_topics_of_diagrams_and_operations_are_the_same_set(diagrams):
    assert values(diagrams, "topic") - ENGINE_TOPICS == set(OPERATIONS) | WORKER_TOPICS


def test_every_form_exists_and_is_used(diagrams):
    folder = ROOT / "forms" / "definitions"
    existing = {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.json")}

    assert values(diagrams, "formKey") == existing


def test_every_decision_exists_and_is_used(diagrams):
    existing = {
        node.get("id")
        for path in (ROOT / "bpmn").rglob("*.dmn")
        for node in etree.parse(path).getroot().iter("{*}decision")
    }
    assert values(diagrams, "decisionRef") == existing


def test_service_tasks_are_external_and_scripts_are_feel(diagrams):
    wrong = [
        f"{name}: {node.get('id')}"
        for name, root in diagrams.items()
        for node in root.iter(BPMN + "serviceTask", BPMN + "scriptTask")
        if (node.tag == BPMN + "serviceTask" and node.get(CAMUNDA + "type") != "external")
        or (node.tag == BPMN + "scriptTask" and node.get("scriptFormat") != "feel")
    ]
    assert wrong == []
