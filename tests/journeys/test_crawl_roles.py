"""Every page of residents, contractors and the office is walked as each role, on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys import crawling
from tests.journeys.crawling import Crawler

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(400)]

STRANGERS_PAGES = ("/sign-in", "/follow", "/calls")
ROLES = {
    "applicant1": "applications.apply",
    "resident1": "repairs.report",
    "manager1": "repairs.list_reports",
    "lead1": "inbox.list_tasks",
    "warranty1": "inbox.show_task",
    "social1": "care.panel",
    "sociallead1": "inbox.list_tasks",
    "officer1": "applications.list_applications",
    "chief1": "inbox.list_tasks",
    "ethics1": "absences.list_absences",
    "finance1": "inbox.list_tasks",
}
"""Login to a page that this role must have reached."""

WALK_ALL = frozenset({"applicant1", "resident1", "manager1", "social1", "officer1"})
"""Others walk the pages that differ by role, and those that nobody walked before them."""


@pytest.fixture(scope="module")
def crawler(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawler]:
    """A crawler in the demo city."""
    yield from crawling.crawl_city(browser, tmp_path_factory.mktemp("crawl"))


def test_a_strangers_pages_are_in_chinese_and_fit_a_phone(crawler):
    crawler.leave()
    crawler.walk(*STRANGERS_PAGES)

    assert not crawler.faults, "\n".join(crawler.faults)


@pytest.mark.parametrize("login", ROLES)
def test_the_pages_of_a_role_are_in_chinese_and_fit_a_phone(crawler, login):
    crawler.faults.clear()
    crawler.seen.clear()
    crawler.sign_in(login, sees_all_anew=login in WALK_ALL)
    crawler.walk("/")

    assert not crawler.faults, "\n".join(crawler.faults)
    assert ROLES[login] in crawler.seen
