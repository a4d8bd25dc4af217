"""Messages, signals and starts between instances: each takes effect exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from engine import queries
from engine.errors import LostRace
from engine.tables import job, message_buffer, process_instance
from engine.testing import TESTER, Case

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)


@pytest.fixture
def errand(process):
    """Starts errands, by ticket; they wait for an answer once they are prepared."""
    walker = process("errand")

    def start(ticket: str, *, is_prepared: bool = True) -> Case:
        case = walker.start("errand", {"ticket": ticket})
        if is_prepared:
            case.complete("prepare")
        return case

    return start


@pytest.fixture
def publish(engine, database):
    def send(name: str = "errand.answer", key: str | None = None, values=None, **more) -> str:
        with database.unit_of_work() as session:
            return engine.publish_message(
                name, key, values or {}, by=TESTER, session=session, **more
            )

    return send


@pytest.fixture
def signal(engine, database):
    def send(name: str = "errand.storm", **more) -> str:
        with database.unit_of_work() as session:
            return engine.publish_signal(name, by=TESTER, session=session, **more)

    return send


@pytest.fixture
def match_buffered(engine, database):
    def match() -> int:
        with database.unit_of_work() as session:
            return engine.match_buffered(session=session)

    return match


def count(database, table, *conditions) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions))


def instances_of(database, key: str) -> list[Case]:
    with database.reading() as session:
        rows = session.execute(select(process_instance.c.id)).scalars().all()
        return [each for each in rows if queries.instance(each, session).process_key == key]


def test_a_message_reaches_the_instance_that_waits_for_its_key(errand, publish, walker):
    first, second = errand("A"), errand("B")

    publish(key="B", values={"words": "yes"})
    walker.fire_due_jobs()

    assert first.open_elements() == []
    assert second.open_elements() == ["read"]
    assert second.variables()["words"] == "yes"


def test_a_thrown_message_carries_its_mapped_values_without_loss(
    errand, process, publish, walker, database
):
    case = errand("A")
    process("messenger")

    publish(
        "messenger.send",
        "M-1",
        {"addressee": "A", "words": "come", "price": Decimal("0.10"), "secret": 1},
    )
    walker.fire_due_jobs()

    variables = case.variables()
    assert (variables["words"], variables["price"]) == ("COME", Decimal("0.10"))
    assert "secret" not in variables
    (messenger,) = instances_of(database, "messenger")
    with database.reading() as session:
        assert queries.instance(messenger, session).business_key == "M-1"
        lines = queries.history_of(messenger, session)
    (told,) = [line.details for line in lines if line.kind == "message_thrown"]
    assert told["correlation"] == "A"
    assert "variables" not in told


def test_a_message_that_comes_too_early_is_kept_until_it_is_awaited(
    errand, publish, walker, database
):
    case = errand("A", is_prepared=False)
    publish(key="A", values={"words": "early"})
    walker.fire_due_jobs()
    assert count(database, message_buffer) == 1

    case.complete("prepare")
    walker.fire_due_jobs()

    assert case.open_elements() == ["read"]
    assert case.variables()["words"] == "early"
    assert count(database, message_buffer) == 0


def test_a_kept_message_serves_one_instance_only(errand, publish, walker):
    publish(key="A")
    walker.fire_due_jobs()

    first, second = errand("A"), errand("A")
    walker.fire_due_jobs()

    assert sorted([first.open_elements(), second.open_elements()]) == [[], ["read"]]


def test_a_kept_message_expires_and_the_thrower_keeps_a_trace(
    process, publish, walker, match_buffered, database, errand
):
    process("messenger")
    publish("messenger.send", values={"addressee": "nobody", "words": "", "price": 1})
    publish(key="A", ttl=timedelta(hours=1))
    walker.fire_due_jobs()
    (messenger,) = instances_of(database, "messenger")

    walker.advance(timedelta(hours=2))
    assert match_buffered() == 1
    walker.advance(DAY)
    assert match_buffered() == 1

    case = errand("A")
    walker.fire_due_jobs()
    assert case.open_elements() == []
    with database.reading() as session:
        kinds = [line.kind for line in queries.history_of(messenger, session)]
    assert kinds.count("message_expired") == 1


def test_a_suspended_instance_gets_its_message_when_it_is_resumed(
    errand, publish, walker, engine, database, match_buffered
):
    case = errand("A")
    with database.unit_of_work() as session:
        engine.suspend(case.id, reason="check", by=TESTER, session=session)
    publish(key="A")
    walker.fire_due_jobs()
    assert case.open_elements() == []

    with database.unit_of_work() as session:
        engine.resume(case.id, reason="checked", by=TESTER, session=session)
    match_buffered()
    walker.fire_due_jobs()

    assert case.open_elements() == ["read"]


def test_a_message_sent_twice_under_one_id_counts_once(errand, publish, walker, database):
    first, second = errand("A"), errand("A")

    assert publish(key="A", message_id="M-1") == publish(key="A", message_id="M-1")
    walker.fire_due_jobs()

    assert sorted([first.open_elements(), second.open_elements()]) == [[], ["read"]]
    assert count(database, job, job.c.kind == "message") == 1


def test_a_message_without_key_is_refused_when_several_wait(process, publish, walker, database):
    walker = process("deadline")
    cases = [walker.start("deadline", {"due_at": walker.clock.now() + 9 * DAY}) for _ in "ab"]

    publish("deadline.cancel")
    for _ in range(3):
        walker.advance(timedelta(hours=1))

    assert [case.open_elements() for case in cases] == [["repair"], ["repair"]]
    with database.reading() as session:
        (incident,) = queries.incidents(session)
    assert incident.instance_id is None
    assert "2 cases or processes wait for deadline.cancel" in incident.message


def test_an_event_without_a_key_goes_by_the_business_key(process, publish):
    walker = process("deadline")
    cases = [walker.start("deadline", {"due_at": walker.clock.now() + 9 * DAY}) for _ in "ab"]

    publish("deadline.cancel", cases[1].instance().business_key)
    walker.fire_due_jobs()

    assert [case.ended_at("cancelled") for case in cases] == [False, True]


def test_a_duplicate_delivery_takes_effect_once(errand, publish, walker, engine, database):
    cases = [errand("A") for _ in range(3)]
    for number in range(3):
        publish(key="A", message_id=str(number))
    with database.reading() as session:
        due = [each.id for each in engine.due_jobs(session, walker.clock.now(), 10)]

    def fire(job_id: str) -> None:
        try:
            with database.unit_of_work() as session:
                engine.fire(job_id, session=session)
        except LostRace:
            return

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(fire, due * 4))
    walker.fire_due_jobs()

    assert [case.open_elements() for case in cases] == [["read"]] * 3
    assert [case.history_kinds().count("message_received") for case in cases] == [1, 1, 1]


def test_a_crash_between_commit_and_delivery_loses_nothing(errand, publish, engine, database):
    case = errand("A")
    publish(key="A")
    with database.reading() as session:
        (letter,) = engine.due_jobs(session, engine._clock.now(), 9)

    def deliver_and_crash() -> None:
        with database.unit_of_work() as session:
            engine.fire(letter.id, session=session)
            raise RuntimeError("crash before the commit of the delivery")

    with pytest.raises(RuntimeError, match="crash"):
        deliver_and_crash()
    assert case.open_elements() == []
    with database.unit_of_work() as session:
        assert engine.fire(letter.id, session=session)
    with database.unit_of_work() as session:
        assert not engine.fire(letter.id, session=session)

    assert case.open_elements() == ["read"]


def test_a_message_and_a_timer_at_one_moment_take_one_effect(process, publish):
    walker = process("deadline")
    case = walker.start("deadline", {"due_at": walker.clock.now() + DAY})
    walker.clock.advance(DAY)

    publish("deadline.cancel", case.instance().business_key)
    walker.fire_due_jobs()

    kinds = case.history_kinds()
    assert kinds.count("timer_fired") + kinds.count("message_received") == 1


def test_a_signal_reaches_everybody_who_waits_and_starts_what_it_starts(
    errand, process, publish, signal, walker, database
):
    waiting, early = [errand("A"), errand("A")], errand("A", is_prepared=False)
    process("rounds")
    for _ in waiting:
        publish(key="A")
    walker.fire_due_jobs()

    signal(signal_id="S-1")
    signal(signal_id="S-1")
    walker.fire_due_jobs()

    assert [case.ended_at("stormy") for case in waiting] == [True, True]
    assert early.open_elements() == ["prepare"]
    assert len(instances_of(database, "rounds")) == 1


def test_a_thrown_signal_reaches_other_instances(errand, process, publish, walker, database):
    case = errand("A")
    process("messenger")
    publish("messenger.send", values={"addressee": "A", "words": "", "price": 1})
    walker.fire_due_jobs()
    (messenger,) = instances_of(database, "messenger")

    Case(walker=walker, id=messenger).complete("watch")
    walker.fire_due_jobs()

    assert case.ended_at("stormy")


def test_a_cycle_starts_an_instance_each_time_and_a_new_version_takes_over(
    process, walker, diagram, database
):
    process("rounds")
    process("rounds")
    walker.advance(DAY)
    assert len(instances_of(database, "rounds")) == 1

    files = {name: text.replace(b"R3/P1D", b"R2/P2D") for name, text in diagram("rounds").items()}
    walker.deploy(files)
    walker.advance(9 * DAY)

    assert len(instances_of(database, "rounds")) == 3


def test_starts_that_were_missed_are_not_made_up_for(process, walker, database, engine):
    process("rounds")
    with database.reading() as session:
        (first,) = engine.due_jobs(session, walker.clock.now() + DAY, 9)

    walker.clock.advance(timedelta(days=2, hours=12))
    walker.fire(first.id)
    walker.fire_due_jobs()

    assert len(instances_of(database, "rounds")) == 1
    walker.advance(DAY)
    assert len(instances_of(database, "rounds")) == 2
