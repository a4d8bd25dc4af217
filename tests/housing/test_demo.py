"""The demo city: made by really walking sixty repairs, and a clock that can be moved."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from engine import queries
from engine.calendar import TAIPEI
from engine.clock import FrozenClock
from engine.queries import TaskFilter
from housing import bootstrap, demo_clock, settings
from housing.demo import chance, city, pictures
from housing.demo import clock as city_clock
from housing.demo.accounts import ACCOUNTS, PASSWORD
from housing.demo.errors import CityNotEmpty, ClockOnlyMovesForward, NoDeadlineAhead
from housing.demo.habits import at_work
from housing.demo.stories import START
from housing.demo.tickets import all_stories
from housing.deputies import queries as deputies
from housing.drafts import queries as drafts
from housing.errors import NotInDemoMode
from housing.notices.queries import MailboxFilter, count_delivered
from housing.people import service as people
from housing.people.sessions import Client
from housing.repairs import incidents, prices
from scheduler.sweep import Sweep

NOW = datetime(2027, 5, 5, 5, tzinfo=UTC)
STORIES = all_stories()


def build(folder, *, is_demo=True):
    environment = {"ANJU_VAR": str(folder), "ANJU_DEMO": "1" if is_demo else "0"}
    return bootstrap.build(settings.load(environment), clock=FrozenClock(NOW))


def make_city(folder):
    application = build(folder)
    application.migrate()
    reports = []
    city.load(application, progress=lambda: reports.append(1))
    application.dispose()
    return len(reports)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with the demo city, and how often its making reported progress."""
    folder = tmp_path_factory.mktemp("city")
    return folder, make_city(folder)


@pytest.fixture
def application(made, tmp_path):
    """The demo city in a database of its own."""
    shutil.copy(made[0] / "anju.db", tmp_path / "anju.db")
    opened = build(tmp_path)
    opened.refresh_clock()
    yield opened
    opened.dispose()


def rows(application, statement, **values):
    with application.reading() as session:
        return [tuple(row) for row in session.execute(text(statement), values)]


def open_elements(application, number):
    with application.reading() as session:
        instance = queries.by_business_key(number, session)
        tasks = queries.tasks_of(instance.id, session)
    return {task.element_id for task in tasks if task.state == "open"}


def number_of(application, key):
    statement = "select number from repair_ticket where token = :token"
    return rows(application, statement, token=f"demo-{key}")[0][0]


def key_of(ends):
    return next(story.key for story in STORIES if story.ends == ends)


def contents(application):
    """What must be the same in every demo city; what happens at one instant has no order."""
    return {
        "tickets": rows(
            application,
            "select number, text, stage, stage_at, repair_class, rating, closed_at"
            " from repair_ticket order by id",
        ),
        "history": rows(
            application,
            "select at, kind, element_id, actor_name from history order by at, kind, element_id, 4",
        ),
        "messages": rows(
            application,
            "select recipient, channel, body, delivered_at from delivered_message"
            " order by delivered_at, recipient, channel, body",
        ),
    }


def test_every_story_stands_where_it_should(application):
    stages = dict(rows(application, "select token, stage from repair_ticket"))
    wrong = {
        story.key: (story.ends, stages[f"demo-{story.key}"])
        for story in STORIES
        if story.ends != stages[f"demo-{story.key}"]
        and story.ends not in open_elements(application, number_of(application, story.key))
    }

    assert len(stages) == 60
    assert wrong == {}


def test_there_are_repairs_in_every_state(application):
    stages = {row[0] for row in rows(application, "select distinct stage from repair_ticket")}
    classes = rows(application, "select distinct repair_class from repair_order")
    with application.reading() as session:
        tasks = queries.open_tasks(TaskFilter(limit=100), session).rows
    overdue = [task for task in tasks if task.is_overdue(application.clock.now())]

    assert {"submitted", "dispatched", "scheduled", "quoted", "on_hold", "project"} <= stages
    assert {"closed", "cancelled", "merged", "self_repair", "done_reported"} <= stages
    assert {row[0] for row in classes} == {"B1", "B2", "C2"}
    assert 3 <= len(overdue) < len(tasks) / 2


def test_one_lift_stands_still_for_three_reporters_who_were_told_twice(application):
    with application.reading() as session:
        (outage,) = incidents.incidents_in(frozenset({"city"}), session=session)

    assert outage.is_open
    assert len(outage.reports) == 3
    assert [each.kind for each in outage.news] == ["opened", "progress"]
    assert outage.news[-1].told == 3


def test_a_tap_costs_more_since_the_first_of_march(application):
    with application.reading() as session:
        tap = [
            prices.item("TAP", on, session=session).now.unit_price_twd
            for on in (date(2026, 2, 28), date(2026, 3, 1))
        ]

    assert tap == [1200, 1280]


def test_a_change_of_the_repair_process_is_being_drafted(application):
    with application.reading() as session:
        (draft,) = drafts.drafts(drafts.DraftFilter(), session=session).rows
        before = drafts.base_files(draft, session=session)
        after = drafts.files(draft.id, session=session)

    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"repair_class.dmn"}
    table = after["repair_class.dmn"]
    assert table.count(b"<text>7</text>") > before["repair_class.dmn"].count(b"<text>7</text>")
    assert b"<text>5</text>" not in table


def test_a_colleague_is_away_and_his_deputy_sees_what_he_left(application):
    with application.reading() as session:
        now = application.clock.now()
        (away,) = deputies.running(session, now)
        left = deputies.tasks_stood_in_for(session, away.deputies[0].person_id, now)

    assert away.person_name == "紀外勤"
    assert len(left) == 2
    assert rows(application, "select count(*) from user_task where follow_up_at is not null")[0][0]


def test_the_history_holds_no_incident_and_no_unsent_notice(application):
    assert rows(application, "select count(*) from incident") == [(0,)]
    assert rows(application, "select count(*) from outbox where sent_at is null") == [(0,)]


def test_no_reminder_came_at_night(application):
    statement = "select delivered_at from delivered_message where body like '%即將到期%'"
    hours = {
        datetime.fromisoformat(row[0]).replace(tzinfo=UTC).astimezone(TAIPEI).hour
        for row in rows(application, statement)
    }

    assert hours
    assert min(hours) >= 7
    assert max(hours) < 22


def test_loading_tells_its_progress_sixty_times(made):
    assert made[1] == city.STEPS == 60


def test_every_role_of_the_demo_city_can_sign_in(application):
    outcomes = [
        people.sign_in(
            each.login,
            PASSWORD,
            client=Client(address="127.0.0.1"),
            database=application.database,
            clock=application.system_clock,
        )
        for each in ACCOUNTS
    ]

    assert len(outcomes) == len(ACCOUNTS) >= 16
    assert all(outcome.is_accepted for outcome in outcomes)


def test_a_neighbour_cannot_sign_in_with_the_public_password(application):
    outcome = people.sign_in(
        "neighbour01",
        PASSWORD,
        client=Client(address="127.0.0.1"),
        database=application.database,
        clock=application.system_clock,
    )

    assert outcome.kind == "wrong"


def test_a_city_is_not_loaded_over_another(application):
    assert city.is_loaded(application)
    with pytest.raises(CityNotEmpty):
        city.load(application)


@pytest.mark.slow
def test_the_city_is_the_same_each_time(application, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    make_city(folder)
    twin = build(folder)
    again = contents(twin)
    twin.dispose()

    assert again == contents(application)


def test_the_clock_stands_at_the_first_morning_and_runs_with_the_real_one(application):
    assert application.clock.now() == START

    application.system_clock.advance(timedelta(hours=2))

    assert application.clock.now() == START + timedelta(hours=2)


def test_a_day_forward_every_deadline_on_the_way_fires_at_its_own_instant(application):
    number = number_of(application, key_of("last_call"))
    before = rows(application, "select max(id) from history")[0][0]

    advanced = city_clock.advance(application, timedelta(days=1))

    fired = rows(
        application,
        "select at, element_id from history where id > :id and kind = 'timer_fired' order by id",
        id=before,
    )
    instants = [row[0] for row in rows(application, "select at from history where id > 0")]
    assert advanced.now == application.clock.now() == START + timedelta(days=1)
    assert advanced.fired > 5
    assert ("2026-03-02 15:59:59.000000", "last_call_late") in fired
    assert open_elements(application, number) == {"substitute"}
    assert all(earlier <= later for earlier, later in pairwise(instants))


def test_what_was_fired_on_the_way_does_not_fire_again(application):
    city_clock.advance(application, timedelta(days=3))
    with application.unit_of_work() as session:
        due = application.engine.due_jobs(session, application.clock.now(), 100)

    assert due == ()


def test_a_sweep_at_the_same_time_fires_nothing_twice(application):
    period = timedelta(days=2)
    ahead = application.on_clock(FrozenClock(application.clock.now() + period))
    before = rows(application, "select max(id) from history")[0][0]

    with ThreadPoolExecutor(2) as pool:
        moving = pool.submit(city_clock.advance, application, period)
        sweeping = pool.submit(Sweep(ahead, owner="other", allows=lambda: True).run)
        fired = moving.result().fired + sweeping.result()
    Sweep(application, owner="late", allows=lambda: True).run()

    done = rows(
        application,
        "select instance_id, kind, element_id, details from history where id > :id"
        " and kind in ('timer_fired', 'reminder_sent', 'escalated')",
        id=before,
    )
    assert len(done) == len(set(done)) > 5
    assert fired > 5
    assert rows(application, "select count(*) from incident") == [(0,)]
    assert application.clock.now() == START + period


def test_the_next_deadline_is_the_end_of_the_first_task_that_is_not_overdue_yet(application):
    with application.reading() as session:
        tasks = queries.open_tasks(TaskFilter(limit=100), session).rows
    next_due = min(task.due_at for task in tasks if task.due_at > application.clock.now())

    advanced = city_clock.advance_to_next_deadline(application)

    assert advanced.now == next_due + timedelta(seconds=1)


def test_another_process_sees_the_moved_clock(application, tmp_path):
    city_clock.advance(application, timedelta(hours=1))
    other = build(tmp_path)
    other.refresh_clock()

    assert other.clock.now() == application.clock.now()
    other.dispose()


@pytest.mark.parametrize("period", [timedelta(), timedelta(hours=-1), timedelta(days=61)])
def test_the_clock_moves_forward_and_not_too_far(application, period):
    with pytest.raises(ClockOnlyMovesForward):
        city_clock.advance(application, period)


def test_the_clock_of_an_office_cannot_be_moved(tmp_path):
    office = build(tmp_path, is_demo=False)
    office.migrate()
    with pytest.raises(NotInDemoMode):
        city_clock.advance(office, timedelta(hours=1))
    office.dispose()


def test_without_any_case_there_is_no_deadline_ahead(tmp_path):
    empty = build(tmp_path)
    empty.migrate()
    with pytest.raises(NoDeadlineAhead):
        city_clock.advance_to_next_deadline(empty)
    with empty.reading() as session:
        assert demo_clock.read_offset(session=session) == timedelta()
    empty.dispose()


def test_residents_were_told_about_their_repairs(application):
    with application.reading() as session:
        account_id = session.execute(text("select id from account where login = 'resident1'"))
        mine = MailboxFilter(recipient=str(account_id.scalar()), channel="mail")
        assert count_delivered(mine, session=session) > 20


def test_pictures_are_the_same_each_time_and_show_what_was_repaired():
    broken = pictures.draw("water", variant=3)

    assert broken == pictures.draw("water", variant=3)
    assert broken != pictures.draw("water", variant=3, is_repaired=True)
    assert Image.open(BytesIO(broken)).format == "JPEG"


@given(st.integers(), st.integers(min_value=0, max_value=1000), st.text())
def test_what_looks_random_is_derived_and_within_its_bounds(low, width, key):
    derived = chance.between(low, low + width, key)

    assert low <= derived <= low + width
    assert derived == chance.between(low, low + width, key)


@pytest.mark.parametrize("login", ["resident1", "repair1", "manager1", "officer1"])
@given(minutes=st.integers(min_value=0, max_value=14 * 24 * 60))
def test_nobody_works_at_night_and_the_office_not_at_weekends(login, minutes):
    wanted = START + timedelta(minutes=minutes)

    instant = at_work(wanted, login, "any").astimezone(TAIPEI)

    assert wanted <= instant < wanted + timedelta(days=3)
    assert 8 <= instant.hour < 22
    assert login == "resident1" or instant.weekday() != 6
    assert login != "officer1" or instant.weekday() < 5
