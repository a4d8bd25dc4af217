"""The packages of applications: drawn for readers, rehearsed whole, decisions as the rules say."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from lxml import etree

from bpmn import catalogue
from engine.decisions import parse_decisions
from housing import scenarios
from tests.drawings import boxes, overlap

PACKAGES = ("application_periodic", "application_review", "application_rolling")
GOLDEN = {
    "s1-supplement-online-last-moment",
    "s1-supplement-online-nothing-comes",
    "s1-served-saturday",
    "s2-postmark-last-day",
    "s2-postmark-too-late",
    "s3-duplicate-couple-choose",
    "s3-duplicate-couple-no-answer",
    "app1-all-defects-at-once",
    "app2-mydata-timeout-upload",
}
LEAST_SCENARIOS = 35
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
NOW = datetime(2024, 3, 4, tzinfo=UTC)
FACTS: dict[str, object] = {
    "household_class": "general",
    "age": 34,
    "min_age": 18,
    "city_link": "registered",
    "link_proof": False,
    "home": "none",
    "share_deed": False,
    "income": 57_509,
    "income_limit": 57_509,
    "property": 5_789_999,
    "property_limit": 5_790_000,
    "other_subsidy": False,
    "years_used": 5,
    "years_limit": 6,
    "arrears": False,
    "papers": ["register", "income_list", "property_list"],
    "missing": [],
    "persons": 1,
    "min_persons": 1,
    "max_persons": 2,
    "duplicate": False,
    "uses_score": True,
    "minors": 0,
    "disabled": 0,
    "elders": 0,
    "pregnant": 0,
}


def decide(decision: str, **facts: object) -> object:
    model = parse_decisions(catalogue.read("application_review", f"{decision}.dmn"))
    variables = {"facts": {**FACTS, **facts}, "class_terms": {"proof": "none"}}
    return model.evaluate(decision, variables, now=NOW).value


def codes(**facts: object) -> list[str]:
    found = decide("eligibility", **facts) or []
    assert isinstance(found, list)
    return [each["code"] for each in found]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_scenario_passes_and_every_flow_and_end_is_walked(package):
    report = scenarios.run(package)

    assert [f"{each.id}: {each.failure}" for each in report.results if each.failure] == []
    assert [part.words for part in report.unwalked_flows] == []
    assert [part.words for part in report.unreached_ends] == []


def test_the_golden_scenarios_are_there():
    ids = {str(each["id"]) for each in catalogue.scenarios("application_review")}

    assert ids >= GOLDEN
    assert sum(len(catalogue.scenarios(package)) for package in PACKAGES) >= LEAST_SCENARIOS


def test_who_meets_every_limit_has_no_defect():
    assert codes() == []


@pytest.mark.parametrize(
    ("facts", "code", "kind"),
    [
        ({"age": 17}, "AGE", "fatal"),
        ({"city_link": "none"}, "NO_CITY_LINK", "fatal"),
        ({"city_link": "work"}, "LINK_PROOF_MISSING", "curable"),
        ({"home": "own"}, "OWNS_HOME", "fatal"),
        ({"home": "small_share"}, "SHARE_DEED_MISSING", "curable"),
        ({"income": 57_510}, "INCOME_OVER", "fatal"),
        ({"property": 5_790_000}, "PROPERTY_OVER", "fatal"),
        ({"other_subsidy": True}, "OTHER_SUBSIDY", "curable"),
        ({"years_used": 6}, "YEARS_USED", "fatal"),
        ({"arrears": True}, "ARREARS", "curable"),
        ({"missing": ["income_list"]}, "DOC_MISSING", "curable"),
        ({"persons": 3}, "PERSONS_RANGE", "curable"),
        ({"duplicate": True}, "DUPLICATE", "curable"),
    ],
)
def test_each_rule_of_eligibility_finds_its_defect(facts, code, kind):
    found = decide("eligibility", **facts)

    assert isinstance(found, list)
    assert [(each["code"], each["kind"]) for each in found] == [(code, kind)]
    assert found[0]["source"]


def test_all_defects_are_found_at_once():
    found = codes(age=17, income=60_000, missing=["register", "income_list"], arrears=True)

    assert found == ["AGE", "INCOME_OVER", "ARREARS", "DOC_MISSING", "DOC_MISSING"]


def test_points_add_up_and_count_only_where_the_call_uses_them():
    many = {"minors": 4, "disabled": 1, "elders": 2, "pregnant": 1}

    assert decide("application_score", **many) == Decimal(35)
    assert decide("application_score", uses_score=False, **many) == Decimal(0)


@pytest.mark.parametrize("package", PACKAGES)
def test_nodes_stand_apart_inside_their_lanes_and_edges_run_straight(package):
    root = etree.fromstring(catalogue.read(package, f"{package}.bpmn"))
    shapes = boxes(root)
    for lane in root.iter(f"{BPMN}lane"):
        _, top, _, bottom = shapes[lane.get("id", "")]
        inside = [shapes[reference.text or ""] for reference in lane.iter(f"{BPMN}flowNodeRef")]
        assert all(top <= box[1] and box[3] <= bottom for box in inside)
        boundaries = {node.get("id") for node in root.iter(f"{BPMN}boundaryEvent")}
        nodes = [ref.text or "" for ref in lane.iter(f"{BPMN}flowNodeRef")]
        apart = [shapes[name] for name in nodes if name not in boundaries]
        assert [pair for pair in combinations(apart, 2) if overlap(*pair)] == []
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iter(WAYPOINT)]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))


def test_no_personal_data_is_named_by_the_process():
    root = etree.fromstring(catalogue.read("application_review", "application_review.bpmn"))
    texts = " ".join(
        text for node in root.iter(etree.Element) for text in (node.text or "", *node.values())
    )

    assert [name for name in ("nat_id", "=name", "mobile", "address_") if name in texts] == []
