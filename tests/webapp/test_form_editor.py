"""The form editor of a draft: a list of fields that needs no script, a preview, a check."""

import json
import re

import pytest

from engine.types import SYSTEM
from housing import packages
from housing.drafts import queries, service
from housing.people import queries as people

FORM = "forms/repair/report.json"


@pytest.fixture
def draft_id(house, clock) -> str:
    """A draft of the repair process."""
    with house.unit_of_work() as session:
        house.engine.deploy(packages.resources("repair"), by=SYSTEM, session=session)
        by = people.account_by_login("supervisor1", session=session).actor
        made = service.begin("repair.ticket", title="照片", by=by, session=session, clock=clock)
        return made.id


@pytest.fixture
def form_now(house, draft_id):
    """Read the form of the draft, and its English."""

    def read(name: str = FORM):
        with house.reading() as session:
            return json.loads(queries.file(draft_id, name, session=session).content)

    return read


def open_list(browser, draft_id, **query):
    page = browser.open(
        f"/drafts/{draft_id}/fields/{FORM}?" + "&".join(map("=".join, query.items()))
    )
    revision = re.search(r'name="revision" value="(\d+)"', page.text)
    return page, revision[1] if revision else ""


def test_a_field_is_added_edited_moved_and_removed_without_a_script(draft_id, form_now, signed_in):
    browser, address = signed_in("supervisor1"), f"/drafts/{draft_id}/fields/{FORM}"
    before = [each.get("key") for each in form_now()["components"]]
    _page, revision = open_list(browser, draft_id)

    page = browser.send(address, revision=revision, act="add", kind="filepicker")
    place = str(len(before))
    assert f'name="place" value="{place}"' in page.text
    answers = {
        "label": "電表照片",
        "label_en": "Photo of the meter",
        "help": "拍到數字",
        "help_en": "With the digits",
    }
    _page, revision = open_list(browser, draft_id, at=place)
    browser.send(
        address,
        revision=revision,
        act="save",
        place=place,
        key="meter",
        is_required="1",
        min_count="1",
        **answers,
    )

    added = form_now()["components"][-1]
    assert (added["key"], added["validate"]["required"]) == ("meter", True)
    assert form_now("en.json")["電表照片"] == "Photo of the meter"
    _page, revision = open_list(browser, draft_id)
    browser.send(address, revision=revision, act="up", place=place)
    assert form_now()["components"][-2]["key"] == "meter"
    _page, revision = open_list(browser, draft_id)
    browser.send(address, revision=revision, act="remove", place=str(len(before) - 1))
    assert [each.get("key") for each in form_now()["components"]] == before


def test_a_list_that_somebody_changed_meanwhile_is_not_overwritten(draft_id, form_now, signed_in):
    browser, address = signed_in("supervisor1"), f"/drafts/{draft_id}/fields/{FORM}"
    _page, revision = open_list(browser, draft_id)
    browser.send(address, revision=revision, act="up", place="1")
    kept = form_now()

    answer = browser.send(address, revision=revision, act="remove", place="0")

    assert answer.status_code == 409
    assert form_now() == kept


def test_the_preview_is_the_form_of_the_draft_in_both_languages(draft_id, signed_in):
    browser, address = signed_in("supervisor1"), f"/drafts/{draft_id}/form-preview/{FORM}"
    chinese, english = browser.open(address), browser.open(f"{address}?language=en")

    assert "壞掉的地方在哪裡？" in chinese.text
    assert "Where is it broken?" in english.text
    assert "壞掉的地方在哪裡？" not in english.text
    assert chinese.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in chinese.headers["Content-Security-Policy"]
    look = browser.client.post(
        f"{address}?visible=1", data={"where": "unit"}, headers={"X-CSRFToken": browser.stamp}
    )
    assert isinstance(look.json["hidden"], list)
    refused = browser.send(address, where="unit")
    assert refused.status_code == 422
    assert "error-summary" in refused.text


def test_the_editor_tells_who_would_miss_a_field_that_goes(draft_id, house, signed_in):
    browser = signed_in("supervisor1")
    name = "forms/repair/triage.json"
    with house.reading() as session:
        file = queries.file(draft_id, name, session=session)
    form = json.loads(file.content)
    form["components"] = [each for each in form["components"] if each.get("key") != "broken"]
    browser.open("/drafts")
    browser.client.put(
        f"/drafts/{draft_id}/files/{name}",
        data=json.dumps(form),
        headers={"X-CSRFToken": browser.stamp, "If-Match": f'"{file.revision}"'},
    )

    page = browser.open(f"/drafts/{draft_id}/form-findings/{name}")

    assert 'data-rule="form-field-gone"' in page.text
    assert "修繕類別" in page.text


@pytest.mark.parametrize("name", ["repair.bpmn", "en.json", "forms/repair/nothing.json"])
def test_only_forms_of_the_draft_open_here(draft_id, signed_in, name):
    assert signed_in("supervisor1").open(f"/drafts/{draft_id}/forms/{name}").status_code == 404


def test_readers_may_look_but_not_change(draft_id, signed_in):
    browser = signed_in("admin1")

    assert browser.open(f"/drafts/{draft_id}/forms/{FORM}").status_code == 200
    sent = browser.send(f"/drafts/{draft_id}/fields/{FORM}", act="remove", place="0", revision="1")
    assert sent.status_code == 403


def test_a_new_form_joins_the_draft_and_gets_its_title_in_both_languages(
    draft_id, form_now, signed_in
):
    browser, name = signed_in("supervisor1"), "forms/repair/phone_call.json"
    browser.open(f"/drafts/{draft_id}/fields/{FORM}")

    page = browser.send(f"/drafts/{draft_id}/new-form", key="repair/phone_call", title="電話")
    revision = re.search(r'name="revision" value="(\d+)"', page.text)[1]
    answers = {"title": "去電", "title_en": "Phone call", "revision": revision, "act": "title"}
    browser.send(f"/drafts/{draft_id}/fields/{name}", **answers)

    assert form_now(name)["title"] == "去電"
    assert form_now("en.json")["去電"] == "Phone call"
    again = browser.send(f"/drafts/{draft_id}/new-form", key="repair/phone_call", title="x")
    assert again.status_code == 409
    assert browser.send(f"/drafts/{draft_id}/new-form", key="../x", title="x").status_code == 422
