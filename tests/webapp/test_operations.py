"""The operations page, health and metrics: how administrators and machines see the house run."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from engine import workers
from engine.db import metadata
from engine.outbox import NewMessage, add, give_up, take
from engine.types import CITY, SYSTEM
from engine.workers import Worker
from housing import bootstrap, settings
from webapp.factory import create_app

DIAGRAMS = Path(__file__).parents[1] / "engine" / "diagrams"
TOKEN = "prometheus-of-the-city"  # noqa: S105  # of this test


@pytest.fixture
def house(house):
    """A house in which nothing waits: no process begins by itself."""
    with house.unit_of_work() as session:
        session.execute(metadata.tables["job"].delete())
    return house


@pytest.fixture
def admin(visitor, house):  # what waits is cleared before anybody looks
    visitor.sign_in("admin1")
    return visitor


def start(house, number: int = 1, *, due_in: timedelta = timedelta(days=7)) -> list[str]:
    """Start cases with one deadline each."""
    with house.unit_of_work() as session:
        bare = (DIAGRAMS / "deadline.bpmn").read_bytes().replace(b' anju:ladder="default"', b"")
        files = {"deadline.bpmn": bare}
        house.engine.deploy(files, by=SYSTEM, session=session)
        return [
            house.engine.start(
                "deadline",
                {"due_at": house.clock.now() + due_in},
                business_key=f"D-{each}",
                scope=CITY,
                by=SYSTEM,
                session=session,
            ).instance_id
            for each in range(number)
        ]


def fail_due_jobs(house) -> None:
    """Let every due job fail until it is an incident."""
    for _ in range(3):
        with house.unit_of_work() as session:
            for job in house.engine.due_jobs(session, house.clock.now() + timedelta(days=9), 100):
                reason = "the printer is on fire"
                house.engine.record_failure(job.id, reason, session=session)


def beat(house, *, name: str = "web:1", clock_jump: float | None = None) -> None:
    now = house.system_clock.now()
    seen = Worker(
        name=name,
        host="web",
        pid=1,
        started_at=now,
        last_seen_at=now,
        last_tick_at=now,
        fired=41,
        failed=2,
        buckets=(1, 0, 40, *[0] * 9),
        seconds=0.25,
        clock_jump=clock_jump,
    )
    with house.unit_of_work() as session:
        workers.beat(seen, session.connection())


def give_up_a_message(house) -> None:
    message = NewMessage(
        idem="dead:1", channel="mail", recipient="1", payload={"subject": "修繕期限將屆"}
    )
    with house.unit_of_work() as session:
        connection, now = session.connection(), house.clock.now()
        add([message], now, connection)
        (taken,) = take(now, 10, connection)
        give_up(taken, "mailbox does not exist", now, connection)


def test_a_house_without_workers_says_so(admin):
    assert "最近一分鐘內沒有任何背景程序運作" in admin.open("/operations").text


def test_workers_are_listed_with_what_they_did_and_when_they_are_gone(admin, house, clock):
    beat(house)

    page = admin.open("/operations").text
    assert "背景程序（1）" in page
    assert '<td class="number">41</td>' in page
    assert "運作中" in page

    clock.advance(timedelta(seconds=61))
    page = admin.open("/operations").text
    assert "背景程序（0）" in page
    assert "已停止" in page


def test_a_worker_whose_clock_jumped_raises_the_alarm(admin, house):
    beat(house, clock_jump=7200.0)

    page = admin.open("/operations").text

    assert "web:1 的系統時鐘偏差 7200 秒" in page
    assert "時鐘異常" in page


def test_what_is_due_next_leads_to_its_case(admin, house):
    start(house, 2)

    page = admin.open("/operations").text

    assert 'href="/cases/D-0/cockpit"' in page
    assert "沒有等候中的工作" not in page


def test_all_waiting_jobs_are_listed_page_by_page(admin, house):
    start(house, 25)

    first, second = (admin.open(f"/operations/jobs?page={page}").text for page in (1, 2))

    assert "等候中的工作（25）" in first
    keys = [set(re.findall(r"/cases/(D-\d+)", each)) for each in (first, second)]
    assert [len(each) for each in keys] == [20, 5]
    assert not keys[0] & keys[1]


def test_a_page_that_does_not_exist_shows_an_empty_list_and_no_error(admin):
    for page in ("0", "-3", "99999", "x"):
        assert admin.open(f"/operations/jobs?page={page}").status_code == 200
        assert admin.open(f"/operations?page={page}&messages={page}").status_code == 200


def test_a_late_queue_is_told_in_words(admin, house, clock):
    start(house, due_in=timedelta())
    clock.advance(timedelta(hours=3))

    assert "<strong>3 小時</strong>" in admin.open("/operations").text


def test_all_incidents_of_a_kind_are_tried_again_after_a_preview(admin, house):
    start(house, 3)
    fail_due_jobs(house)
    page = admin.open("/operations").text
    assert "異常（3）" in page
    (address,) = re.findall(r'href="(/operations/incidents\?[^"]+)"', page)

    preview = admin.open(address.replace("&amp;", "&")).text
    assert "全部重新執行（3）" in preview
    assert "the printer is on fire" in preview
    refused = admin.send("/operations/incidents", process="deadline", element="late").text
    assert "請先勾選確認" in refused
    done = admin.send(
        "/operations/incidents", process="deadline", element=element_of(address), confirmed="yes"
    ).text

    assert "3 個步驟將立即重新執行" in done
    assert "異常（0）" in done


def element_of(address: str) -> str:
    return address.partition("element=")[2]


def test_a_suspended_case_keeps_its_incident(admin, house):
    ids = start(house, 2)
    fail_due_jobs(house)
    with house.unit_of_work() as session:
        house.engine.suspend(ids[0], reason="court", by=SYSTEM, session=session)
    page = admin.open("/operations").text
    (address,) = re.findall(r'href="(/operations/incidents\?[^"]+)"', page)

    done = admin.send(
        "/operations/incidents", process="deadline", element=element_of(address), confirmed="yes"
    ).text

    assert "1 個步驟將立即重新執行" in done
    assert "異常（1）" in done


def test_a_message_given_up_is_sent_again(admin, house):
    give_up_a_message(house)
    page = admin.open("/operations").text
    assert "修繕期限將屆" in page
    assert "mailbox does not exist" in page
    (address,) = re.findall(r'action="(/operations/messages/\d+/retry)"', page)

    assert "放棄投遞的訊息（0）" in admin.send(address).text
    assert admin.send(address).status_code == 404


def test_the_page_refreshes_itself_unless_told_not_to(admin):
    assert 'hx-trigger="every 10s"' in admin.open("/operations").text
    assert "hx-trigger" not in admin.open("/operations?refresh=off").text


@pytest.fixture
def away(tmp_path, clock):
    """The browser of a house whose database cannot be reached."""
    given = {
        "ANJU_VAR": str(tmp_path / "away"),
        "ANJU_DATABASE_URL": "postgresql+psycopg://127.0.0.1:1/nothing?connect_timeout=2",
    }
    return create_app(bootstrap.build(settings.load(given), clock=clock)).test_client()


def test_health_asks_nothing_of_the_database(away):
    assert away.get("/healthz").json == {"status": "ok"}


@pytest.fixture
def migrated(tmp_path, clock):
    """A house whose tables were made by its migrations."""
    given = {"ANJU_VAR": str(tmp_path / "m"), "ANJU_METRICS_TOKEN": TOKEN}
    application = bootstrap.build(settings.load(given), clock=clock)
    application.migrate()
    yield application
    application.dispose()


@pytest.fixture
def machine(migrated):
    return create_app(migrated).test_client()


def test_a_migrated_house_is_ready(machine):
    answer = machine.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "reasons": []}


def test_a_house_with_an_old_schema_is_not_ready(visitor):
    answer = visitor.open("/readyz")

    assert answer.status_code == 503
    assert answer.json["reasons"] == ["the schema is not the newest: run anju migrate"]


def test_a_house_whose_database_is_away_is_not_ready(away):
    answer = away.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["reasons"] == ["the database cannot be reached"]


def test_due_jobs_without_a_worker_make_a_house_unready_until_one_is_seen(machine, migrated, clock):
    start(migrated, due_in=timedelta())
    assert machine.get("/readyz").status_code == 200

    clock.advance(timedelta(minutes=2))
    answer = machine.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == ["jobs are due and no worker was seen lately"]

    beat(migrated)
    assert machine.get("/readyz").status_code == 200


def test_metrics_tell_queue_and_workers_to_this_machine(machine, migrated, clock):
    start(migrated, 3, due_in=timedelta())
    clock.advance(timedelta(seconds=90))
    beat(migrated)
    machine.get("/healthz")

    text = machine.get("/metrics").text

    for line in (
        "anju_jobs_pending 3.0",
        "anju_jobs_due 3.0",
        "anju_scheduler_lag_seconds 90.0",
        "anju_workers 1.0",
        'anju_jobs_fired_total{worker="web:1"} 41.0',
        'anju_jobs_failed_total{worker="web:1"} 2.0',
        'anju_job_seconds_bucket{le="0.001",worker="web:1"} 1.0',
        'anju_job_seconds_bucket{le="+Inf",worker="web:1"} 41.0',
        'anju_job_seconds_sum{worker="web:1"} 0.25',
    ):
        assert line in text.splitlines()
    assert re.search(r'anju_request_seconds_count\{process="[^"]+",route="health.show"\} 1.0', text)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 401),
        ("10.0.0.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("10.0.0.7", {"Authorization": "Bearer something else"}, 401),
        ("10.0.0.7", {"Authorization": "Bearer "}, 401),
    ],
)
def test_metrics_are_for_this_machine_or_who_sends_the_token(machine, address, headers, status):
    answer = machine.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status


def test_without_a_token_in_the_settings_no_token_opens_the_metrics(app):
    answer = app.test_client().get(
        "/metrics",
        headers={"Authorization": "Bearer "},
        environ_base={"REMOTE_ADDR": "10.0.0.7"},
    )

    assert answer.status_code == 401
