"""The handbook says everything that a package holds, for every shipped package."""

import pytest
from lxml import etree

from bpmn import catalogue
from bpmn.handbook import Period, split_source
from bpmn.handbook_reading import read_handbooks
from housing import handbooks
from housing.letters import writing
from housing.operations import OPERATIONS

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
ANJU = "{https://anju.example.org/schema/1.0}"
PACKAGES = catalogue.packages()

SMALL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:anju="https://anju.example.org/schema/1.0">
<process id="p" name="Paper">
 <userTask id="a" name="Check" {task}><documentation>Look at it. Source: art. 5.</documentation>
 <extensionElements>{clock}</extensionElements></userTask>
 <boundaryEvent id="late" name="Late" attachedToRef="a"><outgoing>f</outgoing>
 <timerEventDefinition>
 <timeDate>=statutory days after(served_at, 7)</timeDate></timerEventDefinition>
 </boundaryEvent>
 <sequenceFlow id="f" sourceRef="late" targetRef="join"/>
 <exclusiveGateway id="join"><outgoing>g</outgoing></exclusiveGateway>
 <sequenceFlow id="g" sourceRef="join" targetRef="end"/>
 <endEvent id="end" name="Refused"/>
</process></definitions>"""


def small(task: str = "", clock: str = ""):
    """Read the handbook of a process with one task and one timer."""
    (found,) = read_handbooks({"p.bpmn": SMALL.format(task=task, clock=clock).encode()}, {}, {})
    return found


def elements(package: str) -> list[etree._Element]:
    """List the elements of all diagrams of a package."""
    roots = [
        etree.fromstring(content)
        for name, content in catalogue.resources(package).items()
        if name.endswith(".bpmn")
    ]
    return [element for root in roots for element in root.iter(etree.Element)]


def ids(package: str, *kinds: str) -> set[str]:
    return {e.get("id", "") for e in elements(package) if etree.QName(e).localname in kinds}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_activity_and_every_end_appears(package):
    found = handbooks.of_package(package)
    activities = ("userTask", "serviceTask", "sendTask", "businessRuleTask", "scriptTask")

    assert {step.id for book in found for step in book.steps} == ids(package, *activities)
    assert {step.id for book in found for step in book.human} == ids(package, "userTask")
    assert {end.id for book in found for end in book.ends} == ids(package, "endEvent")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_service_level_due_date_and_timer_appears(package):
    told = {each.id for book in handbooks.of_package(package) for each in book.deadlines}
    clocks = [e for e in elements(package) if e.tag == f"{ANJU}sla"]
    due = {e.get("id") for e in elements(package) if e.get(f"{CAMUNDA}dueDate")}
    timers = {
        e.getparent().get("id") for e in elements(package) if e.tag == f"{BPMN}timerEventDefinition"
    }
    of_clocks = {clock.get("timer") for clock in clocks}

    assert {clock.get("id") for clock in clocks} | due | (timers - of_clocks) == told


@pytest.mark.parametrize("package", PACKAGES)
def test_every_decision_form_letter_and_message_appears(package):
    found = handbooks.of_package(package)
    asked = {e.get(f"{CAMUNDA}decisionRef") for e in elements(package)} - {None}
    shown = {e.get(f"{CAMUNDA}formKey") for e in elements(package)} - {None}
    named = {e.text for e in elements(package) if e.get("name") == "template"}
    messages = {e.get("name") for e in elements(package) if e.tag == f"{BPMN}message"}

    assert {each.id for book in found for each in book.decisions} == asked
    assert all(each.rules for book in found for each in book.decisions)
    assert {each.key for book in found for each in book.forms} == shown
    assert named <= {each.template for book in found for each in book.letters}
    assert {each.name for book in found for each in book.messages} == messages


@pytest.mark.parametrize("package", PACKAGES)
def test_the_words_of_a_handbook_have_their_english(package):
    english = catalogue.english(package)
    texts = [
        text
        for book in handbooks.of_package(package)
        for step in book.steps
        for text in (book.name, book.purpose, step.name, step.text, step.who, step.milestone)
    ]
    texts += [
        text
        for book in handbooks.of_package(package)
        for each in book.deadlines
        for text in (each.name, each.basis, each.leads_to, *each.pauses)
    ]

    assert {text for text in texts if text and not text.isascii()} <= set(english)


def test_the_letters_of_operations_name_topics_and_words_that_exist():
    named = {each for words in handbooks.LETTERS_BY_TOPIC.values() for each in words}

    assert set(handbooks.LETTERS_BY_TOPIC) <= set(OPERATIONS)
    assert named <= set(writing.templates())


def test_a_counted_due_date_is_read_as_a_period():
    found = small('camunda:dueDate="=working days after(now(), 3)" anju:ladder="urgent"')
    due = next(each for each in found.deadlines if each.id == "a")

    assert due.period == Period(amount="3", unit="working_days")
    assert due.ladder == "urgent"
    assert split_source(due.basis) == ("Look at it.", "art. 5.")


def test_a_timer_tells_from_when_it_counts_and_where_the_case_goes_on():
    late = next(each for each in small().deadlines if each.id == "late")

    assert late.kind == "routes"
    assert late.period == Period(amount="7", unit="statutory_days", start="served_at")
    assert (late.where, late.leads_to) == (("Check",), "Refused")


def test_a_clock_with_a_timer_is_one_deadline_with_the_period_of_the_timer():
    rung = '<anju:rung at="PT4H" notify="doer officer"/>'
    clock = f'<anju:sla id="c" name="Reply" timer="late" basis="art. 7">{rung}</anju:sla>'
    (found,) = small(clock=clock).deadlines

    assert (found.id, found.kind, found.basis) == ("c", "routes", "art. 7")
    assert found.period.amount == "7"
    assert found.rungs[0].notify == ("doer", "officer")
