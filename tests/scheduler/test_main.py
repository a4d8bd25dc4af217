from datetime import timedelta

import pytest

from scheduler import main
from scheduler.timetable import Entry, timetable

pytestmark = pytest.mark.integration


def test_the_ticker_fires_what_is_due_delivers_the_notice_and_stops(house, clock):
    case = house.start("reminders_only", {"due_at": clock.now()})

    scheduler = main.start(house)
    try:
        assert house.arrived.wait(30)
    finally:
        scheduler.stop()

    assert house.delivered == [f"{case.user_task('wait').id}:overdue"]
    assert "reminder_sent" in case.history_kinds()


def test_an_entry_that_fails_is_logged_and_the_ticker_goes_on(caplog):
    def fail() -> None:
        raise RuntimeError("out of paper")

    main.guarded(Entry(id="relay", every=timedelta(seconds=1), run=fail))()

    assert "relay failed" in caplog.text
    assert "out of paper" in caplog.text


def test_the_timetable_names_each_entry_once(house):
    ids = [entry.id for entry in timetable(house)]

    assert len(ids) == len(set(ids))
    assert {"sweep", "relay"} <= set(ids)
