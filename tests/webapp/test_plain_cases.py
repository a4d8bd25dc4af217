"""A process without rooms of its own, imported by supervisors, is begun from its page."""

import json

import pytest

from engine import queries
from engine.queries import InstanceFilter
from engine.types import SYSTEM
from tests import garden

KEY = "garden.request"
WISH = {
    "schemaVersion": 16,
    "type": "default",
    "id": "garden_wish",
    "title": "申請菜園",
    "components": [
        {
            "id": "field_size",
            "type": "number",
            "key": "size",
            "label": "面積",
            "validate": {"required": True, "min": 1},
            "properties": {"variable": "true"},
        }
    ],
}


def put_in_service(house, *, groups="", has_form=False):
    files = garden.files()
    if groups:
        files["garden.bpmn"] = files["garden.bpmn"].replace(
            b'isExecutable="true"',
            f'isExecutable="true" camunda:candidateStarterGroups="{groups}"'.encode(),
        )
    if has_form:
        files["garden.bpmn"] = files["garden.bpmn"].replace(
            b'<bpmn:startEvent id="asked"',
            b'<bpmn:startEvent camunda:formKey="garden/wish" id="asked"',
        )
        files["forms/garden/wish.json"] = json.dumps(WISH).encode()
    with house.unit_of_work() as session:
        house.engine.deploy(files, by=SYSTEM, session=session)


def sent_once(key):
    return {"token": key}


def cases(house):
    with house.reading() as session:
        return queries.instances(InstanceFilter(process_key=KEY), session).rows


def test_a_supervisor_begins_a_case_that_goes_to_the_office(house, signed_in):
    put_in_service(house)
    browser = signed_in("supervisor1")
    assert "菜園申請" in browser.open("/cases/new").text
    browser.open(f"/processes/{KEY}/begin")

    page = browser.send(f"/processes/{KEY}/begin", scope="community:SW", **sent_once("t1"))
    browser.send(f"/processes/{KEY}/begin", scope="community:SW", **sent_once("t1"))

    (case,) = cases(house)
    assert case.business_key == "G115-000001"
    assert page.request.path == "/cases/G115-000001"
    assert case.scope == "community:SW"
    assert "審查菜園" in signed_in("officer1").open("/tasks?view=team").text


def test_what_the_form_asks_is_checked_and_reaches_the_process(house, signed_in):
    put_in_service(house, has_form=True)
    browser = signed_in("supervisor1")
    browser.open(f"/processes/{KEY}/begin")

    refused = browser.send(f"/processes/{KEY}/begin", scope="city", **sent_once("t2"), size="-3")
    assert refused.status_code == 422
    assert 'value="-3"' in refused.text
    assert cases(house) == ()
    browser.send(f"/processes/{KEY}/begin", scope="city", **sent_once("t2"), size="12")

    (case,) = cases(house)
    with house.reading() as session:
        assert house.engine.variables(case.id, session)["size"] == 12


def test_the_diagram_names_who_begins_and_each_only_for_his_places(house, signed_in):
    put_in_service(house, groups="property_manager")
    manager = signed_in("manager1")
    page = manager.open(f"/processes/{KEY}/begin").text

    assert 'value="community:SW"' in page
    assert 'value="community:PX"' not in page
    answer = manager.send(f"/processes/{KEY}/begin", scope="community:PX", **sent_once("t3"))
    assert answer.status_code == 403
    assert cases(house) == ()
    assert signed_in("supervisor1").open(f"/processes/{KEY}/begin").status_code == 404


@pytest.mark.parametrize("key", ["repair.ticket", "nobody.knows"])
def test_processes_with_rooms_of_their_own_do_not_begin_here(signed_in, key):
    assert signed_in("supervisor1").open(f"/processes/{key}/begin").status_code == 404
