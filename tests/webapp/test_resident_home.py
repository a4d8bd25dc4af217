"""The start page of residents: what needs them, their cases, whom to call; light for a phone."""

import re
from io import BytesIO

import pytest

from engine import queries
from engine.queries import TaskFilter
from housing.demo import pictures
from housing.demo.accounts import PASSWORD
from housing.people import service as people
from housing.people.service import NewAccount
from tests.webapp.conftest import Browser

MOST_BYTES = 120_000
"""Of all that a phone fetches for the first start page, packed."""

TOOLS = {"Accept-Encoding": "gzip"}


HUMAN_CAUSE = {
    "is_duplicate": "false",
    "broken": "true",
    "simple": "false",
    "human_cause": "true",
    "in_warranty": "true",
    "in_table": "true",
    "finding": "把手被扳斷。",
}


@pytest.fixture
def asked(signed_in, house):
    """Let the manager find that the resident has to mend it himself."""

    def ask(case) -> None:
        with house.reading() as session:
            (task,) = queries.open_tasks(TaskFilter(instance_id=case.instance_id), session).rows
        manager, photo = signed_in("manager1"), (BytesIO(pictures.draw("water")), "tap.png")
        manager.open(f"/tasks/{task.id}")
        manager.send(f"/tasks/{task.id}/claim")
        manager.send(f"/tasks/{task.id}", **HUMAN_CAUSE, photos=photo)

    return ask


def main_of(page) -> str:
    return page.text.partition("<main")[2].partition("</main>")[0]


def test_a_case_says_in_plain_words_where_it_stands_and_what_comes_next(signed_in, reported):
    number = reported().number
    page = main_of(signed_in("resident1").open("/"))

    assert f"/cases/{number}" in page
    assert "分案中" in page
    assert "我們處理中" in page
    assert "接下來可能" in page  # a new house has no past cases that tell what usually comes


def test_what_waits_for_a_resident_stands_first_with_its_day(signed_in, reported, asked):
    asked(reported())
    page = main_of(signed_in("resident1").open("/"))

    task = page.partition('class="need"')[2]
    assert "自行修繕並回報" in task
    assert re.search(r"115/\d\d/\d\d（.）", task)
    assert page.index('class="need"') < page.index("我要報修")


@pytest.mark.parametrize("login", ["applicant1", "newcomer"])
def test_somebody_without_a_home_sees_where_to_begin(login, house, clock, app):
    if login == "newcomer":
        with house.unit_of_work() as session:
            new = NewAccount(login=login, name="新來的", password=PASSWORD)
            people.open_account(new, session=session, clock=clock)
    browser = Browser(app.test_client())
    browser.sign_in(login)
    page = main_of(browser.open("/"))

    assert "目前沒有待辦事項" in page
    assert "目前沒有進行中的案件" in page
    assert "申請社會住宅" in page
    assert 'href="tel:119"' in page


def test_a_resident_calls_the_manager_of_his_own_community(signed_in):
    page = main_of(signed_in("resident1").open("/"))

    assert 'href="tel:0400001101"' in page
    assert "0400001102" not in page


def test_the_start_page_weighs_little_and_browsers_keep_its_files(signed_in):
    client = signed_in("resident1").client
    page = client.get("/", headers=TOOLS)
    html = signed_in("resident1").open("/").text
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+|/app.webmanifest[^"]*)"', html))
    answers = [
        client.get(each.replace("&amp;", "&"), headers=TOOLS, buffered=True) for each in files
    ]

    assert page.headers["Content-Encoding"] == "gzip"
    assert sum(len(each.data) for each in (page, *answers)) < MOST_BYTES
    assert any("app.css" in each for each in files)
    assert not any("staff.css" in each or "htmx" in each for each in files)
    kept = [each for each in answers if "/static/" in each.request.path]
    assert all("immutable" in each.headers["Cache-Control"] for each in kept)


def test_the_start_page_is_what_tools_expect_of_a_page_for_phones(signed_in):
    html = signed_in("resident1").open("/").text

    assert '<html lang="zh-Hant-TW">' in html
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in html
    assert 'name="theme-color"' in html
    assert 'name="description"' in html
    assert 'rel="apple-touch-icon"' in html
    scripts = re.findall(r"<script [^>]*src=[^>]*>", html)
    assert scripts
    assert all(" defer" in each for each in scripts)
    assert "<style" not in html
    assert "onclick" not in html


@pytest.mark.parametrize(
    ("language", "words"), [("zh_Hant_TW", "我要報修"), ("en", "Report a repair")]
)
def test_the_app_can_be_installed_in_the_readers_language(visitor, language, words):
    answer = visitor.open(f"/app.webmanifest?language={language}")
    described = answer.json

    assert answer.mimetype == "application/manifest+json"
    assert described["display"] == "standalone"
    assert described["shortcuts"][0] == {
        "name": words,
        "url": "/repairs/new",
        "icons": described["shortcuts"][0]["icons"],
    }
    assert {each.get("purpose") for each in described["icons"]} == {None, "maskable"}
    assert {each["sizes"] for each in described["icons"]} >= {"192x192", "512x512"}
    icons = [visitor.client.get(each["src"], buffered=True) for each in described["icons"]]
    assert {each.status_code for each in icons} == {200}


@pytest.mark.parametrize(
    ("accepts", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_files_come_packed_as_the_browser_takes_them(visitor, accepts, encoding):
    headers = {"Accept-Encoding": accepts}
    answer = visitor.client.get("/static/dist/app.css", headers=headers, buffered=True)

    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.mimetype == "text/css"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_length_of_a_packed_page_is_left_to_chance(signed_in):
    client = signed_in("resident1").client

    lengths = {len(client.get("/account", headers=TOOLS).data) for _ in range(12)}

    assert len(lengths) > 3
