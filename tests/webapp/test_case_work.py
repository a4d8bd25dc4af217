"""Working on the page of a case: notes, files, the timeline, print, merging, asking units."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from engine import queries
from engine.queries import TaskFilter
from engine.types import SYSTEM
from housing.attachments import queries as attachments
from housing.case_links import views
from housing.cases import service
from housing.cases.service import Completion
from housing.dispatches import views as dispatches
from housing.notices.queries import notices_of_case
from housing.people.models import Membership
from housing.people.queries import account_by_login
from housing.repairs import kpis
from housing.repairs import queries as repairs


def case_of(house, number):
    with house.reading() as session:
        return queries.by_business_key(number, session)


def told(house, case, login):
    """Tell the kinds of notices that somebody got about a case."""
    with house.reading() as session:
        reader = account_by_login(login, session=session).id
        found = notices_of_case(case.id, session=session)
    return [str(each.ways[0].payload["kind"]) for each in found if each.recipient == str(reader)]


def picture(name="photo.jpg"):
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (30, 90, 160)).save(target, "JPEG")
    return io.BytesIO(target.getvalue()), name


@pytest.fixture
def number(reported):
    return reported().number


def note(browser, number, **fields):
    browser.open(f"/cases/{number}")
    return browser.send(f"/cases/{number}/notes", **fields)


def test_a_colleague_reads_a_note_and_the_reporter_sees_none(signed_in, visitor, house, number):
    page = note(signed_in("officer1"), number, text="住戶曾三次未遇，請先電洽。", mention="黃主任")

    assert "住戶曾三次未遇" in page.text
    assert "住戶曾三次未遇" in signed_in("lead1").open(f"/cases/{number}").text
    assert "note_mentions_you" in told(house, case_of(house, number), "lead1")
    for address in (f"/cases/{number}", f"/cases/{number}/print", f"/cases/{number}?show=notes"):
        seen = signed_in("resident1").open(address).text
        assert "三次未遇" not in seen
        assert "黃主任" not in seen
    followed = re.search(r"/follow/[^\"< ]+", signed_in("resident1").open(f"/cases/{number}").text)
    assert followed
    assert "三次未遇" not in visitor.open(followed[0]).text


def test_a_refused_mention_keeps_what_was_typed(signed_in, number):
    page = note(signed_in("officer1"), number, text="@林安安 請看，這一段不可遺失")

    assert page.status_code == 422
    assert "無法提及「林安安」" in page.text
    assert "這一段不可遺失</textarea>" in page.text


def test_a_stranger_to_the_case_writes_no_note(signed_in, number):
    assert note(signed_in("manager2"), number, text="不該寫入").status_code == 404


def test_files_of_the_office_stay_with_the_office_unless_it_shares_them(signed_in, house, number):
    officer, case = signed_in("officer1"), case_of(house, number)
    officer.open(f"/cases/{number}")
    missing = officer.send(f"/cases/{number}/files", files=[picture("a.jpg"), picture("b.jpg")])
    assert missing.status_code == 422
    kept = re.findall(r'name="kept" value="(\w+)"', missing.text)
    assert len(kept) == 2
    text = (io.BytesIO(b"no picture"), "notes.txt")
    refused = officer.send(f"/cases/{number}/files", kept=kept, files=[text], words="接頭")
    assert re.findall(r'name="kept" value="(\w+)"', refused.text) == kept
    officer.send(f"/cases/{number}/files", kept=kept, words="水槽下方接頭")

    with house.reading() as session:
        added = attachments.of_case(case.id, is_staff=True, session=session)
    assert {each.file_id for each in added} == set(kept)
    assert 'alt="水槽下方接頭"' in officer.open(f"/cases/{number}").text
    resident = signed_in("resident1")
    assert "水槽下方接頭" not in resident.open(f"/cases/{number}").text
    assert resident.open(f"/files/{kept[0]}").status_code == 404

    officer.send(f"/cases/{number}/files", files=[picture("c.jpg")], words="已更換墊片", shared="1")
    assert "已更換墊片" in resident.open(f"/cases/{number}").text


def test_more_files_than_one_request_may_bring_are_refused_aloud(signed_in, house, number):
    officer = signed_in("officer1")
    officer.open(f"/cases/{number}")
    many = [(io.BytesIO(b"%PDF"), f"{at}.pdf") for at in range(13)]
    refused = officer.send(f"/cases/{number}/files", files=many)

    assert refused.status_code == 422
    assert "一次最多新增 12 個檔案" in refused.text


def test_a_task_of_the_same_role_elsewhere_is_not_offered(signed_in, house, number):
    with house.unit_of_work() as session:
        account = account_by_login("officer1", session=session)
        elsewhere = Membership(account_id=account.id, role="property_manager", scope="community:PX")
        session.add(elsewhere)

    assert "/tasks/" not in signed_in("officer1").open(f"/cases/{number}").text
    assert "/tasks/" in signed_in("manager1").open(f"/cases/{number}").text


def test_a_removed_file_leaves_its_name_and_the_reason(signed_in, house, number):
    officer, case = signed_in("officer1"), case_of(house, number)
    officer.open(f"/cases/{number}")
    officer.send(f"/cases/{number}/files", files=[picture("wrong.jpg")], words="別的住家")
    with house.reading() as session:
        (added,) = attachments.of_case(case.id, is_staff=True, session=session)
    address = f"/cases/{number}/files/{added.file_id}/remove"

    assert officer.send(address, reason=" ").status_code == 422
    page = officer.send(address, reason="誤傳他戶照片")

    assert "誤傳他戶照片" in page.text
    assert "wrong.jpg" in page.text
    assert officer.open(f"/files/{added.file_id}").status_code == 404


def test_chips_narrow_the_timeline_and_print_tells_it_from_the_beginning(signed_in, number, clock):
    officer = signed_in("officer1")
    note(officer, number, text="第一則註記")
    clock.advance(timedelta(days=2))
    officer.sign_in("officer1")  # nobody stays signed in so long
    note(officer, number, text="第二則註記")

    only_notes = officer.open(f"/cases/{number}?show=notes").text
    assert "第一則註記" in only_notes
    assert "提出報修" not in only_notes.split('id="timeline"')[1].split("</ol>")[0]
    assert only_notes.index("第二則註記") < only_notes.index("第一則註記")
    assert re.search(r"第 2.30 日", only_notes)
    printed = officer.open(f"/cases/{number}/print").text
    assert printed.index("第一則註記") < printed.index("第二則註記")
    assert "<nav" not in printed


def test_merged_cases_rest_until_the_lead_is_decided_and_applicants_are_told(
    signed_in, house, clock, reported
):
    lead, member = reported("resident1"), reported("neighbour01")
    officer, case = signed_in("officer1"), case_of(house, member.number)
    preview = officer.open(f"/cases/{lead.number}/merge?numbers={member.number}")
    assert "甲住戶" in preview.text
    assert "期限繼續計算" in preview.text
    officer.send(f"/cases/{lead.number}/merge", number=[member.number], reason="同一管線")

    assert case_of(house, member.number).status == "suspended"
    assert "case_merged" in told(house, case, "neighbour01")
    assert "由該案一併決定" in officer.open(f"/cases/{member.number}").text
    with house.reading() as session:
        (merged,) = views.members_of(lead.instance_id, session=session)
    assert merged.deadline is not None
    assert merged.deadline.state == "running"
    with house.unit_of_work() as session:
        house.engine.cancel(lead.instance_id, reason="撤案", by=SYSTEM, session=session)
    house.follow_merged_cases()

    assert case_of(house, member.number).status == "active"
    assert "case_goes_on_alone" in told(house, case, "neighbour01")


def merge(browser, lead, member, **fields):
    browser.open(f"/cases/{lead.number}/merge?numbers={member.number}")
    reason = fields.pop("reason", "同一管線")
    return browser.send(f"/cases/{lead.number}/merge", number=[member.number], reason=reason)


def figures_of(house):
    with house.reading() as session:
        return kpis.figures(session=session, now=house.clock.now())


def stage_of(house, number):
    with house.reading() as session:
        return repairs.ticket(number, session=session).stage


def test_a_merged_report_says_where_it_went_and_counts_once(signed_in, house, reported):
    lead, member = reported("resident1"), reported("neighbour01")
    officer, neighbour = signed_in("officer1"), signed_in("neighbour01")
    merge(officer, lead, member)

    assert stage_of(house, member.number) == "merged"
    for address in ("/", "/repairs", f"/cases/{member.number}", f"/cases/{member.number}/print"):
        assert f"併入 {lead.number}" in neighbour.open(address).text, address
        assert f'"/cases/{lead.number}"' not in neighbour.open(address).text, address
    assert f'<a href="/cases/{lead.number}">併入' in officer.open("/repairs?view=all").text
    figures = figures_of(house)
    assert (figures.tickets, figures.merged, figures.open) == (1, 1, 1)

    officer.send(f"/cases/{member.number}/take-out", reason="經查管線不同")

    assert stage_of(house, member.number) == "submitted"
    assert figures_of(house).tickets == 2


def test_a_lead_that_its_reporter_takes_back_decides_for_nobody(signed_in, house, reported):
    lead, member = reported("resident1"), reported("neighbour01")
    merge(signed_in("officer1"), lead, member)
    resident = signed_in("resident1")
    resident.open(f"/cases/{lead.number}")
    resident.send(f"/cases/{lead.number}/cancel")
    assert case_of(house, lead.number).status == "completed"
    house.follow_merged_cases()

    assert case_of(house, member.number).status == "active"
    assert stage_of(house, member.number) == "submitted"


def test_a_case_that_an_administrator_lets_go_on_is_merged_no_longer(signed_in, house, reported):
    lead, member = reported("resident1"), reported("neighbour01")
    merge(signed_in("officer1"), lead, member)
    with house.unit_of_work() as session:
        house.engine.resume(member.instance_id, reason="急修", by=SYSTEM, session=session)
    house.follow_merged_cases()

    with house.reading() as session:
        assert views.lead_of(member.instance_id, session=session) is None
    assert stage_of(house, member.number) == "submitted"


def test_a_question_to_units_is_never_merged(signed_in, house, number):
    officer, one_unit = signed_in("officer1"), {"lead": "section_chief", "unit": ["section_chief"]}
    officer.open(f"/cases/{number}/dispatch")
    for text in ("第一問", "第二問"):
        asked = {"question": text, "days_section_chief": "3", **one_unit}
        officer.send(f"/cases/{number}/dispatch", **asked)
    with house.reading() as session:
        lead, member = dispatches.of_parent(case_of(house, number).id, session=session)

    assert merge(officer, lead, member, reason="同一問題").status_code == 409


def test_a_merged_case_is_taken_out_again_and_cannot_be_merged_twice(
    signed_in, house, clock, reported
):
    lead, other, member = reported("resident1"), reported("resident2"), reported("neighbour01")
    officer = signed_in("officer1")
    officer.open(f"/cases/{lead.number}/merge?numbers={member.number}")
    officer.send(f"/cases/{lead.number}/merge", number=[member.number], reason="同一管線")
    again = officer.send(f"/cases/{other.number}/merge", number=[member.number], reason="再併")
    assert again.status_code == 409
    assert "已併入其他案件" in again.text

    officer.send(f"/cases/{member.number}/take-out", reason="經查管線不同")

    assert case_of(house, member.number).status == "active"
    with house.reading() as session:
        assert views.lead_of(member.instance_id, session=session) is None


def test_the_team_of_the_lead_hears_once_that_a_resting_case_comes_due(
    signed_in, house, clock, reported
):
    lead, member = reported("resident1"), reported("neighbour01")
    officer = signed_in("officer1")
    officer.open(f"/cases/{lead.number}/merge?numbers={member.number}")
    officer.send(f"/cases/{lead.number}/merge", number=[member.number], reason="同一管線")
    house.follow_merged_cases()
    house.follow_merged_cases()

    kinds = told(house, case_of(house, lead.number), "manager1")
    assert kinds.count("merged_case_due") == 1


def test_a_resident_merges_nothing_and_a_manager_neither(signed_in, reported):
    lead, member = reported("resident1"), reported("neighbour01")
    for login in ("resident1", "manager1"):
        browser = signed_in(login)
        browser.open("/")
        answer = browser.send(f"/cases/{lead.number}/merge", number=[member.number], reason="x")
        assert answer.status_code in (403, 404)


def complete(house, clock, number, login, **values):
    with house.reading() as session:
        case = queries.by_business_key(number, session)
        by = account_by_login(login, session=session).actor
        tasks = queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
        task = next(e for e in tasks if by.belongs_to(e.candidate_group, e.scope))
    with house.unit_of_work() as session:
        service.submit_task(
            Completion(task_id=task.id, values=values),
            by=by,
            engine=house.engine,
            session=session,
            clock=clock,
        )


def test_the_list_of_steps_begins_with_the_start(signed_in, house, clock, number):
    found = {"is_duplicate": False, "broken": True, "simple": False, "human_cause": False}
    more = {"in_warranty": True, "in_table": True, "finding": "墊片老化"}
    complete(house, clock, number, "manager1", **found, **more)

    page = signed_in("officer1").open(f"/cases/{number}").text
    steps = page[page.index('id="steps-title"') :]
    assert steps.index("<strong>報修</strong>") < steps.index("<strong>分案</strong>")


ASKED = {"question": "是否屬公共管線？", "lead": "section_chief", "completion": "all"}


def ask_two_units(officer, house, number):
    """Ask the property manager and the chief; returns the question."""
    officer.open(f"/cases/{number}/dispatch")
    units = {"unit": ["property_manager", "section_chief"]}
    days = {"days_property_manager": "2", "days_section_chief": "3"}
    officer.send(f"/cases/{number}/dispatch", **ASKED, **units, **days)
    with house.reading() as session:
        (question,) = dispatches.of_parent(case_of(house, number).id, session=session)
    return question


def test_a_question_without_its_lead_unit_is_refused_and_kept(signed_in, number):
    officer = signed_in("officer1")
    officer.open(f"/cases/{number}/dispatch")

    refused = officer.send(f"/cases/{number}/dispatch", **ASKED, unit=["property_manager"])

    assert refused.status_code == 422
    assert "是否屬公共管線？</textarea>" in refused.text


def test_a_question_is_read_by_those_asked_and_withdrawn_by_who_asked(signed_in, house, number):
    officer, manager = signed_in("officer1"), signed_in("manager1")
    question = ask_two_units(officer, house, number)

    row = manager.open("/tasks?view=team&q=公共管線").text
    assert number in row
    assert "是否屬公共管線？" in row
    page = manager.open(f"/cases/{question.number}").text
    assert page.count("是否屬公共管線？") > 1
    assert f"/cases/{question.number}/dispatch" not in page
    withdrawing = f"/cases/{question.number}/actions/dispatch.withdraw"
    assert officer.open(withdrawing).status_code == 200
    assert manager.open(withdrawing).status_code == 404


def test_answers_of_several_units_come_together_in_the_timeline(signed_in, house, clock, number):
    officer = signed_in("officer1")
    question = ask_two_units(officer, house, number)

    complete(house, clock, question.number, "manager1", answer="屬公共管線。")
    complete(house, clock, question.number, "chief1", answer="費用由管理費支應。")
    complete(house, clock, question.number, "chief1", summary="由物業管理處理。")

    page = officer.open(f"/cases/{number}").text
    for text in ("屬公共管線。", "費用由管理費支應。", "由物業管理處理。"):
        assert text in page
        assert text not in signed_in("resident1").open(f"/cases/{number}").text
    answered = case_of(house, question.number)
    assert answered.status == "completed"
    assert "dispatch_answered" in told(house, answered, "officer1")


def test_what_an_ended_case_asked_is_withdrawn(signed_in, house, clock, number):
    officer, case = signed_in("officer1"), case_of(house, number)
    officer.open(f"/cases/{number}/dispatch")
    officer.send(
        f"/cases/{number}/dispatch",
        question="還需要意見嗎？",
        lead="section_chief",
        unit=["section_chief"],
        days_section_chief="3",
    )
    with house.unit_of_work() as session:
        house.engine.cancel(case.id, reason="撤案", by=SYSTEM, session=session)
    house.follow_merged_cases()

    with house.reading() as session:
        (question,) = dispatches.of_parent(case.id, session=session)
    assert question.state == "withdrawn"


def test_linked_cases_lead_to_each_other(signed_in, reported):
    first, second = reported("resident1"), reported("neighbour01")
    officer = signed_in("officer1")
    officer.open(f"/cases/{second.number}")
    officer.send(f"/cases/{second.number}/links", other=first.number, kind="duplicate")

    assert f"/cases/{second.number}" in officer.open(f"/cases/{first.number}").text
    twice = officer.send(f"/cases/{second.number}/links", other=first.number, kind="duplicate")
    assert twice.status_code == 422
