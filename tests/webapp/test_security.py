"""Headers, form tokens, the permission table, errors."""

import pytest

from tests.webapp.conftest import Browser
from webapp.factory import create_app
from webapp.permissions import ANYONE, ROLES_BY_ENDPOINT, may_open


def test_every_route_has_a_row_in_the_permission_table(app):
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert routes == set(ROLES_BY_ENDPOINT)


def test_a_route_without_a_row_is_refused(house):
    app = create_app(house)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    visitor = Browser(app.test_client())
    visitor.sign_in("admin1")

    assert visitor.open("/forgotten").status_code == 403


def test_a_stranger_opens_only_what_is_open_to_anyone():
    for endpoint, roles in ROLES_BY_ENDPOINT.items():
        assert may_open(endpoint, None) is (ANYONE in roles)


@pytest.mark.parametrize("login", ["resident1", "repair1"])
@pytest.mark.parametrize("address", ["/processes", "/operations"])
def test_pages_of_the_office_are_closed_to_residents_and_contractors(signed_in, login, address):
    page = signed_in(login).open(address)

    assert page.status_code == 403
    assert "權限不足" in page.text


def test_every_answer_carries_the_policy_without_unsafe_eval(visitor):
    headers = visitor.open("/sign-in").headers

    assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_form_without_a_token_is_refused_and_nothing_happens(visitor):
    visitor.sign_in("manager1")
    refused = visitor.client.post("/sign-out")

    assert refused.status_code == 400
    assert visitor.open("/").status_code == 200


def test_an_expired_page_hands_back_what_was_typed(visitor):
    visitor.sign_in("manager1")
    visitor.forget_token()
    refused = visitor.client.post(
        "/language",
        data={"csrf_token": "old", "language": "en", "note": "漏水很嚴重"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert refused.status_code == 400
    assert "頁面已逾時" in refused.text
    assert "漏水很嚴重" in refused.text


def test_a_strange_site_gets_no_page_with_a_fresh_token(visitor):
    visitor.sign_in("manager1")
    refused = visitor.client.post(
        "/language",
        data={"language": "en", "note": "forged"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert refused.status_code == 400
    assert "forged" not in refused.text


def test_a_form_sent_after_the_session_ended_is_not_lost(visitor):
    visitor.sign_in("manager1")
    visitor.send("/sign-out")
    visitor.open("/sign-in")
    refused = visitor.client.post(
        "/tasks/" + "0" * 32,
        data={"note": "已通知廠商"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert refused.status_code == 401
    assert "已通知廠商" in refused.text


def test_a_page_that_does_not_exist_says_so_in_chinese(signed_in):
    page = signed_in("manager1").open("/nowhere")

    assert page.status_code == 404
    assert "找不到這個頁面" in page.text


def test_an_absent_task_and_a_strange_one_look_alike(signed_in):
    page = signed_in("resident1").open("/tasks/" + "0" * 32)

    assert page.status_code == 404
    assert "找不到這個頁面" in page.text
    assert "待辦 0" not in page.text


def test_a_request_over_the_limit_gets_a_clear_page(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    visitor.sign_in("manager1")
    refused = visitor.send("/language", language="en", note="x" * 2000)

    assert refused.status_code == 413
    assert "檔案太大" in refused.text


def test_what_nobody_foresaw_shows_a_reference_and_no_details(app, signed_in, monkeypatch):
    def fail() -> str:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setitem(app.view_functions, "processes.list_processes", fail)
    page = signed_in("supervisor1").open("/processes")

    assert page.status_code == 500
    assert "參考編號" in page.text
    assert "secret" not in page.text


def test_the_health_page_is_open_and_short(visitor):
    assert visitor.open("/healthz").json == {"status": "ok"}


@pytest.mark.parametrize("path", ["/leases", "/identity-checks", "/applications", "/repairs"])
def test_a_page_of_a_list_that_no_database_can_count_to_is_only_empty(signed_in, path):
    assert signed_in("officer1").open(f"{path}?page={'9' * 40}").status_code == 200
