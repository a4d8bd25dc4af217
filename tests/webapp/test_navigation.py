"""What the navigation and the start page offer, by role."""

import re

import pytest

from housing.demo.accounts import ACCOUNTS
from webapp import navigation

LOGINS = sorted({account.role: account.login for account in ACCOUNTS}.values())


def side(text: str) -> str:
    """Cut the navigation of wide screens out of a page."""
    return text.partition('<ul class="nav-list">')[2].partition("</nav>")[0]


@pytest.mark.parametrize("login", LOGINS)
def test_nobody_has_more_than_seven_entries_or_groups(signed_in, login):
    menu = side(signed_in(login).open("/").text)
    grouped = re.sub(r"<details.*?</details>", "group", menu, flags=re.DOTALL)

    shown = grouped.count("<a ") + grouped.count("group")
    assert 0 < shown <= navigation.MOST_FLAT


@pytest.mark.parametrize("login", LOGINS)
def test_every_entry_of_the_navigation_opens(signed_in, login):
    browser = signed_in(login)
    addresses = set(re.findall(r'href="([^"]+)"', side(browser.open("/").text)))

    assert {browser.open(address).status_code for address in addresses} == {200}


def test_the_group_of_the_page_stands_open(signed_in):
    menu = side(signed_in("officer1").open("/leases").text)

    assert re.search(
        r'<details class="nav-group" open>.*?href="/leases" aria-current="page"', menu, re.DOTALL
    )
    assert menu.count("aria-current") == 1


@pytest.mark.parametrize(
    ("login", "addresses"),
    [
        ("resident1", {"/repairs/new", "/my-lease", "/care/new", "/calls"}),
        ("applicant1", {"/calls", "/applications"}),
        ("officer1", {"/repairs", "/applications", "/leases", "/move-outs", "/care"}),
    ],
)
def test_the_start_page_leads_into_every_process_of_a_role(signed_in, login, addresses):
    content = signed_in(login).open("/").text.partition("<main")[2]

    assert addresses <= set(re.findall(r'href="([^"]+)"', content))
