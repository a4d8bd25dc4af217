import pytest

from engine import queries
from engine.errors import DefinitionNotFound, DeploymentRefused

pytestmark = pytest.mark.integration


def renamed(files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name: content.replace("填寫".encode(), "申請".encode()) for name, content in files.items()
    }


def test_the_same_files_make_no_new_version(walker, diagram):
    first = walker.deploy(diagram("two_steps"))

    assert walker.deploy(diagram("two_steps")) == first


def test_running_cases_stay_on_their_version(walker, diagram):
    walker.deploy(diagram("two_steps"))
    old = walker.start("two_steps", {"amount": 1})

    second = walker.deploy(renamed(diagram("two_steps")))
    new = walker.start("two_steps", {"amount": 1})
    old.complete("ask")

    assert second.version == 2
    assert old.instance().process_version == 1
    assert old.open_elements() == ["check"]
    assert new.open_task("ask").name == "申請"


def test_a_topic_nobody_serves_is_refused_with_its_element(walker, diagram):
    files = diagram("charge")
    misspelt = {
        name: text.replace(b"tests.charge", b"tests.chrage") for name, text in files.items()
    }

    with pytest.raises(DeploymentRefused) as refusal:
        walker.deploy(misspelt)

    assert [problem.element_id for problem in refusal.value.problems] == ["take_money"]


def test_a_decision_that_is_not_deployed_along_is_refused(walker, diagram):
    with pytest.raises(DeploymentRefused) as refusal:
        walker.deploy(diagram("classify"))

    assert "classify_repair" in {problem.element_id for problem in refusal.value.problems}


def test_two_diagrams_in_one_deployment_are_refused(walker, diagram):
    with pytest.raises(DeploymentRefused, match=r"exactly one \.bpmn"):
        walker.deploy(diagram("two_steps", "deadline.bpmn"))


def test_a_process_that_was_never_deployed_cannot_start(walker):
    with pytest.raises(DefinitionNotFound):
        walker.start("unknown")


def test_a_decision_leads_the_case_and_history_says_why(process):
    case = process("classify", "repair_class.dmn").start("classify")

    case.complete("report", {"category": "gas"})

    assert case.ended_at("urgent")
    (decision,) = [line for line in case.history() if line.kind == "decision_made"]
    assert decision.details["matched_rules"] == ["rule_gas"]
    assert decision.details["output"] == "A"
    assert list(decision.details["inputs"].values()) == ["gas"]


def test_a_page_finds_diagram_elements_figures_and_tokens(process, database, clock):
    case = process("deadline").start("deadline", {"due_at": clock.now()})

    with database.reading() as session:
        definition = queries.definition("deadline", 1, session)
        model = queries.process_model(definition, session)
        (summary,) = queries.processes(session)
        counts = queries.running_counts(definition.id, session)
        active = {each.element_id: each.kind for each in queries.active_elements(case.id, session)}

    assert b"<bpmn:process" in model.bpmn
    assert {each.id: each.type for each in model.elements}["repair"] == "userTask"
    assert ("begin", "repair") in {(flow.source, flow.target) for flow in model.flows}
    assert (summary.running, summary.ended, summary.incidents) == (1, 0, 0)
    assert counts == {"repair": 1}
    assert active["repair"] == "user_task"
    assert active["cancel"] == "message"


def test_gaps_of_a_decision_table_are_warnings_of_the_deployment(walker, diagram, caplog):
    files = diagram("classify", "repair_class.dmn")
    rule = files["repair_class.dmn"].rindex(b"<rule ")
    end = files["repair_class.dmn"].rindex(b"</rule>") + len(b"</rule>")
    files["repair_class.dmn"] = files["repair_class.dmn"][:rule] + files["repair_class.dmn"][end:]

    deployed = walker.deploy(files)
    (told,) = [each for each in caplog.messages if "No rule covers" in each]
    caplog.clear()
    walker.deploy(files)

    assert told.startswith(f"{deployed.key} version 1: ")
    assert caplog.messages == []
