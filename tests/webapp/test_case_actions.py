"""Further actions of a case: what it waits for now, offered to those who may send it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import queries as engine_queries
from engine.clock import FrozenClock
from engine.db import metadata
from engine.tables import history
from engine.types import SYSTEM
from housing import bootstrap, packages, settings
from housing.applications.models import HousingApplication
from housing.demo import world
from housing.records.models import FormSubmission
from housing.scenario_city import FOUNDED_AT
from housing.scenario_script import instant, parse
from housing.scenario_walk import Walk
from housing.scenarios import FACT_KINDS
from housing.subjects import subject_of
from webapp.factory import create_app

BPMN = Path(__file__).parents[2] / "bpmn"
PROCESSES = {
    "application_review": "app.review",
    "application_periodic": "app.periodic",
    "application_rolling": "app.rolling",
}
MESSAGES = (
    ("application_review", "deceased", "application.deceased", "officer1"),
    ("application_review", "appeal-upheld", "application.appeal_upheld", "officer1"),
    ("application_review", "restored-after-decision", "application.restored", "officer1"),
    ("application_periodic", "closing-moved-after-outage", "call.extend_close", "chief1"),
    ("application_periodic", "objection-upheld", "call.objection", "officer1"),
    ("application_rolling", "queue-head-called", "queue.vacancy", "officer1"),
)
"""A scenario that sends each message, and who sends it from the page."""


@pytest.fixture
def clock():
    """A clock that stands where the scenarios' city was founded."""
    return FrozenClock(FOUNDED_AT)


@pytest.fixture
def house(tmp_path, clock):
    """A house with the processes of applications."""
    given = {"ANJU_VAR": str(tmp_path), "ANJU_DEMO": "1", "ANJU_SECRET_KEY": "x" * 40}
    made = bootstrap.build(settings.load(given), clock=clock)
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
        for package in PROCESSES:
            made.engine.deploy(packages.resources(package), by=SYSTEM, session=session)
    yield made
    made.dispose()


@pytest.fixture
def app(house):
    """The web application."""
    return create_app(house)


@pytest.fixture
def walked(house, clock):
    """Walk a scenario until it sends a message; gives the case number and the values."""

    def walk(package: str, scenario_id: str, message: str) -> tuple[str, Mapping[str, object]]:
        raw = json.loads((BPMN / package / "scenarios" / f"{scenario_id}.json").read_text())
        scenario = parse(raw, FACT_KINDS)
        way = Walk(application=house, process=PROCESSES[package], clock=clock)
        clock.set(instant(raw["given"]["now"]))
        for step in scenario.steps:
            if step.then.get("refused"):
                continue
            if step.when.kind == "message" and step.when.subject == message:
                with house.reading() as session:
                    case = engine_queries.instance(way.instance_id(step.when), session)
                return case.business_key, step.when.values
            way.act(step.when)
        raise AssertionError(f"{scenario_id} sends no {message}")

    return walk


def typed(values: Mapping[str, object]) -> Mapping[str, object]:
    return {
        name: str(value)[:16] if name.endswith("_at") else value for name, value in values.items()
    }


def received(house, number: str) -> int:
    with house.reading() as session:
        case = engine_queries.by_business_key(number, session)
        kinds = select(history.c.kind).where(history.c.instance_id == case.id)
        return list(session.scalars(kinds)).count("message_received")


@pytest.mark.parametrize(("package", "scenario", "message", "login"), MESSAGES)
def test_each_message_of_applications_is_sent_from_the_page_of_the_case(
    walked, house, signed_in, package, scenario, message, login
):
    number, values = walked(package, scenario, message)
    browser, address = signed_in(login), f"/cases/{number}/actions/{message}"
    before = received(house, number)

    assert address in browser.open(f"/cases/{number}").text
    assert browser.open(address).status_code == 200
    assert browser.send(address).status_code == 422
    assert received(house, number) == before
    assert browser.send(address, **typed(values)).status_code == 200
    assert received(house, number) == before + 1


def test_who_may_not_send_it_neither_sees_nor_opens_an_action(walked, signed_in):
    number, _values = walked("application_review", "deceased", "application.deceased")
    address = f"/cases/{number}/actions/application.deceased"

    for login in ("applicant1", "chief1"):
        browser = signed_in(login)
        assert address not in browser.open(f"/cases/{number}").text
        assert browser.open(address).status_code == 404
        assert browser.send(address, died_on="2024-03-03", death_note="x").status_code == 404


def test_a_case_that_does_not_wait_for_it_answers_with_a_conflict(walked, signed_in):
    number, _values = walked("application_review", "deceased", "application.deceased")
    browser, address = signed_in("officer1"), f"/cases/{number}/actions/application.restored"

    assert address not in browser.open(f"/cases/{number}").text
    assert browser.open(address).status_code == 409


def test_a_case_that_has_ended_offers_nothing_more(walked, signed_in):
    number, values = walked("application_review", "deceased", "application.deceased")
    browser, address = signed_in("officer1"), f"/cases/{number}/actions/application.deceased"
    browser.open(address)
    browser.send(address, **values)

    assert "/actions/" not in browser.open(f"/cases/{number}").text
    assert browser.open(address).status_code == 409


def test_a_message_without_a_form_wants_a_reason_which_is_kept(walked, house, signed_in):
    number, _values = walked("application_review", "deceased", "application.deceased")
    browser, address = signed_in("officer1"), f"/cases/{number}/actions/application.withdraw"
    browser.open(address)

    assert browser.send(address).status_code == 422
    browser.send(address, reason="申請人來函撤回")
    with house.reading() as session:
        assert session.scalars(select(HousingApplication.state)).all() == ["withdrawn"]
        kept = session.scalars(
            select(FormSubmission).where(FormSubmission.form_key == "cases/reason")
        ).one()
    assert kept.values == {"reason": "申請人來函撤回"}
    assert "申請人來函撤回" in browser.open(f"/cases/{number}").text


def test_what_the_subject_refuses_keeps_what_was_typed(walked, signed_in):
    number, values = walked("application_review", "restored-after-decision", "application.restored")
    browser, address = signed_in("officer1"), f"/cases/{number}/actions/application.restored"
    browser.open(address)

    answer = browser.send(address, **{**values, "cause_ended_on": "2024-01-05"})

    assert answer.status_code in (409, 422)
    assert str(values["restore_cause"]) in answer.text


def test_a_message_with_a_page_of_its_own_is_not_offered_twice(walked, signed_in):
    number, _values = walked(
        "application_review", "extension-paper-granted-once", "application.request_extension"
    )
    browser = signed_in("officer1")

    assert "/actions/application.request_extension" not in browser.open(f"/cases/{number}").text


@pytest.mark.parametrize("process", PROCESSES.values())
def test_senders_are_named_for_known_messages_only(process):
    subject = subject_of(process)

    assert set(subject.message_senders) <= set(subject.message_forms)
