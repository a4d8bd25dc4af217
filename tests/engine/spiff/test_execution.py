"""What runs as drawn: tasks, gateways, events, sub-processes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.errors import BusinessError, ExpressionFailed, VariableNotAllowed
from engine.spiff.errors import LoopFailed, StartNotFound, StepTooLong, TokenNotFound
from engine.spiff.execution import Execution

APPROVAL = """
start s
user check group=officer
exclusive ok default=no
service pay topic=finance.pay in.amount==amount*2 in.note=fixed out.receipt==number
end paid
end refused
f1: s -> check
f2: check -> ok
yes: ok -> pay if approved
no: ok -> refused
f3: pay -> paid
"""


def complete(execution, element_id, **values):
    task = next(t for t in execution.user_tasks() if t.element_id == element_id)
    execution.complete(task.token_id, values)


def fire(execution, element_id):
    timer = next(t for t in execution.timers() if t.element_id == element_id)
    execution.fire_timer(timer.token_id)


def deliver(execution, element_id, **payload):
    wait = next(m for m in execution.messages() if m.element_id == element_id)
    execution.deliver(wait.token_id, payload)


def open_tasks(execution):
    return sorted(task.element_id for task in execution.user_tasks())


def ended_at(execution):
    return [end.element_id for end in execution.ends]


def kinds(execution):
    return [event.kind for event in execution.events()]


def test_a_service_task_gets_its_inputs_and_keeps_its_named_outputs_only(start, host):
    host.operations["finance.pay"] = {"number": 17, "secret": "x"}
    execution = start(APPROVAL, amount=21)

    complete(execution, "check", approved=True)

    assert host.calls == [("finance.pay", {"amount": Decimal(42), "note": "fixed"})]
    assert execution.variables() == {"amount": 21, "approved": True, "receipt": 17}
    assert ended_at(execution) == ["paid"]
    assert execution.is_ended


def test_flows_taken_are_those_of_the_step_in_order(start, host):
    execution = start(APPROVAL, amount=1)
    assert execution.flows_taken() == ["f1"]

    complete(execution, "check", approved=False)

    assert execution.flows_taken() == ["f2", "no"]


def test_elements_may_be_called_start_and_end(start):
    execution = start("start Start\nuser End\nend Root\nf1: Start -> End\nf2: End -> Root")

    complete(execution, "End")

    assert ended_at(execution) == ["Root"]


def test_a_condition_that_is_not_boolean_fails(start):
    execution = start(APPROVAL, amount=1)

    with pytest.raises(ExpressionFailed, match="neither true nor false"):
        complete(execution, "check", approved="yes")


def test_an_exclusive_gateway_without_way_out_fails(start):
    with pytest.raises(ExpressionFailed, match="no default flow"):
        start(
            """
            start s
            exclusive g
            end e
            end f
            f1: s -> g
            f2: g -> e if false
            f3: g -> f if 1 > 2
            """
        )


def test_conditional_flows_may_leave_a_task(start):
    model = """
        start s
        task a default=f4
        user b
        user c
        user d
        f1: s -> a
        f2: a -> b if n > 1
        f3: a -> c if n > 2
        f4: a -> d
        """
    assert open_tasks(start(model, n=3)) == ["b", "c"]
    assert open_tasks(start(model, n=2)) == ["b"]
    assert open_tasks(start(model, n=1)) == ["d"]


def test_several_flows_out_of_a_task_run_in_parallel(start):
    execution = start("start s\ntask a\nuser b\nuser c\nf1: s -> a\nf2: a -> b\nf3: a -> c")

    assert open_tasks(execution) == ["b", "c"]
    assert execution.flows_taken() == ["f1", "f2", "f3"]


def test_two_flows_between_the_same_elements_are_told_apart(start):
    execution = start(
        """
        start s
        parallel g
        parallel j
        end e
        f1: s -> g
        f2: g -> j
        f3: g -> j
        f4: j -> e
        """
    )

    assert execution.flows_taken() == ["f1", "f2", "f3", "f4"]
    assert ended_at(execution) == ["e"]


def test_a_task_without_outgoing_flow_ends_its_path(start):
    execution = start("start s\nuser a\nf1: s -> a")
    complete(execution, "a")
    assert execution.is_ended


def test_a_script_is_lines_of_feel(start):
    execution = start(
        'start s\nscript a do="x = 2;// note;y = x * 21;z = {a: y}"\nend e\nf1: s -> a\nf2: a -> e'
    )
    assert execution.variables() == {"x": 2, "y": 42, "z": {"a": 42}}


def test_a_decision_merges_its_outputs_or_fills_its_variable(start, host):
    host.decisions["fee"] = lambda names: {"fee": names["n"] * 10}
    merged = start("start s\nrule r decision=fee\nf1: s -> r", n=4)
    named = start("start s\nrule r decision=fee result=out\nf1: s -> r", n=4)

    assert merged.variables() == {"n": 4, "fee": 40}
    assert named.variables() == {"n": 4, "out": {"fee": 40}}
    assert "decision_made" in kinds(named)


def test_a_service_task_may_wait_for_a_worker(start, host):
    host.operations["mail.send"] = None
    execution = start(
        "start s\nservice a topic=mail.send in.to==who out.ref==id\nf1: s -> a", who="x"
    )

    (wait,) = execution.services()
    assert (wait.element_id, wait.topic, wait.inputs) == ("a", "mail.send", {"to": "x"})
    execution.finish_service(wait.token_id, {"id": "m1"})
    assert execution.variables() == {"who": "x", "ref": "m1"}
    assert execution.is_ended


def test_a_parked_service_task_is_called_again_on_retry(start, host):
    host.operations["t"] = None
    execution = start("start s\nservice a topic=t out.x==x\nf1: s -> a")
    host.operations["t"] = {"x": 1}

    execution.retry_service(execution.services()[0].token_id)

    assert execution.variables() == {"x": 1}
    assert len(host.calls) == 2


GUARDED = """
start s
service a topic=t
boundary late on=a error=LATE
boundary any on=a error=*
end fine
end was_late
end other
f1: s -> a
f2: a -> fine
f3: late -> was_late
f4: any -> other
"""


@pytest.mark.parametrize(
    ("answer", "end"),
    [({}, "fine"), (BusinessError("LATE"), "was_late"), (BusinessError("GONE"), "other")],
)
def test_a_business_error_is_caught_by_the_boundary_event_of_its_code(start, host, answer, end):
    host.operations["t"] = answer
    execution = start(GUARDED)
    assert ended_at(execution) == [end]


def test_an_error_that_no_boundary_event_catches_leaves_the_step(start, host):
    host.operations["t"] = BusinessError("LATE", "too late")
    with pytest.raises(BusinessError, match="too late"):
        start("start s\nservice a topic=t\nf1: s -> a")


def test_any_other_error_of_an_operation_arrives_unwrapped(start, host):
    host.operations["t"] = ZeroDivisionError("by hand")
    with pytest.raises(ZeroDivisionError, match="by hand"):
        start(GUARDED)


def test_an_error_is_not_caught_by_the_boundary_event_of_another_activity(start, host):
    host.operations["t"] = BusinessError("E")
    with pytest.raises(BusinessError):
        start(
            """
            start s
            user other
            boundary b on=other error=E
            service a topic=t
            f1: s -> other
            f2: s -> a
            f3: b -> other2
            user other2
            """
        )


def test_an_outside_worker_can_raise_an_error(start, host):
    host.operations["t"] = None
    execution = start(GUARDED)

    execution.throw_error(execution.services()[0].token_id, "LATE")

    assert ended_at(execution) == ["was_late"]


def test_an_error_end_event_leaves_its_sub_process_by_the_boundary_event(start):
    execution = start(
        """
        start s
        sub p1 {
        start s2
        parallel g
        user waits
        task t
        end e2 error=E
        g1: s2 -> g
        g2: g -> waits
        g3: g -> t
        g4: t -> e2
        }
        boundary b on=p1 error=E
        user repair
        f1: s -> p1
        f2: b -> repair
        """
    )

    assert open_tasks(execution) == ["repair"]
    assert "task_cancelled" in kinds(execution)
    complete(execution, "repair")
    assert execution.is_ended


def test_an_uncaught_error_end_event_ends_the_instance_and_is_told(start):
    execution = start(
        "start s\nparallel g\nuser a\nend e error=BAD\nf1: s -> g\nf2: g -> a\nf3: g -> e"
    )

    assert execution.is_ended
    assert [event.details["code"] for event in execution.uncaught()] == ["BAD"]
    assert execution.user_tasks() == []


def test_variables_of_parallel_branches_are_shared_and_none_is_lost_at_the_join(start):
    execution = start(
        """
        start s
        parallel g
        user b
        user c
        parallel j
        end e
        f1: s -> g
        f2: g -> b
        f3: g -> c
        f4: b -> j
        f5: c -> j
        f6: j -> e
        """,
        status="draft",
    )
    complete(execution, "b", status="approved")
    complete(execution, "c", other=1)

    assert execution.variables() == {"status": "approved", "other": 1}
    assert "join_conflict" not in kinds(execution)


def test_branches_that_contradict_each_other_are_reported_and_the_later_wins(start):
    execution = start(
        """
        start s
        parallel g
        user b
        sub p1 {
        user c
        user d
        g1: c -> d
        }
        parallel j
        f1: s -> g
        f2: g -> b
        f3: g -> p1
        f4: b -> j
        f5: p1 -> j
        """
    )
    complete(execution, "b", status="approved", same=1)
    complete(execution, "c", status="refused", same=1)
    execution.events()
    complete(execution, "d")

    (conflict,) = [event for event in execution.events() if event.kind == "join_conflict"]
    assert conflict.element_id == "j"
    assert conflict.details["variables"] == ["status"]
    assert execution.variables()["status"] == "refused"


REWORK = """
start s
exclusive again
parallel g
user b
user c
parallel j
exclusive ok default=f8
end e
f1: s -> again
f2: again -> g
f3: g -> b
f4: g -> c
f5: b -> j
f6: c -> j
f7: j -> ok
f8: ok -> again
f9: ok -> e if good
"""


def test_a_join_in_a_rework_loop_waits_for_both_branches_in_every_pass(start):
    execution = start(REWORK, good=False)
    for order in (["b", "c"], ["c", "b"], ["b", "c"]):
        assert open_tasks(execution) == ["b", "c"]
        complete(execution, order[0])
        assert open_tasks(execution) == [order[1]]
        complete(execution, order[1])
    complete(execution, "b", good=True)
    complete(execution, "c")
    assert execution.is_ended


def test_an_inclusive_join_waits_for_the_chosen_branches_only(start):
    model = """
        start s
        inclusive g default=f4
        user a
        user b
        user c
        inclusive j
        user d
        f1: s -> g
        f2: g -> a if n > 0
        f3: g -> b if n > 1
        f4: g -> c
        f5: a -> j
        f6: b -> j
        f7: c -> j
        f8: j -> d
        """
    both = start(model, n=2)
    complete(both, "b")
    assert open_tasks(both) == ["a"]
    complete(both, "a")
    assert open_tasks(both) == ["d"]
    one = start(model, n=1)
    complete(one, "a")
    assert open_tasks(one) == ["d"]
    assert open_tasks(start(model, n=0)) == ["c"]


def test_parallel_blocks_in_a_row_do_not_explode(start, define):
    lines = ["start s", "f0: s -> g0"]
    for i in range(8):
        lines += [f"parallel g{i}", f"parallel j{i}"]
        for branch in "abc":
            name = f"{branch}{i}"
            lines += [f"user {name}", f"x{name}: g{i} -> {name}", f"y{name}: {name} -> j{i}"]
        lines.append(f"z{i}: j{i} -> {f'g{i + 1}' if i < 7 else 'e'}")
    execution = start("\n".join([*lines, "end e"]))

    assert len(execution._top.tasks) < 100
    assert len(execution.dump()) < 2_000
    for i in range(8):
        for branch in "abc":
            complete(execution, f"{branch}{i}")
    assert execution.is_ended


def test_a_long_chain_of_tasks_is_no_problem(start):
    lines = ["start t0", *(f"task t{i}" for i in range(1, 1500)), "end t1500"]
    lines += [f"f{i}: t{i} -> t{i + 1}" for i in range(1500)]
    assert start("\n".join(lines)).is_ended


def test_a_process_that_circles_without_waiting_is_stopped(start):
    with pytest.raises(StepTooLong):
        start(
            "start s\nexclusive m\nexclusive g default=f2\nend e\n"
            "f1: s -> m\nf3: m -> g\nf2: g -> m\nf4: g -> e if false"
        )


def test_a_terminate_end_event_stops_the_other_branches(start):
    execution = start(
        "start s\nuser a\nuser b\nend e terminate=x\nf1: s -> a\nf2: s -> b\nf3: a -> e"
    )
    complete(execution, "a")
    assert execution.is_ended
    assert open_tasks(execution) == []


def test_an_escalation_reaches_the_sub_processs_boundary_and_the_thrower_goes_on(start):
    model = """
        start s
        sub p1 {
        throw t escalation=HELP
        user inside
        g1: t -> inside
        }
        boundary b on=p1 escalation=HELP interrupting={}
        user helper
        f1: s -> p1
        f2: b -> helper
        """
    assert open_tasks(start(model.replace("{}", "false"))) == ["helper", "inside"]
    assert open_tasks(start(model.replace("{}", "true"))) == ["helper"]


def test_a_signal_reaches_other_branches_even_from_an_end_event(start):
    execution = start(
        """
        start s
        parallel g
        catch c signal=go
        user after
        end e signal=go
        f1: s -> g
        f2: g -> e
        f3: g -> c
        f4: c -> after
        """
    )
    assert open_tasks(execution) == ["after"]
    assert "signal_thrown" in kinds(execution)


def test_a_link_event_jumps(start):
    execution = start("start s\nthrow t link=L\ncatch c link=L\nuser a\nf1: s -> t\nf2: c -> a")
    assert open_tasks(execution) == ["a"]


def test_a_message_carries_variables_and_a_boundary_message_interrupts(start):
    execution = start(
        """
        start s
        user a
        boundary m on=a message=cancel
        user b
        f1: s -> a
        f2: m -> b
        """
    )
    (wait,) = execution.messages()
    assert (wait.kind, wait.name) == ("message", "cancel")

    deliver(execution, "m", reason="moved")

    assert open_tasks(execution) == ["b"]
    assert execution.variables() == {"reason": "moved"}
    assert execution.flows_taken() == ["f2"]


def test_a_non_interrupting_message_can_come_again_and_its_handlers_outlive_the_task(start):
    execution = start(
        """
        start s
        user a
        boundary m on=a message=note interrupting=false
        user read
        f1: s -> a
        f2: m -> read
        """
    )
    deliver(execution, "m", n=1)
    deliver(execution, "m", n=2)
    complete(execution, "a")

    assert open_tasks(execution) == ["read", "read"]
    assert execution.messages() == []
    complete(execution, "read")
    complete(execution, "read")
    assert execution.is_ended


def test_a_process_can_start_by_a_message(define, host):
    definition = define("start m message=begin\nuser a\nf1: m -> a")
    assert definition.message_starts == {"begin": "m"}

    execution = Execution.start(definition, {"x": 1}, host, start_event="m")

    assert open_tasks(execution) == ["a"]
    with pytest.raises(StartNotFound):
        Execution.start(definition, {}, host)


def test_a_receive_task_waits_for_its_message(start):
    execution = start("start s\nreceive r message=paid\nf1: s -> r")
    deliver(execution, "r", amount=3)
    assert execution.variables() == {"amount": 3}
    assert execution.is_ended


def test_a_conditional_event_sees_what_another_branch_wrote(start):
    execution = start(
        """
        start s
        user a
        catch c condition="n > 1"
        user after
        f1: s -> a
        f2: s -> c
        f3: c -> after
        """,
        n=0,
    )
    assert open_tasks(execution) == ["a"]
    complete(execution, "a", n=2)
    assert open_tasks(execution) == ["after"]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_multi_instance_runs_each_item_and_collects_the_outputs_in_order(start, sequential):
    execution = start(
        f"""
        start s
        user a each="items as item" collect="results from result" sequential={sequential}
        user b
        f1: s -> a
        f2: a -> b
        """,
        items=["x", "y", "z"],
    )
    assert len(execution.user_tasks()) == (1 if sequential == "true" else 3)
    while "a" in open_tasks(execution):
        task = execution.user_tasks()[-1]
        item = execution.variables_at(task.token_id)["item"]
        execution.complete(task.token_id, {"result": item + "!"})

    assert execution.variables() == {"items": ["x", "y", "z"], "results": ["x!", "y!", "z!"]}
    assert execution.flows_taken() == ["f2"]


def test_a_completion_condition_ends_a_multi_instance_of_sub_processes(start):
    execution = start(
        """
        start s
        sub p1 times=3 until="nrOfCompletedInstances >= 2" {
        user a
        }
        user b
        f1: s -> p1
        f2: p1 -> b
        """
    )
    assert open_tasks(execution) == ["a", "a", "a"]
    complete(execution, "a")
    complete(execution, "a")
    assert open_tasks(execution) == ["b"]


@pytest.mark.parametrize("count", ["0", "0 - 1", '"x"', "null", "99999"])
def test_a_cardinality_must_be_a_sensible_number(start, count):
    model = f"start s\nuser a times='{count}'\nuser b\nf1: s -> a\nf2: a -> b"
    if count == "0":
        assert open_tasks(start(model)) == ["b"]
        return
    with pytest.raises(LoopFailed):
        start(model)


def test_a_standard_loop_repeats_while_its_condition_holds(start):
    after = (
        'start s\nscript a do="n = n + 1" while="n < 3" before={}\nend e\nf1: s -> a\nf2: a -> e'
    )
    assert start(after.format("false"), n=5).variables() == {"n": 6}
    assert start(after.format("true"), n=5).variables() == {"n": 5}
    assert start(after.format("false"), n=0).variables() == {"n": 3}


def test_a_user_task_knows_who_does_it_until_when(start, clock):
    model = """
        start s
        user a group=contractor assignee==who scope=="contractor:"+code priority=70
          due==until form=repair/visit ladder=default milestone=x
        f1: s -> a
        """.replace("\n          due", " due").replace(
        '=="contractor:"+code', "='=\"contractor:\"+code'"
    )
    until = datetime(2026, 3, 9, tzinfo=UTC)
    execution = start(model, who="17", code="K1", until=until)

    (task,) = execution.user_tasks()
    assert (task.assignee, task.candidate_group, task.scope) == (
        "17",
        "contractor",
        "contractor:K1",
    )
    assert (task.priority, task.due_at, task.ladder) == (70, until, "default")
    assert task.form_key == "repair/visit"


def test_a_due_date_is_computed_once(start, clock, define, host):
    text = "start s\nuser a due=P2D\nf1: s -> a"
    execution = start(text)
    blob = execution.dump()
    clock.advance(timedelta(days=1))

    (task,) = Execution.load(define(text), blob, host).user_tasks()

    assert task.due_at == datetime(2026, 3, 4, 1, 0, tzinfo=UTC)


def test_outputs_of_a_user_task_choose_what_is_kept(start):
    execution = start('start s\nuser a out.total="=a + b"\nf1: s -> a')
    complete(execution, "a", a=1, b=2, note="private")
    assert execution.variables() == {"total": 3}


def test_values_are_copied_at_the_door(start, host):
    nested = {"customer": {"name": "A"}}
    host.operations["t"] = lambda inputs: inputs["order"]["customer"].update(name="C") or {}
    execution = start("start s\nuser a\nservice b topic=t in.order==order\nf1: s -> a\nf2: a -> b")
    complete(execution, "a", order=nested)
    nested["customer"]["name"] = "B"

    assert execution.variables() == {"order": {"customer": {"name": "A"}}}


@pytest.mark.parametrize("values", [{"$x": 1}, {"x": {"$d": 1}}, {"x": {1: 2}}, {"x": object()}])
def test_names_with_a_dollar_and_foreign_values_are_refused(start, values):
    execution = start("start s\nuser a\nf1: s -> a")
    with pytest.raises(VariableNotAllowed):
        execution.complete(execution.user_tasks()[0].token_id, values)


def test_an_unknown_token_is_not_found(start):
    execution = start(APPROVAL, amount=1)
    for verb in (execution.fire_timer, execution.retry_service):
        with pytest.raises(TokenNotFound):
            verb("0" * 32)
    with pytest.raises(TokenNotFound):
        execution.complete("no token", {})


def test_cancelling_takes_everything_away(start):
    execution = start(APPROVAL, amount=1)
    execution.events()

    execution.cancel()

    assert execution.is_ended
    assert execution.user_tasks() == []
    assert kinds(execution) == ["task_cancelled", "cancelled"]


def test_a_sub_process_that_throws_the_signal_of_its_own_boundary_event_is_stopped(start, host):
    execution = start(
        """
        start s
        sub p1 {
        throw t signal=stop
        service never topic=never
        g1: t -> never
        }
        boundary b on=p1 signal=stop
        user after
        f1: s -> p1
        f2: b -> after
        """
    )
    assert open_tasks(execution) == ["after"]
    assert host.calls == []


def test_a_sub_process_is_stopped_by_the_condition_that_it_makes_true(start, host):
    execution = start(
        """
        start s
        sub p1 {
        script a do="n = 2"
        service never topic=never
        g1: a -> never
        }
        boundary b on=p1 condition="n > 1"
        user after
        f1: s -> p1
        f2: b -> after
        """,
        n=0,
    )
    assert open_tasks(execution) == ["after"]
    assert host.calls == []


def test_an_error_in_one_loop_instance_is_caught_at_the_loop(start, host):
    host.operations["t"] = lambda inputs: (
        {} if inputs["x"] != 2 else (_ for _ in ()).throw(BusinessError("E"))
    )
    execution = start(
        """
        start s
        service a topic=t in.x==x each="items as x"
        boundary b on=a error=E
        user repair
        user fine
        f1: s -> a
        f2: a -> fine
        f3: b -> repair
        """,
        items=[1, 2, 3],
    )
    assert open_tasks(execution) == ["repair"]
    assert [inputs["x"] for _, inputs in host.calls] == [1, 2]


def test_a_step_cannot_be_made_to_open_endless_instances(start):
    with pytest.raises(LoopFailed):
        start(
            "start s\nsub p1 times=200 {\nuser a times=200\n}\nf1: s -> p1",
        )
