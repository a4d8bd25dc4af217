"""Pages of drafts: editors read and save files, two of them at once lose nothing."""

import io
import json
import re
import zipfile

import pytest

from housing.drafts import queries
from housing.drafts.queries import DraftFilter

REPAIR = "repair.ticket"


@pytest.fixture
def draft_id(house, signed_in) -> str:
    """A draft of the repair process that supervisor1 began."""
    house.deploy_packages()
    browser = signed_in("supervisor1")
    browser.open("/drafts")
    page = browser.send("/drafts", process_key=REPAIR, title="七日改五日")
    assert page.status_code == 200
    with house.reading() as session:
        return queries.drafts(DraftFilter(), session=session).rows[0].id


def save(browser, address: str, content: bytes, revision: int | None):
    """Save a file as the editors do."""
    browser.open("/drafts")
    headers = {"X-CSRFToken": browser.stamp}
    if revision is not None:
        headers["If-Match"] = f'"{revision}"'
    return browser.client.put(address, data=content, headers=headers)


def test_an_editor_reads_a_file_and_saves_it_under_a_new_revision(draft_id, signed_in):
    browser, address = signed_in("supervisor1"), f"/drafts/{draft_id}/files/repair.bpmn"
    read = browser.open(address)
    changed = read.data.replace("展延".encode(), "延期".encode())

    saved = save(browser, address, changed, 1)

    assert read.headers["ETag"] == '"1"'
    assert saved.status_code == 200
    assert saved.json["revision"] == 2
    assert browser.open(address).data == changed


def test_of_two_editors_the_second_is_told_who_saved_and_nothing_is_lost(draft_id, signed_in):
    first, second = signed_in("supervisor1"), signed_in("supervisor2")
    address = f"/drafts/{draft_id}/files/forms/repair/report.json"
    text = first.open(address).data
    mine = text.replace("報修".encode(), "修繕".encode())
    save(first, address, mine, 1)

    answer = save(second, address, text + b" ", 1)

    assert answer.status_code == 409
    assert answer.json["edited_by"] == "謝流程"
    assert answer.json["revision"] == 2
    assert first.open(address).data == mine


def test_a_file_that_is_hostile_or_not_readable_is_refused_in_words(draft_id, signed_in):
    browser = signed_in("supervisor1")
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    refused = {
        "repair.bpmn": bomb,
        "forms/repair/report.json": b"{",
        "../../etc/passwd": b"x",
        "run.py": b"print()",
    }

    answers = {
        name: save(browser, f"/drafts/{draft_id}/files/{name}", content, 1).status_code
        for name, content in refused.items()
    }

    assert answers["repair.bpmn"] == answers["forms/repair/report.json"] == 422
    assert answers["run.py"] == 422
    assert answers["../../etc/passwd"] in {404, 422}


def test_the_check_answers_for_files_that_are_not_saved_yet(draft_id, signed_in):
    browser = signed_in("supervisor1")
    text = browser.open(f"/drafts/{draft_id}/files/repair.bpmn").text
    wrong = re.sub(r'camunda:candidateGroups="officer"', 'camunda:candidateGroups="nobody"', text)
    browser.open("/drafts")

    answer = browser.client.post(
        f"/drafts/{draft_id}/check",
        data=json.dumps({"files": {"repair.bpmn": wrong}}),
        headers={"X-CSRFToken": browser.stamp, "Content-Type": "application/json"},
    )

    rules = {each["rule"] for each in answer.json["findings"]}
    assert "unknown-role" in rules
    assert {each["file"] for each in answer.json["findings"]} >= {"repair.bpmn"}


def test_the_overview_of_a_new_draft_changes_nothing_and_finds_no_error(draft_id, signed_in):
    page = signed_in("supervisor2").open(f"/drafts/{draft_id}").text

    assert "七日改五日" in page
    assert "錯誤" not in page


def test_a_refused_submission_keeps_what_was_typed_and_says_why(draft_id, signed_in):
    browser = signed_in("supervisor1")
    browser.open(f"/drafts/{draft_id}")

    page = browser.send(f"/drafts/{draft_id}/submit", reason="依新契約修正")

    assert page.status_code == 422
    assert "草稿沒有任何變更" in page.text


def test_a_version_is_downloaded_restored_and_its_draft_withdrawn(draft_id, signed_in, house):
    browser = signed_in("supervisor1")
    archive = browser.client.get(f"/processes/{REPAIR}/1/package.zip", buffered=True)
    browser.open(f"/processes/{REPAIR}/versions")
    restored = browser.send("/drafts", process_key=REPAIR, version="1", title="還原")
    withdrawn = browser.send(f"/drafts/{draft_id}/withdraw", reason="")

    assert "repair.bpmn" in zipfile.ZipFile(io.BytesIO(archive.data)).namelist()
    assert "還原第 1 版" in restored.text
    assert "草稿已撤回" in withdrawn.text
    with house.reading() as session:
        assert queries.draft(draft_id, session=session).state == "withdrawn"


def test_a_hostile_archive_is_refused_in_words_on_the_page(draft_id, signed_in):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("../../evil.bpmn", "<a/>")
    browser = signed_in("supervisor1")
    browser.open("/drafts/import")

    page = browser.send(
        "/drafts/import", title="外來流程", files=(io.BytesIO(target.getvalue()), "a.zip")
    )

    assert page.status_code == 422
    assert "超出資料夾" in page.text
    assert 'value="外來流程"' in page.text
