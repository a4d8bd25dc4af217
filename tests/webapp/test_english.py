"""Whoever chose English reads English wherever the product itself speaks."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from lxml import etree
from PIL import Image
from sqlalchemy import text

from engine import queries
from engine.queries import TaskFilter, UserTask
from housing.people.queries import account_by_login

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
DATA = re.compile(r'data-diagram="#diagram"[^>]*>(.*?)</script>', re.DOTALL)
NAMES = (
    "SELECT name FROM account UNION SELECT name FROM community UNION SELECT name FROM contractor"
    " UNION SELECT name FROM building UNION SELECT name FROM asset"
)
REPORT = {
    "where": "unit",
    "place": "under the kitchen sink",
    "category": "water",
    "text": "The tap drips all night.",
    "phone": "0912345678",
}
TRIAGE = {
    "is_duplicate": "false",
    "broken": "true",
    "simple": "false",
    "human_cause": "false",
    "in_warranty": "true",
    "in_table": "true",
    "finding": "The washer is worn out.",
}


@pytest.fixture
def english(house, signed_in) -> Callable[[str], object]:
    """Make a browser of somebody who reads English; everybody is written to in English."""
    house.deploy_packages()
    with house.unit_of_work() as session:
        session.execute(text("UPDATE account SET language = 'en'"))
    return signed_in


@pytest.fixture
def said(house) -> Callable[[str], list[str]]:
    """Find Chinese on a page that is no name of a person or a place."""
    with house.reading() as session:
        names = sorted(session.execute(text(NAMES)).scalars(), key=len, reverse=True)

    def find(page: str) -> list[str]:
        shown = html.unescape(page)
        for name in [*names, "中文", "、"]:
            shown = shown.replace(name, "")
        return [line.strip() for line in shown.splitlines() if CHINESE.search(line)]

    return find


@pytest.fixture
def number(english) -> str:
    """A leak that resident1 reported in English."""
    browser = english("resident1")
    page = browser.open("/repairs/new")
    token = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert token
    page = browser.send("/repairs/new", _token=token[1], **REPORT, photos=a_photo())
    found = re.search(r"R\d{2,3}-\d{6}", page.text)
    assert found, page.text
    return found[0]


@pytest.fixture
def task_of(house) -> Callable[[str], UserTask]:
    """Find the first open task of a case."""

    def find(number: str) -> UserTask:
        with house.reading() as session:
            case = queries.by_business_key(number, session)
            return queries.open_tasks(TaskFilter(instance_id=case.id), session).rows[0]

    return find


def a_photo() -> tuple[BytesIO, str]:
    target = BytesIO()
    Image.new("RGB", (64, 48), (30, 90, 160)).save(target, "JPEG")
    return BytesIO(target.getvalue()), "photo.jpg"


def test_the_report_form_and_its_errors_are_english(english, said):
    browser = english("resident1")

    fresh = browser.open("/repairs/new").text
    refused = browser.send("/repairs/new", phone="12").text

    assert "What happened?" in fresh
    assert "Please enter a mobile number" in refused
    assert said(fresh) == []
    assert said(refused) == []


@pytest.mark.parametrize("address", ["/", "/repairs", "/cases/{number}", "/cases/{number}?all=1"])
@pytest.mark.parametrize("login", ["resident1", "manager1", "officer1"])
def test_pages_of_a_running_case_are_english(english, said, number, login, address):
    page = english(login).open(address.format(number=number))

    assert page.status_code == 200
    assert said(page.text) == []


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/processes",
        "/processes/repair.ticket/1",
        "/processes/repair.ticket/versions",
        "/drafts",
        "/drafts/import",
    ],
)
def test_pages_of_a_supervisor_are_english(english, said, number, address):
    page = english("supervisor1").open(address)

    assert page.status_code == 200
    assert said(page.text) == []


def test_the_inbox_is_english(english, said, number):
    page = english("manager1").open("/tasks?view=team").text

    assert "Triage" in page
    assert said(page) == []


def test_names_inside_the_diagram_are_english(english, number):
    for address in (f"/cases/{number}", "/processes/repair.ticket/1"):
        login = "manager1" if "cases" in address else "supervisor1"
        found = DATA.search(english(login).open(address).text)
        assert found
        xml = json.loads(found[1])["xml"]
        names = [element.get("name", "") for element in etree.fromstring(xml.encode()).iter()]
        assert "Triage" in names
        assert [name for name in names if CHINESE.search(name)] == []


def test_tasks_from_triage_to_acceptance_are_english(english, said, number, task_of, clock):
    visit = clock.now() + timedelta(days=2)
    done = {"work_outcome": "done", "what": "Replaced the washer.", "hours": "1", "cost_twd": "0"}
    walk = [
        ("manager1", {**TRIAGE, "photos": a_photo()}),
        ("warranty1", {"visit_at": f"{visit:%Y-%m-%dT10:00}"}),
        ("warranty1", {**done, "photos_after": a_photo()}),
        ("manager1", {"confirm_result": "close"}),
        ("resident1", {"acceptance": "accept", "rating": "5"}),
    ]
    for login, values in walk:
        task, browser = task_of(number), english(login)
        address = f"/tasks/{task.id}"
        browser.open(address)
        if task.assignee is None:
            browser.send(f"{address}/claim")
        assert said(browser.open(address).text) == []
        refused = browser.send(address, version=task_of(number).version)
        assert said(refused.text) == []
        answered = browser.send(address, version=task_of(number).version, **values)
        assert "Completed: " in answered.text, (task.element_id, answered.text)
        assert said(answered.text) == []

    page = english("officer1").open(f"/cases/{number}?all=1").text
    assert "Replaced the washer." in page
    assert said(page) == []


def test_a_question_to_units_is_english(english, said, number, house):
    def task_for(login, number):
        with house.reading() as session:
            case = queries.by_business_key(number, session)
            by = account_by_login(login, session=session).actor
            tasks = queries.open_tasks(TaskFilter(instance_id=case.id), session).rows
        return next(each for each in tasks if by.belongs_to(each.candidate_group, each.scope))

    chief, numbers = english("chief1"), re.compile(r"D\d{3}-\d{6}")
    asking = f"/cases/{number}/dispatch"
    assert said(chief.open(asking).text) == []
    units = {"unit": ["section_chief", "finance"], "lead": "section_chief"}
    days = {"days_section_chief": "2", "days_finance": "2"}
    page = chief.send(asking, question="Who pays for the tap?", **units, **days)
    asked = numbers.search(page.text)
    assert asked
    for login, values in (
        ("finance1", {"answer": "The budget of repairs."}),
        ("chief1", {"answer": "I agree."}),
        ("chief1", {"summary": "The budget of repairs pays."}),
    ):
        browser = english(login)
        address = f"/tasks/{task_for(login, asked[0]).id}"
        browser.open(address)
        browser.send(f"{address}/claim")
        page = browser.open(address).text
        assert said(page) == []
        answered = browser.send(address, version=task_for(login, asked[0]).version, **values)
        assert "Completed: " in answered.text
    assert "Finance: The budget of repairs." in page

    for address in (f"/cases/{number}", f"/cases/{asked[0]}", f"/cases/{number}/merge?numbers=x"):
        assert said(chief.open(address).text) == []


def test_chinese_stays_chinese(house, signed_in):
    house.deploy_packages()

    page = signed_in("resident1").open("/repairs/new").text

    assert "發生了什麼事？" in page
    assert "What happened?" not in page
