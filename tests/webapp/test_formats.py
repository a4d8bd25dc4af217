"""Instants and amounts as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp import formats

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=-10), "剛逾期"),
        (timedelta(hours=-5), "逾期 5 小時"),
        (timedelta(days=-3, hours=-2), "逾期 3 天"),
        (timedelta(hours=3), "今天到期"),
        (timedelta(days=1), "明天到期"),
        (timedelta(days=2), "剩 2 天"),
    ],
)
def test_a_due_date_is_said_in_words(app, left, words):
    with app.test_request_context():
        assert formats.due(NOW + left, NOW).words == words


def test_tomorrow_begins_at_midnight_in_taipei(app):
    evening = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Taipei

    with app.test_request_context():
        assert formats.due(evening + timedelta(hours=1), evening).words == "明天到期"


def test_days_are_written_in_the_year_of_the_republic_with_the_weekday(app):
    with app.test_request_context():
        assert formats.moment(NOW) == "115/03/02（一） 09:00"


def test_the_year_of_the_republic_is_a_setting(app, monkeypatch):
    monkeypatch.setitem(app.config, "ROC_YEARS", False)

    with app.test_request_context():
        assert formats.day(NOW) == "2026/03/02（一）"


def test_whoever_wants_iso_dates_gets_them_in_both_languages(signed_in):
    browser = signed_in("resident1")
    assert "115/03" in browser.open("/account").text

    assert "ISO 8601" in browser.send("/account/dates", dates="iso").text
    page = browser.open("/account").text
    assert "115/03" not in page.replace("115/03/02", "")
    assert "2026-03-02（一）" in page
    browser.send("/language", language="en")
    assert "2026-03-02 (Mon)" in browser.open("/account").text


def test_days_are_written_in_english_for_english_readers(app):
    with app.test_request_context(headers={"Cookie": "anju_language=en"}):
        assert formats.moment(NOW) == "Mon 2 Mar 2026 09:00"


@pytest.mark.parametrize(
    ("days", "severity"), [(-4, "very_overdue"), (-1, "overdue"), (1, "soon"), (9, "later")]
)
def test_urgency_follows_the_days_left(days, severity):
    assert formats.severity(NOW + timedelta(days=days), NOW) == severity


def test_money_is_written_in_whole_dollars(app):
    with app.test_request_context():
        assert formats.money(12500) == "新臺幣 12,500 元"
        assert formats.money(None) == ""
