"""The pages of absences, and delegating a task on its page."""

from datetime import timedelta

import pytest

from engine import queries as engine_queries
from housing.people import memberships
from housing.people import queries as people

FORM = {"reason": "leave", "from_half": "day", "until_half": "day"}


@pytest.fixture
def ids(house):
    with house.reading() as session:
        return {
            each: str(people.account_by_login(each, session=session).id)
            for each in ("officer1", "officer2", "chief1", "manager1", "manager2", "finance1")
        }


@pytest.fixture
def managed(house, ids, reported):
    """A reported tap whose triage two managers could do; manager1 holds it."""
    instance_id = reported().instance_id
    with house.unit_of_work() as session:
        memberships.give(int(ids["manager2"]), "property_manager", "community:SW", session=session)
        task = engine_queries.tasks_of(instance_id, session)[0]
        by = people.account(ids["manager1"], session=session).actor
        house.engine.claim(task.id, by=by, session=session)
    return task


def read(house, task):
    with house.reading() as session:
        return engine_queries.task(task.id, session)


def test_an_absence_is_entered_changed_and_ended_on_its_pages(signed_in, ids, clock, house):
    officer = signed_in("officer1")
    officer.open("/absences/new")
    days = {"from_day": "2026-03-02", "until_day": "2026-03-04"}

    refused = officer.send("/absences/new", **FORM, **days, deputy_1="", note="出國")
    assert refused.status_code == 422
    assert "請指定代理人" in refused.text
    assert "出國" in refused.text

    for day in ("", "x", "0001-01-01", "9999-12-31"):
        odd = officer.send("/absences/new", **FORM, from_day="2026-03-02", until_day=day)
        assert odd.status_code == 422

    entered = officer.send("/absences/new", **FORM, **days, deputy_1=ids["officer2"], note="出國")
    assert "宋複核" in entered.text
    assert "115/03/04" in entered.text
    address = entered.request.path

    officer.open(f"{address}/change")
    changed = officer.send(
        f"{address}/change", **FORM, until_day="2026-03-06", deputy_1=ids["officer2"]
    )
    assert "115/03/06" in changed.text

    deputy = signed_in("officer2").open("/tasks")
    assert "您目前代理許承辦，至 115/03/06" in deputy.text
    clock.advance(timedelta(hours=3))
    back = officer.send(f"{address}/back")
    assert "交還清單" in back.text
    assert "代理期間無辦理事項" in back.text
    assert "您目前代理" not in signed_in("officer2").open("/tasks").text


def test_a_planned_absence_is_cancelled_after_a_question(signed_in, ids):
    chief = signed_in("chief1")
    chief.open(f"/absences/new?person={ids['officer1']}")
    days = {"from_day": "2026-03-09", "until_day": "2026-03-10"}
    entered = chief.send(
        "/absences/new", person=ids["officer1"], **FORM, **days, deputy_1=ids["officer2"]
    )
    address = entered.request.path

    assert "取消後無法復原" in chief.open(f"{address}/cancel").text
    assert "請假已取消" in chief.send(f"{address}/cancel").text
    assert "您不再代理 許承辦" in signed_in("officer2").open("/messages").text
    assert chief.send(f"{address}/cancel").status_code == 409


def test_a_deputy_without_the_role_is_refused_with_the_role_in_words(signed_in, ids):
    officer = signed_in("officer1")
    officer.open("/absences/new")

    refused = officer.send(
        "/absences/new",
        **FORM,
        from_day="2026-03-09",
        until_day="2026-03-10",
        deputy_1=ids["finance1"],
    )

    assert "褚出納未具全市之「住宅處承辦」職務權限" in refused.text


def test_reason_and_note_of_an_absence_are_not_for_deputies_nor_the_page_for_others(signed_in, ids):
    officer = signed_in("officer1")
    officer.open("/absences/new")
    entered = officer.send(
        "/absences/new",
        reason="sick",
        from_day="2026-03-02",
        until_day="2026-03-03",
        deputy_1=ids["officer2"],
        note="住院",
    )
    address = entered.request.path

    seen = signed_in("officer2").open(address).text
    assert "許承辦" in seen
    assert "住院" not in seen
    assert "病假" not in seen
    assert signed_in("finance1").open(address).status_code == 404
    assert signed_in("officer2").open(f"/absences/new?person={ids['officer1']}").status_code == 403


def test_a_task_is_delegated_and_handed_back_on_its_page(signed_in, managed, ids, house):
    owner, helper = signed_in("manager1"), signed_in("manager2")
    page, address = f"/tasks/{managed.id}", f"/tasks/{managed.id}/delegate"
    owner.open(page)
    unsaid = owner.send(address, to=ids["manager2"], reason="")
    assert unsaid.status_code == 422
    assert "請說明請同仁協辦的事項" in unsaid.text

    owner.send(address, to=ids["manager2"], reason="請先電話聯繫")
    asked = helper.open(page)
    assert "請先電話聯繫" in asked.text
    assert 'data-command="complete"' not in asked.text
    assert "收回本案" in owner.open(page).text

    helper.send(f"/tasks/{managed.id}/hand-back", note="已聯繫")
    assert read(house, managed).assignee == ids["manager1"]
    assert "已聯繫" in owner.open(page).text


def test_a_deputy_claims_on_the_page_and_the_case_says_on_whose_behalf(
    signed_in, managed, ids, house
):
    absent, deputy = signed_in("manager1"), signed_in("manager2")
    absent.open("/absences/new")
    days = {"from_day": "2026-03-02", "until_day": "2026-03-03"}
    absent.send("/absences/new", **FORM, **days, deputy_1=ids["manager2"])

    assert managed.business_key in deputy.open("/tasks?view=deputy").text
    deputy.open(f"/tasks/{managed.id}")
    claimed = deputy.send(f"/tasks/{managed.id}/claim")

    assert "您正代理張守成辦理" in claimed.text
    assert read(house, managed).on_behalf_of == ids["manager1"]
    assert "代理" in deputy.open(f"/cases/{managed.business_key}").text
