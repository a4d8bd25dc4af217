"""What people are told, when, and in which words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import catalogue
from engine import outbox
from engine.calendar import TAIPEI
from engine.records import UserTask
from engine.sla import Rung
from engine.types import InstanceRef
from housing.notices import mailbox, queries, service
from housing.notices.errors import NoticeUnknown
from housing.notices.queries import MailboxFilter
from housing.notices.rules import (
    Quiet,
    Reader,
    after_quiet_hours,
    chinese_instant,
    english_instant,
    leaves_at,
    render,
    supervisor_of,
)
from housing.notices.words import NOTICES
from housing.notices.words_of_accounts import ACCOUNTS
from housing.notices.words_of_announcements import ANNOUNCEMENTS
from housing.notices.words_of_deadlines import DEADLINES
from housing.notices.words_of_repairs import REPAIRS
from housing.notices.words_of_tasks import TASKS
from housing.people import service as people
from housing.people.service import NewAccount

CASE = InstanceRef(id="a" * 32, business_key="R115-000001", scope="community:SW")
RIGHT = "a long right password"
UNTIL = datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)
LIN = Reader(name="林小安", language="zh_Hant_TW")
ANN = Reader(name="Ann", language="en")


@pytest.fixture
def people_ids(database, clock):
    """Login to account id: everybody a ladder may tell."""
    rows = {
        "manager1": ("property_manager", "community:SW", "zh_Hant_TW"),
        "manager2": ("property_manager", "community:PX", "zh_Hant_TW"),
        "lead1": ("property_manager_lead", "community:SW", "zh_Hant_TW"),
        "warranty1": ("contractor", "contractor:WAR1", "zh_Hant_TW"),
        "officer1": ("officer", "city", "en"),
        "chief1": ("section_chief", "city", "zh_Hant_TW"),
    }
    with database.unit_of_work() as session:
        return {
            login: people.open_account(
                NewAccount(
                    login=login,
                    name=login,
                    password=RIGHT,
                    language=language,
                    memberships=((role, scope),),
                ),
                session=session,
                clock=clock,
            )
            for login, (role, scope, language) in rows.items()
        }


@pytest.fixture
def task(clock):
    return UserTask(
        id="b" * 32,
        instance_id=CASE.id,
        version=1,
        instance_status="active",
        business_key=CASE.business_key,
        process_key="repair.ticket",
        process_name="報修",
        element_id="triage",
        name="初判分案",
        lane="物業管理人員",
        form_key="repair/triage",
        candidate_group="property_manager",
        scope="community:SW",
        assignee=None,
        assignee_name=None,
        priority=50,
        ladder="default",
        created_at=clock.now(),
        claimed_at=None,
        due_at=UNTIL,
        original_due_at=UNTIL,
        state="open",
        ended_at=None,
        ended_by=None,
        ended_by_name=None,
    )


@pytest.fixture
def waiting(database, clock):
    """Read everything that waits in the outbox until an instant."""

    def read(until=None):
        with database.unit_of_work() as session:
            return outbox.take(until or clock.now(), 1000, session.connection())

    return read


@pytest.fixture
def climb(database, clock, people_ids, waiting):
    """Fire a rung and tell who was told what, by push message."""
    login_by_id = {str(number): login for login, number in people_ids.items()}

    def fire(task, level):
        rung = Rung(task=task, level=level, due_at=clock.now())
        with database.unit_of_work() as session:
            service.on_rung(rung, session=session, clock=clock)
        told = [m for m in waiting(clock.now() + timedelta(days=1)) if m.channel == "push"]
        return sorted((login_by_id[m.recipient], m.payload["kind"]) for m in told)

    return fire


def send(database, clock, recipients, context):
    with database.unit_of_work() as session:
        service.notify(
            recipients, "repair_received", context, instance=CASE, session=session, clock=clock
        )


def test_a_notice_names_case_matter_deadline_and_link_in_the_readers_language():
    context = {"number": "R115-000001", "what": "水龍頭漏水", "until": UNTIL}

    chinese = render("repair_received", context, LIN, "/cases/R115-000001")
    english = render("repair_received", context, ANN, "/cases/R115-000001")

    assert chinese.subject == "【R115-000001】已收到您的報修：水龍頭漏水"
    assert "林小安 您好：" in chinese.body
    assert "115年3月4日（星期三）23:59" in chinese.body
    assert chinese.body.count("/cases/R115-000001") == 1
    assert "Wednesday 4 March 2026, 23:59" in english.body


def test_a_line_about_something_unknown_is_left_out():
    body = render("repair_received", {"number": "R1", "what": "漏水", "place": ""}, LIN, "/").body

    assert "地點" not in body
    assert "{" not in body


def test_a_reason_with_braces_is_only_text():
    context = {"number": "R1", "what": "{name}", "reason": "{0.__class__}"}

    assert "{0.__class__}" in render("quote_refused", context, LIN, "/").body


def test_codes_money_and_days_are_said_in_words():
    context = {"number": "R1", "what": "燈", "payer": "agency", "until": date(2026, 3, 9)}
    assert "費用負擔：機關" in render("repair_triaged", context, LIN, "/").body
    assert "Monday 9 March 2026" in render("repair_triaged", context, ANN, "/").body

    money = {"number": "R1", "what": "燈", "amount_twd": 12000}
    assert "新臺幣 12,000 元" in render("quote_submitted", money, LIN, "/").body


def test_an_unknown_kind_is_an_error():
    with pytest.raises(NoticeUnknown):
        render("repair_recieved", {}, LIN, "/")


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_both_languages_say_the_same_fields(kind):
    words = NOTICES[kind]

    assert len(words.zh.lines) == len(words.en.lines)


WITHOUT_CASE = {*ACCOUNTS, *ANNOUNCEMENTS, *TASKS, "team_week"} | {
    kind for kind in NOTICES if kind.startswith(("absence_", "deputy_", "draft_"))
}
"""Kinds of notices that belong to a person, a team or a process instead of a case."""


@pytest.mark.parametrize("kind", sorted(set(NOTICES) - WITHOUT_CASE))
def test_every_notice_about_a_case_names_it(kind):
    assert "{number}" in NOTICES[kind].zh.subject
    assert "{number}" in NOTICES[kind].en.subject


CORE_FIELDS = {
    "visit_arranged": {"visit_at": UNTIL},
    "extension_granted": {"until": UNTIL, "original_until": UNTIL},
    "incident_joined": {"joined": "R115-000002", "reports": 2},
    "repair_merged": {"duplicate_of": "R115-000002"},
    "repair_rework": {"rework_count": 1},
    "repair_triaged": {"repair_class": "B1"},
}


@pytest.mark.parametrize("reader", [LIN, ANN], ids=["zh", "en"])
@pytest.mark.parametrize("kind", sorted({**REPAIRS, **DEADLINES}))
def test_every_notice_says_its_matter_even_when_little_is_known(kind, reader):
    context = {"number": "R115-000001", "what": "漏水", **CORE_FIELDS.get(kind, {})}

    words = render(kind, context, reader, "/cases/R115-000001")

    assert words.short != words.subject
    assert "—" not in words.subject
    assert "漏水" in words.body


def test_reasons_are_said_in_words():
    context = {"number": "R1", "what": "燈", "reason": "dripping", "rework_count": 1}

    assert "原因：仍在漏水" in render("repair_rework", context, LIN, "/").body


def test_instants_are_told_in_taipei():
    late_evening_utc = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)

    assert chinese_instant(late_evening_utc) == "115年3月2日（星期一）00:30"
    assert english_instant(late_evening_utc) == "Monday 2 March 2026, 00:30"


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-02T21:59:59", "2026-03-02T21:59:59"),
        ("2026-03-02T22:00:00", "2026-03-03T07:00:00"),
        ("2026-03-03T00:00:00", "2026-03-03T07:00:00"),
        ("2026-03-03T06:59:59", "2026-03-03T07:00:00"),
        ("2026-03-03T07:00:00", "2026-03-03T07:00:00"),
    ],
)
def test_quiet_hours_end_at_seven(local, expected):
    instant = datetime.fromisoformat(local).replace(tzinfo=TAIPEI)

    held = after_quiet_hours(instant)

    assert held == datetime.fromisoformat(expected).replace(tzinfo=TAIPEI)


@given(st.integers(min_value=0, max_value=7 * 24 * 3600))
def test_a_held_notice_is_never_early_never_quiet_and_held_once(second):
    instant = UNTIL + timedelta(seconds=second)

    held = after_quiet_hours(instant)

    assert instant <= held < instant + timedelta(hours=9, seconds=1)
    assert 7 <= held.astimezone(TAIPEI).hour < 22
    assert after_quiet_hours(held) == held


def test_every_recipient_gets_a_mail_and_a_push_message_once(database, clock, people_ids, waiting):
    recipients = [people_ids["manager1"], str(people_ids["officer1"]), "unknown"]
    send(database, clock, recipients, {"what": "漏水"})
    send(database, clock, recipients, {"what": "漏水"})

    sent = waiting()
    assert sorted((m.recipient, m.channel) for m in sent) == sorted(
        (str(people_ids[login]), channel)
        for login in ("manager1", "officer1")
        for channel in ("mail", "push")
    )
    english = [m for m in sent if m.recipient == str(people_ids["officer1"])]
    assert all("We received" in str(m.payload["subject"]) for m in english)
    assert all(m.payload["url"] == "/cases/R115-000001" for m in sent)


def test_the_same_words_at_another_time_are_another_notice(database, clock, people_ids, waiting):
    for _ in range(2):
        send(database, clock, [people_ids["manager1"]], {"what": "漏水"})
        clock.advance(timedelta(hours=1))

    assert len(waiting()) == 4


def test_a_disabled_account_gets_nothing(database, clock, people_ids, waiting):
    with database.unit_of_work() as session:
        people.disable(people_ids["manager1"], session=session, clock=clock)
    send(database, clock, [people_ids["manager1"]], {"what": "漏水"})

    assert waiting() == ()


def test_the_first_reminders_go_to_everybody_the_task_is_offered_to(climb, task):
    assert climb(task, "half") == [("manager1", "due_half")]
    assert climb(task, "day_before")[-1] == ("manager1", "due_soon")


def test_a_reminder_names_the_task_in_the_readers_language(
    database, clock, people_ids, waiting, task
):
    name = "修繕結果"
    english = catalogue.english("repair")[name]
    offered = replace(task, name=name, candidate_group="officer", scope="city")
    rung = Rung(task=offered, level="day_before", due_at=clock.now())
    with database.unit_of_work() as session:
        service.on_rung(rung, session=session, clock=clock)
    told = [
        str(each.payload["subject"])
        for each in waiting(clock.now() + timedelta(days=1))
        if each.recipient == str(people_ids["officer1"])
    ]

    assert told
    assert all(english in subject and name not in subject for subject in told)


def test_the_assignee_alone_is_reminded_of_a_claimed_task(climb, task, people_ids):
    claimed = replace(task, assignee=str(people_ids["manager2"]), assignee_name="manager2")

    assert climb(claimed, "half") == [("manager2", "due_half")]


def test_an_overdue_task_is_told_to_the_doer_and_the_supervisor(climb, task):
    assert climb(task, "overdue") == [("lead1", "overdue_supervisor"), ("manager1", "overdue")]


def test_an_overdue_order_of_a_contractor_is_told_to_the_officer(climb, task):
    order = replace(task, candidate_group="contractor", scope="contractor:WAR1")

    told = climb(order, "overdue")

    assert told == [("officer1", "overdue_supervisor"), ("warranty1", "overdue")]


def test_a_day_later_the_officer_and_then_the_chief_are_told(climb, task):
    assert climb(task, "escalated") == [("officer1", "escalated")]
    assert climb(task, "chief") == [("chief1", "chief")]


def test_reminders_wait_for_the_morning_and_escalations_do_not(
    database, clock, people_ids, task, waiting
):
    clock.set(datetime(2026, 3, 2, 23, 30, tzinfo=TAIPEI))
    with database.unit_of_work() as session:
        for level in ("half", "escalated"):
            rung = Rung(task=task, level=level, due_at=clock.now())
            service.on_rung(rung, session=session, clock=clock)

    assert {m.payload["kind"] for m in waiting()} == {"escalated"}
    morning = datetime(2026, 3, 3, 7, tzinfo=TAIPEI)
    assert {m.payload["kind"] for m in waiting(morning)} >= {"due_half"}


def test_a_rung_that_is_handled_twice_tells_once(database, clock, people_ids, task, waiting):
    rung = Rung(task=task, level="overdue", due_at=clock.now())
    for _ in range(2):
        with database.unit_of_work() as session:
            service.on_rung(rung, session=session, clock=clock)

    assert len(waiting()) == 4


def test_a_group_without_supervisor_of_its_own_reports_to_the_officer():
    assert supervisor_of("finance") == "officer"
    assert supervisor_of(None) == "officer"


def test_a_message_delivered_twice_is_in_the_mailbox_once(database, clock, people_ids, waiting):
    send(database, clock, [people_ids["manager1"]], {"what": "漏水"})
    for message in waiting() * 2:
        with database.unit_of_work() as session:
            mailbox.store(mailbox.post_of(message), session=session, now=clock.now())

    with database.reading() as session:
        mails = queries.delivered(MailboxFilter(channel="mail"), session=session)
        total = queries.count_delivered(MailboxFilter(), session=session)
        other = queries.delivered(MailboxFilter(recipient="0"), session=session)
        again = queries.delivered_message(mails[0].id, session=session)
    assert total == 2
    assert [mail.subject for mail in mails] == ["【R115-000001】已收到您的報修：漏水"]
    assert other == []
    assert again == mails[0]


def test_an_overdue_emergency_is_told_at_once_and_alone_its_reminders_wait(
    database, clock, people_ids, task, waiting
):
    emergency = replace(task, priority=service.URGENT_PRIORITY)
    clock.set(datetime(2026, 3, 2, 23, 30, tzinfo=TAIPEI))
    with database.unit_of_work() as session:
        for level in ("day_before", "overdue"):
            rung = Rung(task=emergency, level=level, due_at=clock.now() - timedelta(days=1))
            service.on_rung(rung, session=session, clock=clock)

    at_night = waiting()
    assert {m.payload["kind"] for m in at_night} == {"overdue", "overdue_supervisor"}
    assert {m.channel for m in at_night} == {"mail", "push", "sms"}


@pytest.mark.parametrize(
    ("begins", "ends", "local", "expected"),
    [
        ("13:00", "15:00", "2026-03-02T14:00", "2026-03-02T15:00"),
        ("13:00", "15:00", "2026-03-02T15:00", "2026-03-02T15:00"),
        ("20:00", "22:30", "2026-03-02T21:00", "2026-03-03T07:00"),
        ("21:00", "08:00", "2026-03-03T02:00", "2026-03-03T08:00"),
        ("08:00", "20:00", "2026-03-03T03:00", "2026-03-03T07:00"),
    ],
)
def test_a_sound_waits_through_the_night_and_ones_own_quiet_hours(begins, ends, local, expected):
    own = Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
    instant = datetime.fromisoformat(local).replace(tzinfo=TAIPEI)

    held = leaves_at("repair_received", "push", instant, own)

    assert held == datetime.fromisoformat(expected).replace(tzinfo=TAIPEI)
    assert leaves_at("repair_received", "mail", instant, own) == instant
    assert leaves_at("repair_emergency", "push", instant, own) == instant
