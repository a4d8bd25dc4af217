"""The working calendar and the deadline calculator in the browser."""

import re
from io import BytesIO

import pytest

DAY = {"scope": "city", "action": "add", "on": "2026-03-04", "kind": "typhoon", "name": "颱風"}


def hidden(page, name: str) -> str:
    """The value of a hidden field of the preview."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, name
    return found[1].replace("&#34;", '"').replace("&quot;", '"')


def publish(browser, preview, reason="市府公告停止上班"):
    fields = {name: hidden(preview, name) for name in ("scope", "version", "change")}
    return browser.send("/calendars/publish", **fields, reason=reason)


def test_all_staff_read_the_year_with_words_on_its_days(signed_in):
    page = signed_in("manager1").open("/calendars?year=2026")

    assert "2026 年上班日曆" in page.text
    assert "春節" in page.text
    assert '<b class="day-mark">假</b>' in page.text
    assert "登錄" not in page.text


def test_a_missing_year_is_warned_of(signed_in):
    page = signed_in("manager1").open("/calendars?year=2027")

    assert "依法推定" not in page.text  # in March nobody waits for next year's calendar
    assert "國慶日（補假）" in page.text


def test_an_officer_enters_a_typhoon_day_after_seeing_what_would_move(signed_in, reported):
    reported()
    officer = signed_in("officer1")
    officer.open("/calendars")
    preview = officer.send("/calendars/preview", **DAY)

    assert "異動日期（1）" in preview.text
    assert "沒有進行中的期限受這些日期影響" in preview.text  # its days are plain calendar days
    assert "不會變動" in preview.text
    assert "颱風" not in officer.open("/calendars/history").text

    officer.open("/calendars")
    page = publish(officer, preview)
    assert "行事曆第 1 版已生效" in page.text
    history = officer.open("/calendars/history").text
    assert "市府公告停止上班" in history
    assert "天然災害停止上班（颱風假） · 颱風" in history


@pytest.mark.parametrize(
    "change", [{**DAY, "kind": "holiday"}, {"action": "remove", "on": "2026-01-01"}]
)
def test_an_officer_changes_nothing_else(signed_in, change):
    officer = signed_in("officer1")
    officer.open("/calendars")

    assert officer.send("/calendars/preview", **change).status_code == 403


def test_a_supervisor_removes_a_day_of_one_community(signed_in):
    supervisor = signed_in("supervisor1")
    supervisor.open("/calendars?scope=community:SW")
    change = {**DAY, "scope": "community:SW", "kind": "closure", "name": "停電檢修"}
    publish(supervisor, supervisor.send("/calendars/preview", **change))
    assert "停電檢修" in supervisor.open("/calendars?scope=community:SW").text
    assert "停電檢修" not in supervisor.open("/calendars").text

    removal = {"scope": "community:SW", "action": "remove", "on": "2026-03-04"}
    preview = supervisor.send("/calendars/preview", **removal)
    publish(supervisor, preview, "檢修取消")
    assert "停電檢修" not in supervisor.open("/calendars?scope=community:SW").text


def test_a_preview_made_before_another_publishing_is_refused(signed_in):
    supervisor = signed_in("supervisor1")
    supervisor.open("/calendars")
    preview = supervisor.send("/calendars/preview", **DAY)
    publish(supervisor, preview)
    supervisor.open("/calendars")

    assert publish(supervisor, preview).status_code == 409


def test_a_publishing_without_a_reason_is_refused(signed_in):
    supervisor = signed_in("supervisor1")
    supervisor.open("/calendars")
    refused = publish(supervisor, supervisor.send("/calendars/preview", **DAY), " ")

    assert refused.status_code == 422
    assert "必須填寫理由" in refused.text


def test_a_file_is_imported_after_a_preview(signed_in):
    supervisor = signed_in("supervisor1")
    supervisor.open("/calendars")
    text = "西元日期,星期,是否放假,備註\n20270101,五,2,開國紀念日\n20270102,六,2,\n"
    file = (BytesIO(text.encode()), "116.csv")
    preview = supervisor.send("/calendars/preview", scope="city", action="import", file=file)

    assert "異動日期（1）" in preview.text
    assert "行事曆第 1 版已生效" in publish(supervisor, preview).text


def test_wrong_lines_of_a_file_are_listed(signed_in):
    supervisor = signed_in("supervisor1")
    supervisor.open("/calendars")
    file = (BytesIO(b"date,kind,name\n2026-02-30,holiday,x\n"), "own.csv")
    refused = supervisor.send("/calendars/preview", scope="city", action="import", file=file)

    assert refused.status_code == 422
    assert "這不是日期" in refused.text
    assert "2026-02-30" in refused.text


@pytest.mark.parametrize(
    "change", [{"action": "nothing"}, {**DAY, "on": "x"}, {**DAY, "kind": "party"}]
)
def test_a_change_our_page_never_sends_is_a_bad_request(signed_in, change):
    supervisor = signed_in("supervisor1")
    supervisor.open("/calendars")

    assert supervisor.send("/calendars/preview", **change).status_code == 400


def test_an_unknown_community_is_not_found(signed_in):
    assert signed_in("manager1").open("/calendars?scope=community:XX").status_code == 404


COUNT = "/deadlines?start=2024-02-01&kind=service&amount=7&unit=calendar_days&scope=city"


def test_a_resident_counts_a_deadline_and_reads_every_skipped_day(signed_in):
    page = signed_in("resident1").open(COUNT)

    assert "期間於 113/02/15（四） 23:59 屆滿" in page.text
    assert "始日 113/02/01（四） 不計算在內" in page.text
    assert "113/02/09（五） · 放假日 · 農曆除夕" in page.text
    assert "行政程序法第 48 條" in page.text


def test_the_computation_is_handed_out_as_json(signed_in):
    answer = signed_in("resident1").open(COUNT.replace("/deadlines", "/deadlines.json"))

    assert answer.json["ends_at"] == "2024-02-15T23:59:59+08:00"
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("field", ["start=x&amount=7", "start=2026-01-01&amount=-1"])
def test_a_wrong_field_is_explained_beside_it(signed_in, field):
    page = signed_in("resident1").open(f"/deadlines?{field}")

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
