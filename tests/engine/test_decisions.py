"""Decision models: what is read, decided and refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.decisions import parse_decisions
from engine.errors import DecisionFailed, DeploymentRefused

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/{version}/MODEL/" name="m" namespace="n">'
Build = Callable[..., bytes]


def model(body: str, version: str = "20230324") -> bytes:
    return (HEAD.format(version=version) + body + "</definitions>").encode()


def table(policy: str, rules: str, outputs: str = '<output id="out"/>', extra: str = "") -> bytes:
    return model(
        f"""
        <decision id="payer" name="誰付錢"><variable name="payer"/>
          <decisionTable id="t" hitPolicy="{policy}" {extra}>
            <input id="i" label="年資"><inputExpression><text>years</text></inputExpression></input>
            {outputs}{rules}
          </decisionTable>
        </decision>"""
    )


def rule(number: int, test: str, *results: str) -> str:
    cells = "".join(f"<outputEntry><text>{result}</text></outputEntry>" for result in results)
    test = test.replace("<", "&lt;").replace(">", "&gt;")
    return f'<rule id="r{number}"><inputEntry><text>{test}</text></inputEntry>{cells}</rule>'


RULES = rule(1, "< 5", '"warranty"') + rule(2, "< 10", '"city"') + rule(3, ">= 10", '"tenant"')
TWO = '<output name="payer"/><output name="days"/>'
ORDERED = '<output><outputValues><text>"tenant", "city", "warranty"</text></outputValues></output>'


def decide(xml: bytes, decision: str = "payer", **variables: object) -> object:
    return parse_decisions(xml).evaluate(decision, variables, now=NOW).value


def test_a_table_tells_its_value_the_matched_rules_and_the_inputs():
    found = parse_decisions(table("FIRST", RULES)).evaluate("payer", {"years": 3}, now=NOW)

    assert found.value == "warranty"
    assert found.matched_rules == ("r1",)
    assert found.inputs == {"年資": Decimal(3)}
    assert found.hit_policy == "FIRST"


@pytest.mark.parametrize("version", ["20191111", "20211108", "20230324"])
def test_versions_1_3_to_1_5_are_read(version: str):
    xml = model('<decision id="d" name="d"/>', version)

    assert parse_decisions(xml).decision_ids == ("d",)


@pytest.mark.parametrize(
    ("policy", "extra", "expected"),
    [
        ("FIRST", "", "warranty"),
        ("PRIORITY", "", "city"),
        ("RULE ORDER", "", ["warranty", "city"]),
        ("OUTPUT ORDER", "", ["city", "warranty"]),
        ("COLLECT", "", ["warranty", "city"]),
        ("COLLECT", 'aggregation="COUNT"', Decimal(2)),
    ],
)
def test_the_hit_policy_says_what_two_hits_become(policy: str, extra: str, expected: object):
    assert decide(table(policy, RULES, ORDERED, extra), years=3) == expected


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("SUM", 30), ("MIN", 10), ("MAX", 20), ("COUNT", 2)]
)
def test_collected_numbers_are_aggregated(aggregation: str, expected: int):
    rules = rule(1, "-", "10") + rule(2, "-", "20")

    assert (
        decide(table("COLLECT", rules, extra=f'aggregation="{aggregation}"'), years=3) == expected
    )


def test_two_hits_of_a_unique_table_fail_and_name_the_rules():
    with pytest.raises(DecisionFailed, match="r1, r2"):
        decide(table("UNIQUE", RULES), years=3)


def test_different_results_of_an_any_table_fail():
    assert decide(table("ANY", rule(1, "-", "1") + rule(2, "-", "1")), years=3) == 1
    with pytest.raises(DecisionFailed, match="different results"):
        decide(table("ANY", RULES), years=3)


def test_several_outputs_are_a_context():
    rules = rule(1, "< 5", '"warranty"', "7")

    assert decide(table("UNIQUE", rules, TWO), years=3) == {"payer": "warranty", "days": 7}


def test_no_match_gives_the_default_output_else_null():
    default = "<output><defaultOutputEntry><text>0</text></defaultOutputEntry></output>"

    assert decide(table("UNIQUE", rule(1, "< 5", "1"), default), years=9) == 0
    assert decide(table("UNIQUE", rule(1, "< 5", "1")), years=9) is None


def test_an_input_that_is_not_allowed_fails():
    xml = table("UNIQUE", RULES).replace(
        b"</inputExpression>", b"</inputExpression><inputValues><text>[0..50]</text></inputValues>"
    )

    with pytest.raises(DecisionFailed, match="not among the allowed"):
        decide(xml, years=99)


def test_decisions_rest_on_others_and_on_knowledge():
    xml = model(
        """
        <inputData id="in" name="monthly rent"><variable name="monthly rent" typeRef="number"/>
        </inputData>
        <businessKnowledgeModel id="k" name="twice"><variable name="twice"/>
          <encapsulatedLogic><formalParameter name="n" typeRef="number"/>
            <literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic>
        </businessKnowledgeModel>
        <decision id="a" name="deposit"><variable name="deposit" typeRef="number"/>
          <informationRequirement><requiredInput href="#in"/></informationRequirement>
          <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
          <literalExpression><text>twice(monthly rent)</text></literalExpression></decision>
        <decision id="b" name="letter"><variable name="letter"/>
          <informationRequirement><requiredDecision href="#a"/></informationRequirement>
          <context><contextEntry><variable name="sum"/>
            <literalExpression><text>deposit + 1</text></literalExpression></contextEntry>
            <contextEntry><literalExpression><text>string(sum)</text></literalExpression>
          </contextEntry></context></decision>"""
    )

    assert decide(xml, "b", **{"monthly rent": 7000}) == "14001"
    assert decide(xml, "letter", **{"monthly rent": "much"}) is None


def test_all_problems_of_a_model_are_told_at_once_with_their_elements():
    xml = table("BEST", rule(1, "<", "1 +") + rule(2, "-"))

    with pytest.raises(DeploymentRefused) as caught:
        parse_decisions(xml)

    assert [problem.element_id for problem in caught.value.problems] == ["t", "r1", "r1", "r2"]


@pytest.mark.parametrize(
    "xml",
    [
        b"not xml",
        b"<a/>",
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>',
    ],
)
def test_what_is_no_safe_dmn_is_refused(xml: bytes):
    with pytest.raises(DeploymentRefused):
        parse_decisions(xml)


def test_a_missing_requirement_and_a_circle_are_found():
    missing = model(
        '<decision id="d" name="d"><informationRequirement><requiredInput href="#x"/>'
        "</informationRequirement></decision>"
    )
    circle = model(
        '<decision id="d" name="d"><informationRequirement><requiredDecision href="#d"/>'
        "</informationRequirement><literalExpression><text>d</text></literalExpression></decision>"
    )

    for xml in (missing, circle):
        with pytest.raises(DeploymentRefused):
            parse_decisions(xml)


def test_an_unknown_decision_fails():
    with pytest.raises(DecisionFailed, match="no such decision"):
        decide(table("UNIQUE", RULES), "nobody", years=1)
