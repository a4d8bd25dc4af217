"""How people say by which channels they are told, and what they were told."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from engine import dispatches
from engine.types import SYSTEM
from housing import packages
from housing.demo import pictures
from housing.notices import preferences, queries
from housing.notices.queries import MailboxFilter
from housing.people import queries as people
from housing.repairs import service
from housing.repairs.service import Report
from scheduler.relay import Relay

TAP = {
    "where": "unit",
    "place": "廚房水槽下方",
    "category": "water",
    "text": "水龍頭關不緊，整晚滴水。",
    "emergency": [],
    "visit_times": [],
    "phone": "0912345678",
    "entry_without_presence": False,
}
EVERY = {"urgent": "mail", "progress": "mail", "reminder": "mail", "overdue": "mail"}


@pytest.fixture
def case(house, clock):
    """A repair that resident1 reported and was told about; what was written is delivered."""
    with house.unit_of_work() as session:
        house.engine.deploy(packages.resources("repair"), by=SYSTEM, session=session)
    with house.unit_of_work() as session:
        by = people.account_by_login("resident1", session=session).actor
        picture = BytesIO(pictures.draw("water"))
        photo = house.files.save(picture, "tap.png", by=by, session=session)
        new = Report(token=uuid4().hex, values={**TAP, "photos": [photo.id]})
        made = service.report(new, by=by, engine=house.engine, session=session, clock=clock)
    Relay(house).run()
    clock.advance(timedelta(minutes=5))
    return made


def account(house, login):
    with house.reading() as session:
        return people.account_by_login(login, session=session)


def delivered(house, login, **wanted):
    reader = str(account(house, login).id)
    with house.reading() as session:
        return queries.delivered(MailboxFilter(recipient=reader, **wanted), session=session)


def chosen(house, login):
    with house.reading() as session:
        return preferences.all_of(
            people.account_by_login(login, session=session).id, session=session
        )


def rows(house, case):
    with house.reading() as session:
        return dispatches.of_instance(case.instance_id, 100, session.connection())


def test_a_person_chooses_channels_and_language(house, signed_in):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    page = browser.send(
        "/account/notifications", **{**EVERY, "progress": ["sms", "line"], "language": "en"}
    )

    assert page.status_code == 200
    assert "How you are notified" in page.text
    assert chosen(house, "resident1")["progress"] == ("sms", "line")
    assert account(house, "resident1").language == "en"


def test_urgent_notices_cannot_be_switched_off(house, signed_in):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    page = browser.send("/account/notifications", progress="mail", language="en")

    assert page.status_code == 422
    assert "緊急通知至少須保留一種管道" in page.text
    assert chosen(house, "resident1")["urgent"] == ("mail", "push", "sms")


def test_news_may_be_switched_off_and_still_stand_in_the_portal(house, signed_in, case):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    browser.send("/account/notifications", urgent="mail", language="zh_Hant_TW")
    before = len(delivered(house, "resident1"))
    with house.unit_of_work() as session:
        by = people.account_by_login("resident1", session=session).actor
        service.cancel(case.number, by=by, engine=house.engine, session=session)
    Relay(house).run()

    assert len(delivered(house, "resident1")) == before
    muted = [each for each in rows(house, case) if each.channel == "muted"]
    assert [each.state for each in muted] == ["sent"]
    assert "報修已取消" in browser.open("/messages").text


@pytest.mark.parametrize("language", ["", "zh_TW"])
def test_a_language_nobody_speaks_is_refused(signed_in, language):
    browser = signed_in("resident1")
    browser.open("/account/notifications")

    assert browser.send("/account/notifications", **EVERY, language=language).status_code == 422


@pytest.mark.parametrize(
    ("email", "mobile"),
    [("nobody", ""), ("a@b", ""), ("a b@example.org", ""), ("", "12345"), ("", "0912345678901")],
)
def test_an_address_that_cannot_be_reached_is_refused_and_kept_for_correction(
    house, signed_in, email, mobile
):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    page = browser.send("/account/contact", email=email, mobile=mobile)

    assert page.status_code == 422
    assert f'value="{email or mobile}"' in page.text
    assert account(house, "resident1").email == "resident1@example.org"


def test_a_new_address_is_verified_by_the_link_that_was_sent_to_it(house, signed_in):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    page = browser.send("/account/contact", email="new@example.org", mobile="0912-345-678")
    assert "信箱尚未驗證" in page.text
    assert account(house, "resident1").mobile == "0912***678"
    assert 'value="0912345678"' in page.text

    browser.send("/account/email/check")
    Relay(house).run()
    (letter,) = delivered(house, "resident1", channel="mail")
    link = next(line for line in letter.body.split("\n") if line.startswith("/account/email/"))
    assert "信箱已完成驗證" in browser.client.get(link, follow_redirects=True).text
    assert account(house, "resident1").email_verified_at is not None


def test_a_link_for_somebody_else_or_made_up_verifies_nothing(house, signed_in):
    browser, other = signed_in("resident1"), signed_in("resident2")
    browser.open("/account/notifications")
    browser.send("/account/contact", email="new@example.org", mobile="")
    browser.send("/account/email/check")
    Relay(house).run()
    (letter,) = delivered(house, "resident1", channel="mail")
    link = next(line for line in letter.body.split("\n") if line.startswith("/account/email/"))

    assert "不適用" in other.client.get(link, follow_redirects=True).text
    made_up = browser.client.get("/account/email/made-up", follow_redirects=True)
    assert "此連結已失效" in made_up.text
    assert account(house, "resident1").email_verified_at is None


def test_opening_the_case_proves_that_the_notice_was_read(house, signed_in, case, clock):
    reader = account(house, "resident1").id
    with house.reading() as session:
        assert queries.read_proof(case.instance_id, reader, session=session) is None
    signed_in("manager1").open(f"/cases/{case.number}")
    signed_in("resident1").open(f"/cases/{case.number}")

    with house.reading() as session:
        proof = queries.read_proof(case.instance_id, reader, session=session)
        later = queries.read_proof(case.instance_id, reader, since=clock.now(), session=session)
    assert (proof.kind, proof.read_at) == ("repair_received", clock.now())
    assert proof.notified_at == clock.now() - timedelta(minutes=5)
    assert later is None


def test_a_page_fetched_in_advance_is_not_read(house, signed_in, case):
    browser = signed_in("resident1")
    browser.client.get(f"/cases/{case.number}", headers={"Sec-Purpose": "prefetch"})

    assert all(each.read_at is None for each in rows(house, case))


def test_staff_see_on_the_case_who_was_told_and_residents_do_not(signed_in, case):
    staff = signed_in("officer1").open(f"/cases/{case.number}").text
    resident = signed_in("resident1").open(f"/cases/{case.number}").text

    assert "通知紀錄" in staff
    assert "已送達" in staff
    assert "通知紀錄" not in resident


def test_a_message_that_comes_back_goes_another_way_and_can_be_sent_again(house, signed_in, case):
    (mail,) = delivered(house, "resident1", channel="mail")
    (push,) = delivered(house, "resident1", channel="push")
    admin = signed_in("admin1")
    admin.open("/simulator")
    admin.send(f"/simulator/{mail.id}/play", outcome="bounced")
    assert delivered(house, "resident1", channel="sms") == []
    admin.send(f"/simulator/{push.id}/play", outcome="bounced")
    Relay(house).run()

    (text,) = delivered(house, "resident1", channel="sms")
    assert "已收到您的報修" in text.body
    assert account(house, "resident1").email_problem is not None
    page = admin.open(f"/cases/{case.number}").text
    assert "2 則未送達" in page
    dead = next(each for each in rows(house, case) if each.idem == mail.message_id)
    assert "立即重新寄送" in admin.send(f"/notices/{dead.id}/retry").text
    assert account(house, "resident1").email_problem is None


def test_a_delivery_that_fails_is_tried_again(house, signed_in, case, clock):
    (mail,) = delivered(house, "resident1", channel="mail")
    admin = signed_in("admin1")
    admin.open("/simulator")
    admin.send(f"/simulator/{mail.id}/play", outcome="failed")
    assert delivered(house, "resident1", channel="mail") == []

    clock.advance(timedelta(minutes=2))
    Relay(house).run()
    (again,) = delivered(house, "resident1", channel="mail")
    assert again.message_id == mail.message_id


def test_only_administrators_send_again_and_only_what_failed(house, signed_in, case):
    sent = rows(house, case)[0]
    officer, admin = signed_in("officer1"), signed_in("admin1")
    officer.open("/messages")
    admin.open("/messages")

    assert officer.send(f"/notices/{sent.id}/retry").status_code == 403
    assert admin.send(f"/notices/{sent.id}/retry").status_code == 409
    assert admin.send("/notices/99999/retry").status_code == 404


def test_the_phone_shows_a_persons_messages_by_program(house, signed_in, case):
    reader = account(house, "resident1").id
    browser = signed_in("officer1")

    push = browser.open(f"/simulator/phones/{reader}?app=push").text
    line = browser.open(f"/simulator/phones/{reader}?app=line").text
    assert "林安安的手機" in push
    assert "已收到您的報修" in push
    assert "（模擬）" in push
    assert "尚無訊息" in line
    assert browser.open("/simulator/phones/99999").status_code == 404


def test_an_outcome_nobody_knows_is_refused(signed_in, house, case):
    (mail,) = delivered(house, "resident1", channel="mail")
    browser = signed_in("officer1")
    browser.open("/simulator")

    assert browser.send(f"/simulator/{mail.id}/play", outcome="eaten").status_code == 404
    assert browser.send("/simulator/99999/play", outcome="opened").status_code == 404


def test_a_device_at_a_strange_address_is_refused(signed_in):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    for body in ({"endpoint": "http://127.0.0.1/"}, [], "text", None):
        answer = browser.client.post(
            "/account/devices", json=body, headers={"X-CSRFToken": browser.stamp}
        )
        assert answer.status_code == 422


def test_the_service_worker_is_served_from_the_root(visitor):
    answer = visitor.open("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert "showNotification" in answer.text


def test_own_quiet_hours_are_kept_and_can_be_taken_away(house, signed_in):
    browser = signed_in("resident1")
    for typed, kept in ((("13:00", "15:00"), ["13:00"]), (("", ""), [])):
        browser.open("/account/notifications")
        begins, ends = typed
        browser.send(
            "/account/notifications",
            **EVERY,
            language="zh_Hant_TW",
            quiet_begins=begins,
            quiet_ends=ends,
        )
        with house.reading() as session:
            found = preferences.quiet_of([account(house, "resident1").id], session=session)
        assert [f"{each.begins:%H:%M}" for each in found.values()] == kept


@pytest.mark.parametrize("hours", [("13:00", ""), ("25:00", "26:00"), ("07:00", "22:00")])
def test_quiet_hours_that_leave_no_day_are_refused(signed_in, hours):
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    begins, ends = hours
    fields = {**EVERY, "language": "zh_Hant_TW", "quiet_begins": begins, "quiet_ends": ends}
    page = browser.send("/account/notifications", **fields)

    assert page.status_code == 422
    assert "最長 12 小時" in page.text
    assert f'value="{begins}"' in page.text


def test_a_test_message_is_pushed_at_any_hour(house, signed_in, clock):
    clock.advance(timedelta(hours=15))
    browser = signed_in("resident1")
    browser.open("/account/notifications")
    page = browser.send("/account/devices/test")
    Relay(house).run()

    assert "測試訊息已送往模擬手機" in page.text
    assert [each.subject for each in delivered(house, "resident1", channel="push")] == ["推播測試"]
