"""Nobody was at work for days: every rung still comes, each person gets one digest a channel."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from engine import dispatches
from engine.clock import FrozenClock
from engine.types import SYSTEM
from housing import bootstrap, packages, settings
from housing.bootstrap import Application
from housing.demo import pictures, world
from housing.notices import queries
from housing.notices.queries import DeliveredView, MailboxFilter
from housing.people import queries as people
from housing.repairs import service
from housing.repairs.service import Report
from scheduler.relay import Relay
from scheduler.sweep import Sweep

CASES = 40
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

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture
def city(tables_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Application]:
    """The demo city on both databases, its clock frozen."""
    given = {
        "ANJU_VAR": str(tmp_path / "var"),
        "ANJU_SECRET_KEY": "x" * 40,
        "ANJU_DATABASE_URL": tables_url,
    }
    application = bootstrap.build(settings.load(given), clock=clock)
    with application.unit_of_work() as session:
        world.found(session=session, clock=clock, vault=application.vault)
    with application.unit_of_work() as session:
        application.engine.deploy(packages.resources("repair"), by=SYSTEM, session=session)
    yield application
    application.dispose()


def report(city: Application, clock: FrozenClock, count: int, **answers: object) -> list[str]:
    """Report repairs in one home, a minute after each other; give the case numbers."""
    numbers = []
    for _ in range(count):
        with city.unit_of_work() as session:
            by = people.account_by_login("resident1", session=session).actor
            picture = BytesIO(pictures.draw("water"))
            photo = city.files.save(picture, "tap.png", by=by, session=session)
            new = Report(token=uuid4().hex, values={**TAP, **answers, "photos": [photo.id]})
            made = service.report(new, by=by, engine=city.engine, session=session, clock=clock)
        numbers.append(made.number)
        clock.advance(timedelta(minutes=1))
    return numbers


def work(city: Application) -> None:
    """Let a worker that was away do all there is, delivering between its sweeps."""
    sweep, relay = Sweep(city, "late", lambda: True), Relay(city)
    busy = True
    while busy:
        busy = bool(sweep.run()) | bool(relay.run())


def mailbox(city: Application, login: str, channel: str) -> list[DeliveredView]:
    with city.reading() as session:
        reader = people.account_by_login(login, session=session)
        wanted = MailboxFilter(recipient=str(reader.id), channel=channel)
        return queries.delivered(wanted, session=session)[::-1]


def test_after_three_days_the_chief_gets_one_letter_and_one_push_message(city, clock):
    numbers = report(city, clock, CASES)
    work(city)
    clock.advance(timedelta(days=6))
    work(city)

    (letter,) = mailbox(city, "chief1", "mail")
    (push,) = mailbox(city, "chief1", "push")
    assert letter.subject == push.subject == f"{CASES} 則新通知"
    places = [letter.body.index(f"【{number}】") for number in numbers]
    assert places == sorted(places)
    assert letter.body.count("/cases/R") == CASES
    assert "另有 37 則" in push.body


def test_a_digest_loses_no_notice_and_tells_each_once(city, clock):
    numbers = report(city, clock, 5)
    work(city)
    clock.advance(timedelta(days=6))
    work(city)

    with city.reading() as session:
        chief = people.account_by_login("chief1", session=session)
        rows = dispatches.of_recipient(str(chief.id), session.connection(), limit=100)
    mails = [each for each in rows if each.channel == "mail"]
    assert [each.state for each in mails] == ["sent"] * 5
    assert sorted(str(each.payload["url"])[7:] for each in mails) == numbers
    assert len({each.group_key for each in mails}) == 1


def test_the_doer_gets_all_rungs_in_order_in_one_letter(city, clock):
    report(city, clock, 2)
    work(city)
    before = len(mailbox(city, "manager1", "mail"))
    clock.advance(timedelta(days=6))
    work(city)

    (digest,) = mailbox(city, "manager1", "mail")[before:]
    order = [digest.body.index(words) for words in ("即將到期", "已逾期")]
    assert order == sorted(order)


def test_an_emergency_is_told_at_once_whatever_else_waits(city, clock):
    report(city, clock, 1)
    clock.advance(timedelta(days=6))
    numbers = report(city, clock, 1, emergency=["flood"])
    Relay(city).run()

    urgent = [each for each in mailbox(city, "manager1", "sms") if numbers[0] in each.subject]
    assert len(urgent) == 1
