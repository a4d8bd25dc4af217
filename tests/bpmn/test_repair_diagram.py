"""The repair diagram is complete: for the engine, for readers, for print."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from lxml import etree

from bpmn import catalogue
from engine.decisions import parse_decisions
from engine.spiff.linter import lint
from forms import catalogue as form_catalogue
from forms.schema import load
from tests.drawings import boxes, overlap

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
ANJU = "{https://anju.example.org/schema/1.0}"
FLOW_NODES = {
    f"{BPMN}{tag}"
    for tag in (
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "exclusiveGateway",
        "parallelGateway",
        "subProcess",
    )
}
LANES = ["住戶", "物管人員", "保固廠商", "報修廠商", "住宅處承辦", "科長", "工程單位"]
# Forms that stand outside the diagram's user tasks: the start, and the message for more time.
OTHER_FORMS = {"repair/report", "repair/extension"}
# Contractors' tasks are due with their order, works with their contract.
OWN_DUE_DATES = {"=due_at", "=calendar days after(date(planned_completion_on), 0)"}


def nodes(diagram: etree._Element) -> Iterator[etree._Element]:
    return (element for element in diagram.iter() if element.tag in FLOW_NODES)


def by_tag(diagram: etree._Element, tag: str) -> list[etree._Element]:
    return list(diagram.iter(f"{BPMN}{tag}"))


def known_decisions() -> set[str]:
    resources = catalogue.resources("repair")
    models = [parse_decisions(xml) for name, xml in resources.items() if name.endswith(".dmn")]
    return {decision for model in models for decision in model.decision_ids}


def test_every_id_is_used_once(diagram: etree._Element) -> None:
    ids = Counter(element.get("id") for element in diagram.iter() if element.get("id"))

    assert [name for name, count in ids.items() if count > 1] == []


def test_the_linter_finds_nothing(diagram: etree._Element) -> None:
    topics = {task.get(f"{CAMUNDA}topic", "") for task in by_tag(diagram, "serviceTask")}

    problems = lint(
        catalogue.read("repair", "repair.bpmn"),
        known_topics=frozenset(topics),
        known_decisions=frozenset(known_decisions()),
        known_forms=frozenset(form_catalogue.keys()),
    )

    assert problems == []


def test_lanes_are_the_roles_from_top_to_bottom(diagram: etree._Element) -> None:
    lanes = by_tag(diagram, "lane")
    shapes = boxes(diagram)

    assert [lane.get("name") for lane in lanes] == LANES
    edges = [shapes[lane.get("id", "")] for lane in lanes]
    assert all(above[3] == below[1] for above, below in pairwise(edges))


def test_every_element_explains_itself_in_chinese(diagram: etree._Element) -> None:
    documented = [*nodes(diagram), *by_tag(diagram, "lane"), *by_tag(diagram, "process")]
    texts = {element.get("id"): element.findtext(f"{BPMN}documentation") for element in documented}

    assert [name for name, text in texts.items() if not text or text.isascii()] == []


def test_every_flow_node_and_flow_is_drawn(diagram: etree._Element) -> None:
    shapes = boxes(diagram)
    edges = {edge.get("bpmnElement") for edge in diagram.iter(f"{DI}BPMNEdge")}

    assert [node.get("id") for node in nodes(diagram) if node.get("id", "") not in shapes] == []
    flows = {flow.get("id") for flow in by_tag(diagram, "sequenceFlow")}
    assert flows - edges == set()


def test_flow_nodes_stand_inside_their_lane(diagram: etree._Element) -> None:
    shapes = boxes(diagram)
    outside = []
    for lane in by_tag(diagram, "lane"):
        _, top, _, bottom = shapes[lane.get("id", "")]
        for reference in lane.iter(f"{BPMN}flowNodeRef"):
            _, node_top, _, node_bottom = shapes[reference.text or ""]
            if node_top < top or node_bottom > bottom:
                outside.append(reference.text)

    assert outside == []


def test_no_two_flow_nodes_overlap(diagram: etree._Element) -> None:
    shapes = boxes(diagram)
    drawn = [
        (node.getparent(), node.get("id", ""))
        for node in nodes(diagram)
        if node.tag != f"{BPMN}boundaryEvent"
    ]
    clashes = [
        (first, second)
        for index, (scope, first) in enumerate(drawn)
        for other_scope, second in drawn[index + 1 :]
        if scope is other_scope and overlap(shapes[first], shapes[second])
    ]

    assert clashes == []


def test_edges_run_straight_and_end_at_their_nodes(diagram: etree._Element) -> None:
    shapes = boxes(diagram)
    flows = {flow.get("id"): flow for flow in by_tag(diagram, "sequenceFlow")}
    crooked, loose = [], []
    for edge in diagram.iter(f"{DI}BPMNEdge"):
        name = edge.get("bpmnElement")
        points = [
            (float(point.get("x", "")), float(point.get("y", ""))) for point in edge.iter(WAYPOINT)
        ]
        pairs = pairwise(points)
        if any(abs(a[0] - b[0]) > 1 and abs(a[1] - b[1]) > 1 for a, b in pairs):
            crooked.append(name)
        ends = ((points[0], "sourceRef"), (points[-1], "targetRef"))
        for (x, y), key in ends:
            left, top, right, bottom = shapes[flows[name].get(key, "")]
            if not (left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1):
                loose.append(name)

    assert (crooked, loose) == ([], [])


def test_edges_keep_clear_of_other_nodes(diagram: etree._Element) -> None:
    shapes = boxes(diagram)
    parents = {node.get("id", ""): node.getparent() for node in nodes(diagram)}
    flows = {flow.get("id"): flow for flow in by_tag(diagram, "sequenceFlow")}
    hit = []
    for edge in diagram.iter(f"{DI}BPMNEdge"):
        flow = flows[edge.get("bpmnElement")]
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        points = [
            (float(point.get("x", "")), float(point.get("y", ""))) for point in edge.iter(WAYPOINT)
        ]
        for (x1, y1), (x2, y2) in pairwise(points):
            line = (min(x1, x2), min(y1, y2), max(x1, x2) + 0.1, max(y1, y2) + 0.1)
            hit += [
                (flow.get("id"), name)
                for name, parent in parents.items()
                if parent is flow.getparent() and name not in ends and overlap(line, shapes[name])
            ]

    # the way out of a boundary event begins on its own task
    hosts = {
        event.get("id"): event.get("attachedToRef") for event in by_tag(diagram, "boundaryEvent")
    }
    assert [
        (flow, name) for flow, name in hit if hosts.get(flows[flow].get("sourceRef")) != name
    ] == []


def test_the_print_fits_a3_landscape(diagram: etree._Element) -> None:
    left, top, right, bottom = boxes(diagram)["repair_pool"]

    assert 1.2 <= (right - left) / (bottom - top) <= 1.7
    assert right - left <= 3200


def test_every_user_task_has_a_form_somebody_to_do_it_and_a_deadline(
    diagram: etree._Element,
) -> None:
    for task in by_tag(diagram, "userTask"):
        name = task.get("id")
        assert task.get(f"{CAMUNDA}formKey") in form_catalogue.keys(), name  # noqa: SIM118
        assert task.get(f"{CAMUNDA}candidateGroups") or task.get(f"{CAMUNDA}assignee"), name
        level = task.find(f"{BPMN}extensionElements/{ANJU}sla")
        assert level is not None or task.get(f"{CAMUNDA}dueDate") in OWN_DUE_DATES, name


def test_every_service_level_names_its_source(diagram: etree._Element) -> None:
    levels = list(diagram.iter(f"{ANJU}sla"))

    assert {"triage_2d", "b1_7d", "b2_5d", "case_30d"} <= {level.get("id") for level in levels}
    assert [level.get("id") for level in levels if not level.get("basis")] == []


def test_contractors_see_only_their_own_orders(diagram: etree._Element) -> None:
    groups = {
        task.get("id"): task.get(f"{ANJU}scope")
        for task in by_tag(diagram, "userTask")
        if task.get(f"{CAMUNDA}candidateGroups") == "contractor"
    }

    assert groups
    assert set(groups.values()) == {"=contractor_scope"}


def test_every_shipped_repair_form_is_used(diagram: etree._Element) -> None:
    used = {task.get(f"{CAMUNDA}formKey") for task in by_tag(diagram, "userTask")}
    shipped = {key for key in form_catalogue.keys() if key.startswith("repair/")}  # noqa: SIM118

    assert shipped == used | OTHER_FORMS


@pytest.mark.parametrize("key", form_catalogue.keys())
def test_every_form_definition_is_valid(key: str) -> None:
    assert load(form_catalogue.read(key)).components


def test_every_decision_is_there(diagram: etree._Element) -> None:
    used = {task.get(f"{CAMUNDA}decisionRef") for task in by_tag(diagram, "businessRuleTask")}

    assert used == known_decisions()


def test_every_exclusive_split_has_a_way_out_for_any_answer(diagram: etree._Element) -> None:
    splits = {
        gateway.get("id"): gateway.get("default")
        for gateway in by_tag(diagram, "exclusiveGateway")
        if len(gateway.findall(f"{BPMN}outgoing")) > 1
    }

    assert [name for name, default in splits.items() if default is None] == []


def test_deadlines_of_contractors_interrupt_and_requests_do_not(diagram: etree._Element) -> None:
    boundaries = {event.get("id"): event for event in by_tag(diagram, "boundaryEvent")}

    for name in ("b1_late", "b2_late"):
        assert boundaries[name].get("cancelActivity", "true") == "true"
        assert boundaries[name].findtext(f".//{BPMN}timeDate") == "=due_at"
    for name in ("b1_extension", "b2_extension"):
        assert boundaries[name].get("cancelActivity") == "false"
