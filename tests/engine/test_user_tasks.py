from datetime import timedelta
from threading import Barrier, Thread

import pytest

from engine import queries
from engine.errors import (
    InstanceNotActive,
    LostRace,
    PriorityInvalid,
    TaskAlreadyClaimed,
    TaskAlreadyEnded,
    TaskNotYours,
)
from engine.types import Actor

pytestmark = pytest.mark.integration


@pytest.fixture
def case(process):
    return process("two_steps").start("two_steps", {"amount": 3})


def test_a_process_walks_from_task_to_task_and_ends(case):
    case.complete("ask", {"answer": "yes"})
    assert case.open_elements() == ["check"]
    assert case.variables()["total"] == 4

    result = case.complete("check")

    assert case.ended_at("done")
    assert result.status == "completed"
    assert result.end_events == ("done",)
    assert result.flows == ("f4",)


def test_history_tells_who_did_what_in_which_step(case, officer):
    case.complete("ask", by=officer("lin"))

    lines = [(each.step, each.kind, each.actor_id) for each in case.history()]

    assert lines == [
        (1, "started", "tester"),
        (1, "task_created", "tester"),
        (2, "task_completed", "lin"),
        (2, "script_done", "lin"),
        (2, "task_created", "lin"),
    ]


def test_the_result_of_a_step_lists_all_open_tasks_also_those_of_before(process):
    case = process("side_by_side").start("side_by_side")

    result = case.complete("left")

    assert [task.element_id for task in result.open_tasks] == ["right"]


def test_one_of_two_who_claim_at_once_gets_the_task(case, officer, engine, database):
    task, barrier, outcomes = case.open_task("ask"), Barrier(2), {}

    def claim(name: str) -> None:
        barrier.wait()
        try:
            with database.unit_of_work() as session:
                engine.claim(task.id, by=officer(name), session=session)
            outcomes[name] = "holds it"
        except TaskAlreadyClaimed as refusal:
            outcomes[name] = refusal.assignee_name

    threads = [Thread(target=claim, args=(name,)) for name in ("lin", "chen")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winner = case.open_task("ask").assignee
    loser = "chen" if winner == "lin" else "lin"
    assert outcomes == {winner: "holds it", loser: winner}


def test_a_claimed_task_is_not_completed_by_a_colleague(case, officer, engine, database):
    task = case.open_task("ask")
    with database.unit_of_work() as session:
        engine.claim(task.id, by=officer("lin"), session=session)

    with pytest.raises(TaskAlreadyClaimed) as refusal:
        case.complete("ask", by=officer("chen"))

    assert refusal.value.assignee_name == "lin"
    assert case.complete("ask", by=officer("lin")).version == 2


def test_a_released_task_is_free_again(case, officer, engine, database):
    task = case.open_task("ask")
    with database.unit_of_work() as session:
        engine.claim(task.id, by=officer("lin"), session=session)
        engine.unclaim(task.id, by=officer("lin"), session=session)

    assert case.open_task("ask").assignee is None
    assert case.history_kinds()[-2:] == ["task_claimed", "task_released"]


def test_completing_an_offered_task_claims_it(case, officer):
    case.complete("ask", by=officer("lin"))

    assert case.user_task("ask").assignee == "lin"


def test_claiming_one_s_own_task_again_is_no_failure(case, officer, engine, database):
    task = case.open_task("ask")
    with database.unit_of_work() as session:
        engine.claim(task.id, by=officer("lin"), session=session)
        again = engine.claim(task.id, by=officer("lin"), session=session)

    assert again.assignee == "lin"


def test_an_assigned_task_belongs_to_the_new_person(case, officer, engine, database):
    task = case.open_task("ask")
    with database.unit_of_work() as session:
        engine.claim(task.id, by=officer("lin"), session=session)
        engine.assign(task.id, "7", "陳", reason="休假", by=officer("chief"), session=session)

    assert case.complete("ask", by=Actor(id="7", name="陳")).version == 2
    assert case.history()[-4].details["reason"] == "休假"


def test_a_stranger_can_neither_claim_nor_complete(case, engine, database):
    stranger = Actor(id="9", name="stranger", groups=frozenset({("finance", "city")}))
    task = case.open_task("ask")

    with pytest.raises(TaskNotYours):
        case.complete("ask", by=stranger)
    with pytest.raises(TaskNotYours), database.unit_of_work() as session:
        engine.claim(task.id, by=stranger, session=session)


def test_a_group_counts_within_its_scope_only(process):
    case = process("two_steps").start("two_steps", {"amount": 1}, scope="community:SW")
    elsewhere = Actor(id="1", name="a", groups=frozenset({("officer", "community:PX")}))
    here = Actor(id="2", name="b", groups=frozenset({("officer", "community:SW")}))

    with pytest.raises(TaskNotYours):
        case.complete("ask", by=elsewhere)

    assert case.complete("ask", by=here).version == 2


def test_completing_twice_names_the_one_who_was_faster(case, officer, engine, database):
    task = case.open_task("ask")
    case.complete("ask", by=officer("lin"))

    with pytest.raises(TaskAlreadyEnded) as refusal, database.unit_of_work() as session:
        engine.complete(task.id, {}, by=officer("chen"), session=session)

    assert refusal.value.completed_by == "lin"


def test_two_who_complete_at_once_make_one_step(case, officer, engine, database):
    task, barrier, outcomes = case.open_task("ask"), Barrier(2), []

    def complete(name: str) -> None:
        barrier.wait()
        try:
            with database.unit_of_work() as session:
                engine.complete(task.id, {}, by=officer(name), session=session)
            outcomes.append("done")
        except (TaskAlreadyEnded, LostRace):
            outcomes.append("refused")

    threads = [Thread(target=complete, args=(name,)) for name in ("lin", "chen")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]
    assert case.history_kinds().count("task_completed") == 1
    assert case.instance().version == 2


def test_a_form_of_an_older_version_is_refused(process, officer, engine, database):
    case = process("side_by_side").start("side_by_side")
    opened = case.open_task("right")
    case.complete("left")

    with pytest.raises(LostRace), database.unit_of_work() as session:
        engine.complete(opened.id, {}, by=officer(), version=opened.version, session=session)


def test_a_suspended_case_takes_nothing_until_it_is_resumed(case, officer, engine, database):
    with database.unit_of_work() as session:
        engine.suspend(case.id, reason="訴願中", by=officer(), session=session)

    with pytest.raises(InstanceNotActive):
        case.complete("ask")
    with database.unit_of_work() as session:
        engine.resume(case.id, reason="訴願終結", by=officer(), session=session)

    case.complete("ask")
    assert case.open_elements() == ["check"]
    assert case.history_kinds()[2:4] == ["suspended", "resumed"]


def test_a_cancelled_case_has_no_open_tasks_and_says_why(case, officer, engine, database):
    with database.unit_of_work() as session:
        engine.cancel(case.id, reason="重複", by=officer(), session=session)

    assert case.instance().status == "cancelled"
    assert case.user_task("ask").state == "cancelled"
    assert case.history()[-1].details["reason"] == "重複"
    with pytest.raises(InstanceNotActive), database.unit_of_work() as session:
        engine.cancel(case.id, reason="again", by=officer(), session=session)


def test_the_inbox_shows_what_is_mine_and_what_my_group_is_offered(
    case, officer, engine, database, clock
):
    me = officer("lin")
    other = case.walker.start("two_steps", {"amount": 1})
    with database.unit_of_work() as session:
        engine.claim(case.open_task("ask").id, by=me, session=session)

    with database.reading() as session:
        counts = queries.task_counts(me, clock.now(), session)
        mine = queries.open_tasks(queries.TaskFilter(assigned_to="lin"), session)
        offered = queries.open_tasks(queries.TaskFilter(offered_to=me), session)
        visible = queries.open_tasks(queries.TaskFilter(visible_to=me, limit=1), session)

    assert (counts.mine, counts.team, counts.overdue) == (1, 1, 0)
    assert [task.instance_id for task in mine.rows] == [case.id]
    assert [task.instance_id for task in offered.rows] == [other.id]
    assert (visible.total, len(visible.rows)) == (2, 1)


def test_a_follow_up_date_and_a_priority_leave_a_line_each_in_the_history(
    case, officer, engine, database, clock
):
    task, monday = case.open_task("ask"), clock.now() + timedelta(days=3)
    with database.unit_of_work() as session:
        engine.set_follow_up(task.id, monday, by=officer(), session=session)
        changed = engine.set_priority(task.id, 90, by=officer(), session=session)

    assert (changed.follow_up_at, changed.priority, changed.due_at) == (monday, 90, task.due_at)
    lines = {line.kind: line.details for line in case.history()}
    assert lines["follow_up_set"]["follow_up"] == monday.isoformat()
    assert (lines["priority_set"]["from"], lines["priority_set"]["to"]) == (task.priority, 90)


@pytest.mark.parametrize("priority", [-1, 101])
def test_a_priority_has_bounds(case, officer, engine, database, priority):
    task = case.open_task("ask")

    with pytest.raises(PriorityInvalid), database.unit_of_work() as session:
        engine.set_priority(task.id, priority, by=officer(), session=session)


def test_only_who_knows_an_open_task_arranges_it(case, officer, engine, database, clock):
    task, stranger = case.open_task("ask"), Actor(id="9", name="9")
    with pytest.raises(TaskNotYours), database.unit_of_work() as session:
        engine.set_follow_up(task.id, clock.now(), by=stranger, session=session)

    case.complete("ask", by=officer("lin"))

    with pytest.raises(TaskAlreadyEnded), database.unit_of_work() as session:
        engine.set_follow_up(task.id, clock.now(), by=officer("lin"), session=session)
