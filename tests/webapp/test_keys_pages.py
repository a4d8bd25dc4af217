"""The page of one's own keys, and where they are shown."""

import html
import json
import re

import pytest


def keys_in(page) -> dict[str, str]:
    """Read the keys as the scripts of a page do."""
    return json.loads(html.unescape(re.search(r'data-keys="([^"]+)"', page.text)[1]))


def in_field(page, code: str) -> str:
    """Read the value of a command's field."""
    return html.unescape(re.search(rf'id="key-{code}" name="{code}" value="([^"]*)"', page.text)[1])


@pytest.fixture
def officer(signed_in):
    """officer1's browser on the page of keys."""
    browser = signed_in("officer1")
    browser.open("/account/keys")
    return browser


def test_an_own_key_is_in_force_on_every_page_and_for_its_owner_alone(officer, signed_in):
    page = officer.send("/account/keys", claim="e", go_mine="g i", note='"')

    assert page.status_code == 200
    assert in_field(page, "claim") == "e"
    for address in ("/", "/tasks", "/account"):
        keys = keys_in(officer.open(address))
        assert (keys["claim"], keys["go_mine"], keys["unclaim"]) == ("e", "g i", "u")
        assert keys["note"] == '"'
    assert "<kbd>g</kbd> <kbd>i</kbd>" in officer.open("/tasks").text
    assert keys_in(signed_in("officer2").open("/tasks"))["claim"] == "c"


def test_a_clash_is_told_beside_the_field_and_what_was_typed_stays(officer):
    page = officer.send("/account/keys", claim="u", note="F1")

    assert page.status_code == 422
    assert "「u」已是「退回」的按鍵。" in page.text
    assert 'href="#key-note"' in page.text
    assert (in_field(page, "claim"), in_field(page, "note")) == ("u", "F1")
    assert keys_in(page)["claim"] == "c"


def test_what_is_typed_cannot_break_the_page(officer):
    page = officer.send("/account/keys", claim='"><script>' * 9)

    assert page.status_code == 422
    assert "<script>&" not in page.text
    assert in_field(page, "claim") == ('"><script>' * 9)[:20]


def test_one_key_is_put_back_or_all_of_them(officer):
    officer.send("/account/keys", claim="e", note="y", next="")

    one = officer.send("/account/keys", claim="e", note="y", next="", reset="claim")
    assert [in_field(one, code) for code in ("claim", "note", "next")] == ["c", "y", ""]

    every = officer.send("/account/keys/reset")
    assert [in_field(every, code) for code in ("claim", "note", "next")] == ["c", "n", "j"]


def test_with_single_letters_off_only_keys_with_ctrl_act(officer):
    officer.send("/account/keys", claim="Ctrl+E")
    officer.send("/account/keys/letters", letters="off", next="/account/keys")

    assert keys_in(officer.open("/tasks")) == {
        "palette": "Ctrl+K",
        "claim": "Ctrl+E",
        "complete": "Ctrl+Enter",
        "save_draft": "Ctrl+S",
    }
    assert "單鍵操作已停用" in officer.open("/account/keys").text


def test_the_palette_tells_the_own_key_that_leads_to_a_view(officer):
    officer.send("/account/keys", go_overdue="z", palette="Ctrl+B")

    groups = officer.open("/search.json?q=逾期").get_json()["groups"]

    keys = {entry["address"]: entry["key"] for group in groups for entry in group["entries"]}
    assert keys["/tasks?view=overdue"] == "z"
    assert "搜尋（Ctrl+B）" in officer.open("/tasks").text


def test_residents_have_no_keys(signed_in):
    resident = signed_in("resident1")

    assert "data-keys" not in resident.open("/").text
    assert resident.open("/account/keys").status_code == 403
