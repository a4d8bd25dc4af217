"""The decision editor of a draft: rules as rows, test rows, past cases under the draft's table."""

import re

import pytest

from engine import queries as engine_queries
from engine.decision_editing import grids
from engine.queries import TaskFilter
from engine.types import SYSTEM
from housing import background_kinds, packages, replay_work
from housing.drafts import queries, service
from housing.people import queries as people

FILE = "repair_route.dmn"
GIVEN = {"row-0-in_table": "true", "row-0-amount_twd": "1000", "row-0-quote_limit_twd": "5000"}


@pytest.fixture
def draft_id(house, clock) -> str:
    """A draft of the repair process."""
    with house.unit_of_work() as session:
        house.engine.deploy(packages.resources("repair"), by=SYSTEM, session=session)
        by = people.account_by_login("supervisor1", session=session).actor
        made = service.begin("repair.ticket", title="門檻", by=by, session=session, clock=clock)
        return made.id


@pytest.fixture
def file_now(house, draft_id):
    """Read a file of the draft."""

    def read(name: str = FILE) -> bytes:
        with house.reading() as session:
            return queries.file(draft_id, name, session=session).content

    return read


def fields_of(page) -> dict[str, str]:
    """Read the inputs of the page's rule table."""
    pairs = re.findall(r'name="([\w-]+)" value="([^"]*)"', page.text)
    notes = re.findall(r'<textarea[^>]*name="(note-\d+)"[^>]*>([^<]*)<', page.text)
    return {
        name: value.replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
        for name, value in [*pairs, *notes]
    }


def test_rules_are_changed_added_and_removed_without_a_script(draft_id, file_now, signed_in):
    browser, address = signed_in("supervisor1"), f"/drafts/{draft_id}/rules/{FILE}"
    (before,) = grids(file_now())
    fields = {**fields_of(browser.open(address)), "act": "add", "out-0-0": '"elsewhere"'}

    page = browser.send(address, **fields)

    (after,) = grids(file_now())
    assert page.status_code == 200
    assert after.rules[0].results[0] == '"elsewhere"'
    assert after.rules[1 : len(before.rules)] == before.rules[1:]
    assert len(after.rules) == len(before.rules) + 1
    fields = {**fields_of(browser.open(address)), "act": f"remove-{len(before.rules)}"}
    browser.send(address, **fields)
    assert len(grids(file_now())[0].rules) == len(before.rules)


def test_test_rows_are_decided_kept_and_told_when_they_differ(draft_id, file_now, signed_in):
    browser, address = signed_in("supervisor1"), f"/drafts/{draft_id}/decisions/{FILE}"
    browser.open(address)

    page = browser.send(
        f"/drafts/{draft_id}/decision-tests/{FILE}",
        decision="repair_route",
        rows="2",
        **GIVEN,
        **{"row-0-expected": '"nothing"'},
    )

    assert "outcome-failed" in page.text
    assert b'"1000"' in file_now("tests/repair_route.json")
    overview = browser.open(f"/drafts/{draft_id}")
    assert "nothing" in overview.text


@pytest.fixture
def decided(house, reported) -> str:
    """A ticket that was found not to be damaged: class D, at the city's cost."""
    ticket = reported("resident1")
    with house.unit_of_work() as session:
        by = people.account_by_login("manager1", session=session).actor
        tasks = engine_queries.open_tasks(TaskFilter(instance_id=ticket.instance_id), session).rows
        values = {"broken": False, "simple": False, "human_cause": False, "in_warranty": False}
        house.engine.complete(tasks[0].id, values, by=by, session=session)
    return ticket.number


def test_past_decisions_are_made_again_by_the_table_of_the_draft(
    decided, draft_id, house, clock, signed_in, monkeypatch
):
    name, browser = "repair_class.dmn", signed_in("supervisor1")
    address = f"/drafts/{draft_id}/replay/{name}?decision=repair_class"
    assert decided not in browser.open(address).text
    with house.unit_of_work() as session:
        file = queries.file(draft_id, name, session=session)
        by = people.account_by_login("supervisor1", session=session).actor
        changed = file.content.replace(b'"D"', b'"B2"')
        service.save_file(
            draft_id, name, changed, revision=file.revision, by=by, session=session, clock=clock
        )

    at_once = browser.open(address)
    monkeypatch.setattr(replay_work, "AT_ONCE", 0)
    assert decided not in browser.open(address).text
    ordered = browser.send(f"/drafts/{draft_id}/replay/{name}", decision="repair_class")
    task = re.search(r"/background/(\w+)", ordered.text)[1]
    assert background_kinds.run_next(house)

    assert browser.open(address.replace("=repair_class", "=nothing")).status_code == 404
    assert browser.open(f"{address}x&task={task}").status_code == 404
    for page in (at_once, browser.open(f"{address}&task={task}")):
        assert decided in page.text
        assert "修繕類別 = B2" in page.text


@pytest.mark.parametrize("name", ["repair.bpmn", "nothing.dmn", "forms/repair/report.json"])
def test_only_decisions_of_the_draft_open_here(draft_id, signed_in, name):
    assert signed_in("supervisor1").open(f"/drafts/{draft_id}/decisions/{name}").status_code == 404
