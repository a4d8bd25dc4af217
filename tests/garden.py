"""A small process that the business knows nothing of, as supervisors would draw or import it."""

import json
from collections.abc import Mapping

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:anju="https://anju.example.org/schema/1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="garden_definitions"
 targetNamespace="https://anju.example.org/bpmn/garden">
 <bpmn:process id="garden.request" name="菜園申請" isExecutable="true">
  <bpmn:startEvent id="asked" name="申請"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
  <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="look"/>
  <bpmn:userTask id="look" name="審查菜園" camunda:formKey="garden/look"
   camunda:candidateGroups="officer"><bpmn:extensionElements><anju:sla id="look_3d" name="審查菜園"
   amount="DAYS" unit="calendar_days" basis="內部設定"/></bpmn:extensionElements>
   <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
  <bpmn:boundaryEvent id="late" name="10日未審" attachedToRef="look">
   <bpmn:outgoing>f5</bpmn:outgoing><bpmn:timerEventDefinition id="late_timer"><bpmn:timeDuration
   xsi:type="bpmn:tFormalExpression">P10D</bpmn:timeDuration></bpmn:timerEventDefinition>
  </bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="f2" sourceRef="look" targetRef="fits_gate"/>
  <bpmn:exclusiveGateway id="fits_gate" name="合適？" default="f4"><bpmn:incoming>f2</bpmn:incoming>
   <bpmn:outgoing>f3</bpmn:outgoing><bpmn:outgoing>f4</bpmn:outgoing></bpmn:exclusiveGateway>
  <bpmn:sequenceFlow id="f3" name="是" sourceRef="fits_gate" targetRef="granted">
   <bpmn:conditionExpression
    xsi:type="bpmn:tFormalExpression">=fits = "yes"</bpmn:conditionExpression>
  </bpmn:sequenceFlow>
  <bpmn:sequenceFlow id="f4" name="否" sourceRef="fits_gate" targetRef="refused"/>
  <bpmn:sequenceFlow id="f5" sourceRef="late" targetRef="lapsed"/>
  <bpmn:endEvent id="granted" name="核給"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>
  <bpmn:endEvent id="refused" name="不核給"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
  <bpmn:endEvent id="lapsed" name="逾期失效"><bpmn:incoming>f5</bpmn:incoming></bpmn:endEvent>
 </bpmn:process>
DRAWING
</bpmn:definitions>
"""

PLACES = {"asked": (36, 36), "look": (100, 80), "late": (36, 36), "fits_gate": (50, 50)}
ENDS = ("granted", "refused", "lapsed")


def drawing() -> str:
    """Draw the elements in a row; flows are left to the reader."""
    sizes = {**PLACES, **dict.fromkeys(ENDS, (36, 36))}
    shapes = "".join(
        f'''<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{160 * at + 100}"
         y="100" width="{width}" height="{height}"/></bpmndi:BPMNShape>'''
        for at, (name, (width, height)) in enumerate(sizes.items())
    )
    return f"""<bpmndi:BPMNDiagram id="garden_di"><bpmndi:BPMNPlane id="garden_plane"
     bpmnElement="garden.request">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"""


FORM = {
    "schemaVersion": 16,
    "type": "default",
    "id": "garden_look",
    "title": "審查菜園",
    "components": [
        {
            "id": "field_fits",
            "type": "radio",
            "key": "fits",
            "label": "合適？",
            "validate": {"required": True},
            "properties": {"variable": "true"},
            "values": [{"value": "yes", "label": "合適"}, {"value": "no", "label": "不合適"}],
        },
        {
            "id": "field_photos",
            "type": "filepicker",
            "key": "photos",
            "label": "照片",
            "validate": {"required": True},
            "properties": {"min": "1", "max": "3", "accept": "image"},
            "multiple": True,
        },
    ],
}

LOOK = {"complete": "look", "as": "officer1", "with": {"fits": "yes", "photos": ["photo:1"]}}
SCENARIOS = {
    "granted": {
        "id": "granted",
        "title": "菜園合適，予以核給。",
        "given": {
            "now": "2026-03-02T09:00+08:00",
            "start": {"as": "resident1", "values": {}},
            "then": {"open": ["look"], "due": {"look": "2026-03-05T23:59:59+08:00"}},
        },
        "steps": [{"when": LOOK, "then": {"open": [], "end": ["granted"], "ended": True}}],
    },
    "lapsed": {
        "id": "lapsed",
        "title": "十日未審，申請失效。",
        "given": {
            "now": "2026-03-02T09:00+08:00",
            "start": {"as": "resident1", "values": {}},
        },
        "steps": [{"when": {"advance": "P11D"}, "then": {"end": ["lapsed"], "ended": True}}],
    },
}


def files(days: int = 3, **scenarios: Mapping[str, object]) -> dict[str, bytes]:
    """Give the files of the package.

    Args:
        days: for the review of the garden.
        scenarios: in place of those above.
    """
    return {
        "garden.bpmn": BPMN.replace("DAYS", str(days)).replace("DRAWING", drawing()).encode(),
        "forms/garden/look.json": json.dumps(FORM, ensure_ascii=False).encode(),
        **{
            f"scenarios/{name}.json": json.dumps(raw, ensure_ascii=False).encode()
            for name, raw in (scenarios or SCENARIOS).items()
        },
    }
