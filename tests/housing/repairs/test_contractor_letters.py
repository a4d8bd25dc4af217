"""The last call and the demand for costs are letters to the contractor who failed."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from housing.letters.printing import to_pdf
from housing.letters.queries import letters_of
from housing.repairs.models import LedgerEntry
from tests.housing.repairs.conftest import DONE, TRIAGED


@pytest.fixture
def failed(house):
    """A leak in warranty whose contractor cannot come."""
    reported = house.report()
    visit = house.clock.now() + timedelta(days=1)
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    house.complete(reported.instance_id, "b1_visit", "warranty1", {"visit_at": visit})
    cannot = {"work_outcome": "cannot", "failure_reason": "refuses"}
    house.complete(reported.instance_id, "b1_repair", "warranty1", cannot)
    failure = {"failure_reason": "refuses", "explanation": "拒修"}
    house.complete(reported.instance_id, "decide_failure", "officer1", failure)
    return reported


def letters(house, instance_id: str):
    with house.application.reading() as session:
        return letters_of(instance_id, session=session)


def text_of(letter) -> str:
    pages = PdfReader(io.BytesIO(to_pdf(letter, "https://anju.test"))).pages
    return "".join(page.extract_text() for page in pages)


def test_the_last_call_is_a_letter_served_when_its_three_days_begin(house, failed):
    (letter,) = letters(house, failed.instance_id)

    assert (letter.kind, letter.contractor_code) == ("repair_last_call", "WAR1")
    assert letter.served_at == house.clock.now()
    assert failed.number in text_of(letter)
    assert house.open_tasks(failed.instance_id)["last_call"].due_at > letter.served_at


def test_the_demand_says_what_the_substitute_cost(house, failed):
    instance_id = failed.instance_id
    refused = {"last_call_response": "refused"}
    house.complete(instance_id, "last_call", "warranty1", refused)
    house.complete(instance_id, "substitute", "officer1", {"in_table": True})
    visit = house.clock.now() + timedelta(days=1)
    house.complete(instance_id, "b2_visit", "repair1", {"visit_at": visit})
    house.complete(instance_id, "b2_repair", "repair1", {**DONE, "cost_twd": 3800})
    house.complete(instance_id, "confirm", "manager1", {"confirm_result": "close"})
    house.complete(instance_id, "accept", "resident1", {"acceptance": "accept", "rating": 4})

    demand = letters(house, instance_id)[-1]

    assert demand.kind == "repair_recovery"
    assert "3,800" in text_of(demand)
    with house.application.reading() as session:
        (entry,) = session.query(LedgerEntry).all()
        assert entry.notice_served_at == demand.served_at
