"""The scenarios of repairs name what exists and leave no rule out; the runner walks them."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from lxml import etree

from bpmn import catalogue

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
GOLDEN = {"s7", "s8", "rep1", "rep2", "rep3", *(f"check{number:02}" for number in range(1, 13))}


def steps_of(scenario: Mapping[str, object]) -> Iterator[Mapping[str, dict[str, object]]]:
    steps = scenario["steps"]
    assert isinstance(steps, list)
    yield from steps


def ids(diagram: etree._Element, *tags: str) -> set[str]:
    return {element.get("id", "") for tag in tags for element in diagram.iter(f"{BPMN}{tag}")}


def test_golden_scenarios_and_the_twelve_checks_are_there() -> None:
    found = {str(scenario["id"]).split("-")[0] for scenario in catalogue.scenarios("repair")}

    assert found >= GOLDEN


def test_every_scenario_is_a_file_of_its_id_and_a_chinese_sentence() -> None:
    folder = files("bpmn").joinpath("repair", "scenarios")
    for scenario in catalogue.scenarios("repair"):
        scenario_id = str(scenario["id"])
        assert folder.joinpath(f"{scenario_id}.json").is_file(), scenario_id
        assert not str(scenario["title"]).isascii(), scenario_id
        assert str(scenario["title"]).endswith("。"), scenario_id


def test_scenarios_name_only_elements_of_the_diagram(diagram: etree._Element) -> None:
    tasks, ends = ids(diagram, "userTask"), ids(diagram, "endEvent")
    messages = {element.get("name") for element in diagram.iter(f"{BPMN}message")}
    unknown: set[tuple[str, object]] = set()
    for scenario in catalogue.scenarios("repair"):
        for step in steps_of(scenario):
            when, then = step["when"], step["then"]
            named: list[object] = [when["complete"]] if "complete" in when else []
            for key in ("open", "due"):
                part = then.get(key, [])
                named += list(part) if isinstance(part, list | dict) else []
            unknown |= {(str(scenario["id"]), name) for name in named if name not in tasks}
            reached = then.get("end", [])
            assert isinstance(reached, list)
            unknown |= {(str(scenario["id"]), name) for name in reached if name not in ends}
            if "message" in when and when["message"] not in messages:
                unknown.add((str(scenario["id"]), when["message"]))

    assert unknown == set()


def test_every_end_of_the_case_is_expected_by_a_scenario(diagram: etree._Element) -> None:
    process = diagram.find(f"{BPMN}process")
    assert process is not None
    ends = {element.get("id", "") for element in process.findall(f"{BPMN}endEvent")}
    expected: set[object] = set()
    for scenario in catalogue.scenarios("repair"):
        for step in steps_of(scenario):
            reached = step["then"].get("end", [])
            assert isinstance(reached, list)
            expected |= set(reached)

    assert ends - expected == set()


def test_every_user_task_is_completed_in_a_scenario(diagram: etree._Element) -> None:
    completed = {
        step["when"].get("complete")
        for scenario in catalogue.scenarios("repair")
        for step in steps_of(scenario)
    }

    assert ids(diagram, "userTask") - completed == set()
