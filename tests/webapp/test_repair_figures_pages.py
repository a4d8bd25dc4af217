"""Statistics of repairs and the price table: each firm sees its own score, each day its price."""

import csv
import io
from datetime import timedelta

import pytest

from engine import queries as engine_queries
from engine.queries import TaskFilter
from housing.cases.service import Completion, submit_task
from housing.people.queries import account_by_login

TRIAGED = {
    "is_duplicate": False,
    "broken": True,
    "simple": False,
    "human_cause": False,
    "in_warranty": True,
    "in_table": True,
    "finding": "墊片老化",
}
DONE = {"work_outcome": "done", "what": "更換墊片", "parts": [], "hours": 1, "cost_twd": 1200}
PRICE = "/repairs/prices/TAP"


@pytest.fixture
def complete(house, clock):
    """Complete the only task of a case as somebody."""

    def make(instance_id: str, login: str, values: dict[str, object]) -> None:
        with house.unit_of_work() as session:
            by = account_by_login(login, session=session).actor
            (task,) = engine_queries.open_tasks(TaskFilter(instance_id=instance_id), session).rows
            done = Completion(task_id=task.id, values=values, version=task.version)
            submit_task(done, by=by, engine=house.engine, session=session, clock=clock)

    return make


@pytest.fixture
def closed(reported, complete, clock):
    """A tap in warranty, repaired in time, rated 4."""
    made = reported()
    complete(made.instance_id, "manager1", TRIAGED)
    visit = clock.now() + timedelta(days=1)
    complete(made.instance_id, "warranty1", {"visit_at": visit})
    complete(made.instance_id, "warranty1", DONE)
    complete(made.instance_id, "manager1", {"confirm_result": "close"})
    complete(made.instance_id, "resident1", {"acceptance": "accept", "rating": 4})
    return made


def lines(browser, address: str = "/repairs/statistics.csv") -> list[dict[str, str]]:
    text = browser.open(address).text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.usefixtures("closed")
def test_an_officer_sees_scores_classes_and_ratings(signed_in):
    page = signed_in("officer1").open("/repairs/statistics").text

    assert "95" in page  # 50 punctual + 30 right the first time + 20 x 3/4 rated
    assert "chart-scores" in page
    assert "chart-classes" in page
    assert "chart-ratings" in page


@pytest.mark.usefixtures("closed")
def test_the_csv_says_what_the_page_says(signed_in):
    rows = lines(signed_in("officer1"))

    assert [row["分數"] for row in rows] == ["95", "", ""]
    assert [row["類別"] for row in rows] == ["", "B1", "B1"]
    assert rows[0]["準時"] == "1.000"


@pytest.mark.usefixtures("closed")
def test_a_month_without_reports_is_empty(signed_in):
    assert lines(signed_in("officer1"), "/repairs/statistics.csv?month=2001-01") == []


@pytest.mark.usefixtures("closed")
def test_a_contractor_sees_its_own_score_and_nobody_elses(signed_in):
    own, other = lines(signed_in("warranty1")), lines(signed_in("repair1"))

    assert [row["分數"] for row in own] == ["95"]
    assert other == []


def test_a_manager_of_another_community_does_not_see_these_figures(signed_in, reported):
    reported()

    assert "<dd>1" in signed_in("manager1").open("/repairs/statistics").text
    assert "<dd>0" in signed_in("manager2").open("/repairs/statistics").text


def test_a_price_begins_on_its_day_and_says_who_set_it_and_why(signed_in, clock):
    officer = signed_in("officer1")
    officer.open(PRICE)
    later = (clock.now() + timedelta(days=3)).date().isoformat()

    page = officer.send(PRICE, price="1300", valid_from=later, reason="開口契約續約")

    assert "今日每組 新臺幣 1,200 元" in page.text
    assert "1,300" in page.text
    assert "開口契約續約" in page.text
    clock.advance(timedelta(days=4))
    assert "今日每組 新臺幣 1,300 元" in signed_in("officer1").open(PRICE).text


def test_a_price_of_yesterday_or_without_reason_is_refused(signed_in, clock):
    officer = signed_in("officer1")
    officer.open(PRICE)
    today = clock.now().date()
    typed = {"price": "1300", "valid_from": today.isoformat(), "reason": "調整"}

    refused = [
        officer.send(PRICE, **{**typed, **change}).status_code
        for change in (
            {"valid_from": (today - timedelta(days=2)).isoformat()},
            {"reason": " "},
            {"price": "0"},
            {"price": "-5"},
            {"price": "一百"},
            {"valid_from": "soon"},
        )
    ]

    assert refused == [422] * 6


def test_a_contractor_reads_prices_and_sets_none(signed_in):
    browser = signed_in("repair1")

    assert "輸入新單價" not in browser.open(PRICE).text
    assert browser.send(PRICE, price="1", valid_from="2099-01-01", reason="x").status_code == 403
