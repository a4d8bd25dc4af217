"""Event sub-processes, compensation and transactions do what BPMN says."""

import pytest

from engine.errors import DeploymentRefused
from engine.spiff.definition import compile_process
from engine.spiff.execution import Execution

UNDOABLE = """
    user a
    boundary ba on=a compensate=*
    user ua undo=true
    <association id="x1" sourceRef="ba" targetRef="ua"/>
    user b
    boundary bb on=b compensate=*
    user ub undo=true
    <association id="x2" sourceRef="bb" targetRef="ub"/>
    """


def open_tasks(run):
    return sorted(task.element_id for task in run.user_tasks())


def complete(run, element_id):
    (token,) = [t.token_id for t in run.user_tasks() if t.element_id == element_id]
    run.complete(token, {})


def with_handler(trigger, *, stops="true"):
    return f"""
        start s
        user a
        end e
        f1: s -> a
        f2: a -> e
        sub h byevent=true {{
        start hs {trigger} stops={stops}
        user u
        g1: hs -> u
        }}
        """


def test_an_interrupting_message_stops_the_process_and_an_open_listener_keeps_nothing(start):
    run = start(with_handler("message=m"))
    run.deliver(run.messages()[0].token_id, {"x": 1})
    assert (open_tasks(run), run.messages(), run.variables()) == (["u"], [], {"x": 1})
    complete(run, "u")
    assert run.is_ended

    run = start(with_handler("message=m"))
    complete(run, "a")
    assert run.is_ended
    assert run.messages() == []


def test_a_handler_that_does_not_interrupt_runs_beside_and_again(start):
    run = start(with_handler("signal=m", stops="false"))
    run.deliver(run.messages()[0].token_id, {})
    run.deliver(run.messages()[0].token_id, {})
    assert open_tasks(run) == ["a", "u", "u"]


def test_a_timer_starts_its_handler_and_a_cycle_ends(start):
    run = start(with_handler("cycle=R2/PT1H", stops="false"))
    run.fire_timer(run.timers()[0].token_id)
    run.fire_timer(run.timers()[0].token_id)
    assert run.timers() == []
    assert open_tasks(run) == ["a", "u", "u"]


def test_a_condition_starts_its_handler_when_it_becomes_true(start):
    run = start(with_handler('condition="n > 1"'), n=1)
    assert open_tasks(run) == ["a"]
    run = start(with_handler('condition="n > 1"'), n=2)
    assert open_tasks(run) == ["u"]


def test_an_error_goes_to_the_nearest_handler_and_never_to_the_one_that_threw_it(start):
    run = start(
        """
        start s
        sub p1 {
        start s2
        end e2 error=E
        f1: s2 -> e2
        sub h1 byevent=true {
        start hs1 error=E
        user u1
        end e1 error=E
        g1: hs1 -> u1
        g2: u1 -> e1
        }
        }
        f2: s -> p1
        sub h2 byevent=true {
        start hs2 error=*
        user u2
        g3: hs2 -> u2
        }
        """
    )
    assert open_tasks(run) == ["u1"]
    complete(run, "u1")
    assert open_tasks(run) == ["u2"]
    assert run.uncaught() == []


def test_compensation_undoes_in_reverse_order_and_only_what_was_completed(start):
    run = start(
        UNDOABLE
        + """
        start s
        user c
        boundary bc on=c compensate=*
        user uc undo=true
        <association id="x3" sourceRef="uc" targetRef="bc"/>
        user d
        throw t compensate=*
        user last
        f1: s -> a
        f2: a -> b
        f3: b -> d
        f4: d -> t
        f5: t -> last
        f6: last -> c
        """
    )
    for element_id in ("a", "b", "d"):
        complete(run, element_id)
    assert open_tasks(run) == ["ub"]
    complete(run, "ub")
    assert open_tasks(run) == ["ua"]
    complete(run, "ua")
    assert open_tasks(run) == ["last"]


def test_a_completed_sub_process_is_undone_inside_also_after_a_restore(define, host):
    definition = define(
        f"""
        start s
        sub p1 {{
        start s2
        {UNDOABLE}
        f1: s2 -> a
        f2: a -> b
        }}
        end e compensate=p1
        f3: s -> p1
        f4: p1 -> e
        """
    )
    run = Execution.start(definition, {}, host)
    seen = []
    while not run.is_ended:
        (element_id,) = open_tasks(run)
        seen.append(element_id)
        complete(run, element_id)
        run = Execution.load(definition, run.dump(), host)
    assert seen == ["a", "b", "ub", "ua"]


def test_cancelling_a_transaction_undoes_it_and_leaves_by_the_cancel_event(start):
    run = start(
        f"""
        start s
        transaction p1 {{
        start s2
        {UNDOABLE}
        parallel g
        user never
        end e2 cancel=*
        f1: s2 -> a
        f2: a -> g
        f3: g -> b
        f4: g -> never
        f5: b -> e2
        </transaction>
        boundary c on=p1 cancel=*
        user after
        user normal
        f6: s -> p1
        f7: c -> after
        f8: p1 -> normal
        """
    )
    complete(run, "a")
    complete(run, "b")
    assert open_tasks(run) == ["ub"]
    complete(run, "ub")
    complete(run, "ua")
    assert open_tasks(run) == ["after"]


def test_an_event_may_refer_to_a_definition_of_the_file(bpmn, host):
    text = (
        bpmn("start s\nuser a\nboundary t on=a\nuser b\nf1: s -> a\nf2: t -> b")
        .replace(
            b"<process ",
            b'<timerEventDefinition id="d"><timeDuration>PT1H</timeDuration>'
            b"</timerEventDefinition><process ",
        )
        .replace(
            b"</boundaryEvent>",
            b"<eventDefinitionRef>d</eventDefinitionRef></boundaryEvent>",
        )
    )
    run = Execution.start(compile_process(text, definition_ref="p:1"), {}, host)
    run.fire_timer(run.timers()[0].token_id)
    assert open_tasks(run) == ["b"]


@pytest.mark.parametrize(
    ("lines", "element"),
    [
        ("sub h byevent=true {\nstart hs message=m\n}\nx: a -> h", "h"),
        ("sub h byevent=true {\nstart hs message=m\nstart hs2 message=n\n}", "h"),
        ("sub h byevent=true {\nstart hs\n}", "hs"),
        ("sub h byevent=true {\nstart hs error=E stops=false\n}", "hs"),
        ("task u undo=true\nx: a -> u", "u"),
        ("boundary b on=a compensate=*", "b"),
        ("throw t compensate=nothing\nx: a -> t", "t"),
        ("end c cancel=*\nx: a -> c", "c"),
        ("boundary b on=a cancel=*\nend c\nx: b -> c", "b"),
    ],
)
def test_a_wrong_use_is_refused(define, lines, element):
    with pytest.raises(DeploymentRefused) as refusal:
        define(f"start s\nuser a\nf1: s -> a\n{lines}")
    assert element in [problem.element_id for problem in refusal.value.problems]
