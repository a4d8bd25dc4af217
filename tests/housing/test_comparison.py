"""What differs between two versions of a package: each change alone, and what is none."""

import json
import re

import pytest
from lxml import etree

from housing.comparison import compare

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:anju="https://anju.example.org/schema/1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="x">'
)
BPMN = f"""<?xml version="1.0" encoding="UTF-8"?>
{HEAD}
  <bpmn:message id="m_cancel" name="permit.cancel"/>
  <bpmn:message id="m_more" name="permit.more"/>
  <bpmn:process id="permit" name="許可" isExecutable="true">
    <bpmn:documentation>許可之審查。</bpmn:documentation>
    <bpmn:extensionElements>
      <anju:sla id="whole" name="全案" from="review" to="issue" amount="30" unit="calendar_days">
        <anju:pause while="supplement" reason="等待補件"/>
      </anju:sla>
    </bpmn:extensionElements>
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane_officer" name="承辦">
        <bpmn:flowNodeRef>start</bpmn:flowNodeRef><bpmn:flowNodeRef>review</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>rate</bpmn:flowNodeRef><bpmn:flowNodeRef>gate</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>issue</bpmn:flowNodeRef><bpmn:flowNodeRef>late</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="lane_person" name="申請人">
        <bpmn:flowNodeRef>supplement</bpmn:flowNodeRef><bpmn:flowNodeRef>done</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="start" name="收件"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="review"/>
    <bpmn:userTask id="review" name="審件" camunda:formKey="permit/review"
        camunda:candidateGroups="officer" anju:milestone="審查中">
      <bpmn:documentation>查核文件。</bpmn:documentation>
      <bpmn:extensionElements>
        <anju:sla id="review_10d" name="審件" amount="10" unit="working_days" calendar="city"
            basis="內部設定">
          <anju:rung at="-P1D" notify="doer"/>
          <anju:rung at="P0D" notify="doer supervisor"/>
        </anju:sla>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="late" name="逾期" attachedToRef="review" cancelActivity="false">
      <bpmn:timerEventDefinition id="late_t"><bpmn:timeDuration
        xsi:type="bpmn:tFormalExpression">P15D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="review" targetRef="rate"/>
    <bpmn:businessRuleTask id="rate" name="計分" camunda:decisionRef="points"/>
    <bpmn:sequenceFlow id="f3" sourceRef="rate" targetRef="gate"/>
    <bpmn:exclusiveGateway id="gate" name="齊全？" default="f5"/>
    <bpmn:sequenceFlow id="f4" name="是" sourceRef="gate" targetRef="issue">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">complete = true
      </bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f5" name="否" sourceRef="gate" targetRef="supplement"/>
    <bpmn:userTask id="supplement" name="補件" camunda:assignee="=applicant"
        camunda:dueDate="=calendar days after(now(), 14)"/>
    <bpmn:sequenceFlow id="f6" sourceRef="supplement" targetRef="review"/>
    <bpmn:serviceTask id="issue" name="發證" camunda:type="external" camunda:topic="permit.issue">
      <bpmn:extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="number">=number</camunda:inputParameter>
        <camunda:outputParameter name="issued">=true</camunda:outputParameter>
      </camunda:inputOutput></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="f7" sourceRef="issue" targetRef="done"/>
    <bpmn:endEvent id="done" name="已發證"/>
    <bpmn:subProcess id="appeal" name="申訴" triggeredByEvent="true">
      <bpmn:startEvent id="appealed" name="申訴" isInterrupting="false">
        <bpmn:messageEventDefinition id="appealed_m" messageRef="m_cancel"/>
      </bpmn:startEvent>
      <bpmn:sequenceFlow id="f8" sourceRef="appealed" targetRef="count"/>
      <bpmn:scriptTask id="count" name="計次" scriptFormat="feel">
        <bpmn:script>times = times + 1</bpmn:script>
      </bpmn:scriptTask>
      <bpmn:sequenceFlow id="f9" sourceRef="count" targetRef="sub"/>
      <bpmn:callActivity id="sub" name="複審" calledElement="permit.second">
        <bpmn:multiInstanceLoopCharacteristics camunda:collection="=judges"/>
      </bpmn:callActivity>
    </bpmn:subProcess>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="plane" bpmnElement="permit">
    <bpmndi:BPMNShape id="review_di" bpmnElement="review"><dc:Bounds x="100" y="80" width="100"
      height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""
DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="p" name="計分">
  <decision id="points" name="計分"><decisionTable id="t" hitPolicy="FIRST">
    <input id="i1" label="人口"><inputExpression id="e1" typeRef="number"><text>people</text>
    </inputExpression></input>
    <output id="o1" label="分數" name="score" typeRef="number"/>
    <output id="o2" label="期限（日）" name="due_days" typeRef="number"/>
    <rule id="r1"><inputEntry id="c11"><text>&gt;= 5</text></inputEntry>
      <outputEntry id="c12"><text>3</text></outputEntry>
      <outputEntry id="c13"><text>5</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="c21"><text>&gt;= 3</text></inputEntry>
      <outputEntry id="c22"><text>2</text></outputEntry>
      <outputEntry id="c23"><text>5</text></outputEntry></rule>
    <rule id="r3"><inputEntry id="c31"><text>-</text></inputEntry>
      <outputEntry id="c32"><text>1</text></outputEntry>
      <outputEntry id="c33"><text>5</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""
FORM = {
    "schemaVersion": 16,
    "type": "default",
    "id": "permit_review",
    "title": "審件",
    "components": [
        {"id": "a", "type": "checkbox", "key": "complete", "label": "文件齊全"},
        {
            "id": "b",
            "type": "textarea",
            "key": "note",
            "label": "說明",
            "description": "缺什麼。",
            "validate": {"maxLength": 100},
            "conditional": {"hide": "=complete = true"},
        },
        {
            "id": "c",
            "type": "select",
            "key": "kind",
            "label": "類別",
            "values": [{"value": "new", "label": "新案"}, {"value": "old", "label": "舊案"}],
        },
    ],
}
FILES = {
    "permit.bpmn": BPMN.encode(),
    "points.dmn": DMN.encode(),
    "forms/permit/review.json": json.dumps(FORM).encode(),
    "en.json": json.dumps({"審件": "Review"}).encode(),
    "scenarios/plain.json": json.dumps({"id": "plain", "title": "一次通過"}).encode(),
}

NEW_TASK = (
    '<bpmn:userTask id="phone" name="電話聯繫" camunda:candidateGroups="property_manager"/>'
    '<bpmn:sequenceFlow id="f2b" sourceRef="phone" targetRef="rate"/>'
)
RULE_2 = DMN[DMN.index('<rule id="r2">') : DMN.index('<rule id="r3">')]
RULE_3 = DMN[DMN.index('<rule id="r3">') : DMN.index("</decisionTable>")]
OFFICER_RATE = "<bpmn:flowNodeRef>rate</bpmn:flowNodeRef>"
END = "<bpmn:flowNodeRef>done</bpmn:flowNodeRef>"
TIMER_CALENDAR = ('id="late_t"', 'id="late_t" anju:calendar="working-days"')
RUNG = '<anju:rung at="P0D" notify="doer supervisor"/>'
SCRIPT_TASK = BPMN[BPMN.index("<bpmn:scriptTask") : BPMN.index('<bpmn:sequenceFlow id="f9"')]

DIAGRAM_CHANGES = {
    "a step between two": (
        [
            (
                'sourceRef="review" targetRef="rate"/>',
                f'sourceRef="review" targetRef="phone"/>{NEW_TASK}',
            )
        ],
        ("added", "phone", "", "", ""),
    ),
    "a step taken out": (
        [
            ('<bpmn:businessRuleTask id="rate" name="計分" camunda:decisionRef="points"/>', ""),
            ('<bpmn:sequenceFlow id="f3" sourceRef="rate" targetRef="gate"/>', ""),
            ('sourceRef="review" targetRef="rate"', 'sourceRef="review" targetRef="gate"'),
            (OFFICER_RATE, ""),
        ],
        ("removed", "rate", "", "", ""),
    ),
    "another name": (
        [('name="審件" camunda', 'name="初審" camunda')],
        ("renamed", "review", "", "審件", "初審"),
    ),
    "another lane": (
        [(OFFICER_RATE, ""), (END, END + OFFICER_RATE)],
        ("lane", "rate", "", "承辦", "申請人"),
    ),
    "a flow to elsewhere": (
        [('sourceRef="supplement" targetRef="review"', 'sourceRef="supplement" targetRef="rate"')],
        ("rewired", "f6", "", "補件 → 審件", "補件 → 計分"),
    ),
    "a new flow": (
        [
            (
                "<bpmn:endEvent",
                '<bpmn:sequenceFlow id="n" sourceRef="late" targetRef="done"/><bpmn:endEvent',
            )
        ],
        ("added", "n", "", "", ""),
    ),
    "another type": (
        [('userTask id="supplement"', 'manualTask id="supplement"')],
        ("type", "supplement", "", "userTask", "manualTask"),
    ),
    "documentation": (
        [("查核文件。", "查核正本。")],
        ("documentation", "review", "", "查核文件。", "查核正本。"),
    ),
    "a service level's days": (
        [('amount="10"', 'amount="15"')],
        ("deadline", "review", "審件", "10 working_days", "15 working_days"),
    ),
    "a service level's unit": (
        [('unit="working_days"', 'unit="calendar_days"')],
        ("deadline", "review", "審件", "10 working_days", "10 calendar_days"),
    ),
    "the whole case's days": (
        [('amount="30"', 'amount="45"')],
        ("deadline", "permit", "全案", "30 calendar_days", "45 calendar_days"),
    ),
    "a due date": (
        [("after(now(), 14)", "after(now(), 21)")],
        (
            "deadline",
            "supplement",
            "",
            "=calendar days after(now(), 14)",
            "=calendar days after(now(), 21)",
        ),
    ),
    "a timer with an id": ([("P15D", "P20D")], ("deadline", "late", "", "P15D", "P20D")),
    "a timer's calendar": ([TIMER_CALENDAR], ("calendar", "late", "", "", "working-days")),
    "a service level's calendar": (
        [('calendar="city"', 'calendar="court"')],
        ("calendar", "review", "審件", "city", "court"),
    ),
    "the legal basis": (
        [('basis="內部設定"', 'basis="契約第3條"')],
        ("basis", "review", "審件", "內部設定", "契約第3條"),
    ),
    "a rung more": (
        [(RUNG, f'{RUNG}<anju:rung at="P3D" notify="officer"/>')],
        ("rung-added", "review", "P3D", "", "officer"),
    ),
    "a rung less": ([(RUNG, "")], ("rung-removed", "review", "P0D", "doer supervisor", "")),
    "a rung later": (
        [('at="P0D"', 'at="PT10H"')],
        ("rung-time", "review", "doer supervisor", "P0D", "PT10H"),
    ),
    "a rung's receivers": (
        [('"doer supervisor"', '"doer"')],
        ("rung", "review", "P0D", "doer supervisor", "doer"),
    ),
    "why the clock stops": (
        [("等待補件", "申請人補件中")],
        ("pause-reason", "permit", "supplement", "等待補件", "申請人補件中"),
    ),
    "the clock stops no more": (
        [('<anju:pause while="supplement" reason="等待補件"/>', "")],
        ("pause-removed", "permit", "supplement", "等待補件", ""),
    ),
    "a service level less": (
        [
            (
                BPMN[
                    BPMN.index('<anju:sla id="review_10d"') : BPMN.index(
                        "</anju:sla>\n      </bpmn:extensionElements>\n    </bpmn:userTask>"
                    )
                    + 11
                ],
                "",
            )
        ],
        ("level-removed", "review", "審件", "", ""),
    ),
    "who does it": (
        [('candidateGroups="officer"', 'candidateGroups="section_chief"')],
        ("role", "review", "", "officer", "section_chief"),
    ),
    "the one person": (
        [('"=applicant"', '"=proxy"')],
        ("assignee", "supplement", "", "=applicant", "=proxy"),
    ),
    "the form": (
        [('"permit/review"', '"permit/check"')],
        ("form", "review", "", "permit/review", "permit/check"),
    ),
    "the milestone": ([("審查中", "審核中")], ("milestone", "review", "", "審查中", "審核中")),
    "a condition": (
        [("complete = true", "complete = true and paid")],
        ("condition", "f4", "", "complete = true", "complete = true and paid"),
    ),
    "the default flow": (
        [('default="f5"', 'default="f4"')],
        ("default-flow", "gate", "", "補件", "發證"),
    ),
    "the topic": (
        [('"permit.issue"', '"permit.print"')],
        ("topic", "issue", "", "permit.issue", "permit.print"),
    ),
    "an input": (
        [(">=number<", ">=case_number<")],
        ("input", "issue", "number", "=number", "=case_number"),
    ),
    "an output": (
        [('name="issued">=true', 'name="issued">=false')],
        ("output", "issue", "issued", "=true", "=false"),
    ),
    "the decision": (
        [('decisionRef="points"', 'decisionRef="marks"')],
        ("decision", "rate", "", "points", "marks"),
    ),
    "the called process": (
        [('"permit.second"', '"permit.third"')],
        ("called-process", "sub", "", "permit.second", "permit.third"),
    ),
    "a script": (
        [("times + 1", "times + 2")],
        ("script", "count", "", "times = times + 1", "times = times + 2"),
    ),
    "the repetition": (
        [('"=judges"', '"=experts"')],
        ("repeat", "sub", "", "parallel; collection: =judges", "parallel; collection: =experts"),
    ),
    "another message": (
        [('messageRef="m_cancel"', 'messageRef="m_more"')],
        ("event-name", "appealed", "", "permit.cancel", "permit.more"),
    ),
    "a message's name": (
        [('name="permit.more"', 'name="permit.papers"')],
        ("renamed", "m_more", "", "permit.more", "permit.papers"),
    ),
    "an event that interrupts": (
        [(' cancelActivity="false"', "")],
        ("interrupting", "late", "", "false", ""),
    ),
    "an event at another step": (
        [('attachedToRef="review"', 'attachedToRef="supplement"')],
        ("attached", "late", "", "審件", "補件"),
    ),
    "an unknown setting": (
        [('camunda:topic="permit.issue"', 'camunda:topic="permit.issue" camunda:retries="3"')],
        ("setting", "issue", "retries", "", "3"),
    ),
    "only the drawing": ([('x="100"', 'x="160"')], ("drawing", "", "", "", "1")),
    "a step under a new id": (
        [
            ('id="count"', 'id="count2"'),
            ('targetRef="count"', 'targetRef="count2"'),
            ('sourceRef="count"', 'sourceRef="count2"'),
        ],
        ("identity", "count2", "", "count", "count2"),
    ),
}
DECISION_CHANGES = {
    "a cell": ([("<text>2</text>", "<text>4</text>")], ("cell", "points", "o1", "2", "4")),
    "a rule more": (
        [(RULE_3, RULE_2.replace("r2", "r9").replace("&gt;= 3", "2") + RULE_3)],
        ("rule-added", "points", "r9", "", "人口 2 → 分數 2；期限（日） 5"),
    ),
    "a rule less": (
        [(RULE_2, "")],
        ("rule-removed", "points", "r2", "人口 >= 3 → 分數 2；期限（日） 5", ""),
    ),
    "the order of rules": (
        [(RULE_2 + RULE_3, RULE_3 + RULE_2)],
        ("rule-order", "points", "r3", "3", "2"),
    ),
    "the hit policy": ([('"FIRST"', '"UNIQUE"')], ("hit-policy", "points", "", "FIRST", "UNIQUE")),
    "an input's label": (
        [('label="人口"', 'label="戶內人口"')],
        ("column-renamed", "points", "i1", "人口", "戶內人口"),
    ),
    "an input's expression": (
        [("<text>people<", "<text>count(people)<")],
        ("column-expression", "points", "人口", "people", "count(people)"),
    ),
    "a decision's name": (
        [('id="points" name="計分"', 'id="points" name="評點"')],
        ("renamed", "points", "", "計分", "評點"),
    ),
}


def edited(text: str, edits: list[tuple[str, str]]) -> str:
    for old, new in edits:
        text = text.replace(old, new)
    return text


def only_change(name: str, content: str) -> tuple[str, ...]:
    (change,) = compare(FILES, {**FILES, name: content.encode()})
    return change.kind, change.element_id, change.field, change.before, change.after


@pytest.mark.parametrize("name", DIAGRAM_CHANGES)
def test_each_change_of_a_diagram_alone_gives_one_change(name):
    edits, expected = DIAGRAM_CHANGES[name]

    assert only_change("permit.bpmn", edited(BPMN, edits)) == expected


@pytest.mark.parametrize("name", DECISION_CHANGES)
def test_each_change_of_a_decision_alone_gives_one_change(name):
    edits, expected = DECISION_CHANGES[name]

    assert only_change("points.dmn", edited(DMN, edits)) == expected


def form_with(**changes: object) -> str:
    """Change the second field."""
    parts = [dict(part) for part in FORM["components"]]
    parts[1] |= changes
    return json.dumps({**FORM, "components": parts})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"label": "理由"}, ("field-label", "b", "", "說明", "理由")),
        (
            {"description": "缺哪些文件。"},
            ("field-help", "b", "description", "缺什麼。", "缺哪些文件。"),
        ),
        (
            {"validate": {"maxLength": 100, "required": True}},
            ("field-required", "b", "validate.required", "", "true"),
        ),
        (
            {"validate": {"maxLength": 200}},
            ("field-limit", "b", "validate.maxLength", "100", "200"),
        ),
        ({"conditional": {}}, ("field-condition", "b", "conditional.hide", "=complete = true", "")),
        ({"type": "textfield"}, ("field-type", "b", "type", "textarea", "textfield")),
        ({"key": "reason"}, ("field-key", "b", "key", "note", "reason")),
        (
            {"properties": {"variable": "true"}},
            ("field-variable", "b", "properties.variable", "", "true"),
        ),
        ({"spellcheck": True}, ("field-setting", "b", "spellcheck", "", "true")),
    ],
)
def test_each_change_of_a_field_alone_gives_one_change(changes, expected):
    assert only_change("forms/permit/review.json", form_with(**changes)) == expected


def test_fields_and_answers_that_come_go_and_move_are_told():
    a, b, c = FORM["components"]
    photo = {"id": "d", "type": "filepicker", "key": "photos", "label": "照片"}
    fewer = {**c, "values": c["values"][:1]}
    name = "forms/permit/review.json"

    def told(*components: object) -> tuple[str, ...]:
        return only_change(name, json.dumps({**FORM, "components": components}))[:3]

    assert told(a, b, c, photo) == ("field-added", "d", "")
    assert told(a, c) == ("field-removed", "b", "")
    assert told(b, c, a) == ("field-order", "a", "")
    assert told(a, b, fewer) == ("option-removed", "c", "old")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("en.json", {"審件": "Examination"}, ("text-changed", "審件")),
        ("en.json", {"審件": "Review", "補件": "Supplement"}, ("text-added", "補件")),
        ("scenarios/plain.json", {"id": "plain", "title": "通過"}, ("scenario-changed", "通過")),
        ("scenarios/late.json", {"id": "late", "title": "逾期"}, ("scenario-added", "逾期")),
        ("forms/permit/new.json", {"title": "電話紀錄"}, ("form-added", "電話紀錄")),
    ],
)
def test_texts_scenarios_and_new_forms_are_told(name, content, expected):
    (change,) = compare(FILES, {**FILES, name: json.dumps(content).encode()})

    assert (change.kind, change.element_name) == expected


def test_a_removed_file_is_told():
    rest = {name: content for name, content in FILES.items() if name != "points.dmn"}

    assert [each.kind for each in compare(FILES, rest)] == ["decision-removed"]


def test_writing_the_same_model_in_another_way_is_no_change():
    prefixes = BPMN.replace("bpmn:", "b2:").replace("xmlns:bpmn=", "xmlns:b2=")
    indented = re.sub(r">\s+<", ">\n\n<", prefixes)
    sorted_attributes = etree.tostring(etree.fromstring(BPMN.encode()), method="c14n")
    defaults = BPMN.replace('name="複審"', 'name="複審" startQuantity="1"')
    form = json.dumps({**FORM, "schemaVersion": 17}, indent=4, sort_keys=True)

    for bpmn in (indented.encode(), sorted_attributes, defaults.encode()):
        files = {**FILES, "permit.bpmn": bpmn, "forms/permit/review.json": form.encode()}
        assert compare(FILES, files) == ()


def test_a_file_that_cannot_be_read_is_told():
    (change,) = compare(FILES, {**FILES, "permit.bpmn": b"<no"})

    assert (change.kind, change.file) == ("file-unreadable", "permit.bpmn")


DERIVED = {"incoming", "outgoing", "definitions", "BPMNDiagram", "BPMNPlane"}


@pytest.mark.parametrize("name", ["permit.bpmn", "points.dmn"])
def test_no_attribute_and_no_text_can_change_unseen(name):
    """Ids of inner parts, XML types and what follows from the flows mean nothing."""
    root = etree.fromstring(FILES[name])
    unseen = []
    for element in root.iter(etree.Element):
        for attribute, value in element.attrib.items():
            element.set(attribute, f"{value}9")
            if not compare(FILES, {**FILES, name: etree.tostring(root)}):
                unseen.append((etree.QName(element).localname, etree.QName(attribute).localname))
            element.set(attribute, value)
        if element.text and element.text.strip():
            text, element.text = element.text, f"{element.text.strip()}9"
            if not compare(FILES, {**FILES, name: etree.tostring(root)}):
                unseen.append((etree.QName(element).localname, "text"))
            element.text = text

    told = {pair for pair in unseen if pair[0] not in DERIVED and pair[1] not in {"id", "type"}}
    assert told <= {("BPMNShape", "bpmnElement")}


def test_a_copied_field_that_kept_its_id_is_compared_too():
    twice = [*FORM["components"], {**FORM["components"][1], "key": "note2", "label": "附註"}]

    assert only_change("forms/permit/review.json", json.dumps({**FORM, "components": twice}))[
        :2
    ] == (
        "field-added",
        "b+",
    )
