"""The diagram editor's page, and what its script asks the server."""

import json
import re

import pytest

from bpmn import catalogue
from housing import packages
from housing.drafts import queries, service
from housing.people import queries as people
from webapp import editor_choices, editor_steps, static_files


@pytest.fixture
def draft_id(house) -> str:
    """A draft of the shipped repair process, with its English, that supervisor1 opened."""
    files = dict(packages.resources("repair")) | {"en.json": catalogue.read("repair", "en.json")}
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        draft = service.open_draft(
            files,
            title="七日改五日",
            based_on=None,
            detail={},
            by=by,
            session=session,
            clock=house.clock,
        )
        return draft.id


@pytest.fixture
def ask(draft_id, signed_in):
    """Ask the server as the editor's script does, as supervisor1."""
    browser = signed_in("supervisor1")
    browser.open("/drafts")

    def post(what: str, **body: object):
        return browser.client.post(
            f"/drafts/{draft_id}/diagram/{what}",
            json=body,
            headers={"X-CSRFToken": browser.stamp},
        )

    return post


def test_the_page_lists_all_steps_and_hands_the_editor_its_choices(draft_id, signed_in):
    page = signed_in("supervisor1").open(f"/drafts/{draft_id}/diagram").text
    found = re.search(r"<script[^>]*data-editor[^>]*>(.*?)</script>", page, re.DOTALL)
    options = json.loads(found[1])

    assert "<strong>分案</strong>" in page
    assert {"value": "property_manager", "label": "物管人員"} in options["choices"]["roles"]
    assert {"value": "repair/triage", "label": "分案"} in options["choices"]["forms"]
    assert options["file"] == "repair.bpmn"
    assert options["hasEnglish"] is True


def test_who_may_not_edit_reads_the_diagram_without_the_editor(draft_id, house, signed_in):
    with house.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        service.withdraw(draft_id, by=by, session=session, clock=house.clock)

    page = signed_in("supervisor1").open(f"/drafts/{draft_id}/diagram").text

    assert "data-editor" not in page
    assert "這份草稿目前不開放修改" in page
    assert "<strong>分案</strong>" in page


def test_conditions_are_tried_with_sample_values_and_errors_tell_their_place(ask):
    answers = [
        ask("expression", expression='=a = "B1" and n > 2', variables={"a": "B1", "n": 3}),
        ask("expression", expression="=a > 2", variables={"a": None}),
        ask("expression", expression="=a = ", variables={}),
        ask("expression", expression=5),
        ask("expression", expression="=" + "1+" * 6000 + "1", variables={}),
    ]

    assert answers[0].json == {"value": "是", "problems": []}
    assert answers[1].json["value"] == "沒有值"
    assert answers[1].json["problems"]
    assert "第 1 行" in answers[2].json["error"]
    assert [each.status_code for each in answers[3:]] == [422, 422]


def test_an_unsaved_diagram_is_compared_with_the_saved_one_in_words(ask):
    mine = catalogue.read("repair", "repair.bpmn").decode().replace('name="分案"', 'name="派案"')

    answer = ask("compare", file="repair.bpmn", text=mine)

    assert any("派案" in line for line in answer.json["changes"])
    assert ask("compare", file="repair.bpmn", text="<a").status_code == 422
    assert ask("compare", file="other.bpmn", text=mine).status_code == 404


def test_a_version_in_conflict_becomes_a_draft_of_its_own(ask, draft_id, house):
    mine = catalogue.read("repair", "repair.bpmn").decode().replace('name="分案"', 'name="派案"')

    answer = ask("branch", file="repair.bpmn", text=mine)

    own = re.fullmatch(r"/drafts/(\w+)/diagram", answer.json["url"])[1]
    with house.reading() as session:
        assert queries.draft(own, session=session).title == "七日改五日（謝流程的版本）"
        assert "派案" in queries.file(own, "repair.bpmn", session=session).content.decode()
        assert "派案" not in queries.file(draft_id, "repair.bpmn", session=session).content.decode()


def test_a_diagram_that_cannot_be_read_still_opens_its_page(draft_id, house, signed_in):
    with house.unit_of_work() as session:
        file = queries.file(draft_id, "repair.bpmn", session=session)
        by = people.account_by_login("supervisor1", session=session).actor
        service.save_file(
            draft_id,
            "repair.bpmn",
            b"<definitions/>",
            revision=file.revision,
            by=by,
            session=session,
            clock=house.clock,
        )

    page = signed_in("supervisor1").open(f"/drafts/{draft_id}/diagram")

    assert page.status_code == 200
    assert "尚無步驟" in page.text


def test_built_files_asked_for_by_their_content_are_kept_by_the_browser(app):
    with app.test_request_context():
        address = static_files.asset("icon.svg")

    kept = app.test_client().get(address, buffered=True).headers["Cache-Control"]
    old = app.test_client().get("/static/icon.svg?v=old", buffered=True).headers["Cache-Control"]

    assert "immutable" in kept
    assert "immutable" not in old


@pytest.fixture
def speaking(app):
    """A request in which words can be said."""
    with app.test_request_context():
        yield


def test_topics_are_named_and_documented_by_the_shipped_diagrams(speaking):
    topics = {each["value"]: each for each in editor_choices.topics()}
    triage = topics["repair.record_triage"]

    assert triage["label"] == "登錄分案（repair.record_triage）"
    assert {"name": "ticket_id", "isNeeded": True} in triage["inputs"]
    assert "order_class" in triage["outputs"]
    assert "rejection" in topics["application.reject"]["letters"]


def test_fields_of_forms_are_offered_with_their_answers_and_broken_forms_are_not(speaking):
    files = dict(packages.resources("repair")) | {"forms/repair/broken.json": b"{"}
    fields = {each["value"]: each for each in editor_choices.fields(files)}

    outcome = fields["work_outcome"]

    assert {"value": "done", "label": "已修繕完成"} in outcome["options"]
    assert {"value": "C2", "label": "C2"} in fields["failure_route"]["options"]
    assert fields["contractor_scope"]["kind"] == "any"
    assert "repair/broken" not in {each["value"] for each in editor_choices.forms(files)}


def test_the_list_of_steps_tells_who_and_until_when(speaking):
    steps = {each.id: each for each in editor_steps.steps(catalogue.read("repair", "repair.bpmn"))}

    assert (steps["triage"].who, steps["triage"].deadline) == ("物管人員", "2")
    assert steps["gate_emergency"].kind == "exclusiveGateway"
    assert "f_reported__gate_emergency" not in steps
