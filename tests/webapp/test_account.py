"""A person's own account: password and open sessions."""

import re

import pytest

from housing.demo.accounts import PASSWORD
from housing.people import service
from housing.people.models import Account
from housing.people.queries import account_by_login

NEW = "three geese over the pond"


@pytest.fixture
def at_home(signed_in):
    """resident1's browser at home."""
    return signed_in("resident1")


def change(browser, old=PASSWORD, new=NEW, again=NEW):
    browser.open("/account")
    return browser.send(
        "/account/password", old_password=old, new_password=new, new_password_again=again
    )


def test_a_changed_password_ends_the_other_sessions_and_only_the_new_one_opens(
    at_home, signed_in, visitor
):
    elsewhere = signed_in("resident1")

    page = change(at_home)

    assert page.status_code == 200
    assert "密碼已變更" in page.text
    assert elsewhere.open("/account").status_code == 302
    assert visitor.sign_in("resident1").status_code == 401
    assert visitor.sign_in("resident1", NEW).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"old": "not the password"}, "目前密碼錯誤"),
        ({"new": "short", "again": "short"}, "密碼至少須有 12 個字元"),
        ({"again": "another new password"}, "兩次輸入的新密碼不一致"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(at_home, visitor, typed, words):
    page = change(at_home, **typed)

    assert page.status_code == 422
    assert words in page.text
    assert visitor.sign_in("resident1").status_code == 200


def test_guessing_the_old_password_locks_the_account(at_home, visitor):
    pages = [change(at_home, old="not the password") for _ in range(3)]

    assert pages[-1].status_code == 429
    assert "帳號已鎖定" in pages[-1].text
    assert visitor.sign_in("resident1").status_code == 429
    assert change(at_home).status_code == 429


def test_sessions_are_listed_with_device_and_masked_place(at_home):
    page = at_home.open("/account")

    assert "127.0.0.*" in page.text
    assert "127.0.0.1" not in page.text
    assert "目前使用中" in page.text


def test_a_person_ends_one_session_of_his_own_but_none_of_others(at_home, signed_in):
    elsewhere, neighbour = signed_in("resident1"), signed_in("resident2")
    key = re.search(r'name="session" value="(\w+)"', at_home.open("/account").text)[1]

    neighbour.open("/account")
    refused = neighbour.send("/account/sessions/end", session=key)
    assert "先前已結束" in refused.text
    assert elsewhere.open("/account").status_code == 200

    at_home.send("/account/sessions/end", session=key)
    assert elsewhere.open("/account").status_code == 302
    assert at_home.open("/account").status_code == 200


def test_all_other_sessions_end_at_once(at_home, signed_in):
    others = [signed_in("resident1") for _ in range(2)]

    at_home.open("/account")
    at_home.send("/account/sessions/end-others")

    assert [each.open("/account").status_code for each in others] == [302, 302]
    assert at_home.open("/account").status_code == 200


def test_a_mobile_number_is_sealed_also_when_it_was_written_before(house):
    with house.unit_of_work() as session:
        account_id = account_by_login("resident1", session=session).id
        row = session.get_one(Account, account_id)
        row.mobile, row.mobile_sealed = "0912345678", None  # as an older version wrote it
        assert service.read_mobile(account_id, vault=house.vault, session=session) == "0912345678"

    assert house.renew_seals() == 1

    with house.reading() as session:
        row = session.get_one(Account, account_id)
        assert row.mobile == "0912***678"
        assert "0912345678" not in row.mobile_sealed
        assert service.read_mobile(account_id, vault=house.vault, session=session) == "0912345678"
