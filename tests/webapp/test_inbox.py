"""The inbox for each role; claim, draft, complete, and what happens when somebody was faster."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from engine import queries
from engine.queries import TaskFilter
from engine.sla_tables import sla_clock
from engine.types import SYSTEM, Actor
from housing.cases import search
from housing.demo import pictures
from housing.repairs.models import RepairTicket


@pytest.fixture
def triage(house, reported):
    """The triage task of a freshly reported tap in community SW."""
    instance_id = reported("resident1").instance_id
    with house.reading() as session:
        (task,) = queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
    return task


def solved_on_site() -> dict[str, object]:
    """Answers of a triage that finds nothing broken, with a photo."""
    return {
        "is_duplicate": "false",
        "broken": "false",
        "finding": "旋緊把手後不再滴水。",
        "photos": (BytesIO(pictures.draw("water", is_repaired=True)), "after.png"),
    }


def task_of(house, task_id):
    with house.reading() as session:
        return queries.task(task_id, session)


def test_the_manager_of_the_community_sees_the_task_to_claim(signed_in, triage):
    page = signed_in("manager1").open("/tasks?view=team")

    assert "可認領（1）" in page.text
    assert triage.business_key in page.text
    assert "水龍頭關不緊" in page.text


@pytest.mark.parametrize("login", ["manager2", "repair1", "warranty1", "chief1", "resident2"])
def test_nobody_else_is_offered_the_task(signed_in, triage, login):
    page = signed_in(login).open("/tasks?view=team")

    assert page.status_code == 200
    assert triage.business_key not in page.text


def test_a_completed_task_stands_in_the_view_of_who_completed_it(signed_in, triage):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    manager.send(f"/tasks/{triage.id}", **solved_on_site())

    assert triage.business_key in manager.open("/tasks?view=done").text
    assert "我完成的（0）" in signed_in("lead1").open("/tasks?view=done").text


def test_residents_have_no_task_and_are_told_so(signed_in, triage):
    page = signed_in("resident1").open("/tasks")

    assert "目前沒有待辦事項" in page.text


def test_an_overdue_task_stands_in_its_group_with_the_days_in_words(signed_in, triage, clock):
    clock.advance(timedelta(days=4))
    page = signed_in("manager1").open("/tasks?view=overdue")

    assert "已逾期（1）" in page.text
    assert "逾期 1 天" in page.text


@pytest.mark.parametrize(
    ("is_own", "group"), [(True, "group-paused"), (False, "group-very_overdue")]
)
def test_a_task_is_paused_when_its_own_clock_stands_and_not_when_another_of_its_case_does(
    house, signed_in, triage, clock, is_own, group
):
    with house.unit_of_work() as session:
        session.execute(
            sla_clock.update()
            .where(sla_clock.c.instance_id == triage.instance_id)
            .where((sla_clock.c.kind == "task") == is_own)
            .values(paused_since=clock.now(), pause_reason="等待住戶")
        )
    clock.advance(timedelta(days=9))

    page = signed_in("manager1").open("/tasks?view=team").text

    assert re.search("自 .*3.*2.* 起暫停計時：等待住戶", page)
    assert re.findall(r'id="(group-\w+)"', page) == [group]


def test_tasks_of_a_suspended_case_stand_among_the_paused_ones(house, signed_in, triage, clock):
    clock.advance(timedelta(days=9))
    with house.unit_of_work() as session:
        house.engine.suspend(triage.instance_id, reason="查證中", by=SYSTEM, session=session)

    page = signed_in("manager1").open("/tasks?view=team").text

    assert re.findall(r'id="(group-\w+)"', page) == ["group-paused"]


def test_a_task_due_this_week_is_counted_until_it_is_overdue(signed_in, triage, clock):
    assert "本週到期（1）" in signed_in("manager1").open("/tasks?view=week").text

    clock.advance(timedelta(days=4))

    assert "本週到期（0）" in signed_in("manager1").open("/tasks?view=week").text


def test_a_search_finds_words_of_the_report_and_says_what_it_hides(signed_in, triage):
    manager = signed_in("manager1")

    assert "可認領（1）" in manager.open("/tasks?view=team&q=水龍頭").text
    hidden = manager.open("/tasks?view=team&q=電梯").text
    assert "可認領（0）" in hidden
    assert "篩選條件「搜尋：電梯」隱藏了 1 項待辦" in hidden


def test_the_form_is_closed_until_the_task_is_claimed(signed_in, triage):
    manager = signed_in("manager1")

    assert '<fieldset class="plain" disabled>' in manager.open(f"/tasks/{triage.id}").text
    page = manager.send(f"/tasks/{triage.id}/claim")
    assert "已認領，這項待辦由您辦理。" in page.text
    assert '<fieldset class="plain">' in page.text


def test_a_task_of_another_community_looks_as_if_it_did_not_exist(signed_in, triage):
    page = signed_in("manager2").open(f"/tasks/{triage.id}")

    assert page.status_code == 404
    assert triage.business_key not in page.text


def test_who_claims_second_reads_who_was_faster(signed_in, reported, house):
    instance_id = reported("resident3").instance_id
    with house.reading() as session:
        (task,) = queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
    first, second = signed_in("manager1"), signed_in("manager2")
    second.open(f"/tasks/{task.id}")
    first.open(f"/tasks/{task.id}")
    first.send(f"/tasks/{task.id}/claim")
    refused = second.send(f"/tasks/{task.id}/claim")

    assert refused.status_code == 409
    assert "這項待辦已由張守成認領" in refused.text
    assert "0 秒前" in refused.text


def test_a_form_with_mistakes_is_shown_again_with_what_was_typed(signed_in, triage, house):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    page = manager.send(f"/tasks/{triage.id}", finding="墊片老化")

    assert page.status_code == 422
    assert "請先修正下列項目" in page.text
    assert "墊片老化" in page.text
    assert task_of(house, triage.id).state == "open"


def test_a_draft_survives_leaving_the_page_and_giving_the_task_back(signed_in, triage):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    kept = manager.send(f"/tasks/{triage.id}", finding="墊片老化", _draft="1")
    assert "草稿已儲存" in kept.text

    manager.send(f"/tasks/{triage.id}/unclaim")
    assert "墊片老化" in manager.open(f"/tasks/{triage.id}").text


def test_a_draft_saves_itself_without_a_new_page(signed_in, triage):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")

    saved = manager.send(f"/tasks/{triage.id}", finding="墊片老化", _draft="auto")

    assert saved.status_code == 204
    assert "墊片老化" in manager.open(f"/tasks/{triage.id}").text


def test_completing_leads_on_and_moves_the_case(signed_in, triage, house):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    page = manager.send(f"/tasks/{triage.id}", version="", **solved_on_site())

    assert page.status_code == 200
    assert f"已完成「{triage.name}」" in page.text
    assert task_of(house, triage.id).state == "completed"


def test_a_double_submit_completes_once_and_the_second_page_says_by_whom(signed_in, triage, house):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    manager.send(f"/tasks/{triage.id}", **solved_on_site())
    second = manager.send(f"/tasks/{triage.id}", **solved_on_site())

    assert second.status_code == 409
    assert "這項待辦已由張守成辦理完成" in second.text
    assert "0 秒前" in second.text
    assert "旋緊把手後不再滴水。" in second.text
    with house.reading() as session:
        history = queries.history_of(triage.instance_id, session)
    done = [line for line in history if line.element_id == triage.element_id]
    assert [line.kind for line in done].count("task_completed") == 1


def test_what_was_typed_stays_when_somebody_else_completed_the_task(signed_in, reported, house):
    instance_id = reported("resident3").instance_id
    with house.reading() as session:
        (task,) = queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
    slow, fast = signed_in("manager1"), signed_in("manager2")
    slow.open(f"/tasks/{task.id}")
    slow.send(f"/tasks/{task.id}/claim")
    slow.send(f"/tasks/{task.id}/unclaim")
    fast.open(f"/tasks/{task.id}")
    fast.send(f"/tasks/{task.id}/claim")
    fast.send(f"/tasks/{task.id}", **solved_on_site())

    refused = slow.send(f"/tasks/{task.id}", **solved_on_site())

    assert refused.status_code == 409
    assert "李勤美" in refused.text
    assert "旋緊把手後不再滴水。" in refused.text


def test_an_old_page_of_a_case_that_moved_on_keeps_the_answers_and_asks_again(
    signed_in, triage, house
):
    manager = signed_in("manager1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    refused = manager.send(f"/tasks/{triage.id}", version="0", **solved_on_site())

    assert refused.status_code == 409
    assert "請確認您填寫的內容後，再次送出" in refused.text
    assert "旋緊把手後不再滴水。" in refused.text
    assert task_of(house, triage.id).state == "open"


def test_the_start_page_of_staff_counts_what_waits(signed_in, triage):
    page = signed_in("manager1").open("/")

    assert "<strong>1</strong><span>可認領</span>" in page.text


def test_the_start_page_of_residents_offers_two_actions(signed_in):
    page = signed_in("resident1").open("/")

    assert "我要報修" in page.text
    assert "查看處理進度與下一步。" in page.text


def test_the_inbox_is_complete_in_english(signed_in, triage):
    manager = signed_in("manager1")
    manager.open("/")
    manager.send("/language", language="en", next="/")
    page = manager.open("/tasks?view=team")

    assert "To claim (1)" in page.text
    assert "2 days left" in page.text
    assert "可認領" not in page.text


def test_taking_a_colleagues_task_needs_a_reason_and_tells_him(signed_in, reported, house):
    task = task_in(house, reported("resident3").instance_id)
    first, second = signed_in("manager1"), signed_in("manager2")
    first.open(f"/tasks/{task.id}")
    first.send(f"/tasks/{task.id}/claim")
    second.open(f"/tasks/{task.id}")

    refused = second.send(f"/tasks/{task.id}/take-over", reason=" ")
    assert refused.status_code == 422
    assert "請填寫原因" in refused.text
    assert task_of(house, task.id).assignee_name == "張守成"

    assert second.send(f"/tasks/{task.id}/take-over", reason="今日請假").status_code == 200
    assert task_of(house, task.id).assignee_name == "李勤美"
    assert "待辦已由同仁接手" in first.open("/messages").text


def test_who_is_not_of_the_team_cannot_take_a_task_over(signed_in, triage, house):
    manager, stranger = signed_in("manager1"), signed_in("warranty1")
    manager.open(f"/tasks/{triage.id}")
    manager.send(f"/tasks/{triage.id}/claim")
    stranger.open("/tasks")

    assert stranger.send(f"/tasks/{triage.id}/take-over", reason="x").status_code == 404
    assert task_of(house, triage.id).assignee_name == "張守成"


def test_the_next_task_comes_with_the_reason_of_its_order(signed_in, triage):
    page = signed_in("manager1").client.get("/tasks/next", follow_redirects=True)

    assert "可認領的待辦中，這一件期限最早" in page.text
    assert page.request.path == f"/tasks/{triage.id}"


def test_after_completing_the_next_task_of_the_same_list_is_offered(signed_in, reported, house):
    first, _second = (task_in(house, reported("resident1").instance_id) for _ in range(2))
    manager = signed_in("manager1")
    manager.open(f"/tasks/{first.id}?view=team&q=水龍頭")
    manager.send(f"/tasks/{first.id}/claim?view=team&q=水龍頭")
    page = manager.send(f"/tasks/{first.id}?view=team&q=水龍頭", **solved_on_site())

    assert "此清單的下一件" in page.text
    (following,) = re.findall(
        r'data-command="next" href="/tasks/(\w+)\?view=team&amp;q=%E6', page.text
    )
    assert following != first.id


def test_filters_stand_in_the_address_and_as_chips_and_say_what_they_hide(signed_in, triage):
    manager = signed_in("manager1")
    assert "可認領（1）" in manager.open("/tasks?view=team&process=repair.ticket&due=later").text

    hidden = manager.open("/tasks?view=team&process=repair.ticket&due=none").text
    assert "篩選條件「無期限」隱藏了 1 項待辦" in hidden
    assert '/tasks?view=team&amp;process=repair.ticket"' in hidden
    assert 'name="process"' in manager.open("/tasks?view=all&filters=1").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "²"])
def test_an_address_without_sense_shows_the_first_page(signed_in, triage, page):
    shown = signed_in("manager1").open(f"/tasks?view=team&sort=no&due=no&page={page}")

    assert triage.business_key in shown.text


def task_in(house, instance_id):
    """Read the first open task of a case."""
    with house.reading() as session:
        return queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows[0]


def test_a_row_says_home_person_and_stage_in_two_lines(signed_in, triage):
    row = re.search(
        r'<ul class="rows">.*?</ul>', signed_in("manager1").open("/tasks?view=team").text, re.DOTALL
    )

    assert row is not None
    for words in ("A-0501", "林安安", "已報修", "115/"):
        assert words in row.group()


def test_a_search_finds_the_person_for_readers_of_the_case_only(signed_in, reported, house):
    case = reported("resident1").instance_id
    with house.reading() as session:
        found = [
            found_by("林安安", actor, session)
            for actor in (reader("property_manager", "community:SW"), reader("contractor", "city"))
        ]

    assert found == [[case], []]


def found_by(words, actor, session):
    return list(session.scalars(search.bearing(words, actor, session)))


def reader(role, scope):
    return Actor(id="x", name="x", groups=frozenset({(role, scope)}))


def test_a_renamed_person_is_found_by_the_new_name(signed_in, reported, house):
    case = reported("resident1").instance_id
    office = reader("officer", "city")
    with house.unit_of_work() as session:
        ticket = session.scalar(select(RepairTicket).where(RepairTicket.instance_id == case))
        ticket.reporter_name = "林平平"
    with house.reading() as session:
        found = [found_by(each, office, session) for each in ("安安", "平平")]

    assert found == [[], [case]]


def test_words_are_cut_anew_for_cases_that_have_none(reported, house):
    case = reported("resident1").instance_id
    office = reader("officer", "city")
    with house.reading() as session:
        before = found_by("水龍頭", office, session)

    assert house.index_cases() == 0
    assert house.index_cases(anew=True) >= 1
    with house.reading() as session:
        assert found_by("水龍頭", office, session) == before
        assert case in before
