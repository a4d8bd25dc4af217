"""Scenarios of a draft: what they show, recorded anew after an intended change, asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from engine.clock import Clock
from engine.db import metadata
from engine.deployments import content_hash
from engine.types import Actor
from housing import background_kinds, bootstrap, scenario_edits, scenarios, settings
from housing.background.errors import BackgroundTaskStopped
from housing.bootstrap import Application
from housing.demo import world
from housing.drafts import queries, service
from housing.drafts.errors import DraftReasonMissing
from housing.people import queries as people
from housing.scenario_edits import Editing
from housing.scenario_runs import service as runs
from housing.scenario_runs.errors import ScenariosFailed, ScenariosNotRun, ScenariosStillRunning
from housing.scenario_runs.views import RunState, scenario_state
from tests import garden

STRANGE = {"now": "2026-03-02T09:00+08:00", "also": ["../up"]}

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A database with the demo city's people, founded once."""
    folder = tmp_path_factory.mktemp("city")
    application = bootstrap.build(settings.load({"ANJU_VAR": str(folder), "ANJU_DEMO": "1"}))
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        world.found(vault=application.vault, session=session, clock=application.clock)
    yield application
    application.dispose()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A supervisor with an open draft of the garden process."""

    application: Application
    draft_id: str
    by: Actor
    clock: Clock

    def edit(self, act: Callable[[Editing], int]) -> int:
        """Edit its scenarios in a unit of work of their own."""
        with self.application.unit_of_work() as session:
            given = Editing(draft_id=self.draft_id, by=self.by, session=session, clock=self.clock)
            return act(given)

    def save(self, name: str, content: bytes) -> None:
        """Save a file of the draft."""
        with self.application.unit_of_work() as session:
            service.save_file(
                self.draft_id,
                name,
                content,
                revision=queries.file(self.draft_id, name, session=session).revision,
                by=self.by,
                session=session,
                clock=self.clock,
            )

    @property
    def digest(self) -> str:
        """The content of the draft as it stands."""
        with self.application.reading() as session:
            return content_hash(queries.files(self.draft_id, session=session))

    def order(self) -> None:
        """Order a run of its scenarios."""
        with self.application.unit_of_work() as session:
            runs.order(
                self.draft_id,
                self.digest,
                title="情境",
                by=self.by,
                session=session,
                clock=self.clock,
            )

    def stop(self) -> None:
        """Stop the run."""
        with self.application.unit_of_work() as session:
            runs.stop(self.draft_id, session=session, clock=self.clock)

    def run(self) -> RunState:
        """Run its scenarios and tell how they went."""
        self.order()
        while background_kinds.run_next(self.application):
            pass
        return self.state

    @property
    def state(self) -> RunState:
        """How it stands with its scenarios."""
        with self.application.reading() as session:
            return scenario_state(self.digest, session=session)

    def ensure_fit(self) -> None:
        """Ask as handing in asks."""
        with self.application.reading() as session:
            runs.ensure_fit(
                content_hash(queries.files(self.draft_id, session=session)), session=session
            )


@pytest.fixture
def desk(template, clock) -> Desk:
    """A new draft of the garden process."""
    with template.unit_of_work() as session:
        by = people.account_by_login("supervisor1", session=session).actor
        draft = service.open_draft(
            garden.files(),
            title="菜園",
            based_on=None,
            detail={},
            by=by,
            session=session,
            clock=clock,
        )
        return Desk(application=template, draft_id=draft.id, by=by, clock=clock)


def test_scenarios_that_hold_vouch_for_their_content_and_no_other(desk):
    state = desk.run()

    assert state.is_fit
    assert state.report.count("passed") == 2
    assert [each.id for each in state.report.unreached_ends] == ["refused"]
    desk.ensure_fit()
    desk.save("garden.bpmn", garden.files(8)["garden.bpmn"])
    with pytest.raises(ScenariosNotRun):
        desk.ensure_fit()


def test_an_intended_change_is_adopted_and_the_scenario_passes_again(desk):
    desk.save("garden.bpmn", garden.files(5)["garden.bpmn"])
    failed = desk.run().report.outcome("granted")

    (difference,) = failed.differences
    assert (difference.key, difference.name) == ("due", "look")
    assert difference.expected == "2026-03-05T23:59:59+08:00"
    assert difference.actual == "2026-03-07T23:59:59+08:00"
    assert desk.edit(lambda editing: scenario_edits.adopt([failed], editing)) == 1
    assert desk.run().is_fit


def test_a_failing_scenario_keeps_the_draft_back_until_it_is_set_aside_with_a_reason(desk):
    desk.save("garden.bpmn", garden.files(4)["garden.bpmn"])
    desk.order()
    with pytest.raises(ScenariosStillRunning):
        desk.ensure_fit()
    desk.run()
    with pytest.raises(ScenariosFailed):
        desk.ensure_fit()
    with pytest.raises(DraftReasonMissing):
        desk.edit(lambda editing: scenario_edits.set_aside(["granted"], "  ", editing))

    desk.edit(lambda editing: scenario_edits.set_aside(["granted"], "期限另案調整", editing))

    state = desk.run()
    assert state.is_fit
    assert state.report.outcome("granted").reason == "期限另案調整"
    assert desk.edit(lambda editing: scenario_edits.take_up(["granted"], editing)) == 1
    assert not desk.run().is_fit


def test_an_act_that_cannot_be_played_says_at_which_step_and_why(desk):
    gone = garden.files()["garden.bpmn"].replace(b'id="look"', b'id="check"')
    desk.save("garden.bpmn", gone.replace(b'Ref="look"', b'Ref="check"'))

    failed = desk.run().report.outcome("granted")

    assert failed.obstacle.error == "ScenarioTaskNotOpen"
    assert (failed.obstacle.act.step, failed.obstacle.act.subject) == (1, "look")
    assert failed.obstacle.fields == {"element": "look", "reason": "check"}
    assert not failed.can_adopt


def test_a_run_that_is_stopped_vouches_for_nothing(desk):
    desk.save("garden.bpmn", garden.files(9)["garden.bpmn"])
    desk.order()

    desk.stop()

    assert desk.state.kind == "missing"
    assert desk.state.work.state == "stopped"


def test_progress_can_stop_a_run_between_two_scenarios():
    told = []

    def progress(done: int, total: int, title: str) -> None:
        told.append((done, total, title))
        if done:
            raise BackgroundTaskStopped

    with pytest.raises(BackgroundTaskStopped):
        scenarios.play(scenarios.programme_of("garden.request", garden.files()), progress)

    assert told == [(0, 2, "菜園合適，予以核給。"), (1, 2, "十日未審，申請失效。")]


def test_a_scenario_that_cannot_be_read_fails_and_the_others_are_played():
    strange = json.dumps({**garden.SCENARIOS["granted"], "given": STRANGE}).encode()
    files = {**garden.files(), "scenarios/odd.json": b"{}", "scenarios/strange.json": strange}

    report = scenarios.play(scenarios.programme_of("garden.request", files))

    assert (report.passed, report.failed) == (2, 2)
    assert "there is no package ../up" in report.results[-1].failure


def test_a_shipped_scenario_is_replaced_by_that_of_the_draft():
    mine = json.dumps({"title": "我的", "given": {}, "steps": []}).encode()

    found = scenarios.programme_of("lease_renewal", {"scenarios/renewed.json": mine}).scenarios

    assert [each["title"] for each in found if each["id"] == "renewed"] == ["我的"]
    assert len(found) > 1
