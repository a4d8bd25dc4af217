"""The team page: each chief sees his own team, and gives its tasks to others."""

import csv
import io
import re
from datetime import timedelta

import pytest

from engine import queries
from engine.queries import TaskFilter
from housing.people.queries import account_by_login


@pytest.fixture
def claimed(house, reported, clock):
    """A triage task of community SM, where two work, that manager1 claimed; two days later."""
    instance_id = reported("resident3").instance_id
    with house.unit_of_work() as session:
        (task,) = queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
        manager = account_by_login("manager1", session=session).actor
        house.engine.claim(task.id, by=manager, session=session)
    clock.advance(timedelta(days=2))
    return task


def figures(browser, name: str = "people") -> dict[str, list[str]]:
    """The rows of a table by their first cell."""
    text = browser.open(f"/team/{name}.csv").text.removeprefix("\ufeff")
    return {row[0]: row[1:] for row in csv.reader(io.StringIO(text)) if len(row) > 2}


def id_of(house, login: str) -> str:
    with house.reading() as session:
        return str(account_by_login(login, session=session).id)


def task_of(house, task_id):
    with house.reading() as session:
        return queries.task(task_id, session)


def test_two_chiefs_of_different_teams_see_different_figures(signed_in, claimed):
    of_managers, of_social_workers = (
        figures(signed_in(login)) for login in ("lead1", "sociallead1")
    )

    assert of_managers["張守成"][1] == "1"
    assert "李勤美" in of_managers
    assert "張守成" not in of_social_workers
    assert {cells[1] for name, cells in of_social_workers.items() if name[0] in "蔡羅游"} == {"0"}


def test_the_page_leads_to_lists_as_long_as_its_figures(signed_in, house, claimed):
    lead = signed_in("lead1")
    page = lead.open("/team")
    manager = id_of(house, "manager1")

    assert page.status_code == 200
    assert f'href="/team/tasks?person={manager}"' in page.text
    assert "（1）" in lead.open(f"/team/tasks?person={manager}").text
    assert "沒有符合的待辦" in lead.open("/team/tasks?person=unclaimed").text
    assert "（1）" in lead.open(f"/team/tasks?step={claimed.element_id}").text


@pytest.mark.parametrize("login", ["manager1", "officer1", "supervisor1", "resident1"])
def test_only_chiefs_have_a_team_page(signed_in, login):
    assert signed_in(login).open("/team").status_code == 403


def test_a_chief_looks_at_a_task_of_his_team_without_working_on_it(signed_in, claimed):
    page = signed_in("lead1").open(f"/tasks/{claimed.id}")

    assert page.status_code == 200
    assert '<fieldset class="plain" disabled>' in page.text
    assert signed_in("sociallead1").open(f"/tasks/{claimed.id}").status_code == 404


def test_a_task_is_reassigned_after_a_preview_and_with_a_reason(signed_in, house, claimed):
    lead, successor = signed_in("lead1"), id_of(house, "manager2")
    lead.open("/team/tasks")
    refused = lead.send("/team/tasks/reassign", task=claimed.id, assignee=successor)
    assert refused.status_code == 422
    assert f'value="{claimed.id}" checked' in refused.text

    holder = id_of(house, "manager1")
    preview = lead.send(
        f"/team/tasks/reassign?person={holder}",
        task=claimed.id,
        assignee=successor,
        reason="同仁請假",
    )
    assert f'href="/team/tasks?person={holder}"' in preview.text
    assert task_of(house, claimed.id).assignee == id_of(house, "manager1")
    batch = re.search(r'action="(/bulk/\w+/confirm)"', preview.text)
    assert batch, preview.text

    lead.send(batch[1])
    assert task_of(house, claimed.id).assignee == successor
    assert "同仁請假" in signed_in("manager1").open("/messages").text


def test_a_released_task_is_offered_to_the_team_and_its_holder_is_told(signed_in, house, claimed):
    lead = signed_in("lead1")
    lead.open("/team/tasks")
    lead.send("/team/tasks/release", task=claimed.id, reason="請假一週")

    assert task_of(house, claimed.id).assignee is None
    assert "已交回團隊" in signed_in("manager1").open("/messages").text


def test_the_task_of_another_team_stays_where_it_is(signed_in, house, claimed):
    stranger = signed_in("sociallead1")
    stranger.open("/team/tasks")
    page = stranger.send("/team/tasks/release", task=claimed.id, reason="x")

    assert task_of(house, claimed.id).assignee == id_of(house, "manager1")
    assert page.status_code == 200


def test_a_chief_is_led_from_overdue_tasks_of_somebody_to_an_absence(
    signed_in, house, claimed, clock
):
    holder = id_of(house, "manager1")
    address = f"/team/tasks?person={holder}"
    assert "登錄張守成的請假" not in signed_in("lead1").open(address).text

    clock.advance(timedelta(days=9))

    page = signed_in("lead1").open(address).text
    assert "張守成有 1 件待辦已逾期" in page
    assert f'href="/absences/new?person={holder}"' in page
