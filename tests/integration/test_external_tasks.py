"""Workers outside use the protocol of Camunda 7 with a client package as it is published."""

import json
import subprocess
import sys
import threading
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
import waitress

from engine import queries
from engine.process_engine import ProcessEngine
from engine.types import SYSTEM
from housing import bootstrap, settings
from housing.notices import service as notices
from tests import serving
from webapp.factory import create_app
from webapp.permissions import PROGRAM, ROLES_BY_ENDPOINT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
DIAGRAM = ROOT / "tests/engine/diagrams/outside.bpmn"
LONG_MS = 60_000


@pytest.fixture
def house(tables_url, tmp_path):
    """A house that has one process, whose only task waits for an outside worker."""
    given = {"ANJU_VAR": str(tmp_path), "ANJU_DATABASE_URL": tables_url}
    built = bootstrap.build(settings.load({**given, "ANJU_SECRET_KEY": "x" * 40}))
    topics = frozenset({"outside.look_up"})
    engine = ProcessEngine(
        operations={}, clock=built.clock, on_rung=notices.on_rung, worker_topics=topics
    )
    application = replace(built, engine=engine)
    with application.unit_of_work() as session:
        resources = {"outside.bpmn": DIAGRAM.read_bytes()}
        application.engine.deploy(resources, by=SYSTEM, session=session)
    yield application
    application.dispose()


@pytest.fixture
def token(house) -> str:
    return house.open_token("tests")


@pytest.fixture
def start(house):
    def begin(amount: int = 41) -> str:
        with house.unit_of_work() as session:
            return house.engine.start(
                "outside",
                {"amount": amount},
                business_key="1",
                scope="city",
                by=SYSTEM,
                session=session,
            ).instance_id

    return begin


@pytest.fixture
def url(house):
    """The house served on a free port."""
    server = waitress.create_server(create_app(house), host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    serving.stop(server, thread)


@pytest.fixture
def worker(url, token):
    """Starts worker processes; reads what they say they do."""
    started = []

    def run(order: str, name: str = "worker-1", lock_ms: int = LONG_MS) -> subprocess.Popen:
        program = str(ROOT / "tests/integration/external_worker.py")
        process = subprocess.Popen(
            [sys.executable, program, url, token, name, str(lock_ms), order],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def wait_until(house):
    """Looks every tenth of a second, for at most a minute."""

    def look(is_so):
        for _ in range(600):
            with house.reading() as session:
                if found := is_so(session):
                    return found
            threading.Event().wait(0.1)
        raise AssertionError("it did not come about in a minute")

    return look


@pytest.fixture
def call(house, token):
    """Sends a request with the token; returns status and JSON."""
    client = create_app(house).test_client()

    def send(path: str, body=None, *, method: str | None = None, **more):
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        method = method or ("GET" if body is None else "POST")
        answer = client.open(
            f"/engine-rest{path}", method=method, json=body, headers=headers, **more
        )
        return answer.status_code, answer.get_json(silent=True)

    return send


def fetch(call, worker_id: str = "w", lock_ms: int = LONG_MS, **topic):
    wanted = [{"topicName": "outside.look_up", "lockDuration": lock_ms, **topic}]
    body = {"workerId": worker_id, "maxTasks": 10, "topics": wanted}
    return call("/external-task/fetchAndLock", body)


def ended(instance_id: str):
    def look(session):
        found = queries.instance(instance_id, session)
        return found.end_event if found.status == "completed" else None

    return look


def test_a_client_completes_a_task_and_hands_typed_values_over(worker, start, wait_until, house):
    worker("complete")
    instance_id = start()

    assert wait_until(ended(instance_id)) == "done"
    with house.reading() as session:
        variables = house.engine.variables(instance_id, session)
        lines = queries.history_of(instance_id, session)
    assert variables == {"amount": 41, "answer": {"found": True}, "total": 42}
    assert {"service_done": "worker:worker-1"}.items() <= {
        line.kind: line.actor_id for line in lines
    }.items()


def test_failures_without_retries_left_become_an_incident_that_can_be_retried(
    worker, start, wait_until, house
):
    instance_id = start()
    failing = worker("fail", lock_ms=2_000)  # a poll of the killed one may lock the task once more

    def opened(session):
        return queries.incidents(session, instance_id=instance_id)

    (incident,) = wait_until(opened)
    assert incident.message == "the register is down\nstack"
    failing.kill()
    with house.reading() as session:
        kinds = [line.kind for line in queries.history_of(instance_id, session)]
    assert kinds.count("service_failed") == 3

    with house.unit_of_work() as session:
        house.engine.retry(incident.id, by=SYSTEM, session=session)
    worker("complete", "worker-2")
    assert wait_until(ended(instance_id)) == "done"


def test_a_bpmn_error_of_a_worker_reaches_the_boundary(worker, start, wait_until, house):
    worker("deny")
    instance_id = start()

    assert wait_until(ended(instance_id)) == "refused"
    with house.reading() as session:
        assert house.engine.variables(instance_id, session)["why"] == "closed"


def test_a_second_worker_takes_over_when_the_lock_of_a_dead_one_ends(worker, start, wait_until):
    instance_id = start()
    dead = worker("hold", "worker-1", 2_000)
    assert dead.stdout.readline() == "hold 41\n"
    dead.kill()

    worker("complete", "worker-2")

    assert wait_until(ended(instance_id)) == "done"


def test_a_locked_task_is_given_to_nobody_else_and_only_its_worker_may_end_it(call, start):
    start()
    _, (task,) = fetch(call, "a")
    assert fetch(call, "b") == (200, [])

    status, refusal = call(f"/external-task/{task['id']}/complete", {"workerId": "b"})
    assert status == 400
    assert set(refusal) == {"type", "message"}
    assert call(f"/external-task/{task['id']}/unlock", {}) == (204, None)
    _, (again,) = fetch(call, "b")
    assert again["id"] == task["id"]
    assert call(f"/external-task/{task['id']}/complete", {"workerId": "b"})[0] == 204
    assert call(f"/external-task/{task['id']}/complete", {"workerId": "b"})[0] == 404


def test_a_worker_gets_the_variables_it_asks_for(call, start):
    start()

    _, (task,) = fetch(call, variables=["amount", "missing"])

    assert task["variables"] == {"amount": {"type": "Integer", "value": 41, "valueInfo": {}}}
    assert (task["topicName"], task["workerId"], task["retries"]) == ("outside.look_up", "w", None)
    assert (task["processDefinitionKey"], task["businessKey"]) == ("outside", "1")


def test_a_lock_can_be_extended_and_tasks_are_listed_and_counted(call, start):
    start()
    start()
    _, tasks = fetch(call, lock_ms=1_000)
    task_id = tasks[0]["id"]

    body = {"workerId": "w", "newDuration": 3_600_000}
    assert call(f"/external-task/{task_id}/extendLock", body)[0] == 204

    _, (listed,) = call(f"/external-task?externalTaskId={task_id}")
    assert listed["lockExpirationTime"] > tasks[0]["lockExpirationTime"]
    assert call("/external-task/count") == (200, {"count": 2})
    assert call("/external-task/count?workerId=nobody") == (200, {"count": 0})
    assert call("/engine") == (200, [{"name": "default"}])
    assert "version" in call("/version")[1]


def test_an_error_that_nobody_catches_becomes_an_incident(call, start, house):
    instance_id = start()
    _, (task,) = fetch(call)

    body = {"workerId": "w", "errorCode": "surprise", "errorMessage": "odd"}
    assert call(f"/external-task/{task['id']}/bpmnError", body)[0] == 204

    with house.reading() as session:
        (incident,) = queries.incidents(session, instance_id=instance_id)
        assert queries.instance(instance_id, session).status == "active"
    assert incident.message == "BPMN error surprise was not caught: odd"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic " + b64encode(b"x:wrong").decode()},
    ],
)
def test_no_route_opens_without_a_token(call, headers):
    for endpoint, roles in ROLES_BY_ENDPOINT.items():
        assert (PROGRAM in roles) == endpoint.startswith(("external_tasks.", "messages."))
    for path, body in [
        ("/engine", None),
        ("/external-task", None),
        ("/external-task/x/unlock", {}),
    ]:
        status, refusal = call(path, body, headers=headers)
        assert (status, set(refusal)) == (401, {"type", "message"})


def test_a_token_may_be_a_basic_password_and_a_revoked_one_is_worthless(call, token, house):
    basic = {"Authorization": "Basic " + b64encode(f"anybody:{token}".encode()).decode()}
    assert call("/engine", headers=basic)[0] == 200

    house.revoke_token("tests")

    assert call("/engine", headers=basic)[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[]",
        "{}",
        json.dumps({"workerId": "w", "maxTasks": -1, "topics": []}),
        json.dumps({"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "a"}]}),
        json.dumps({"workerId": 1, "maxTasks": 1, "topics": [{"topicName": 5}]}),
        json.dumps({"workerId": "w", "maxTasks": True, "topics": "x", "lockDuration": 1e99}),
    ],
)
def test_a_bad_request_is_told_in_json(house, token, body):
    client = create_app(house).test_client()

    answer = client.post(
        "/engine-rest/external-task/fetchAndLock",
        data=body,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 400
    assert set(answer.get_json()) == {"type", "message"}


@pytest.mark.parametrize(
    "variable",
    [
        {"value": "x", "type": "Integer"},
        {"value": "x", "type": "Date"},
        {"value": "{", "type": "Json"},
        {"value": 1, "type": "Bytes"},
        7,
    ],
)
def test_a_variable_that_does_not_fit_its_type_is_refused(call, start, variable):
    start()
    _, (task,) = fetch(call)

    body = {"workerId": "w", "variables": {"answer": variable}}
    status, refusal = call(f"/external-task/{task['id']}/complete", body)

    assert (status, refusal["type"]) == (400, "VariableNotAllowed")


def test_too_large_a_body_is_refused(call):
    status, refusal = call("/external-task/x/complete", {"workerId": "w" * 2_000_000})

    assert (status, refusal["type"]) == (413, "RestException")
