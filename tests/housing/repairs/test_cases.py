import pytest

from engine import queries as engine_queries
from engine.errors import TaskAlreadyEnded, TaskNotYours
from housing.cases import queries
from housing.cases.errors import CaseNotYours
from housing.cases.service import Completion, submit_task
from housing.files.errors import FileNotYours
from housing.files.service import files_of
from housing.records.service import discard_draft, save_draft
from housing.repairs.errors import DuplicateOfItself, QuoteSumDiffers

TRIAGED = {
    "is_duplicate": False,
    "broken": True,
    "simple": False,
    "human_cause": False,
    "in_warranty": True,
    "in_table": True,
    "finding": "墊片老化，不外傳",
}


def viewed_by(house, login, instance_id):
    with house.application.reading() as session:
        case = engine_queries.instance(instance_id, session)
        return queries.viewer_of(house.actor(login), case, session=session)


def timeline_of(house, login, instance_id):
    viewer = viewed_by(house, login, instance_id)
    with house.application.reading() as session:
        return queries.timeline(instance_id, viewer, session=session)


def test_a_completed_form_is_kept_whole_and_only_variables_enter_the_process(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    with house.application.reading() as session:
        kept = queries.submissions_of(reported.instance_id, session=session)
        variables = house.application.engine.variables(reported.instance_id, session)
    assert [form.form_key for form in kept] == ["repair/report", "repair/triage"]
    assert kept[1].values["finding"] == "墊片老化，不外傳"
    assert variables["broken"] is True
    assert "finding" not in variables


def test_photos_of_a_form_belong_to_the_case_from_then_on(house):
    reported = house.report()
    photo = house.photo("manager1")
    house.complete(reported.instance_id, "triage", "manager1", {**TRIAGED, "photos": [photo]})

    with house.application.reading() as session:
        files = files_of(reported.instance_id, session=session)
    assert photo in [file.id for file in files]
    assert len(files) == 2


def test_a_photo_of_somebody_else_is_refused_and_nothing_is_kept(house):
    reported = house.report()
    theirs = house.photo("resident2")

    with pytest.raises(FileNotYours):
        house.complete(reported.instance_id, "triage", "manager1", {**TRIAGED, "photos": [theirs]})
    assert set(house.open_tasks(reported.instance_id)) == {"triage"}
    with house.application.reading() as session:
        assert len(queries.submissions_of(reported.instance_id, session=session)) == 1


def test_the_second_of_two_people_hears_that_the_task_is_done(house):
    reported = house.report()
    task = house.open_tasks(reported.instance_id)["triage"]
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    with pytest.raises(TaskAlreadyEnded), house.application.unit_of_work() as session:
        submit_task(
            Completion(task_id=task.id, values=TRIAGED),
            by=house.actor("manager1"),
            engine=house.application.engine,
            session=session,
            clock=house.clock,
        )


@pytest.mark.parametrize("login", ["resident1", "manager2", "warranty1", "chief1"])
def test_a_task_of_another_group_or_community_is_refused(house, login):
    reported = house.report()

    with pytest.raises(TaskNotYours):
        house.complete(reported.instance_id, "triage", login, TRIAGED)


def test_a_draft_is_kept_until_the_form_is_handed_in(house):
    reported = house.report()
    task = house.open_tasks(reported.instance_id)["triage"]
    manager = house.actor("manager1")
    with house.application.unit_of_work() as session:
        save_draft(task.id, {"finding": "寫到一半"}, by=manager, session=session, clock=house.clock)
        save_draft(task.id, {"finding": "快寫完了"}, by=manager, session=session, clock=house.clock)
    with house.application.reading() as session:
        draft = queries.draft_of(task.id, by=manager, session=session)
        of_others = queries.draft_of(task.id, by=house.actor("manager2"), session=session)
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    with house.application.reading() as session:
        after = queries.draft_of(task.id, by=manager, session=session)

    assert draft is not None
    assert draft.values == {"finding": "快寫完了"}
    assert of_others is None
    assert after is None


def test_throwing_a_draft_away_twice_is_no_error(house):
    manager = house.actor("manager1")
    with house.application.unit_of_work() as session:
        save_draft("start:repair.ticket", {}, by=manager, session=session, clock=house.clock)
        for _ in range(2):
            discard_draft("start:repair.ticket", by=manager, session=session)
        assert queries.draft_of("start:repair.ticket", by=manager, session=session) is None


@pytest.mark.parametrize(
    ("login", "relation"),
    [
        ("resident1", "reporter"),
        ("manager1", "staff"),
        ("lead1", "staff"),
        ("officer1", "staff"),
        ("chief1", "staff"),
        ("supervisor1", "staff"),
        ("warranty1", "contractor"),
    ],
)
def test_parties_and_staff_may_open_a_case(house, login, relation):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    assert viewed_by(house, login, reported.instance_id).relation == relation


@pytest.mark.parametrize("login", ["resident2", "manager2", "repair1"])
def test_everybody_else_may_not(house, login):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    with pytest.raises(CaseNotYours):
        viewed_by(house, login, reported.instance_id)


def test_a_contractor_sees_a_case_only_once_he_has_an_order(house):
    reported = house.report()

    with pytest.raises(CaseNotYours):
        viewed_by(house, "warranty1", reported.instance_id)


def test_the_timeline_of_staff_tells_forms_with_who_did_what(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)

    entries = timeline_of(house, "officer1", reported.instance_id)
    triaged = [e for e in entries if e.kind == "task_completed"]
    assert [(e.element_id, e.actor_name) for e in triaged] == [("triage", "張守成")]
    assert triaged[0].form is not None
    assert triaged[0].form.values["finding"] == "墊片老化，不外傳"
    assert [e.at for e in entries] == sorted(e.at for e in entries)


def test_a_resident_does_not_see_what_concerns_the_office_alone(house):
    reported = house.report()
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    cannot = {
        "work_outcome": "cannot",
        "failure_reason": "refuses",
        "cannot_note": "非本公司保固範圍",
    }
    house.complete(reported.instance_id, "b1_visit", "warranty1", {"visit_at": house.clock.now()})
    house.complete(reported.instance_id, "b1_repair", "warranty1", cannot)
    decided = {"failure_reason": "refuses", "explanation": "內部意見"}
    house.complete(reported.instance_id, "decide_failure", "officer1", decided)

    seen = str(timeline_of(house, "resident1", reported.instance_id))
    by_staff = str(timeline_of(house, "chief1", reported.instance_id))
    assert "內部意見" not in seen
    assert "內部意見" in by_staff
    assert "service_done" not in seen


def test_the_list_beside_the_picture_says_where_the_case_stands(house):
    reported = house.report()
    with house.application.reading() as session:
        before = {s.element.id: s.status for s in _steps(reported.instance_id, session)}
    house.complete(reported.instance_id, "triage", "manager1", TRIAGED)
    with house.application.reading() as session:
        steps = {s.element.id: s for s in _steps(reported.instance_id, session)}

    assert before["triage"] == "now"
    assert before["confirm"] == "future"
    assert before["b1_late"] == "future"
    assert steps["triage"].status == "done"
    assert steps["triage"].who == "張守成"
    assert steps["b1_visit"].status == "now"
    assert steps["b1_visit"].due_at is not None
    assert steps["b1_work"].status == "now"
    assert steps["b1_late"].status == "now"
    assert steps["c1_memo"].status == "future"


def test_in_an_ended_case_nothing_is_ahead(house):
    reported = house.report()
    house.close(reported.instance_id)

    with house.application.reading() as session:
        statuses = {s.element.id: s.status for s in _steps(reported.instance_id, session)}
    assert set(statuses.values()) == {"done", "skipped"}
    assert statuses["accept"] == "done"
    assert statuses["closed"] == "done"
    assert statuses["b1_work"] == statuses["b1_start"] == "done"
    assert statuses["c1_memo"] == statuses["b2_start"] == "skipped"


def test_a_report_is_not_merged_into_itself_or_another_community(house):
    mine, elsewhere = house.report(), house.report("resident2")
    for number in (mine.number, elsewhere.number):
        with pytest.raises(DuplicateOfItself):
            house.complete(
                mine.instance_id,
                "triage",
                "manager1",
                {"is_duplicate": True, "duplicate_of": number},
            )

    assert set(house.open_tasks(mine.instance_id)) == {"triage"}


def test_a_quote_whose_lines_do_not_add_up_is_refused_before_anything_happens(house):
    reported = house.report()
    outside = {**TRIAGED, "in_warranty": False, "in_table": False}
    house.complete(reported.instance_id, "triage", "manager1", outside)
    lines = [{"item": "水電工資", "quantity": 2, "unit_price": 1500}]

    with pytest.raises(QuoteSumDiffers):
        house.complete(
            reported.instance_id, "quote", "repair1", {"lines": lines, "amount_twd": 2999}
        )
    house.complete(reported.instance_id, "quote", "repair1", {"lines": lines, "amount_twd": 3000})
    assert set(house.open_tasks(reported.instance_id)) == {"sign_off_officer"}


def _steps(instance_id, session):
    return queries.steps_of(instance_id, session=session)
