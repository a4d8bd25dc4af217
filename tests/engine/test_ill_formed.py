"""Models that break a published constraint of BPMN are refused, and told which one."""

from pathlib import Path

import pytest

from bpmn import catalogue
from engine.checking import check_file
from engine.conformance import ill_formed, opening

SUITES = Path(__file__).parents[2].parent / "shared" / "conformance"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:t">'
)
START = '<startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="a"/>'
END = '<endEvent id="e"/><sequenceFlow id="f1" sourceRef="a" targetRef="e"/>'
FINE = f'{START}<userTask id="a" name="A"/>{END}'


def constraints(body: str, roots: str = "") -> set[tuple[str, str]]:
    """Give pairs of constraint and element, errors only."""
    process = f'<process id="p" isExecutable="true">{body}</process>'
    problems = check_file(f"{HEAD}{roots}{process}</definitions>".encode())
    return {
        (number, problem.element_id)
        for problem in problems
        if problem.severity == "error"
        for number in problem.constraint.split()
    }


def test_a_plain_process_breaks_no_constraint():
    assert constraints(FINE) == set()


@pytest.mark.parametrize(
    ("body", "constraint", "element"),
    [
        (f'{FINE}<task id="a"/>', "EXT002", "a"),
        (f"{FINE}<task/>", "EXT003", ""),
        (f'{FINE}<sequenceFlow id="x" sourceRef="a" targetRef="n"/>', "REF", "x"),
        (
            f'{FINE}<textAnnotation id="n"/><sequenceFlow id="x" sourceRef="a" targetRef="n"/>',
            "EXT006",
            "x",
        ),
        (f'{FINE}<sequenceFlow id="x" sourceRef="a" targetRef="s"/>', "EXT096", "s"),
        (f'{FINE}<sequenceFlow id="x" sourceRef="e" targetRef="a"/>', "EXT108", "e"),
        (f'{FINE}<task id="lost"/>', "EXT150", "lost"),
        (f'{FINE}<task id="lost"/>', "EXT151", "lost"),
        (f'{START}<userTask id="a"/>', "EXT105", "p"),
        (f'<userTask id="a"/>{END}', "EXT097", "p"),
        (
            f'{FINE}<subProcess id="u"><task id="i"/></subProcess>'
            '<sequenceFlow id="x" sourceRef="a" targetRef="i"/>',
            "EXT152",
            "x",
        ),
        (f'{FINE}<boundaryEvent id="b" attachedToRef="a"/>', "EXT110", "b"),
        (
            f'{FINE}<boundaryEvent id="b" attachedToRef="e"><timerEventDefinition/>'
            "</boundaryEvent>",
            "REF",
            "b",
        ),
        (f'{FINE}<intermediateCatchEvent id="c"/>', "EXT148", "c"),
        (f'{FINE}<eventBasedGateway id="g"/>', "EXT136", "g"),
        (f'{FINE}<adHocSubProcess id="h"/>', "EXT061", "h"),
        (f'{FINE}<subProcess id="u" triggeredByEvent="true"/>', "EXT058", "u"),
        (
            f'{FINE}<callActivity id="c" calledElement="a"/>',
            "REF",
            "c",
        ),
        (f'{FINE}<choreographyTask id="c"/>', "EXT036", "c"),
    ],
)
def test_a_broken_constraint_is_named_with_its_element(body, constraint, element):
    assert (constraint, element) in constraints(body)


def test_data_of_different_types_is_refused_only_in_a_process_that_runs():
    items = '<itemDefinition id="i" structureRef="a"/><itemDefinition id="j" structureRef="b"/>'
    body = (
        '<dataObject id="d" itemSubjectRef="i"/><task id="t"><ioSpecification>'
        '<dataInput id="in" itemSubjectRef="j"/><inputSet><dataInputRefs>in</dataInputRefs>'
        "</inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>d</sourceRef>"
        "<targetRef>in</targetRef></dataInputAssociation></task>"
    )
    assert ("EXT091", "t") in constraints(body, items)
    drawing = f'{HEAD}{items}<process id="p">{body}</process></definitions>'.encode()
    (found,) = [p for p in check_file(drawing) if p.constraint == "EXT091"]
    assert found.severity == "warning"


@pytest.mark.parametrize("package", catalogue.packages())
def test_our_own_packages_break_no_constraint(package):
    for path in (Path(catalogue.__file__).parent / package).rglob("*.bpmn"):
        broken = [p for p in check_file(path.read_bytes()) if p.severity == "error"]
        assert broken == []


def test_a_rejection_asks_for_notice_and_appeal():
    body = f'{START}<userTask id="a"/><endEvent id="e" name="Rejected"/>'
    body += '<sequenceFlow id="f1" sourceRef="a" targetRef="e"/>'
    process = f'{HEAD}<process id="p" isExecutable="true">{body}</process></definitions>'
    rules = {p.rule: p for p in check_file(process.encode())}
    assert {"fairness-notice", "fairness-appeal", "human-task-role"} <= rules.keys()
    assert rules["fairness-notice"].severity == "warning"


def test_a_circle_without_a_way_out_is_told():
    body = f'{FINE}<task id="b"/><task id="c"/>'
    body += '<sequenceFlow id="x" sourceRef="b" targetRef="c"/>'
    body += '<sequenceFlow id="y" sourceRef="c" targetRef="b"/>'
    process = f'{HEAD}<process id="p" isExecutable="true">{body}</process></definitions>'
    found = {p.element_id for p in check_file(process.encode()) if p.rule == "no-way-to-end"}
    assert found == {"b", "c"}


def test_a_misspelt_name_in_a_condition_is_told():
    script = '<scriptTask id="a" scriptFormat="feel"><script>amount = 1</script></scriptTask>'
    condition = "<conditionExpression>amuont > 1 and other</conditionExpression>"
    body = f'{START}{script}<exclusiveGateway id="g" default="f3"/><endEvent id="e"/>'
    body += '<sequenceFlow id="f1" sourceRef="a" targetRef="g"/>'
    body += f'<sequenceFlow id="f2" sourceRef="g" targetRef="e">{condition}</sequenceFlow>'
    body += '<sequenceFlow id="f3" sourceRef="g" targetRef="e"/>'
    process = f'{HEAD}<process id="p" isExecutable="true">{body}</process></definitions>'
    (found,) = [p for p in check_file(process.encode()) if p.rule == "unknown-name"]
    assert (found.element_id, "'amount'" in found.advice) == ("f2", True)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (f'{FINE}<serviceTask id="x"/>', "service-task"),
        (f'{FINE}<userTask id="x" quantity="1"/>', "reachability"),
        (f"{FINE}<dataThing/>", "not-executable"),
    ],
)
def test_each_finding_names_its_rule(body, rule):
    process = f'{HEAD}<process id="p" isExecutable="true">{body}</process></definitions>'
    rules = {p.rule for p in check_file(process.encode())}
    assert rule in rules
    assert "" not in rules


def suite(*parts: str) -> Path:
    folder = SUITES.joinpath(*parts)
    if not folder.is_dir():
        pytest.skip(f"the conformance suite {'/'.join(parts)} is not here")
    return folder


def test_most_ill_formed_models_are_refused_for_the_right_reason():
    report = ill_formed.run_suite(suite("betsy", "ill_formed_visible"))
    assert report.right_reason >= 0.85 * report.total, list(report.lines())


@pytest.mark.parametrize("parts", [("betsy", "visible"), ("miwg", "reference")])
def test_no_good_model_breaks_a_constraint(parts):
    for path in suite(*parts).glob("*.bpmn"):
        problems = check_file(path.read_bytes())
        assert [p for p in problems if p.constraint and p.severity == "error"] == [], path.name


def test_every_reference_model_opens_with_its_problems():
    report = opening.run_suite(suite("miwg", "reference"))
    assert (report.opened, report.crashed) == (report.total, 0)
    assert report.executable + report.refused == report.total
