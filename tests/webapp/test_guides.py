"""The guides of the daily work: whose guide opens, and what it leads to."""

import re

import pytest

from webapp import guides, inbox_views


@pytest.mark.parametrize(
    ("login", "words"),
    [("resident1", "住戶與申請人"), ("manager1", "承辦與現場人員"), ("chief1", "主管")],
)
def test_everybody_finds_his_own_guide_at_the_foot_of_a_page(signed_in, login, words):
    browser = signed_in(login)
    assert 'href="/guide"' in browser.open("/").text

    assert f'aria-current="page">{words}<' in browser.open("/guide").text


def test_a_guide_leads_only_to_pages_that_its_reader_may_open(signed_in, visitor):
    addresses = re.findall(r'btn-small" href="([^"]+)"', signed_in("chief1").open("/guide").text)
    assert "/team" in addresses
    assert 'href="/team"' not in visitor.open("/guide/chiefs").text


def test_the_guide_names_every_view_of_the_inbox():
    assert tuple(guides.VIEWS) == tuple(inbox_views.VIEWS)


def test_there_is_no_other_guide(visitor):
    assert visitor.open("/guide/secret").status_code == 404
