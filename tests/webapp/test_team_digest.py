"""The weekly digest: once a week and person, when there is something to say and it is wanted."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from engine.calendar import TAIPEI
from engine.tables import outbox
from housing.notices import preferences
from housing.notices.kinds import TOPICS
from housing.people.queries import account_by_login


@pytest.fixture
def late(house, reported, clock):
    """A tap of community SW that nobody took for a week; it is the next Monday, 09:00."""
    reported("resident1")
    clock.advance(timedelta(days=7))
    return house


def digests(house) -> dict[int, list[tuple[str, str]]]:
    """Account id to channel and body of its digests."""
    with house.reading() as session:
        rows = session.execute(
            select(outbox.c.recipient, outbox.c.channel, outbox.c.payload).order_by(outbox.c.id)
        ).all()
    found: dict[int, list[tuple[str, str]]] = {}
    for recipient, channel, payload in rows:
        if payload["kind"] == "team_week":
            found.setdefault(int(recipient), []).append((channel, payload["body"]))
    return found


def id_of(house, login: str) -> int:
    with house.reading() as session:
        return account_by_login(login, session=session).id


def test_a_chief_is_told_once_how_his_team_stands(late):
    assert late.send_digests() >= 1
    assert late.send_digests() == 0

    ((channel, body),) = digests(late)[id_of(late, "lead1")]
    assert channel == "mail"
    assert "未結待辦：1 件" in body
    assert "已逾期：1 件" in body
    assert "逾二日無人認領：1 件" in body
    assert "/team" in body


def test_a_chief_whose_team_has_nothing_to_do_is_left_in_peace(late):
    late.send_digests()

    assert id_of(late, "sociallead1") not in digests(late)


def test_the_next_week_brings_the_next_digest(late, clock):
    late.send_digests()
    clock.advance(timedelta(days=7))
    late.send_digests()

    assert len(digests(late)[id_of(late, "lead1")]) == 2


def test_who_switched_it_off_finds_it_in_the_portal_only(late):
    lead = id_of(late, "lead1")
    with late.unit_of_work() as session:
        wanted = {each.code: each.defaults for each in TOPICS if each.code != "weekly"}
        preferences.choose(lead, wanted, session=session)
    late.send_digests()

    assert [channel for channel, _body in digests(late)[lead]] == ["muted"]


def test_a_sound_about_the_week_waits_through_ones_own_quiet_hours(late, clock):
    lead = id_of(late, "lead1")
    with late.unit_of_work() as session:
        wanted = {each.code: each.defaults for each in TOPICS}
        preferences.choose(lead, {**wanted, "weekly": ("push",)}, session=session)
        preferences.choose_quiet(lead, "08:00", "12:00", session=session)
    late.send_digests()

    with late.reading() as session:
        rows = session.execute(select(outbox.c.not_before, outbox.c.payload)).all()
    (leaves_at,) = [each.not_before for each in rows if each.payload["kind"] == "team_week"]
    assert leaves_at.astimezone(TAIPEI).time() == time(12)
