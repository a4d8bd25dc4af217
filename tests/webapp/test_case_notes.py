"""Notes are the office's own: who reads them, whom they mention, what stays of a removed one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import queries as engine_queries
from housing.care import service as care
from housing.care.service import Signal
from housing.notes import queries, service
from housing.notes.errors import (
    MentionRefused,
    NoteOfSomebodyElse,
    NoteSettled,
    NotesNotYours,
    NoteTooLong,
)
from housing.notes.models import CaseNote
from housing.notices.queries import notices_of_case
from housing.people.queries import account_by_login
from housing.places import queries as places


class Desk:
    """Writes notes of people on one case."""

    def __init__(self, house, clock, case) -> None:
        self._house, self._clock, self.case = house, clock, case

    def actor(self, login: str):
        with self._house.reading() as session:
            return account_by_login(login, session=session).actor

    def write(self, login: str, text: str):
        with self._house.unit_of_work() as session:
            return service.write(
                session,
                instance_id=self.case.id,
                text=text,
                by=self.actor(login),
                at=self._clock.now(),
            )

    def edit(self, login: str, note_id: int, text: str):
        with self._house.unit_of_work() as session:
            by, now = self.actor(login), self._clock.now()
            return service.edit(session, note_id, text, case=self.case, by=by, at=now)

    def remove(self, login: str, note_id: int) -> None:
        with self._house.unit_of_work() as session:
            by, now = self.actor(login), self._clock.now()
            service.remove(session, note_id, case=self.case, by=by, at=now)

    def read(self, login: str):
        with self._house.reading() as session:
            by = self.actor(login)
            return queries.of_case(self.case, by, vault=self._house.vault, session=session)

    def told(self, login: str) -> list[str]:
        reader = self.actor(login).id
        with self._house.reading() as session:
            notices = notices_of_case(self.case.id, session=session)
        return [each.subject for each in notices if each.recipient == reader]


@pytest.fixture
def desk(house, clock, reported) -> Desk:
    made = reported()
    with house.reading() as session:
        case = engine_queries.instance(made.instance_id, session)
    return Desk(house, clock, case)


def test_whom_a_note_mentions_is_told_that_but_not_what_it_says(desk):
    note = desk.write("officer1", "住戶情緒激動，@黃主任 請先聯絡。")

    assert note.mentions == (desk.actor("lead1").id,)
    assert any("許承辦" in subject for subject in desk.told("lead1"))
    assert "情緒" not in "".join(desk.told("lead1"))


@pytest.mark.parametrize("name", ["林安安", "李勤美", "蔡關懷"])
def test_nobody_is_mentioned_who_may_not_see_the_case(desk, name):
    with pytest.raises(MentionRefused):
        desk.write("officer1", f"@{name} 請看")


def test_the_reporter_reads_and_writes_no_note(desk):
    with pytest.raises(NotesNotYours):
        desk.write("resident1", "我也要寫")
    with pytest.raises(NotesNotYours):
        desk.read("resident1")


def test_a_note_can_be_changed_by_its_author_for_a_short_time(desk, clock):
    note = desk.write("officer1", "第一版")
    with pytest.raises(NoteOfSomebodyElse):
        desk.edit("manager1", note.id, "改別人的")
    clock.advance(timedelta(minutes=14))
    assert desk.edit("officer1", note.id, "第二版").edited_at == clock.now()
    clock.advance(timedelta(minutes=2))
    with pytest.raises(NoteSettled):
        desk.edit("officer1", note.id, "第三版")


def test_a_removed_note_leaves_who_and_when_but_no_text(desk, clock):
    note = desk.write("officer1", "寫錯案件")
    with pytest.raises(NoteOfSomebodyElse):
        desk.remove("manager1", note.id)
    desk.remove("chief1", note.id)

    (left,) = desk.read("officer1")
    assert (left.text, left.removed_by_name, left.removed_at) == ("", "鄭科長", clock.now())


def test_the_newest_note_that_stands_is_found_for_many_cases_at_once(desk, house):
    first = desk.write("officer1", "先")
    second = desk.write("officer1", "後")
    desk.remove("officer1", second.id)

    with house.reading() as session:
        assert queries.newest(session, [desk.case.id, "nothing"]) == {desk.case.id: first}


def test_notes_of_care_are_sealed_and_read_by_its_social_workers_only(house, clock, signed_in):
    with house.unit_of_work() as session:
        by = account_by_login("manager1", session=session).actor
        home = next(u for u in places.units_in("SW", session=session) if u.code == "A-0501")
        new = Signal(key="a", source="observation", unit_id=home.id, seen_at=clock.now(), text="x")
        case = care.signal(new, by=by, engine=house.engine, session=session, clock=clock)
    worker, address = signed_in("social1"), f"/cases/{case.number}"
    worker.open(address)
    worker.send(f"{address}/notes", text="夜間勿單獨前往")

    assert "夜間勿單獨前往" in worker.open(address).text
    with house.reading() as session:
        (kept,) = session.scalars(select(CaseNote))
        assert queries.newest(session, [kept.instance_id]) == {}
    assert kept.text == ""
    assert kept.sealed
    assert "夜間" not in kept.sealed
    for login in ("officer1", "chief1", "manager1", "social2"):
        browser = signed_in(login)
        assert "夜間勿單獨前往" not in browser.open(address).text
        assert browser.send(f"{address}/notes", text="不該寫入").status_code == 404


def test_a_note_ends_at_two_thousand_characters(desk):
    desk.write("officer1", "字" * 2000)
    with pytest.raises(NoteTooLong):
        desk.write("officer1", "字" * 2001)
