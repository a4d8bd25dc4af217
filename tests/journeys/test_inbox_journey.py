"""The inbox in a real browser: cleared by keyboard only, raced for, and worked on in bulk."""

from datetime import timedelta
from uuid import uuid4

import pytest

from engine import queries
from engine.calendar import local_date
from engine.queries import TaskFilter
from engine.types import SYSTEM
from housing.applications.call_subject import PERIODIC, ROLLING, open_call
from housing.applications.rounds import NewRound, open_at_once
from housing.applications.service import PROCESS as REVIEW
from housing.applications.service import House, Submission, submit
from housing.cases.service import Completion, submit_task
from housing.people import queries as people
from housing.persons.rules import complete_national_id
from housing.slices import Desk
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

HEARING = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="hearing" name="\xe6\xb3\xa8\xe8\xa8\x98" isExecutable="true">
    <startEvent id="begin"><outgoing>a</outgoing></startEvent>
    <sequenceFlow id="a" sourceRef="begin" targetRef="answer"/>
    <userTask id="answer" name="\xe5\x9b\x9e\xe8\xa6\x86" camunda:candidateGroups="officer">
      <incoming>a</incoming><outgoing>b</outgoing></userTask>
    <sequenceFlow id="b" sourceRef="answer" targetRef="end"/>
    <endEvent id="end"><incoming>b</incoming></endEvent>
  </process>
</definitions>"""
"""Letters to be answered, one task each."""


class Office:
    """Gives the office its work, through the forms and the engine."""

    def __init__(self, application) -> None:
        self.application = application
        with application.reading() as session:
            self.actors = {each.login: each.actor for each in people.all_accounts(session=session)}

    def desk(self, login, session) -> Desk:
        return Desk(
            by=self.actors[login],
            engine=self.application.engine,
            session=session,
            clock=self.application.clock,
            vault=self.application.vault,
            is_demo=True,
        )

    def send_back_call(self, kind: str) -> None:
        """Draft a call and have the chief send it back: the officer is to mend the draft."""
        opens_at = self.application.clock.now() + timedelta(days=45)
        offer = {"site": "PX", "offer_room_type": "1BR", "offer_class": "general", "units": 12}
        values = {
            "title": "北屯勤美好宅招租",
            "opens_at": opens_at,
            **({"closes_at": opens_at + timedelta(days=30)} if kind == "periodic" else {}),
            "offers": [offer],
            "income_limit_twd": 57_509,
            "property_limit_twd": 5_790_000,
            "years_limit": 6,
            "is_review_first": True,
            "may_extend_online": False,
            "second_check_percent": 10,
            "uses_score": False,
        }
        with self.application.unit_of_work() as session:
            made = open_call(kind, values, self.desk("officer1", session))
        with self.application.unit_of_work() as session:
            wanted = TaskFilter(instance_id=made.instance_id)
            (task,) = queries.open_tasks(wanted, session).rows
            desk = self.desk("chief1", session)
            answers = {"approval": "return", "approval_note": "請再確認戶數"}
            submit_task(
                Completion(task_id=task.id, values=answers),
                by=desk.by,
                engine=desk.engine,
                session=session,
                clock=desk.clock,
            )

    def take_in(self, number: str, serial: int) -> None:
        """Key in a paper application: the officer is to review it."""
        values = {
            "round": number,
            "site1": "SM",
            "room_type": "1BR",
            "household_class": "general",
            "agrees_general": False,
            "name": "何安居",
            "nat_id": complete_national_id(f"Y0{serial:07}"),
            "dob": (self.application.clock.now() - timedelta(days=15_000)).date(),
            "mobile": f"0900000{serial:03}",
            "address_registered": f"435 臺中市梧棲區 {serial} 號",
            "city_link": "registered",
            "household": [],
            "owns_home": "none",
            "income_month_person": 26_000,
            "property_value": 0,
            "other_subsidy": False,
            "years_used": 0,
            "has_arrears": False,
            "consent_privacy": True,
            "consent_electronic": True,
            "consent_truth": True,
        }
        papers = ("income_list", "property_list", "register")
        with self.application.unit_of_work() as session:
            desk = self.desk("officer1", session)
            house = House(
                vault=desk.vault,
                is_demo=True,
                engine=desk.engine,
                session=session,
                clock=desk.clock,
            )
            new = Submission(
                token=uuid4().hex,
                values=values,
                postmark_on=local_date(desk.clock.now()),
                papers=papers,
            )
            submit(new, by=desk.by, house=house)

    def give_thirty_tasks(self) -> None:
        """Have twenty applications to be reviewed and ten calls to be mended."""
        with self.application.unit_of_work() as session:
            new = NewRound(kind="rolling", title="梧棲三民好宅隨到隨辦")
            number = open_at_once(new, session=session, clock=self.application.clock).number
        for serial in range(1, 21):
            self.take_in(number, serial)
        for kind in ("periodic", "rolling") * 5:
            self.send_back_call(kind)

    def open_letters(self, count: int) -> list[str]:
        """Have letters to be answered; gives the ids of their tasks."""
        engine = self.application.engine
        with self.application.unit_of_work() as session:
            engine.deploy({"hearing.bpmn": HEARING}, by=SYSTEM, session=session)
            return [
                engine.start(
                    "hearing",
                    {},
                    business_key=f"H115-{number:06}",
                    scope="city",
                    by=SYSTEM,
                    session=session,
                )
                .open_tasks[0]
                .id
                for number in range(1, count + 1)
            ]

    def claim(self, task_id: str, login: str) -> None:
        with self.application.unit_of_work() as session:
            self.application.engine.claim(task_id, by=self.actors[login], session=session)


@pytest.fixture
def office(served) -> Office:
    return Office(served.application)


def heading(page) -> str:
    return page.locator("main h1").first.inner_text()


def press(page, *keys: str) -> None:
    """Press keys that lead to another page, and wait for it."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def press_focused(page) -> None:
    """Press Enter on what the page has put the focus on."""
    page.wait_for_function("document.activeElement.hasAttribute('autofocus')")
    press(page, "Enter")


def name_homes(page) -> None:
    """Fill in the homes of a call, from the first link of the list of errors on."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _field in ("site", "room type", "class"):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    page.keyboard.type("12")
    press(page, "Control+Enter")


def claim_all(page, pages: int) -> None:
    """Choose and claim page by page, confirm, go back; then look at one's own tasks."""
    for _page in range(pages):
        press(page, "*", "a", "c")
        press_focused(page)
        press_focused(page)
    press(page, "g", "m")


def complete_all(page, count: int) -> set[str]:
    """Complete task after task, from the first of the list on; gives their names."""
    names = set()
    press(page, "j", "o")
    for left in range(count, 0, -1):
        names.add(heading(page))
        press(page, "Control+Enter")
        if page.locator(".error-summary").count():
            name_homes(page)
        assert page.get_by_text("已完成「").count(), (left, page.url)
        if left > 1:
            press(page, "j")
    press(page, "g", "m")
    return names


def test_an_officer_clears_a_mixed_queue_of_thirty_tasks_by_keyboard_only(person, served, office):
    office.give_thirty_tasks()
    officer = person("officer1", 1280)
    page = officer.page

    page.keyboard.press("Control+k")
    page.keyboard.type("可認領")
    page.get_by_role("option", selected=True).get_by_text("可認領").wait_for()
    press(page, "Enter")
    assert heading(page) == "可認領（30）"
    claim_all(page, pages=2)
    assert heading(page) == "我的待辦（30）"

    names = complete_all(page, 30)

    assert heading(page) == "我的待辦（0）"
    assert names == {"審件", "修正招租案"}
    with served.application.reading() as session:
        done = queries.open_tasks(
            TaskFilter(completed_by=office.actors["officer1"].id, limit=50), session
        )
    assert {task.process_key for task in done.rows} == {PERIODIC, ROLLING, REVIEW}
    assert done.total == 30
    assert {each.partition(" a status of ")[2][:3] for each in officer.complaints} == {"422"}


def test_of_two_officers_who_claim_one_task_the_slower_sees_who_won_and_the_next(person, office):
    first, _second = office.open_letters(2)
    quick, slow = person("officer1", 1280), person("officer2", 1280)
    for each in (quick, slow):
        each.open(f"/tasks/{first}?view=team")

    press(quick.page, "c")
    press(slow.page, "c")

    lost = slow.page.get_by_role("alert").first.inner_text()
    assert "許承辦" in lost
    assert "秒前" in lost
    assert slow.page.locator("fieldset:not([disabled]) [name=version]").count() == 0
    press(slow.page, "j")
    press(slow.page, "c")
    assert "由您辦理" in slow.page.locator("main").inner_text()
    give_back_with_an_own_key(slow)
    assert slow.complaints == [
        "Failed to load resource: the server responded with a status of 409 (CONFLICT)"
    ]


def give_back_with_an_own_key(officer) -> None:
    """Choose another key to give a task back: it acts, the former one does not, none in a field."""
    page, task = officer.page, officer.page.url
    officer.open("/account/keys")
    page.locator("#key-unclaim").press("e")
    check_accessible(page)
    press(page, "Enter")
    assert page.locator("#key-unclaim").input_value() == "e"
    press(page, "g", "m")
    page.locator("#q").press_sequentially("gte")
    assert (heading(page), page.locator("#q").input_value()) == ("我的待辦（1）", "gte")
    officer.page.goto(task)
    page.keyboard.press("u")
    press(page, "e")
    assert "已釋回" in page.locator("main").inner_text()


def test_a_follow_up_of_143_tasks_leaves_two_as_they_are_and_says_why(person, served, office):
    tasks = office.open_letters(143)
    office.claim(tasks[10], "officer2")
    officer = person("officer1", 1280)
    page = officer.page
    officer.open("/tasks?view=all")
    assert heading(page) == "本組全部（143）"

    ask_to_follow_up_all(page)
    assert heading(page) == "設定追蹤日：142 項待辦"
    assert "目前由宋複核辦理。" in page.locator("main").inner_text()
    check_accessible(page)
    office.claim(tasks[20], "officer2")
    press_focused(page)
    page.locator("main .background-work a.btn-primary").click(timeout=60_000)
    page.wait_for_load_state()

    batch_id = page.url.partition("/bulk/")[2].partition("?")[0]
    check_results(page)
    with served.application.reading() as session:
        cases = [queries.task(each, session).instance_id for each in tasks]
        told = [queries.history_of(each, session)[-1].batch_id for each in cases]
    assert told.count(batch_id) == 141
    assert officer.complaints == []


def ask_to_follow_up_all(page) -> None:
    """Choose the page, then all of the view, and say in the dialog until when."""
    page.keyboard.press("*")
    page.keyboard.press("a")
    page.get_by_label("選取此檢視全部 143 項").check()
    check_accessible(page)
    page.keyboard.press("f")
    day = page.locator("dialog #until")
    day.fill(day.get_attribute("min"))
    press(page, "Control+Enter")


def check_results(page) -> None:
    """Two of 143 tasks are as they were, with the reason, and each task has a line."""
    figures = page.locator(".figure-card").all_inner_texts()
    assert [figure.split()[0] for figure in figures] == ["141", "2", "0"]
    check_accessible(page)
    page.get_by_role("link", name="維持不變").click()
    page.wait_for_load_state()
    rows = page.locator("tbody tr").all_inner_texts()
    assert len(rows) == 2
    assert all("目前由宋複核辦理。" in row for row in rows)
