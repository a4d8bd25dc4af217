"""What is stored comes back; what is not ours is not read."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import StateNotReadable
from engine.spiff.definition import compile_process
from engine.spiff.execution import Execution
from engine.spiff.values import check_variables
from feel.values import YearMonthDuration

VALUES = {
    "null": None,
    "yes": True,
    "whole": 3,
    "large": 2**80,
    "number": Decimal("12.50"),
    "text": "修繕 😀",
    "day": date(2026, 3, 2),
    "time": time(8, 30),
    "zoned_time": time(8, 30, tzinfo=ZoneInfo("Asia/Taipei")),
    "instant": datetime(2026, 3, 2, 1, tzinfo=UTC),
    "local": datetime(2026, 3, 2, 1, tzinfo=ZoneInfo("Asia/Taipei")),
    "naive": datetime(2026, 3, 2, 1, tzinfo=UTC).replace(tzinfo=None),
    "duration": timedelta(days=-1, microseconds=5),
    "months": YearMonthDuration(14),
    "nested": {"list": [1, [Decimal(2)], {"at": date(2026, 1, 1)}]},
    "typename": {"typename": "timedelta", "days": 3},
}
NOBODY = SimpleNamespace(days=SimpleNamespace(computed={}))
"""A host for instances in which nothing runs."""

SMALLEST = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
    b'<startEvent id="s"/></process></definitions>'
)
EVERYTHING = """
start s
parallel g
user user due=P1D in.x=1
boundary timer on=user timer=P2D
boundary cycle on=user cycle=R3/PT10H interrupting=false
boundary message on=user message=m interrupting=false
boundary error on=user error=E
boundary signal on=user signal=s
boundary escalation on=user escalation=X
boundary conditional on=user condition=false
service service topic=wait in.x==1
rule rule decision=d
script script do="n = 1"
task task
manual manual
receive receive message=r
send send topic=wait
sub sub {
user inner
}
user many each="items as item" collect="results from result"
user loop while=false
events events
catch catch timer=PT1H
catch other message=o
exclusive exclusive
inclusive inclusive
throw throw signal=t
parallel join
end e
a1: s -> g
a2: g -> user
a3: g -> service
a4: g -> rule
a5: rule -> script
a6: script -> task
a7: task -> manual
a8: manual -> receive
a9: g -> send
b1: g -> sub
b2: g -> many
b3: g -> loop
b4: g -> events
b5: events -> catch
b6: events -> other
b7: g -> exclusive
b8: exclusive -> inclusive
b9: inclusive -> throw
c1: throw -> join
c2: user -> join
c3: join -> e
"""


def snapshot(execution):
    return (
        execution.user_tasks(),
        execution.timers(),
        execution.messages(),
        execution.services(),
        execution.active_elements(),
        execution.variables(),
        execution.is_ended,
    )


def restored(execution, definition, host):
    return Execution.load(definition, execution.dump(), host)


def test_every_kind_of_value_survives(define, host):
    definition = define("start s\nuser a\nf1: s -> a")
    before = Execution.start(definition, VALUES, host)

    after = restored(before, definition, host).variables()

    assert after == {**VALUES, "large": Decimal(2**80)}
    assert {k: type(v) for k, v in after.items()} == {
        k: type(v) for k, v in before.variables().items()
    }
    assert after["local"].tzinfo == ZoneInfo("Asia/Taipei")
    assert str(after["number"]) == "12.50"


def test_floats_become_decimals_at_the_door():
    assert check_variables({"x": 0.1, "y": [1.5], "z": (1, 2)}) == {
        "x": Decimal("0.1"),
        "y": [Decimal("1.5")],
        "z": [1, 2],
    }


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.dates()
    | st.timedeltas(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8")).filter(lambda k: k[:1] != "$"), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(value=json_like)
def test_any_storable_value_survives(value):
    definition = compile_process(SMALLEST, definition_ref="p")
    execution = Execution.start(definition, {"x": value}, NOBODY)
    assert Execution.load(definition, execution.dump(), NOBODY).variables() == execution.variables()


def test_every_kind_of_task_survives(define, host):
    host.operations["wait"] = None
    host.decisions["d"] = {"fee": 1}
    definition = define(EVERYTHING)
    execution = Execution.start(definition, {"items": ["x", "y"]}, host)
    before = snapshot(execution)
    assert len(before[0]) == 5
    assert len(before[1]) == 3

    again = restored(execution, definition, host)

    assert snapshot(again) == before
    assert again.dump() == execution.dump()
    for task in again.user_tasks():
        again = restored(again, definition, host)
        again.complete(task.token_id, {"result": 1})
    assert "join" not in again.active_elements()
    assert again.variables()["results"] == [1, 1]


def test_the_specs_are_not_changed_by_running(define, host):
    host.operations["wait"] = None
    host.decisions["d"] = {"fee": 1}
    definition = define(EVERYTHING)
    before = {
        (scope, name): (spec.ways[:], list(spec._outputs), list(spec._inputs), set(vars(spec)))
        for scope, process in definition.specs.items()
        for name, spec in process.task_specs.items()
    }
    for _ in range(2):
        execution = Execution.start(definition, {"items": ["x"]}, host)
        for timer in execution.timers():
            if timer.element_id == "cycle":
                execution.fire_timer(timer.token_id)
        execution.cancel()
    after = {
        (scope, name): (spec.ways[:], list(spec._outputs), list(spec._inputs), set(vars(spec)))
        for scope, process in definition.specs.items()
        for name, spec in process.task_specs.items()
    }
    assert after == before


@pytest.mark.parametrize("blob", [b"", b"\x00", b"\x01", b"\x01junk", b"\x02rest"])
def test_a_damaged_state_is_not_read(define, host, blob):
    with pytest.raises(StateNotReadable):
        Execution.load(define("start s\nf1: s -> a\nuser a"), blob, host)


def test_a_state_of_another_definition_is_not_read(define, host, bpmn):
    text = "start s\nuser a\nf1: s -> a"
    blob = Execution.start(define(text), {}, host).dump()
    other = compile_process(bpmn(text), definition_ref="p:2")
    with pytest.raises(StateNotReadable, match="p:1"):
        Execution.load(other, blob, host)


def test_the_state_does_not_grow_with_the_history(define, host):
    definition = define(
        "start s\nexclusive m\nuser a\nuser b\nf1: s -> m\nf2: m -> a\nf3: a -> b\nf4: b -> m"
    )
    execution, sizes = Execution.start(definition, {"x": "y"}, host), []
    for _ in range(50):
        execution.complete(execution.user_tasks()[0].token_id, {})
        execution = restored(execution, definition, host)
        sizes.append(len(execution._top.tasks))
    assert max(sizes) <= 4
