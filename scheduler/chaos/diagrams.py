"""The processes of the chaos suite: small, and with one of each thing that can go wrong."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:anju="https://anju.example.org/schema/1.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    id="definitions" targetNamespace="https://anju.example.org/chaos">
"""
_SERVICE = """<bpmn:serviceTask id="{id}" name="{name}" camunda:type="external"
    camunda:topic="chaos.{id}"><bpmn:extensionElements><camunda:inputOutput>
    <camunda:inputParameter name="fate">=fate</camunda:inputParameter>
    <camunda:outputParameter name="{id}ed">=done</camunda:outputParameter>
    </camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>"""
_TASK = """<bpmn:userTask id="{id}" name="{name}" camunda:candidateGroups="clerk"{more} />"""

CASE = "chaos_case"
LETTER = "chaos_letter"
PAIR = "chaos_pair"
LETTER_NAME = "chaos.letter"


def case(edition: str = "") -> bytes:
    """An announcement, a decision with deadline and ladder, an answer; two editions to migrate.

    Whoever is late loses the decision to the timer; a poisoned case never gets its answer.
    """
    decide = _TASK.format(
        id="decide",
        name=f"Decide{edition}",
        more=' camunda:dueDate="=due_at" anju:ladder="default"',
    )
    return f"""{_HEAD}<bpmn:process id="{CASE}" name="Chaos" isExecutable="true">
  <bpmn:startEvent id="begin" name="Begin" />
  {_SERVICE.format(id="announce", name="Announce")}
  {decide}
  <bpmn:boundaryEvent id="late" name="Late" attachedToRef="decide">
    <bpmn:timerEventDefinition id="late_timer">
      <bpmn:timeDate xsi:type="bpmn:tFormalExpression">=late_at</bpmn:timeDate>
    </bpmn:timerEventDefinition>
  </bpmn:boundaryEvent>
  {_SERVICE.format(id="answer", name="Answer")}
  {_TASK.format(id="appeal", name="Appeal", more="")}
  <bpmn:endEvent id="done" name="Done" />
  <bpmn:endEvent id="appealed" name="Appealed" />
  <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="announce" />
  <bpmn:sequenceFlow id="f2" sourceRef="announce" targetRef="decide" />
  <bpmn:sequenceFlow id="f3" sourceRef="decide" targetRef="answer" />
  <bpmn:sequenceFlow id="f4" sourceRef="answer" targetRef="done" />
  <bpmn:sequenceFlow id="f5" sourceRef="late" targetRef="appeal" />
  <bpmn:sequenceFlow id="f6" sourceRef="appeal" targetRef="appealed" />
</bpmn:process></bpmn:definitions>""".encode()


def letter() -> bytes:
    """A case that a message begins."""
    return f"""{_HEAD}<bpmn:message id="letter_message" name="{LETTER_NAME}" />
<bpmn:process id="{LETTER}" name="Letter" isExecutable="true">
  <bpmn:startEvent id="begin" name="Begin">
    <bpmn:messageEventDefinition id="begin_message" messageRef="letter_message" />
  </bpmn:startEvent>
  <bpmn:endEvent id="done" name="Done" />
  <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="done" />
</bpmn:process></bpmn:definitions>""".encode()


def pair() -> bytes:
    """Two people count in one case at the same time."""
    return f"""{_HEAD}<bpmn:process id="{PAIR}" name="Pair" isExecutable="true">
  <bpmn:startEvent id="begin" name="Begin" />
  <bpmn:parallelGateway id="fork" name="Fork" />
  {_TASK.format(id="left", name="Left", more="")}
  {_TASK.format(id="right", name="Right", more="")}
  <bpmn:parallelGateway id="join" name="Join" />
  <bpmn:endEvent id="done" name="Done" />
  <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="fork" />
  <bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="left" />
  <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="right" />
  <bpmn:sequenceFlow id="f4" sourceRef="left" targetRef="join" />
  <bpmn:sequenceFlow id="f5" sourceRef="right" targetRef="join" />
  <bpmn:sequenceFlow id="f6" sourceRef="join" targetRef="done" />
</bpmn:process></bpmn:definitions>""".encode()
