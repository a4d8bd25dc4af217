"""Delegation, and acting on behalf of an absent person."""

import pytest

from engine.errors import (
    DelegateIsOwner,
    TaskAlreadyClaimed,
    TaskDelegated,
    TaskNotDelegated,
    TaskNotYours,
)
from engine.types import Actor

pytestmark = pytest.mark.integration


@pytest.fixture
def case(process):
    return process("two_steps").start("two_steps", {"amount": 3})


@pytest.fixture
def act(engine, database):
    """Does a verb of the engine in a unit of work of its own."""

    def do(verb, *args, **words):
        with database.unit_of_work() as session:
            return getattr(engine, verb)(*args, session=session, **words)

    return do


@pytest.fixture
def task(case, officer, act):
    """A task that Lin holds."""
    return act("claim", case.open_task("ask").id, by=officer("lin"))


@pytest.fixture
def delegated(task, officer, act):
    """The same task, delegated to Chen."""
    return act("delegate", task.id, officer("chen"), reason="請協助查證", by=officer("lin"))


def deputy(name: str, absent: str) -> Actor:
    return Actor(id=name, name=name, groups=frozenset(), on_behalf_of=absent)


def test_a_delegated_task_is_with_the_delegate_and_remembers_its_owner(delegated, case):
    assert (delegated.assignee, delegated.delegation) == ("chen", "pending")
    assert (delegated.delegated_by, delegated.delegated_by_name) == ("lin", "lin")
    line = case.history()[-1]
    assert (line.kind, line.actor_id) == ("task_delegated", "lin")
    assert line.details["reason"] == "請協助查證"


def test_the_delegate_hands_back_and_the_owner_completes(delegated, case, officer, act):
    with pytest.raises(TaskDelegated) as refusal:
        case.complete("ask", by=officer("chen"))
    assert refusal.value.owner_name == "lin"

    returned = act("hand_back", delegated.id, note="已查證", by=officer("chen"))

    assert (returned.assignee, returned.delegation) == ("lin", "returned")
    assert case.complete("ask", by=officer("lin")).version == 2


def test_the_owner_calls_a_delegated_task_back(delegated, case, officer, act):
    with pytest.raises(TaskAlreadyClaimed):
        case.complete("ask", by=officer("lin"))

    act("hand_back", delegated.id, note="", by=officer("lin"))

    assert case.history()[-1].details["called_back"] is True
    assert case.open_task("ask").assignee == "lin"


def test_only_the_holder_delegates_and_a_delegate_cannot_pass_it_on(task, delegated, officer, act):
    with pytest.raises(TaskNotYours):
        act("delegate", task.id, officer("wu"), reason="", by=officer("wang"))
    with pytest.raises(TaskDelegated):
        act("delegate", task.id, officer("wu"), reason="", by=officer("chen"))
    with pytest.raises(TaskDelegated):
        act("unclaim", task.id, by=officer("chen"))
    with pytest.raises(TaskNotYours):
        act("hand_back", task.id, note="", by=officer("wu"))


def test_nobody_delegates_to_himself_and_nothing_is_handed_back_twice(task, officer, act):
    with pytest.raises(DelegateIsOwner):
        act("delegate", task.id, officer("lin"), reason="", by=officer("lin"))
    with pytest.raises(TaskNotDelegated):
        act("hand_back", task.id, note="", by=officer("lin"))


def test_a_task_given_to_somebody_else_is_delegated_no_more(delegated, officer, act):
    moved = act("assign", delegated.id, "7", "陳", reason="改派", by=officer("chief"))

    assert (moved.assignee, moved.delegation, moved.delegated_by) == ("7", "", None)


def test_a_deputy_takes_and_completes_what_the_absent_person_holds(task, case, act):
    claimed = act("claim", task.id, by=deputy("chen", "lin"))
    assert (claimed.assignee, claimed.on_behalf_of) == ("chen", "lin")

    case.complete("ask", by=Actor(id="chen", name="chen"))  # it stays claimed on behalf of Lin

    lines = [each for each in case.history() if each.actor_id == "chen"]
    assert [each.kind for each in lines][:2] == ["task_claimed", "task_completed"]
    assert {each.on_behalf_of for each in lines} == {"lin"}


def test_the_absent_person_takes_back_what_a_deputy_claimed_for_him(task, officer, act):
    act("claim", task.id, by=deputy("chen", "lin"))
    act("claim", task.id, by=deputy("wu", "chen"))  # whose deputy is absent too

    back = act("claim", task.id, by=officer("lin"))

    assert (back.assignee, back.on_behalf_of) == ("lin", None)


def test_acting_for_one_person_opens_nobody_else_s_tasks(task, case, act):
    with pytest.raises(TaskNotYours):
        act("claim", task.id, by=deputy("chen", "wang"))
    with pytest.raises(TaskNotYours):
        case.complete("ask", by=deputy("chen", "wang"))
