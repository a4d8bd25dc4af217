"""Running cases go over to another version and back; tokens are moved by hand."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine import queries
from engine.errors import InstanceNotActive, LostRace
from engine.migration import Plan
from engine.migration_backups import KEPT_FOR
from engine.spiff.errors import MoveImpossible, TokenNotFound, UndoImpossible
from engine.tables import job, process_instance, user_task
from engine.testing import TESTER

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:anju="https://anju.example.org/schema/1.0">'
    '<message id="stop" name="stop"/><process id="p" name="P" isExecutable="true">'
)
TAIL = "</process></definitions>"


def user(element_id, more=""):
    group = 'camunda:candidateGroups="officer"'
    return f'<userTask id="{element_id}" name="{element_id}" {group} {more}/>'


def timer(element_id, on, duration):
    return (
        f'<boundaryEvent id="{element_id}" attachedToRef="{on}" cancelActivity="false">'
        f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
        f'</boundaryEvent><endEvent id="{element_id}_end"/>'
        + flows((element_id, f"{element_id}_end"))
    )


def flows(*pairs):
    return "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
    )


def bpmn(*parts):
    return {"p.bpmn": (HEAD + "".join(parts) + TAIL).encode()}


START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
B = user("b", 'camunda:dueDate="P4D" anju:ladder="default"')
OLD = bpmn(
    *(START, user("a"), B, timer("t", "b", "P3D"), user("c"), END),
    flows(("s", "a"), ("a", "b"), ("b", "c"), ("c", "e")),
)
REMOVED = bpmn(START, user("a"), user("c"), END, flows(("s", "a"), ("a", "c"), ("c", "e")))
INSIDE = bpmn(
    *(START, user("a"), '<subProcess id="sp"><startEvent id="ss"/>', B, timer("t", "b", "P3D")),
    *('<endEvent id="se"/>', flows(("ss", "b"), ("b", "se")), "</subProcess>", user("c"), END),
    flows(("s", "a"), ("a", "sp"), ("sp", "c"), ("c", "e")),
)
BOUNDARY = bpmn(
    *(START, user("a"), B, timer("t", "b", "P5D"), timer("t2", "b", "P1D"), user("c"), END),
    flows(("s", "a"), ("a", "b"), ("b", "c"), ("c", "e")),
)
PARALLEL = bpmn(
    *(START, user("a"), '<parallelGateway id="g"/>', B, timer("t", "b", "P3D"), user("d")),
    *('<parallelGateway id="j"/>', user("c"), END),
    flows(("s", "a"), ("a", "g"), ("g", "b"), ("g", "d"), ("b", "j"), ("d", "j"), ("j", "c")),
    flows(("c", "e")),
)


@pytest.fixture
def old(walker):
    return walker.deploy(OLD)


@pytest.fixture
def waiting_at_b(walker, old):
    case = walker.start("p", {"kept": "yes"})
    case.complete("a", {})
    return case


@pytest.fixture
def migrate(walker, engine, database, old):
    """Carries every case of the old version over and fires the jobs; gives the batch's id."""

    def run(resources, mapping=None, restarts=False, ids=None):
        new = walker.deploy(resources)
        plan = Plan(
            source_id=old.id, target_id=new.id, mapping=mapping or {}, restarts_timers=restarts
        )
        with database.unit_of_work() as session:
            chosen = ids or engine.migrations.candidates(old.id, session)
            batch = engine.migrations.start(
                plan, chosen, reason="new law", by=TESTER, session=session
            )
        walker.advance(timedelta())
        return batch

    return run


def read_batch(engine, database, batch_id):
    with database.reading() as session:
        return engine.migrations.batch(batch_id, session)


def tasks_of(database, case):
    with database.reading() as session:
        rows = session.execute(
            select(user_task).where(user_task.c.instance_id == case.id, user_task.c.state == "open")
        ).mappings()
        return {row["element_id"]: dict(row) for row in rows}


def timers_of(database, case):
    with database.reading() as session:
        rows = session.execute(
            select(job.c.element_id, job.c.due_at).where(
                job.c.instance_id == case.id, job.c.kind == "timer", job.c.state == "pending"
            )
        )
        return {row.element_id: row.due_at for row in rows}


def kinds_of(database, case):
    with database.reading() as session:
        return [each.kind for each in queries.history_of(case.id, session)]


def finish(database, case):
    while tasks := tasks_of(database, case):
        case.complete(next(iter(tasks)), {})


@pytest.mark.parametrize(
    ("resources", "mapping", "now_at"),
    [
        (REMOVED, {"b": "c"}, {"c"}),
        (INSIDE, {}, {"b"}),
        (BOUNDARY, {}, {"b"}),
        (PARALLEL, {"b": "g"}, {"b", "d"}),
    ],
    ids=["removed", "into a sub-process", "boundary added", "made parallel"],
)
def test_a_waiting_task_goes_over_with_its_id_claim_and_due_date_and_runs_to_its_end(
    resources, mapping, now_at, waiting_at_b, migrate, engine, database, officer
):
    before = tasks_of(database, waiting_at_b)["b"]
    with database.unit_of_work() as session:
        engine.claim(before["id"], by=officer(), session=session)
    batch = migrate(resources, mapping)

    assert read_batch(engine, database, batch).counts["migrated"] == 1
    tasks = tasks_of(database, waiting_at_b)
    kept = next(each for each in tasks.values() if each["id"] == before["id"])
    assert set(tasks) == now_at
    assert kept["assignee"] == "officer"
    assert (kept["due_at"], kept["original_due_at"]) == (before["due_at"], before["due_at"])
    with database.unit_of_work() as session:
        engine.complete(before["id"], {}, by=officer(), session=session)
    finish(database, waiting_at_b)
    assert waiting_at_b.ended_at("e")


def test_running_timers_keep_their_time_and_new_ones_begin(waiting_at_b, migrate, database, walker):
    due = timers_of(database, waiting_at_b)["t"]
    walker.advance(timedelta(days=1))
    migrate(BOUNDARY)

    now = walker.clock.now()
    assert timers_of(database, waiting_at_b) == {"t": due, "t2": now + timedelta(days=1)}


def test_a_plan_may_restart_the_timers(waiting_at_b, migrate, database, walker):
    walker.advance(timedelta(days=1))
    migrate(BOUNDARY, restarts=True)

    now = walker.clock.now()
    assert timers_of(database, waiting_at_b)["t"] == now + timedelta(days=5)


def test_a_boundary_timer_that_fired_before_does_not_fire_again(
    waiting_at_b, migrate, database, walker
):
    walker.advance(timedelta(days=3, hours=1))
    migrate(BOUNDARY)

    assert set(timers_of(database, waiting_at_b)) == {"t2"}


def test_all_problems_of_a_plan_are_listed(waiting_at_b, walker, engine, database, old):
    new = walker.deploy(bpmn(START, user("a"), END, flows(("s", "a"), ("a", "e"))))
    plan = Plan(source_id=old.id, target_id=new.id, mapping={"x": "a", "a": "y"})
    with database.reading() as session:
        found = engine.migrations.validate(plan, session)

    assert {(each.code, each.element_id) for each in found} == {
        ("unknown_source", "x"),
        ("unknown_target", "a"),
        ("unmapped", "b"),
    }


def test_a_changed_type_cannot_be_kept(waiting_at_b, walker, engine, database, old):
    new = walker.deploy(bpmn(START, '<manualTask id="b"/>', END, flows(("s", "b"), ("b", "e"))))
    plan = Plan(source_id=old.id, target_id=new.id)
    with database.reading() as session:
        found = engine.migrations.validate(plan, session)

    assert [each.code for each in found] == ["type_changed"]


def test_a_rehearsal_tells_where_tokens_would_stand_and_writes_nothing(
    waiting_at_b, walker, engine, database, old
):
    before, states = tasks_of(database, waiting_at_b), _state(database, waiting_at_b)
    new = walker.deploy(BOUNDARY)
    plan = Plan(source_id=old.id, target_id=new.id, restarts_timers=True)
    walker.advance(timedelta(days=1))
    with database.reading() as session:
        (report,) = engine.migrations.rehearse(plan, [waiting_at_b.id], session)

    assert report.is_possible
    assert report.stands_at == ("b", "t", "t2")
    assert report.restarted == ("t", "t2")
    assert tasks_of(database, waiting_at_b) == before
    assert _state(database, waiting_at_b) == states


def _state(database, case):
    with database.reading() as session:
        return session.execute(
            select(process_instance.c.version, process_instance.c.state).where(
                process_instance.c.id == case.id
            )
        ).one()


def test_an_undone_case_is_what_it_was(waiting_at_b, migrate, engine, database, walker):
    before = tasks_of(database, waiting_at_b), timers_of(database, waiting_at_b)
    batch = migrate(PARALLEL, {"b": "g"})
    with database.unit_of_work() as session:
        engine.migrations.undo(batch, waiting_at_b.id, reason="oops", by=TESTER, session=session)

    assert (tasks_of(database, waiting_at_b), timers_of(database, waiting_at_b)) == before
    assert read_batch(engine, database, batch).counts["undone"] == 1
    assert {"migrated", "migration_undone"} <= set(kinds_of(database, waiting_at_b))
    finish(database, waiting_at_b)
    assert waiting_at_b.ended_at("e")


def test_a_case_that_moved_on_is_not_undone(waiting_at_b, migrate, engine, database):
    batch = migrate(PARALLEL, {"b": "g"})
    waiting_at_b.complete("d", {})

    with pytest.raises(UndoImpossible), database.unit_of_work() as session:
        engine.migrations.undo(batch, waiting_at_b.id, reason="", by=TESTER, session=session)


def test_after_thirty_days_nothing_is_kept_for_an_undo(
    waiting_at_b, migrate, engine, database, clock
):
    batch = migrate(BOUNDARY)
    clock.advance(KEPT_FOR + timedelta(hours=1))
    with database.unit_of_work() as session:
        engine.migrations.purge(session)

    with pytest.raises(UndoImpossible), database.unit_of_work() as session:
        engine.migrations.undo(batch, waiting_at_b.id, reason="", by=TESTER, session=session)


def test_two_hundred_cases_go_over_and_two_broken_ones_stop_nobody(
    walker, engine, database, old, migrate
):
    cases = [walker.start("p") for _ in range(200)]
    for case in cases:
        case.complete("a", {})
    with database.unit_of_work() as session:
        session.execute(
            update(process_instance)
            .where(process_instance.c.id.in_([cases[7].id, cases[70].id]))
            .values(state=b"broken")
        )
    batch = read_batch(engine, database, migrate(INSIDE))

    assert batch.counts == {"waiting": 0, "migrated": 198, "failed": 2, "undone": 0}
    assert {i.instance_id for i in batch.items if i.state == "failed"} == {
        cases[7].id,
        cases[70].id,
    }


def calling(more=""):
    called = (
        '<process id="inner" isExecutable="true"><startEvent id="is"/>'
        + user("work")
        + '<endEvent id="ie"/>'
        + flows(("is", "work"), ("work", "ie"))
        + "</process>"
    )
    body = START + '<callActivity id="call" calledElement="inner"/>' + more + END
    way = ("s", "call", "c", "e") if more else ("s", "call", "e")
    ways = flows(*itertools.pairwise(way))
    return {"p.bpmn": (HEAD + body + ways + "</process>" + called + "</definitions>").encode()}


def test_a_called_process_goes_on_where_it_is(walker, engine, database):
    old = walker.deploy(calling())
    case = walker.start("p")
    task = tasks_of(database, case)["work"]
    new = walker.deploy(calling(user("c")))
    plan = Plan(source_id=old.id, target_id=new.id)
    with database.unit_of_work() as session:
        batch = engine.migrations.start(plan, [case.id], reason="r", by=TESTER, session=session)
    walker.advance(timedelta())

    assert [i.reason for i in read_batch(engine, database, batch).items] == [""]
    assert tasks_of(database, case)["work"]["id"] == task["id"]
    case.complete("work", {})
    assert set(tasks_of(database, case)) == {"c"}


def test_a_token_is_moved_with_a_reason(waiting_at_b, engine, database):
    with database.unit_of_work() as session:
        result = engine.move_token(
            waiting_at_b.id, "b", "a", reason="asked again", by=TESTER, session=session
        )

    assert [task.element_id for task in result.open_tasks] == ["a"]
    assert timers_of(database, waiting_at_b) == {}
    with database.reading() as session:
        moved = [h for h in queries.history_of(waiting_at_b.id, session) if h.kind == "token_moved"]
    assert [(h.element_id, h.details["to"], h.details["reason"]) for h in moved] == [
        ("b", "a", "asked again")
    ]


def test_a_token_moved_back_arms_the_boundary_events_of_its_new_place(
    waiting_at_b, engine, database, walker
):
    for source, target in (("b", "c"), ("c", "b")):
        with database.unit_of_work() as session:
            engine.move_token(
                waiting_at_b.id, source, target, reason="r", by=TESTER, session=session
            )

    assert timers_of(database, waiting_at_b) == {"t": walker.clock.now() + timedelta(days=3)}


@pytest.mark.parametrize(("source", "target"), [("a", "b"), ("b", "c")])
def test_tokens_go_into_and_out_of_a_sub_process(source, target, walker, engine, database):
    walker.deploy(INSIDE)
    case = walker.start("p")
    if source == "b":
        case.complete("a", {})
    with database.unit_of_work() as session:
        engine.move_token(case.id, source, target, reason="r", by=TESTER, session=session)

    assert set(tasks_of(database, case)) == {target}
    finish(database, case)
    assert case.ended_at("e")


def test_moving_is_refused_where_it_makes_no_sense(waiting_at_b, engine, database):
    def move(source, target, version=None):
        with database.unit_of_work() as session:
            engine.move_token(
                waiting_at_b.id,
                source,
                target,
                reason="r",
                by=TESTER,
                session=session,
                version=version,
            )

    with pytest.raises(TokenNotFound):
        move("c", "a")
    with pytest.raises(MoveImpossible):
        move("b", "s")
    with pytest.raises(MoveImpossible):
        move("b", "nowhere")
    with pytest.raises(LostRace):
        move("b", "c", version=1)
    finish(database, waiting_at_b)
    with pytest.raises(InstanceNotActive):
        move("b", "c")
