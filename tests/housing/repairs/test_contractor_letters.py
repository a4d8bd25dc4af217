"""What the office writes to contractors who failed, and to households that must move out."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from engine.calendar import local_date
from housing.letters.printing import to_pdf
from housing.letters.queries import letters_of
from housing.repairs import kpis
from housing.repairs.errors import PeriodEndsBeforeItBegins
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


PENALTY = {
    "contractor": "WAR1",
    "breach": "逾期未修，經催告仍拒絕履行。",
    "contract_clause": "工程契約第 17 條保固條款",
    "penalty_twd": 12000,
    "pay_days": 30,
}
REHOUSING = {
    "shelter": "other",
    "shelter_place": "東區旅宿示範館 3 樓",
    "from_on": "2026-03-10",
    "to_on": "2026-04-10",
    "arrangement": "由本處僱工搬運，費用由本處負擔。",
}
WORKS = {
    "contract_no": "工契-1150001",
    "works_contractor": "示範營造股份有限公司",
    "works_twd": 480000,
    "signed_on": "2026-03-02",
    "planned_completion_on": "2026-05-15",
}


@pytest.fixture
def project(house):
    """A leak that became a project with a penalty, a works contract and rehousing."""
    reported = house.report()
    visit = house.clock.now() + timedelta(days=1)
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    house.complete(reported.instance_id, "b1_visit", "warranty1", {"visit_at": visit})
    cannot = {"work_outcome": "cannot", "failure_reason": "relocation"}
    house.complete(reported.instance_id, "b1_repair", "warranty1", cannot)
    failure = {"failure_reason": "relocation", "explanation": "須淨空施工"}
    house.complete(reported.instance_id, "decide_failure", "officer1", failure)
    measures = ["penalty", "works", "rehousing"]
    memo = {"cause": "須淨空施工", "measures": measures, "memo_no": "簽-1"}
    house.complete(reported.instance_id, "c1_memo", "officer1", memo)
    decision = {"project_decision": "approve"}
    house.complete(reported.instance_id, "c1_decide", "chief1", decision)
    return reported.instance_id


def test_a_penalty_is_a_letter_with_clause_amount_and_how_to_object(house, project):
    house.complete(project, "c1_penalty", "officer1", PENALTY)

    (letter,) = letters(house, project)
    words = text_of(letter)
    assert (letter.kind, letter.contractor_code) == ("repair_penalty", "WAR1")
    assert letter.served_at == house.clock.now()
    for part in ("12,000", "工程契約第 17 條保固條款", "簽-1", "異議", "第八十五條之一"):
        assert part in words
    assert "訴願" not in words
    with house.application.reading() as session:
        score = kpis.score_of("WAR1", session=session, now=house.clock.now())
        assert score.penalties == 1


def test_a_household_that_has_to_move_out_gets_place_and_days_in_a_letter(house, project):
    house.complete(project, "c1_rehousing", "officer1", REHOUSING)

    (letter,) = letters(house, project)
    assert letter.kind == "repair_rehousing"
    assert letter.person_id is not None
    for part in ("東區旅宿示範館 3 樓", "115 年 3 月 10 日", "115 年 4 月 10 日"):
        assert part.replace(" ", "") in text_of(letter).replace(" ", "")


def test_works_are_due_on_the_day_their_contract_plans(house, project):
    house.complete(project, "c1_works", "officer1", WORKS)

    due_at = house.open_tasks(project)["c1_works_done"].due_at
    assert local_date(due_at) == date(2026, 5, 15)


@pytest.mark.parametrize(
    ("element", "values"),
    [
        ("c1_rehousing", {**REHOUSING, "to_on": "2026-03-09"}),
        ("c1_works", {**WORKS, "planned_completion_on": "2026-03-01"}),
    ],
)
def test_a_period_that_ends_before_it_begins_is_refused(house, project, element, values):
    with pytest.raises(PeriodEndsBeforeItBegins):
        house.complete(project, element, "officer1", values)
