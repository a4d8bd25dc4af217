"""Processes, operations, the message simulator and the demo clock."""

import re
from dataclasses import replace

import pytest

from engine import queries
from engine.types import SYSTEM
from scheduler.relay import Relay
from webapp.factory import create_app


@pytest.fixture
def delivered(house, reported) -> str:
    """Report a tap as resident1, deliver the notices; the case number."""
    number = reported().number
    Relay(house).run()
    return number


def test_the_list_of_processes_counts_running_cases(signed_in, reported):
    reported()
    page = signed_in("supervisor1").open("/processes")

    assert "報修" in page.text
    assert "進行中 1 件" in page.text


def test_a_process_shows_its_diagram_and_the_same_as_a_list(signed_in, reported):
    reported()
    page = signed_in("supervisor1").open("/processes/repair.ticket/1")

    assert 'data-diagram="#diagram"' in page.text
    assert "bpmn:definitions" in page.text
    assert 'element=triage&amp;version=1">1<span' in page.text
    assert "物管人員" in page.text


def test_a_version_that_was_never_deployed_is_not_found(signed_in, reported):
    reported()

    assert signed_in("supervisor1").open("/processes/repair.ticket/9").status_code == 404


def test_operations_say_that_nothing_is_wrong(signed_in, reported):
    reported()
    page = signed_in("admin1").open("/operations")

    assert "沒有未處理的異常" in page.text


def test_a_failed_step_is_shown_and_can_be_tried_again(signed_in, house, reported):
    instance_id = reported().instance_id
    fail_for_good(house, instance_id)
    admin = signed_in("admin1")
    page = admin.open("/operations")
    assert "異常（1）" in page.text
    assert "the printer is on fire" in page.text

    (retry,) = re.findall(r'action="(/operations/incidents/[0-9a-f]+/retry)"', page.text)
    page = admin.send(retry)

    assert "系統將立即重新執行這個步驟。" in page.text
    assert "異常（0）" in page.text


def test_a_failed_job_of_no_case_is_shown_and_can_be_tried_again(signed_in, house):
    with house.unit_of_work() as session:
        house.engine.publish_message("nobody.waits", "1", by=SYSTEM, session=session)
        (job,) = house.engine.due_jobs(session, house.clock.now(), 10)
    use_up(house, job)
    admin = signed_in("admin1")
    page = admin.open("/operations")
    assert "系統工作（不屬於任何案件）" in page.text
    assert "the printer is on fire" in page.text

    (retry,) = re.findall(r'action="(/operations/incidents/[0-9a-f]+/retry)"', page.text)

    assert "異常（0）" in admin.send(retry).text


def fail_for_good(house, instance_id: str) -> None:
    """Use up the retries of an instance's first pending job."""
    with house.reading() as session:
        job = next(
            each for each in queries.jobs_of(instance_id, session) if each.state == "pending"
        )
    use_up(house, job)


def use_up(house, job) -> None:
    """Let a job fail until nothing tries it again."""
    for _ in range(job.retries):
        with house.unit_of_work() as session:
            house.engine.record_failure(job.id, "the printer is on fire", session=session)


def test_the_clock_page_is_for_supervisors_only(signed_in):
    manager = signed_in("manager1")
    manager.open("/")

    assert manager.send("/clock", by="day").status_code == 403


def test_a_supervisor_moves_the_clock_and_the_banner_shows_it(signed_in):
    supervisor = signed_in("supervisor1")
    assert "115/03/02（一） 09:00" in supervisor.open("/").text

    page = supervisor.send("/clock", by="day", next="/tasks")

    assert "時鐘已調整為 115/03/03（二） 09:00" in page.text


def test_the_clock_goes_to_the_next_deadline_of_any_case(signed_in, reported):
    reported()
    supervisor = signed_in("supervisor1")
    supervisor.open("/")
    supervisor.send("/clock", by="next_due")

    assert "已逾期（1）" in signed_in("manager1").open("/tasks?view=overdue").text


def test_a_clock_without_a_deadline_ahead_says_so(signed_in):
    supervisor = signed_in("supervisor1")
    supervisor.open("/")
    refused = supervisor.send("/clock", by="next_due")

    assert refused.status_code == 409


def test_everybody_reads_every_message_in_the_demo(signed_in, delivered):
    manager = signed_in("manager1")
    page = manager.open("/simulator")

    assert "模擬器" in page.text
    assert "收件人：林安安" in page.text
    assert f"【{delivered}】" in page.text


def test_a_message_leads_to_its_case(signed_in, delivered):
    page = signed_in("resident1").open("/simulator/1")

    assert "開啟案件" in page.text
    assert delivered in page.text


def test_messages_are_private_where_there_is_no_demo(house, delivered, opened):
    settings = replace(house.settings, is_demo=False)
    neighbour = opened(create_app(replace(house, settings=settings)))
    neighbour.sign_in("resident2")

    assert "訊息（0）" in neighbour.open("/simulator").text
    assert neighbour.open("/simulator/1").status_code == 404
