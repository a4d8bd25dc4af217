"""Signing in, the lock, sessions and the reader's language."""

from dataclasses import replace
from datetime import timedelta

import pytest

from housing.demo.accounts import PASSWORD
from webapp.factory import create_app


def test_a_resident_signs_in_and_is_greeted_by_name(visitor):
    page = visitor.sign_in("resident1")

    assert page.status_code == 200
    assert "林安安，您好" in page.text


def test_the_page_opens_in_chinese_as_written_in_taiwan(visitor):
    page = visitor.open("/sign-in")

    assert '<html lang="zh-Hant-TW">' in page.text
    assert "登入" in page.text


def test_a_wrong_password_is_refused_in_the_same_words_as_an_unknown_login(visitor):
    wrong = visitor.sign_in("resident1", "not the password")
    unknown = visitor.sign_in("nobody", "not the password")

    assert wrong.status_code == unknown.status_code == 401
    assert "帳號或密碼錯誤" in wrong.text
    assert "帳號或密碼錯誤" in unknown.text


def test_three_failures_lock_for_fifteen_minutes_and_the_page_says_how_long(visitor, clock):
    for _ in range(3):
        visitor.sign_in("resident1", "not the password")
    refused = visitor.sign_in("resident1")

    assert refused.status_code == 429
    assert "帳號已鎖定，請於 15 分鐘後" in refused.text

    clock.advance(timedelta(minutes=15))

    assert visitor.sign_in("resident1").status_code == 200


def test_the_cookie_of_the_session_is_closed_to_scripts_and_other_sites(visitor):
    visitor.open("/sign-in")
    visitor.sign_in("manager1")
    cookie = visitor.client.get_cookie("anju_session")

    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_behind_https_the_cookies_travel_encrypted_only(house, opened):
    settings = replace(house.settings, base_url="https://anju.example.org")
    visitor = opened(create_app(replace(house, settings=settings)))
    page = visitor.open("/sign-in")

    assert "Secure" in page.headers["Set-Cookie"]
    assert "max-age" in page.headers["Strict-Transport-Security"]


def test_signing_out_ends_the_session_on_the_server(visitor):
    visitor.sign_in("manager1")
    token = visitor.client.get_cookie("anju_session").value
    visitor.send("/sign-out")
    visitor.client.set_cookie("anju_session", token)

    assert visitor.open("/").status_code == 302


def test_a_session_ends_after_twelve_hours(visitor, clock):
    visitor.sign_in("manager1")
    clock.advance(timedelta(hours=13))

    assert visitor.open("/").status_code == 302


def test_a_stranger_is_led_to_the_sign_in_and_then_to_the_page_he_wanted(visitor):
    refused = visitor.open("/tasks?view=team")
    page = visitor.open(refused.headers["Location"])
    arrived = visitor.send("/sign-in", login="manager1", password=PASSWORD, next="/tasks?view=team")

    assert refused.status_code == 302
    assert 'value="/tasks?view=team"' in page.text
    assert "可認領" in arrived.text


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_the_page_after_the_sign_in_is_always_one_of_ours(visitor, address):
    visitor.open("/sign-in")
    arrived = visitor.send("/sign-in", login="manager1", password=PASSWORD, next=address)

    assert arrived.request.host == "localhost"
    assert arrived.request.path == "/"


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in?as=%00", "/cases/%00"])
def test_a_text_that_no_database_keeps_is_refused(visitor, address):
    visitor.open("/sign-in")

    assert visitor.send(address, login="a\0b", password=PASSWORD).status_code == 400


@pytest.mark.parametrize("answer", ["", "{", "null", "[" * 20_000, '{"id": 5}', '{"rawId": "AA"}'])
def test_a_browser_that_answers_nonsense_for_a_passkey_is_refused(visitor, answer):
    visitor.open("/sign-in")
    visitor.send("/sign-in/passkey/options")
    page = visitor.send("/sign-in/passkey", credential=answer)

    assert "通行密鑰驗證失敗" in page.text


def test_the_language_is_kept_in_the_account(visitor, signed_in):
    visitor.sign_in("manager1")
    page = visitor.send("/language", language="en", next="/")

    assert '<html lang="en">' in page.text
    assert "Sign out" in page.text
    assert '<html lang="en">' in signed_in("manager1").open("/").text


def test_the_language_is_kept_in_a_cookie_before_the_sign_in(visitor):
    visitor.open("/sign-in")
    page = visitor.send("/language", language="en", next="/sign-in")

    assert "Login" in page.text


def test_the_demo_offers_its_accounts_and_fills_the_form_in(visitor):
    page = visitor.open("/sign-in?as=officer1")

    assert "許承辦" in page.text
    assert 'value="anju-demo-2026"' in page.text
