"""The wired house: one server, packages deployed once, messages delivered once, a demo clock."""

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bpmn import catalogue
from engine import queries
from engine.bundles import alone
from engine.clock import FrozenClock, ShiftedClock, SystemClock
from engine.outbox import Message
from housing import bootstrap, demo_clock, packages, settings
from housing.errors import AlreadyRunning, NoDemoCity
from housing.notices.queries import MailboxFilter, delivered
from housing.people import service as people
from housing.people.models import LoginFailure
from housing.people.queries import all_accounts
from housing.people.service import NewAccount
from housing.people.sessions import Client

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def environment(tmp_path):
    return {"ANJU_VAR": str(tmp_path)}


@pytest.fixture
def application(environment):
    built = bootstrap.build(settings.load(environment), clock=FrozenClock(NOW))
    built.migrate()
    yield built
    built.dispose()


def try_to_serve(environment, answers):
    other = bootstrap.build(settings.load(environment))
    try:
        with other.only_server():
            answers.put("serves")
    except AlreadyRunning as refused:
        answers.put(str(refused))
    other.dispose()


def ask_another_process(environment):
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=try_to_serve, args=(environment, answers))
    process.start()
    answer = answers.get(timeout=60)
    process.join()
    answers.close()
    return answer


def test_a_second_server_on_the_same_folder_is_refused_until_the_first_stops(
    application, environment
):
    with application.only_server():
        refusal = ask_another_process(environment)

    assert "already uses" in refusal
    assert ask_another_process(environment) == "serves"


def test_any_number_of_servers_may_share_a_postgresql_database(environment, postgres_url):
    shared = environment | {"ANJU_DATABASE_URL": postgres_url}
    servers = [bootstrap.build(settings.load(shared)) for _ in range(2)]

    with servers[0].only_server(), servers[1].only_server():
        assert not servers[0].database.is_sqlite
    for server in servers:
        server.dispose()


def test_deploying_the_shipped_packages_again_makes_no_new_version(application):
    first = application.deploy_packages()
    second = application.deploy_packages()

    assert first == second == catalogue.packages()
    with application.reading() as session:
        versions = [each.version for each in queries.definitions(session)]
    assert set(versions) == {1}


def test_a_package_is_deployed_with_its_decisions_and_every_form_it_uses():
    deployed = packages.resources("repair")
    used = packages.form_keys(deployed["repair.bpmn"])

    assert {"repair.bpmn", "repair_class.dmn"} <= set(deployed)
    assert {f"forms/{key}.json" for key in used} <= set(deployed)
    assert "repair/triage" in used


def test_a_message_delivered_twice_is_stored_once(application):
    new = NewAccount(login="officer1", name="許承辦", password="long enough " * 2)
    with application.unit_of_work() as session:
        reader = people.open_account(new, session=session, clock=application.clock)
    message = Message(
        id=1,
        idem="one",
        instance_id=None,
        channel="mail",
        recipient=str(reader),
        payload={"subject": "主旨", "body": "內文", "url": "/cases/R115-000001"},
        created_at=NOW,
        not_before=NOW,
        attempts=1,
    )
    application.deliver(alone(message))
    application.deliver(alone(message))

    with application.reading() as session:
        assert [each.subject for each in delivered(MailboxFilter(), session=session)] == ["主旨"]


def test_an_office_is_never_erased_and_an_empty_house_is(application):
    new = NewAccount(login="officer1", name="許承辦", password="long enough " * 2)
    with application.unit_of_work() as session:
        people.open_account(new, session=session, clock=application.clock)
    with pytest.raises(NoDemoCity):
        application.erase()

    with application.unit_of_work() as session:
        demo_clock.set_instant(NOW, system_clock=application.system_clock, session=session)
    for folder in ("files", "exports", "tryouts"):
        (application.settings.var / folder).mkdir(exist_ok=True)
        (application.settings.var / folder / "of somebody").touch()
    application.erase()
    assert not list(application.settings.var.rglob("of somebody"))
    application.migrate()

    with application.reading() as session:
        assert all_accounts(session=session) == []


def test_tidying_removes_what_has_ended(application):
    outcome = people.sign_in(
        "nobody",
        "wrong",
        client=Client(address="::1"),
        database=application.database,
        clock=application.clock,
    )
    application.clock.advance(timedelta(days=2))
    application.tidy()

    with application.reading() as session:
        left = session.scalar(select(func.count()).select_from(LoginFailure))
    assert (outcome.kind, left) == ("wrong", 0)


def test_outside_of_demo_mode_the_business_lives_on_the_real_clock(environment):
    office = bootstrap.build(settings.load(environment))

    assert isinstance(office.clock, SystemClock)
    assert office.clock is office.system_clock
    office.dispose()


def test_in_demo_mode_only_the_clock_of_the_business_can_be_moved(environment):
    machine = FrozenClock(NOW)
    demo = bootstrap.build(settings.load(environment | {"ANJU_DEMO": "1"}), clock=machine)

    assert isinstance(demo.clock, ShiftedClock)
    demo.clock.offset = timedelta(days=1)
    assert demo.clock.now() == NOW + timedelta(days=1)
    assert demo.system_clock.now() == NOW
    demo.dispose()
