"""A trial of a draft: step by step in a sandbox on disk, taken back, saved, played again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import DeploymentRefused
from housing import bootstrap, scenarios, settings
from housing.errors import ScenarioEndless, ScenarioTaskNotOpen
from housing.scenario_script import instant
from housing.tryouts import look, sandbox, saving, store
from housing.tryouts.errors import (
    NothingToTakeBack,
    ScenarioNameInvalid,
    ScenarioNameTaken,
    TryoutNotFound,
)
from housing.tryouts.sandbox import Wanted
from tests import garden

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
FIRST = 'id="f1" sourceRef="asked" targetRef="note"/>'
SIXTH = "<bpmn:incoming>f6</bpmn:incoming><bpmn:outgoing>"
START = {"start": {"as": "resident1", "values": {}}}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An application whose folder holds the trials; its own database stays empty."""
    folder = tmp_path_factory.mktemp("var")
    application = bootstrap.build(settings.load({"ANJU_VAR": str(folder), "ANJU_DEMO": "1"}))
    yield application
    application.dispose()


def wanted(files, example="granted", account="1"):
    """Ask for a trial of the garden process that follows a scenario."""
    raw = garden.SCENARIOS.get(example)
    return Wanted(
        draft_id="draft",
        account_id=account,
        package="garden.request",
        files=files,
        now=instant("2026-03-02T09:00+08:00"),
        example=raw,
    )


@pytest.fixture
def place(house):
    """A trial that has just begun."""
    made = sandbox.open_trial(house, wanted(garden.files()))
    yield made
    made.clear()


def test_a_trial_that_was_saved_as_a_scenario_passes_when_it_is_played(place):
    sandbox.act(place, START, NOW)
    sandbox.act(place, {"advance_to": "2026-03-03T09:00:00+08:00"}, NOW)
    sandbox.act(place, {**garden.LOOK, "case": 1}, NOW)

    content = saving.as_scenario(place.read(), "second-day", "次日審查並核給。", {"granted"})

    files = {**garden.files(), "scenarios/second-day.json": content}
    report = scenarios.play(scenarios.programme_of("garden.request", files))
    assert {each.id: each.failure for each in report.results}["second-day"] is None
    assert report.passed == 3
    assert place.read().steps[-1].then["end"] == ["granted"]


def test_a_saved_scenario_fails_when_the_process_does_otherwise(place):
    sandbox.act(place, START, NOW)
    content = saving.as_scenario(place.read(), "due", "審查期限三日。", ())

    files = {**garden.files(5), "scenarios/due.json": content}
    found = scenarios.play(scenarios.programme_of("garden.request", files)).results

    assert [each.has_passed for each in found if each.id == "due"] == [False]


def test_a_refused_act_leaves_nothing_behind_and_a_step_can_be_taken_back(place):
    with pytest.raises(NothingToTakeBack):
        sandbox.take_back(place, NOW)
    assert sandbox.follow(place, 9, NOW) == 2
    with pytest.raises(ScenarioTaskNotOpen):
        sandbox.act(place, garden.LOOK, NOW)
    assert len(place.read().steps) == 2

    sandbox.take_back(place, NOW)

    with sandbox.opened(place) as opened:
        seen = look.look(opened, list(garden.SCENARIOS.values()))
    assert [each.task.element_id for each in seen.tasks] == ["look"]
    assert [each.login for each in seen.tasks[0].actors][:1] == ["officer1"]
    assert [each.status for each in seen.steps if each.element.id == "look"] == ["now"]
    assert seen.trial.script == [garden.LOOK]
    assert seen.next_due_at is not None


def test_a_refusal_that_is_kept_is_expected_by_the_saved_scenario(place):
    sandbox.act(place, START, NOW)
    empty = {"complete": "look", "as": "officer1", "with": {}}
    sandbox.act(place, empty, NOW, keeps_refusal=True)
    sandbox.act(place, garden.LOOK, NOW)

    content = saving.as_scenario(place.read(), "empty", "未填不得送出。", ())

    assert [each.is_refused for each in place.read().steps] == [False, True, False]
    files = {**garden.files(empty={}), "scenarios/empty.json": content}
    (result,) = scenarios.play(scenarios.programme_of("garden.request", files)).results
    assert result.failure is None


def test_steps_further_back_than_the_kept_copies_are_played_again(place, monkeypatch):
    monkeypatch.setattr(sandbox, "KEPT_COPIES", 1)
    sandbox.act(place, START, NOW)
    sandbox.act(place, {"advance": "P1D"}, NOW)
    sandbox.act(place, {"advance": "P1D"}, NOW)
    assert not place.database(1).exists()

    sandbox.take_back(place, NOW)
    sandbox.take_back(place, NOW)

    with sandbox.opened(place) as opened:
        assert opened.now == instant("2026-03-02T09:00+08:00")
        assert len(opened.walk.open_tasks(opened.walk.cases[0])) == 1


def test_the_same_steps_are_done_again_with_the_changed_draft(house, place):
    sandbox.follow(place, 1, NOW)

    assert sandbox.begin_again(house, place, garden.files(5)) is None
    assert place.read().steps[0].then["due"] == {"look": "2026-03-07T23:59:59+08:00"}

    gone = garden.files()["garden.bpmn"].replace(b'"officer"', b'"nobody"')
    sandbox.follow(place, 1, NOW)
    refused = sandbox.begin_again(house, place, {**garden.files(), "garden.bpmn": gone})
    assert refused is not None
    assert len(place.read().steps) == 1


def test_a_timer_that_never_rests_ends_with_a_clear_error(house, monkeypatch):
    monkeypatch.setattr(sandbox, "MOST_JOBS", 20)
    bpmn = garden.files()["garden.bpmn"].replace(
        b'attachedToRef="look">', b'attachedToRef="look" cancelActivity="false">'
    )
    endless = bpmn.replace(b"timeDuration", b"timeCycle").replace(b"P10D", b"R/PT1M")
    made = sandbox.open_trial(
        house, wanted({**garden.files(), "garden.bpmn": endless}, account="2")
    )
    sandbox.act(made, START, NOW)

    with pytest.raises(ScenarioEndless):
        sandbox.act(made, {"advance": "P1D"}, NOW)

    assert len(made.read().steps) == 1
    made.clear()


def test_an_operation_that_fails_is_shown_and_repeated_as_in_service(house):
    bpmn = garden.files()["garden.bpmn"].decode()
    task = """<bpmn:serviceTask id="note" name="登錄" camunda:type="external"
     camunda:topic="repair.set_stage"><bpmn:incoming>f1</bpmn:incoming>
     <bpmn:outgoing>f6</bpmn:outgoing></bpmn:serviceTask>
     <bpmn:sequenceFlow id="f6" sourceRef="note" targetRef="look"/>"""
    bpmn = bpmn.replace('id="f1" sourceRef="asked" targetRef="look"/>', f"{FIRST}{task}")
    bpmn = bpmn.replace("<bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2", f"{SIXTH}f2")
    files = {**garden.files(), "garden.bpmn": bpmn.encode()}
    made = sandbox.open_trial(house, wanted(files, account="4"))
    sandbox.act(made, START, NOW)
    sandbox.act(made, {"advance": "P1D"}, NOW)

    with sandbox.opened(made) as opened:
        seen = look.look(opened, [])

    assert [each.element_id for each in seen.failures] == ["note"]
    assert seen.tasks == ()
    made.clear()


def test_example_values_come_from_a_scenario_or_are_made_up_so_that_the_form_accepts_them(place):
    sandbox.act(place, START, NOW)
    with sandbox.opened(place) as opened:
        task = opened.walk.open_tasks(opened.walk.cases[0])[0]
        known = look.task_page(opened, task.id, list(garden.SCENARIOS.values()))
        made_up = look.task_page(opened, task.id, [])
    assert known.values["fits"] == "yes"
    assert known.actors[0].login == "officer1"

    answers = {**made_up.values}
    sandbox.act(place, {"complete": "look", "as": "officer2", "with": answers}, NOW)

    assert place.read().steps[-1].then["ended"] is True


def test_a_faulty_draft_begins_no_trial(house):
    files = {
        **garden.files(),
        "garden.bpmn": garden.files()["garden.bpmn"].replace(b'Ref="granted"', b'Ref="no"'),
    }

    with pytest.raises(DeploymentRefused):
        sandbox.open_trial(house, wanted(files, account="3"))

    with pytest.raises(TryoutNotFound), sandbox.opened(sandbox.place_of(house, "draft", "3")):
        pass


def test_a_trial_outlives_a_draft_that_became_faulty(house, place):
    sandbox.act(place, START, NOW)

    with pytest.raises(DeploymentRefused):
        sandbox.begin_again(house, place, {**garden.files(), "garden.bpmn": b"<nothing/>"})

    assert len(place.read().steps) == 1


def test_two_pages_work_on_a_trial_one_after_the_other(place):
    with ThreadPoolExecutor(1) as other:
        with place.locked():
            waiting = other.submit(sandbox.act, place, START, NOW)
            assert place.read().steps == []
            assert not waiting.done()
        assert waiting.result(timeout=30).then["open"] == ["look"]


def test_a_trial_is_thrown_away_after_a_day(house, place):
    var, used_at = house.settings.var, datetime.fromisoformat(place.read().used_at)

    assert store.purge(var, used_at + timedelta(hours=23)) == 0
    assert store.purge(var, used_at + timedelta(hours=25)) == 1
    with pytest.raises(TryoutNotFound):
        place.read()


@pytest.mark.parametrize(
    ("name", "error"),
    [("../up", ScenarioNameInvalid), ("A b", ScenarioNameInvalid), ("old", ScenarioNameTaken)],
)
def test_a_scenario_needs_a_name_of_its_own(place, name, error):
    with pytest.raises(error):
        saving.as_scenario(place.read(), name, "說明", {"old"})
