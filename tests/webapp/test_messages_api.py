"""Programs send messages and signals over REST."""

from datetime import timedelta

import pytest

from engine import queries
from engine.types import CITY, SYSTEM
from scheduler.sweep import Sweep

WAITS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="file"
    targetNamespace="https://anju.example.org/tests">
  <bpmn:message id="paid_id" name="rent.paid" />
  <bpmn:signal id="storm_id" name="typhoon" />
  <bpmn:process id="waits" name="Waits" isExecutable="true">
    <bpmn:startEvent id="begin" name="Begin" />
    <bpmn:intermediateCatchEvent id="paid" name="Rent is paid">
      <bpmn:messageEventDefinition messageRef="paid_id" />
    </bpmn:intermediateCatchEvent>
    <bpmn:intermediateCatchEvent id="storm" name="Typhoon">
      <bpmn:signalEventDefinition signalRef="storm_id" />
    </bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="done" name="Done" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="paid" />
    <bpmn:sequenceFlow id="f2" sourceRef="paid" targetRef="storm" />
    <bpmn:sequenceFlow id="f3" sourceRef="storm" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture
def case(house) -> str:
    """A case numbered R-1 that waits for a payment, then for a typhoon."""
    with house.unit_of_work() as session:
        house.engine.deploy({"waits.bpmn": WAITS}, by=SYSTEM, session=session)
        return house.engine.start(
            "waits", {}, business_key="R-1", scope=CITY, by=SYSTEM, session=session
        ).instance_id


@pytest.fixture
def post(house, app):
    """Send JSON as a program that holds a token."""
    token = house.open_token("bank")

    def send(address: str, sent: object, *, token: str = token):
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().post(address, json=sent, headers=headers)

    return send


def sweep(house) -> None:
    Sweep(house, "tests", lambda: True).run()


def kinds(house, case: str) -> list[str]:
    with house.reading() as session:
        return [line.kind for line in queries.history_of(case, session)]


def test_a_message_reaches_the_case_of_its_key_with_its_variables(house, case, post):
    sent = {
        "name": "rent.paid",
        "correlation": "R-1",
        "variables": {"amount": {"value": 5200, "type": "Integer"}},
    }

    answer = post("/api/messages", sent)
    sweep(house)

    assert answer.status_code == 202
    assert answer.json["id"]
    with house.reading() as session:
        assert house.engine.variables(case, session)["amount"] == 5200
        (line,) = (
            each for each in queries.history_of(case, session) if each.kind == "message_received"
        )
    assert line.element_id == "paid"


def test_the_same_message_again_changes_nothing(house, case, post):
    sent = {"name": "rent.paid", "correlation": "R-1", "messageId": "2026-03"}

    ids = {post("/api/messages", sent).json["id"] for _ in range(3)}
    sweep(house)

    assert len(ids) == 1
    assert kinds(house, case).count("message_received") == 1


def test_a_message_nobody_waits_for_is_dropped_when_its_time_is_over(house, case, post, clock):
    post("/api/messages", {"name": "rent.paid", "correlation": "R-9", "timeToLive": 60_000})
    sweep(house)
    clock.advance(timedelta(minutes=2))

    with house.unit_of_work() as session:
        assert house.engine.match_buffered(session=session) == 1


def test_a_signal_reaches_everybody_who_waits(house, case, post):
    post("/api/messages", {"name": "rent.paid", "correlation": "R-1"})
    sweep(house)

    assert post("/api/signals", {"name": "typhoon", "signalId": "kong-rey"}).status_code == 202
    sweep(house)

    with house.reading() as session:
        assert queries.instance(case, session).end_event == "done"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": ""},
        {"name": "x" * 101},
        {"name": 7},
        {"name": "rent.paid", "correlation": ["R-1"]},
        {"name": "rent.paid", "variables": [1]},
        {"name": "rent.paid", "variables": {"at": {"value": "soon", "type": "Date"}}},
        {"name": "rent.paid", "timeToLive": -1},
        {"name": "rent.paid", "messageId": "x" * 81},
        ["rent.paid"],
    ],
)
def test_what_does_not_fit_is_a_bad_request(post, sent):
    answer = post("/api/messages", sent)

    assert answer.status_code == 400
    assert answer.json["message"]


@pytest.mark.parametrize("address", ["/api/messages", "/api/signals"])
def test_strangers_are_refused(post, address):
    assert post(address, {"name": "rent.paid"}, token="made up")  # noqa: S106  # the point.status_code == 401
