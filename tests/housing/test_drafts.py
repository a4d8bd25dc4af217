"""The life of a draft, up to the version in service; software updates; what merges."""

from datetime import timedelta
from operator import attrgetter

import pytest

from engine import definition_queries
from engine.db import metadata
from engine.deployments import content_hash
from engine.errors import RoleNotHeld
from engine.types import SYSTEM, Actor
from housing import bootstrap, packages, settings, texts
from housing.drafts import queries, service
from housing.drafts.errors import (
    DraftConflict,
    DraftFaulty,
    DraftNotInState,
    DraftOutdated,
    DraftReasonMissing,
    DraftUnchanged,
    FourEyes,
    GoLivePast,
)
from housing.notices import queries as notices
from housing.people import service as people
from housing.people.service import NewAccount
from housing.records.forms import form_in_service
from housing.scenario_runs import service as scenario_runs
from housing.scenario_runs.errors import ScenariosNotRun
from housing.scenario_runs.rules import Report

ROLLING, PACKAGE = "app.rolling", "application_rolling"
DIAGRAM = "application_rolling.bpmn"
REPORT = "forms/application_rolling/draft.json"
NOTHING_FAILS = Report(outcomes=(), unwalked_flows=(), unreached_ends=(), flow_count=0, end_count=0)
ROLES = {
    "drafter": ("process_supervisor",),
    "second": ("process_supervisor", "process_approver"),
    "approver": ("process_approver",),
}


class Office:
    """Supervisors and approvers at work on an installed house."""

    def __init__(self, application):
        self.application = application
        self.people = {}
        with application.unit_of_work() as session:
            for login, roles in ROLES.items():
                groups = frozenset((role, "city") for role in roles)
                new = NewAccount(
                    login=login,
                    name=login,
                    password="long enough " * 2,
                    memberships=tuple(groups),
                )
                account = people.open_account(new, session=session, clock=application.clock)
                self.people[login] = Actor(id=str(account), name=login, groups=groups)

    def act(self, verb, *values, by="drafter", give=lambda result: result, **named):
        """Call a verb of the service in a transaction of its own; `give` reads its result."""
        with self.application.unit_of_work() as session:
            clock = self.application.clock
            return give(verb(*values, by=self.people[by], session=session, clock=clock, **named))

    def begin(self, by="drafter", **named):
        """Begin a draft of the rolling process; gives its id."""
        return self.act(
            service.begin, ROLLING, title="輪候改名", by=by, give=attrgetter("id"), **named
        )

    def change(self, draft_id, name=DIAGRAM, old="輪候", new="候位", by="drafter"):
        """Replace words in a file of a draft."""
        file = self.read(queries.file, draft_id, name)
        content = file.content.replace(old.encode(), new.encode())
        assert content != file.content
        return self.act(service.save_file, draft_id, name, content, revision=file.revision, by=by)

    def submit(self, draft_id, reason):
        """Submit a draft whose scenarios were run and all passed."""
        digest = content_hash(self.read(queries.files, draft_id))
        run_id = self.act(scenario_runs.order, draft_id, digest, title="情境")
        with self.application.unit_of_work() as session:
            clock = self.application.clock
            scenario_runs.keep(run_id, digest, NOTHING_FAILS, session=session, clock=clock)
        self.act(service.submit, draft_id, reason)

    def approve(self, draft_id, by="approver", go_live_at=None, reason="可行"):
        """Approve a draft."""
        engine = self.application.engine
        return self.act(service.approve, draft_id, reason, go_live_at, by=by, engine=engine)

    def put(self, draft_id):
        """Submit a draft and have it approved at once."""
        self.submit(draft_id, "法規修正")
        return self.approve(draft_id)

    def read(self, query, *values):
        """Ask a query."""
        with self.application.reading() as session:
            return query(*values, session=session)

    def draft(self, draft_id):
        """Read a draft."""
        return self.read(queries.draft, draft_id)

    def told(self, login):
        """List the subjects of what somebody was told, oldest first, each once."""
        with self.application.reading() as session:
            found = notices.notices_of(self.people[login].id, session=session)
        return [each.subject for each in reversed(found)]

    def newest(self):
        """Read the version of the rolling process in service."""
        with self.application.reading() as session:
            return definition_queries.definition(ROLLING, None, session)


@pytest.fixture
def office(tmp_path, clock):
    application = bootstrap.build(settings.load({"ANJU_VAR": str(tmp_path)}), clock=clock)
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with application.unit_of_work() as session:
        application.engine.deploy(packages.resources(PACKAGE), by=SYSTEM, session=session)
    yield Office(application)
    application.dispose()


def test_nothing_changes_in_the_service_before_approval(office):
    before = office.newest()
    draft_id = office.begin()
    office.change(draft_id)
    office.submit(draft_id, "法規修正")
    submitted = office.newest()
    deployed = office.approve(draft_id)

    assert before == submitted
    assert deployed.version == before.version + 1
    assert office.newest() == deployed
    assert office.draft(draft_id).state == "in_service"


def test_every_act_is_a_line_of_the_history_and_autosaves_are_one(office):
    draft_id = office.begin()
    office.change(draft_id)
    office.change(draft_id, old="候位", new="候補位")
    office.change(draft_id, name=REPORT, old="案名", new="招租案名稱", by="second")
    office.submit(draft_id, "法規修正")
    office.act(service.send_back, draft_id, "請補說明", by="approver")
    office.submit(draft_id, "已補說明")
    office.approve(draft_id)

    lines = [(each.kind, each.by_name) for each in office.read(queries.events, draft_id)]
    assert lines[::-1] == [
        ("began", "drafter"),
        ("edited", "drafter"),
        ("edited", "second"),
        ("submitted", "drafter"),
        ("sent_back", "approver"),
        ("submitted", "drafter"),
        ("approved", "approver"),
        ("in_service", ""),
    ]


def test_whoever_had_a_hand_in_a_draft_cannot_approve_it(office):
    draft_id = office.begin()
    office.change(draft_id, by="second")
    office.submit(draft_id, "法規修正")

    with pytest.raises(FourEyes):
        office.approve(draft_id, by="second")
    with pytest.raises(RoleNotHeld):
        office.approve(draft_id, by="drafter")
    with pytest.raises(RoleNotHeld):
        office.begin(by="approver")


def test_approvers_are_told_of_a_submission_and_authors_of_what_became_of_it(office, clock):
    draft_id = office.begin()
    office.change(draft_id, by="second")
    office.submit(draft_id, "法規修正")
    assert office.told("approver") == ["流程修訂待核定：輪候改名"]
    assert office.told("second") == [], "who had a hand in it may not approve it"

    clock.advance(timedelta(minutes=1))
    office.act(service.send_back, draft_id, "請補充理由", by="approver")
    clock.advance(timedelta(minutes=1))
    office.put(draft_id)

    assert office.told("second") == ["流程修訂已退回：輪候改名", "流程修訂已核定：輪候改名"]
    assert office.told("drafter") == office.told("second")
    assert office.told("approver") == ["流程修訂待核定：輪候改名"] * 2


def test_who_wrote_the_parent_of_a_branch_cannot_approve_the_branch(office):
    parent = office.begin(by="second")
    office.change(parent, by="second")
    mine = packages.resources(PACKAGE)[DIAGRAM].replace("輪候".encode(), "等候".encode())
    branch = office.act(
        service.branch, parent, {DIAGRAM: mine}, title="我的版本", give=attrgetter("id")
    )
    office.submit(branch, "另案")

    with pytest.raises(FourEyes):
        office.approve(branch, by="second")
    assert office.read(queries.file, branch, DIAGRAM).content == mine


def test_a_file_saved_by_somebody_else_meanwhile_is_not_written_over(office):
    draft_id = office.begin()
    office.change(draft_id, by="second")

    with pytest.raises(DraftConflict) as refused:
        office.act(service.save_file, draft_id, DIAGRAM, b"<a/>", revision=1)
    with pytest.raises(DraftConflict):
        office.act(service.save_file, draft_id, DIAGRAM, b"<a/>", revision=None)

    assert refused.value.edited_by_name == "second"
    assert refused.value.revision == 2


def test_a_file_removed_and_saved_anew_does_not_take_an_old_revision(office):
    draft_id, name = office.begin(), "en.json"
    content = office.read(queries.file, draft_id, name).content
    office.act(service.remove_file, draft_id, name, revision=1)
    again = office.act(
        service.save_file, draft_id, name, content, revision=None, give=attrgetter("revision")
    )

    assert again == 3
    with pytest.raises(DraftConflict):
        office.act(service.save_file, draft_id, name, content + b" ", revision=1)


def test_only_an_open_draft_is_edited(office):
    draft_id = office.begin()
    office.change(draft_id)
    office.submit(draft_id, "法規修正")

    with pytest.raises(DraftNotInState):
        office.change(draft_id, old="候位", new="等候")
    office.act(service.withdraw, draft_id)
    with pytest.raises(DraftNotInState):
        office.approve(draft_id)


def test_a_submission_needs_a_reason_a_change_and_no_error(office):
    draft_id = office.begin()
    with pytest.raises(DraftReasonMissing):
        office.act(service.submit, draft_id, "  ")
    with pytest.raises(DraftUnchanged):
        office.act(service.submit, draft_id, "法規修正")
    office.change(draft_id, old='camunda:topic="', new='camunda:topic="no.')

    with pytest.raises(DraftFaulty):
        office.act(service.submit, draft_id, "法規修正")


def test_a_submission_needs_its_scenarios_to_be_run(office):
    draft_id = office.begin()
    office.change(draft_id)

    with pytest.raises(ScenariosNotRun):
        office.act(service.submit, draft_id, "法規修正")


def test_a_draft_approved_for_a_day_goes_into_service_on_it_and_once(office, clock):
    draft_id, before = office.begin(), office.newest()
    office.change(draft_id)
    office.submit(draft_id, "法規修正")
    with pytest.raises(GoLivePast):
        office.approve(draft_id, go_live_at=clock.now())
    office.approve(draft_id, go_live_at=clock.now() + timedelta(days=2))
    runs = [office.application.put_drafts_in_service()]
    clock.advance(timedelta(days=3))
    runs += [office.application.put_drafts_in_service() for _ in range(2)]

    assert runs == [0, 1, 0]
    assert office.newest().version == before.version + 1


def test_an_outdated_draft_is_brought_up_to_date_file_by_file(office):
    first, second = office.begin(), office.begin()
    office.change(first)
    office.change(second, old="公告", new="發布")
    office.change(second, name=REPORT, old="案名", new="招租案名稱")
    office.put(first)

    assert office.draft(second).is_outdated
    with pytest.raises(DraftOutdated):
        office.act(service.submit, second, "法規修正")
    renewed, redo = office.act(
        service.bring_up_to_date, second, give=lambda found: (found[0].id, found[1])
    )

    files = office.read(queries.files, renewed)
    assert redo == (DIAGRAM,)
    assert "候位".encode() in files[DIAGRAM]
    assert "招租案名稱".encode() in files[REPORT]
    assert office.draft(renewed).base_version == 2


def test_an_approved_draft_that_became_outdated_is_open_again_on_its_day(office, clock):
    late, early = office.begin(), office.begin()
    for draft_id, new in ((late, "候位"), (early, "緩期")):
        office.change(draft_id, new=new)
        office.submit(draft_id, "法規修正")
    office.approve(late, go_live_at=clock.now() + timedelta(days=1))
    office.approve(early)
    clock.advance(timedelta(days=2))

    assert office.application.put_drafts_in_service() == 0
    assert office.draft(late).state == "open"
    assert not office.draft(late).is_returned
    assert office.read(queries.events, late)[0].detail == {"why": "outdated"}


def test_an_older_version_comes_back_as_a_draft_like_any_other(office):
    changed = office.begin()
    office.change(changed)
    office.put(changed)
    restoring = office.begin(version=1)
    deployed = office.put(restoring)

    assert deployed.version == 3
    with office.application.reading() as session:
        files = definition_queries.resources(deployed.id, session)
    assert files == packages.resources(PACKAGE)


def test_a_form_that_opens_cases_is_the_one_of_the_version_in_service(office):
    draft_id = office.begin()
    office.change(draft_id, name=REPORT, old="案名", new="招租案名稱")
    before = office.read(form_in_service_text)
    office.put(draft_id)

    assert "招租案名稱" not in before
    assert "招租案名稱" in office.read(form_in_service_text)


def form_in_service_text(*, session):
    """Write the form that opens a call as it is in service."""
    return str(form_in_service("application_rolling/draft", session=session))


def test_the_english_of_a_text_is_the_one_of_the_version_in_service(office):
    text, words = next(iter(texts.read(packages.resources(PACKAGE)["en.json"]).items()))
    draft_id = office.begin()
    office.change(draft_id, name="en.json", old=words, new="Entirely new words")
    before = office.read(texts.english)[text]
    office.put(draft_id)

    assert before == words
    assert office.read(texts.english)[text] == "Entirely new words"


def test_an_update_of_the_software_never_overwrites_what_supervisors_made(office, monkeypatch):
    mine = office.begin()
    office.change(mine)
    in_service = office.put(mine)
    newer = dict(packages.resources(PACKAGE))
    newer[DIAGRAM] = newer[DIAGRAM].replace("公告".encode(), "發布".encode())
    newer[REPORT] = newer[REPORT].replace("案名".encode(), "招租案名稱".encode())
    monkeypatch.setattr(packages, "resources", lambda _package: newer)
    monkeypatch.setattr("bpmn.catalogue.packages", lambda: (PACKAGE,))

    office.application.deploy_packages()
    office.application.deploy_packages()

    with office.application.reading() as session:
        (proposal,) = queries.drafts(queries.DraftFilter(states=("open",)), session=session).rows
        (began,) = queries.events(proposal.id, session=session)
        files = queries.files(proposal.id, session=session)
    assert office.newest() == in_service
    assert began.detail["redo"] == [DIAGRAM]
    assert began.detail["taken"] == [REPORT]
    assert "候位".encode() in files[DIAGRAM]
    assert "招租案名稱".encode() in files[REPORT]


def test_an_update_of_the_software_is_deployed_where_nobody_changed_the_process(
    office, monkeypatch
):
    newer = dict(packages.resources(PACKAGE))
    newer[DIAGRAM] = newer[DIAGRAM].replace("公告".encode(), "發布".encode())
    older = packages.resources(PACKAGE)
    monkeypatch.setattr("bpmn.catalogue.packages", lambda: (PACKAGE,))
    for files in (newer, older):
        monkeypatch.setattr(packages, "resources", lambda _package, files=files: files)
        office.application.deploy_packages()

    assert office.newest().version == 2
