"""Announcements for three roles: who may tell whom, who sees what, what everybody may read."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO

import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import event, func, select

from engine import outbox
from engine.queries import tasks_of
from engine.types import SYSTEM
from housing.announcements import figures, queries, reach, service
from housing.announcements.audience import receivers
from housing.announcements.errors import OfficeOnly, ScopeNotYours, UnitUnknown
from housing.announcements.models import Announcement, AnnouncementReceipt
from housing.announcements.rules import Scope
from housing.demo import pictures
from housing.notices import preferences
from housing.notices.queries import notices_of_case
from housing.people import queries as people
from housing.people.models import Account
from housing.places.models import Building, Residency, Unit
from housing.repairs import incidents
from tests.founded import QUICK_HASH

ATOM = "{http://www.w3.org/2005/Atom}"
PLAIN: Mapping[str, str] = {
    "category": "general",
    "title": "中庭整修請改走側門",
    "body": "三月五日起整修。\n\n- 請走側門\n- <script>alert(1)</script>",
    "near_scope": "building",
    "building": "SW/A",
}
DRILL: Mapping[str, object] = {
    "category": "safety",
    "title": "消防演習請確認",
    "body": "三月十四日 10 時演習。",
    "scope_kind": "community",
    "community": "SW",
    "must_acknowledge": True,
}
SUBSIDY: Mapping[str, object] = {
    "category": "policy",
    "title": "租金補貼開始受理",
    "body": "三月一日起受理，見 https://example.org/rent 。",
    "scope_kind": "city",
    "is_public": True,
}


@pytest.fixture
def office(house, clock):
    """Let somebody draft, and time pass."""
    return Office(house, clock)


class Office:
    """Acts for people below the pages."""

    def __init__(self, house, clock) -> None:
        self.house, self.clock = house, clock

    def draft(self, login: str, values: Mapping[str, object]) -> str:
        """Send a draft; gives its number."""
        token = f"{len(self.numbers())}"
        with self.house.unit_of_work() as session:
            service.send_draft(
                token,
                values,
                by=people.account_by_login(login, session=session).actor,
                engine=self.house.engine,
                session=session,
                clock=self.clock,
            )
            return queries.by_token(session, token).number

    def read(self, login: str, number: str) -> None:
        """Let a resident read it and press that he knows of it."""
        with self.house.unit_of_work() as session:
            reader = people.account_by_login(login, session=session)
            service.acknowledge(number, reader.id, session=session, clock=self.clock)

    def numbers(self) -> list[str]:
        with self.house.reading() as session:
            return list(session.scalars(select(Announcement.number)))

    def view(self, number: str):
        with self.house.reading() as session:
            by = people.account_by_login("officer1", session=session).actor
            return queries.kept(session, number, by)

    def pass_time(self, period: timedelta) -> None:
        """Move on and fire what falls due."""
        self.clock.advance(period)
        for _round in range(3):
            with self.house.reading() as session:
                due = self.house.engine.due_jobs(session, self.clock.now(), 100)
            for job in due:
                with self.house.unit_of_work() as session:
                    self.house.engine.fire(job.id, session=session)

    def let_homes(self, count: int, building: str) -> None:
        """Put so many more residents into new homes of a building of SW."""
        with self.house.unit_of_work() as session:
            wanted = select(Building).where(Building.community_code == "SW")
            place = session.scalars(wanted.where(Building.code == building)).one()
            homes = [
                Unit(
                    building_id=place.id,
                    community_code="SW",
                    code=f"{building}-9{number:03}",
                    floor=90,
                    room_type="1BR",
                    state="leased",
                )
                for number in range(count)
            ]
            dwellers = [
                Account(
                    login=f"many{number}",
                    name=f"住戶{number}",
                    password_hash=QUICK_HASH,
                    language="zh_Hant_TW",
                    state="active",
                    created_at=self.clock.now(),
                )
                for number in range(count)
            ]
            session.add_all([*homes, *dwellers])
            session.flush()
            session.add_all(
                Residency(unit_id=unit.id, account_id=account.id, from_on=date(2026, 1, 1))
                for unit, account in zip(homes, dwellers, strict=True)
            )


def test_ann_1_a_manager_is_shown_all_214_receivers_before_he_sends(office, signed_in):
    office.let_homes(212, "B")
    page = signed_in("manager1")
    page.open("/announcements/new")
    values = {
        **PLAIN,
        "category": "outage",
        "building": "SW/B",
        "until_at": "2026-03-03T12:00",
    }
    seen = page.send("/announcements/new", **values)

    assert "將通知 214 人" in seen.text
    assert office.numbers() == []
    token = re.search(r'name="_token" value="(\w+)"', seen.text)[1]
    for _twice in range(2):
        sent = page.send("/announcements/new", **values, _token=token, _confirmed="214")
        assert PLAIN["title"] in sent.text
    assert len(office.numbers()) == 1
    assert office.view(office.numbers()[0]).state == "in_review"


def test_a_manager_may_not_address_another_community_nor_the_city(office, signed_in):
    page = signed_in("manager1")
    page.open("/announcements/new")
    answer = page.send("/announcements/new", **{**PLAIN, "building": "PX/A"})

    assert answer.status_code == 422
    for values, refusal in (
        ({**PLAIN, "building": "PX/A"}, ScopeNotYours),
        ({**PLAIN, "near_scope": "city"}, ScopeNotYours),
        ({**PLAIN, "must_acknowledge": True}, OfficeOnly),
        ({**PLAIN, "is_public": True}, OfficeOnly),
        ({**PLAIN, "near_scope": "units", "community": "SW", "units": "Z-9999"}, UnitUnknown),
    ):
        with pytest.raises(refusal):
            office.draft("manager1", values)
    assert office.numbers() == []


def test_a_resident_of_another_building_sees_nothing(office, signed_in):
    number = office.draft("officer1", {**PLAIN, "scope_kind": "building"})
    near, far, manager = (signed_in(who) for who in ("resident1", "resident2", "manager2"))

    assert near.open(f"/announcements/{number}").status_code == 200
    assert far.open(f"/announcements/{number}").status_code == 404
    assert manager.open(f"/announcements/{number}").status_code == 404
    assert PLAIN["title"] in near.open("/").text
    assert PLAIN["title"] not in far.open("/announcements").text
    assert far.open("/announcements/office").status_code == 403
    for act in ("acknowledge", "paper/1"):
        assert far.send(f"/announcements/{number}/{act}").status_code in (403, 404)


def test_opening_it_marks_it_read_once_and_its_text_is_no_markup(office, signed_in):
    number = office.draft("officer1", {**PLAIN, "scope_kind": "building"})
    reader = signed_in("resident1")

    assert "tag-mine" in reader.open("/announcements").text
    page = reader.open(f"/announcements/{number}").text
    assert "<script>alert(1)" not in page
    assert "<li>請走側門</li>" in page
    with office.house.reading() as session:
        read = select(func.count()).where(AnnouncementReceipt.read_at.is_not(None))
        assert session.scalar(read) == 1
    assert "tag-mine" not in reader.open("/announcements").text


def test_ann_3_only_those_who_have_not_read_are_reminded_after_three_days(office):
    office.let_homes(30, "B")
    units = ",".join(f"B-9{each:03}" for each in range(30))
    number = office.draft("officer1", {**DRILL, "scope_kind": "units", "units": units})
    with office.house.unit_of_work() as session:
        for each in range(21):
            reader = people.account_by_login(f"many{each}", session=session)
            service.acknowledge(number, reader.id, session=session, clock=office.clock)
    office.pass_time(timedelta(days=3, minutes=1))

    with office.house.reading() as session:
        found = reach.receipts(session, office.view(number).id)
        reminded = {each.name for each in found if each.reminded_at}
        assert reminded == {f"住戶{each}" for each in range(21, 30)}
        assert len(reach.on_paper(session, number, office.clock.now())) == 9
        whole = reach.reach(session, office.view(number).id)
    assert (whole.told, whole.acknowledged, whole.in_a_day) == (30, 70, 70)


def test_a_resident_acknowledges_and_a_manager_notes_who_was_told_on_paper(office, signed_in):
    office.let_homes(1, "B")
    number = office.draft("officer1", DRILL)
    reader, manager = signed_in("resident1"), signed_in("manager1")
    reader.open(f"/announcements/{number}")
    assert "謝謝" in reader.send(f"/announcements/{number}/acknowledge").text
    assert "您已確認知悉" in reader.open(f"/announcements/{number}").text

    page = manager.open(f"/announcements/{number}/paper").text
    account = re.search(rf"/announcements/{number}/paper/(\d+)", page)[1]
    assert "已記錄紙本告知" in manager.send(f"/announcements/{number}/paper/{account}").text
    assert "紙本" in manager.open(f"/announcements/{number}").text


def test_whoever_muted_a_category_gets_no_push_but_finds_it_and_never_mutes_an_emergency(office):
    with office.house.unit_of_work() as session:
        reader = people.account_by_login("resident1", session=session)
        chosen = {"urgent": ("push",)}
        preferences.choose(reader.id, chosen, session=session)
    number = office.draft("officer1", {**PLAIN, "scope_kind": "building"})
    urgent = {**PLAIN, "category": "emergency", "until_at": None, "scope_kind": "building"}
    urgent["until_at"] = office.clock.now() + timedelta(hours=3)
    loud = office.draft("officer1", urgent)

    assert channels_of(office, number, reader.id) == {"muted"}
    assert channels_of(office, loud, reader.id) == {"push"}
    with office.house.reading() as session:
        items = queries.for_reader(session, reader, office.clock.now(), 9)
        assert {each.number for each in items} == {number, loud}
        month = timedelta(days=30)
        now = office.clock.now() + timedelta(minutes=1)
        assert figures.figures(session, now - month, now).muted[0] == 1


@pytest.mark.parametrize(
    ("kind", "role", "words"), [("city", "", "whole city"), ("role", "contractor", "contractors")]
)
def test_an_approval_names_whom_it_is_for_in_the_readers_language(
    office, signed_in, kind, role, words
):
    number = office.draft("manager1", PLAIN)
    with office.house.unit_of_work() as session:
        row = session.scalars(select(Announcement).where(Announcement.number == number)).one()
        row.scope_kind, row.role, row.community = kind, role, None
        task = tasks_of(row.instance_id, session)[0]
    officer = signed_in("officer1")
    officer.send("/language", language="en")

    assert f"For whom: {words}" in officer.open(f"/tasks/{task.id}").text


def test_figures_of_a_period_cost_the_same_however_many_announcements_it_has(office):
    def counted():
        now = office.clock.now() + timedelta(minutes=1)
        with office.house.reading() as session:
            connection, seen = session.connection(), []
            event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
            found = figures.figures(session, now - timedelta(days=30), now)
        return found, len(seen)

    read_soon = office.draft("officer1", DRILL)
    _one, cost_of_one = counted()
    read_late = office.draft("officer1", DRILL)
    office.draft(
        "manager1",
        {**PLAIN, "category": "emergency", "until_at": office.clock.now() + timedelta(hours=3)},
    )
    office.read("resident1", read_soon)
    office.clock.advance(timedelta(days=2))
    office.read("resident1", read_late)
    found, cost_of_three = counted()

    told = office.view(read_soon).receivers
    assert cost_of_three == cost_of_one
    assert (found.published, found.drafts_returned) == (3, (0, 1))
    assert found.in_a_day[0] == 1
    assert found.in_three_days[0] == 2
    assert found.acknowledged == (2, 2 * told)


def channels_of(office, number: str, account_id: int) -> set[str]:

    with office.house.reading() as session:
        found = notices_of_case(office.view(number).instance_id, session=session)
        ways = [way for each in found for way in each.ways]
    return {way.channel for way in ways if way.recipient == str(account_id)}


def test_a_correction_makes_a_new_version_that_everybody_finds_unread(office, signed_in):
    number = office.draft("officer1", DRILL)
    reader, officer = signed_in("resident1"), signed_in("officer1")
    reader.open(f"/announcements/{number}")
    officer.open(f"/announcements/{number}/correct")
    values = {"title": "消防演習改期", "body": "改為三月二十一日。", "reason": "日期更正。"}
    assert "新版本已生效" in officer.send(f"/announcements/{number}/correct", **values).text

    assert "已更正" in reader.open("/announcements").text
    page = officer.open(f"/announcements/{number}").text
    assert "消防演習請確認" in page
    assert "三月二十一日" in page
    officer.open(f"/announcements/{number}/withdraw")
    officer.send(f"/announcements/{number}/withdraw", reason="演習取消。")
    assert "演習取消" in reader.open(f"/announcements/{number}").text
    assert "消防演習改期" in reader.open("/announcements/archive").text
    again = officer.send(f"/announcements/{number}/withdraw", reason="再一次。")
    assert again.status_code == 409


def test_public_ones_are_read_without_an_account_as_feed_and_as_open_data(office, visitor):
    number = office.draft("officer1", SUBSIDY)
    hidden = office.draft("officer1", DRILL)

    assert visitor.open(f"/news/{number}").status_code == 200
    assert visitor.open(f"/news/{hidden}").status_code == 404
    answer = visitor.open("/news/feed.atom")
    feed = etree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hant-TW"
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries] == [SUBSIDY["title"]]
    addresses = [each.get("href") for each in feed.iter(f"{ATOM}link")]
    assert all(address.startswith("http") for address in addresses)
    mark = answer.headers["ETag"]
    same = visitor.client.get("/news/feed.atom", headers={"If-None-Match": mark})
    assert same.status_code == 304
    data = visitor.open("/news/data.json").get_json()
    assert [each["number"] for each in data["announcements"]] == [number]


def test_a_public_text_with_names_or_homes_is_warned_of(office, signed_in):
    page = signed_in("officer1")
    page.open("/announcements/new")
    values = {**SUBSIDY, "body": "A-0501 林安安請領取。", "is_public": "true"}
    seen = page.send("/announcements/new", **values).text

    assert "公開公告不得有姓名或門牌" in seen
    assert "A-0501、林安安" in seen


def test_the_poster_names_title_and_end_and_shows_the_way_to_the_page(office, signed_in):
    number = office.draft("officer1", SUBSIDY)
    answer = signed_in("officer1").client.get(f"/announcements/{number}/poster.pdf")

    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    assert "租金補貼開始受理" in text
    assert f"/news/{number}" in text


def test_an_attachment_is_for_readers_only(office, signed_in, house):
    with house.unit_of_work() as session:
        by = people.account_by_login("officer1", session=session).actor
        picture = BytesIO(pictures.draw("water"))
        kept = house.files.save(picture, "map.png", by=by, session=session)
    values = {
        **PLAIN,
        "scope_kind": "building",
        "attachments": [{"picture": [kept.id], "alt": "側門位置圖"}],
    }
    number = office.draft("officer1", values)
    near, far = signed_in("resident1"), signed_in("resident2")

    address = f"/announcements/{number}/files/{kept.id}"
    assert 'alt="側門位置圖"' in near.open(f"/announcements/{number}").text
    assert near.client.get(address, buffered=True).status_code == 200
    assert far.open(address).status_code == 404


def test_the_end_of_a_mass_incident_ends_its_announcement(office):
    values = {**PLAIN, "category": "outage", "scope_kind": "building", "incident": "R115-000009"}
    values["until_at"] = office.clock.now() + timedelta(days=2)
    number = office.draft("officer1", values)
    with office.house.unit_of_work() as session:
        incidents.tell_over("R115-000009", by=SYSTEM, engine=office.house.engine, session=session)
    office.pass_time(timedelta(minutes=1))

    assert office.view(number).end_reason == "incident_over"


def test_a_scope_reaches_who_lives_there_today_and_nobody_who_left(office):
    with office.house.unit_of_work() as session:
        now = office.clock.now()
        before = receivers(
            Scope(kind="floor", community="SW", building="A", floor=5), at=now, session=session
        )
        lives = session.scalars(select(Residency).where(Residency.account_id == before[0])).one()
        lives.until_on = date(2026, 2, 28)
        session.flush()
        scope = Scope(kind="units", community="SW", units=("A-0501",))
        assert receivers(scope, at=now, session=session) == []
        assert len(receivers(Scope(kind="role", role="officer"), at=now, session=session)) == 2
    assert len(before) == 1


def test_an_emergency_tells_how_many_minutes_it_took(office, signed_in):
    values = {**PLAIN, "category": "emergency", "until_at": office.clock.now() + timedelta(hours=3)}
    number = office.draft("manager1", values)
    office.pass_time(timedelta(minutes=2))
    with office.house.unit_of_work() as session:
        now, connection = office.clock.now(), session.connection()
        for message in outbox.take(now, 1_000, connection):
            outbox.mark_sent(message, now, connection)

    with office.house.reading() as session:
        assert reach.reach(session, office.view(number).id).minutes_to_most == 2
    assert "九成五送達" in signed_in("officer1").open(f"/announcements/{number}").text
