"""Supervisors look after running cases: find them, see what ails them, act on one or on many."""

import re

import pytest

from engine import queries
from engine.types import SYSTEM
from housing import background_kinds

KEY = "repair.ticket"


@pytest.fixture
def browser(signed_in):
    return signed_in("supervisor1")


def case_of(house, number):
    with house.reading() as session:
        return queries.by_business_key(number, session)


def history_of(house, number):
    with house.reading() as session:
        return queries.history_of(queries.by_business_key(number, session).id, session)


def test_cases_are_found_by_number_person_home_and_step(house, reported, browser):
    number = reported().number
    for asked in (f"q={number}", "element=triage", "state=all", "q=" + number[-3:]):
        assert number in browser.open(f"/processes/{KEY}/cases?{asked}").text, asked
    with house.reading() as session:
        person = queries.by_business_key(number, session).started_by
    assert person
    for asked in ("element=accept", "overdue=1", "incident=1", "state=suspended", "q=R999"):
        page = browser.open(f"/processes/{KEY}/cases?{asked}")
        assert "沒有符合條件的案件" in page.text, asked


def test_a_person_or_a_home_leads_to_its_cases(house, reported, browser):
    number = reported("resident1").number
    with house.reading() as session:
        name = re.search(r"[一-鿿]{2,4}", _reporter(house, number, session))[0]
        unit = _unit(number, session)

    assert number in browser.open(f"/processes/{KEY}/cases?q={name}").text
    assert number in browser.open(f"/processes/{KEY}/cases?q={unit}").text


def _reporter(house, number, session):
    from housing.repairs.queries import ticket_by_number

    return ticket_by_number(number, session=session).reporter_name


def _unit(number, session):
    from housing.repairs.queries import ticket_by_number

    return ticket_by_number(number, session=session).unit_code


def test_the_steps_of_a_process_tell_how_many_wait_and_lead_to_them(reported, browser):
    reported()
    page = browser.open(f"/processes/{KEY}/1").text

    assert f"/processes/{KEY}/cases?element=triage&amp;version=1" in page


def test_one_case_is_suspended_and_resumed_with_a_reason(house, reported, browser):
    number = reported().number
    browser.open(f"/cases/{number}/cockpit")

    assert "請填寫理由" in browser.send(f"/cases/{number}/cockpit/suspend", reason=" ").text
    assert case_of(house, number).status == "active"
    browser.send(f"/cases/{number}/cockpit/suspend", reason="颱風停班")
    assert case_of(house, number).status == "suspended"
    browser.send(f"/cases/{number}/cockpit/resume", reason="恢復上班")
    assert case_of(house, number).status == "active"
    kinds = [line.kind for line in history_of(house, number)]
    assert kinds[-2:] == ["suspended", "resumed"]


def test_data_is_corrected_with_both_values_in_the_history(house, reported, browser):
    number = reported().number
    case = case_of(house, number)
    browser.open(f"/cases/{number}/cockpit")
    given = {"name": "is_emergency", "reason": "誤填", "version": str(case.version)}

    refused = browser.send(f"/cases/{number}/cockpit/data", value="1 +", **given)
    assert refused.status_code == 422
    assert "這不是有效的值" in refused.text
    assert ">1 +</textarea>" in refused.text, "what was typed is still there"
    assert 'value="誤填"' in refused.text
    browser.send(f"/cases/{number}/cockpit/data", value="true", **given)

    with house.reading() as session:
        assert house.engine.variables(case.id, session)["is_emergency"] is True
    (line,) = [each for each in history_of(house, number) if each.kind == "variables_corrected"]
    assert line.details["reason"] == "誤填"
    assert line.details["changes"]["is_emergency"]["after"] is True
    assert browser.send(f"/cases/{number}/cockpit/data", value="false", **given).status_code == 409


def test_many_cases_are_suspended_at_once_and_each_tells_its_result(house, reported, browser):
    numbers = [reported().number for _ in range(3)]
    with house.unit_of_work() as session:
        house.engine.suspend(
            queries.by_business_key(numbers[0], session).id,
            reason="先前",
            by=SYSTEM,
            session=session,
        )
    browser.open(f"/processes/{KEY}/cases")
    page = browser.send(f"/processes/{KEY}/cases/preview", verb="suspend", extent="all")
    assert "3 件中可處理 2 件" in page.text
    assert case_of(house, numbers[1]).status == "active"

    chosen = [case_of(house, each).id for each in numbers]
    again = browser.send(
        f"/processes/{KEY}/cases/order", verb="suspend", case=chosen, reason="系統維護"
    )
    assert again.status_code == 422, "it was not confirmed"
    assert 'value="系統維護"' in again.text
    assert again.text.count('name="case"') == 2, "the selection is kept"

    sent = browser.send(
        f"/processes/{KEY}/cases/order",
        verb="suspend",
        case=chosen,
        reason="系統維護",
        confirmed="yes",
    )
    assert background_kinds.run_next(house)
    page = browser.open(sent.request.path).text

    assert [case_of(house, each).status for each in numbers] == ["suspended"] * 3
    assert "案件暫停中" in page
    assert page.count("完成") >= 2
