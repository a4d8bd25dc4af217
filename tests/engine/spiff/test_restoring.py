"""An instance that is stored and restored after every step behaves as one that never was."""

from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from engine.spiff.execution import Execution

MODELS = {
    "event_sub_processes": """
        start s
        user a
        user b
        end e
        f1: s -> a
        f2: a -> b
        f3: b -> e
        sub h1 byevent=true {
        start hs1 message=note stops=false
        user c
        g1: hs1 -> c
        }
        sub h2 byevent=true {
        start hs2 timer=P3D
        user d
        g2: hs2 -> d
        }
        sub h3 byevent=true {
        start hs3 cycle=R3/PT10H stops=false
        user f
        g3: hs3 -> f
        }
        """,
    "nested_event_sub_processes": """
        start s
        sub p1 {
        start s2
        user a
        throw t escalation=X
        user b
        end e2 error=E
        f1: s2 -> a
        f2: a -> t
        f3: t -> b
        f4: b -> e2
        sub h1 byevent=true {
        start hs1 escalation=X stops=false
        user c
        end e3 escalation=X
        g1: hs1 -> c
        g2: c -> e3
        }
        }
        user z
        f5: s -> p1
        f6: p1 -> z
        sub h2 byevent=true {
        start hs2 error=E
        user d
        h2f: hs2 -> d
        }
        """,
    "compensation": """
        start s
        sub p1 {
        start s2
        parallel g
        user a
        boundary ba on=a compensate=*
        user b
        boundary bb on=b compensate=*
        user ua undo=true
        user ub undo=true
        <association id="a1" sourceRef="ba" targetRef="ua"/>
        <association id="a2" sourceRef="bb" targetRef="ub"/>
        f1: s2 -> g
        f2: g -> a
        f3: g -> b
        }
        user c
        boundary bc on=c compensate=*
        user uc undo=true
        <association id="a3" sourceRef="bc" targetRef="uc"/>
        throw t compensate=c
        user d
        end e compensate=*
        f5: s -> p1
        f6: p1 -> c
        f7: c -> t
        f8: t -> d
        f9: d -> e
        """,
    "transaction": """
        start s
        transaction p1 {
        start s2
        user a
        boundary ba on=a compensate=*
        user ua undo=true
        <association id="a1" sourceRef="ba" targetRef="ua"/>
        user b
        exclusive x default=f4
        end no cancel=*
        end yes
        f1: s2 -> a
        f2: a -> b
        f3: b -> x
        f4: x -> no
        f5: x -> yes if n > 2
        </transaction>
        boundary bc on=p1 cancel=*
        boundary bt on=p1 timer=P1D
        user c
        user d
        f6: s -> p1
        f7: bc -> c
        f8: p1 -> d
        f9: bt -> d
        """,
    "rework_loop": """
        start s
        exclusive m
        user a
        exclusive g default=f4
        end e
        f1: s -> m
        f2: m -> a
        f3: a -> g
        f4: g -> m
        f5: g -> e if n > 6
        """,
    "parallel": """
        start s
        parallel g
        user a
        user b
        parallel j
        user c
        f1: s -> g
        f2: g -> a
        f3: g -> b
        f4: a -> j
        f5: b -> j
        f6: j -> c
        """,
    "nested_parallel": """
        start s
        parallel g
        parallel h
        user a
        user b
        user c
        parallel i
        parallel j
        user d
        f1: s -> g
        f2: g -> h
        f3: g -> a
        f4: h -> b
        f5: h -> c
        f6: b -> i
        f7: c -> i
        f8: i -> j
        f9: a -> j
        fa: j -> d
        """,
    "parallel_in_a_loop": """
        start s
        exclusive m
        parallel g
        user a
        user b
        user b2
        parallel j
        exclusive x default=f9
        end e
        f1: s -> m
        f2: m -> g
        f3: g -> a
        f4: g -> b
        f5: b -> b2
        f6: a -> j
        f7: b2 -> j
        f8: j -> x
        f9: x -> m
        fa: x -> e if n > 12
        """,
    "sub_process_in_a_loop": """
        start s
        exclusive m
        sub p1 {
        start s2
        user a
        parallel g
        user b
        user c
        end e2
        g1: s2 -> a
        g2: a -> g
        g3: g -> b
        g4: g -> c
        g5: b -> e2
        g6: c -> e2
        }
        exclusive x default=f4
        end e
        f1: s -> m
        f2: m -> p1
        f3: p1 -> x
        f4: x -> m
        f5: x -> e if n > 8
        """,
    "interrupting_boundary_on_a_task": """
        start s
        exclusive m
        user a
        boundary t on=a timer=P2D
        boundary w on=a message=stop
        user late
        end e
        f1: s -> m
        f2: m -> a
        f3: a -> e
        f4: t -> late
        f5: late -> m
        f6: w -> e
        """,
    "non_interrupting_boundary_on_a_sub_process": """
        start s
        sub p1 {
        user a
        user b
        g1: a -> b
        }
        boundary t on=p1 timer=P2D interrupting=false
        boundary w on=p1 message=note interrupting=false
        boundary k on=p1 timer=P9D
        user read
        user last
        f1: s -> p1
        f2: t -> read
        f3: w -> read
        f4: k -> last
        f5: p1 -> last
        """,
    "cycle_timer": """
        start s
        parallel g
        user a
        boundary t on=a cycle=R3/PT10H interrupting=false
        user remind
        user b
        parallel j
        user c
        f1: s -> g
        f2: g -> a
        f3: g -> b
        f4: t -> remind
        f5: a -> j
        f6: b -> j
        f7: j -> c
        """,
    "parallel_multi_instance": """
        start s
        user a each="items as item" collect="results from n" until="nrOfCompletedInstances > 2"
        user b
        f1: s -> a
        f2: a -> b
        """,
    "sequential_multi_instance_of_sub_processes": """
        start s
        sub p1 each="items as item" sequential=true {
        user a
        boundary t on=a timer=PT1H
        user late
        user b
        g1: a -> b
        g2: t -> late
        }
        user c
        f1: s -> p1
        f2: p1 -> c
        """,
    "messages": """
        start s
        parallel g
        catch w message=go
        receive r message=pay
        user a
        parallel j
        user b
        f1: s -> g
        f2: g -> w
        f3: g -> r
        f4: g -> a
        f5: w -> j
        f6: r -> j
        f7: a -> j
        f8: j -> b
        """,
    "event_gateway": """
        start s
        exclusive m
        events g
        catch short timer=PT1H
        catch long timer=P1D
        catch word message=go
        user a
        exclusive x default=f9
        end e
        f1: s -> m
        f2: m -> g
        f3: g -> short
        f4: g -> long
        f5: g -> word
        f6: short -> a
        f7: long -> e
        f8: a -> x
        f9: x -> m
        fa: x -> e if n > 4
        fb: word -> e
        """,
    "inclusive": """
        start s
        exclusive m
        inclusive g default=f5
        user a
        user b
        user c
        inclusive j
        exclusive x default=fb
        end e
        f1: s -> m
        f2: m -> g
        f3: g -> a if modulo(n, 2) = 0
        f4: g -> b if modulo(n, 3) = 0
        f5: g -> c
        f6: a -> j
        f7: b -> j
        f8: c -> j
        f9: j -> x
        fb: x -> m
        fc: x -> e if n > 6
        """,
    "nested_calls": """
        start s
        exclusive m
        <callActivity id="call" name="call" calledElement="q"><extensionElements>
        <camunda:in source="n" target="n"/><camunda:out source="n" target="n"/>
        </extensionElements></callActivity>
        boundary t on=call timer=P2D
        user late
        exclusive x default=f3
        end e
        f0: s -> m
        f1: m -> call
        f2: call -> x
        f3: x -> m
        f4: x -> e if n > 7
        f5: t -> late
        f6: late -> e
        </process>
        <process id="q" name="Q" isExecutable="true">
        start qs
        user a
        <callActivity id="inner" name="inner" calledElement="r"><extensionElements>
        <camunda:in variables="all"/><camunda:out variables="all"/>
        </extensionElements></callActivity>
        user b
        g1: qs -> a
        g2: a -> inner
        g3: inner -> b
        </process>
        <process id="r" name="R" isExecutable="true">
        start rs
        parallel g
        user c
        user d
        h1: rs -> g
        h2: g -> c
        h3: g -> d
        """,
    "calls_in_a_loop": """
        start s
        <callActivity id="call" name="call" calledElement="q"><extensionElements>
        <camunda:in source="item" target="item"/><camunda:out source="n" target="n"/>
        </extensionElements><multiInstanceLoopCharacteristics>
        <loopDataInputRef>items</loopDataInputRef><inputDataItem id="item"/>
        </multiInstanceLoopCharacteristics></callActivity>
        user z
        f1: s -> call
        f2: call -> z
        </process>
        <process id="q" name="Q" isExecutable="true">
        start qs
        user a
        user b
        boundary t on=b timer=PT5H
        g1: qs -> a
        g2: a -> b
        """,
    "data_associations": """
        start s
        <dataObject id="o1" name="n"/><dataObject id="o2" name="seen"/>
        exclusive m
        <userTask id="a" name="a">
        <ioSpecification><dataInput id="ai" name="given"/><dataOutput id="ao" name="by_a"/>
        <inputSet/><outputSet/></ioSpecification>
        <dataInputAssociation id="d1"><sourceRef>o1</sourceRef><targetRef>ai</targetRef>
        </dataInputAssociation>
        <dataOutputAssociation id="d2"><sourceRef>ao</sourceRef><targetRef>o2</targetRef>
        <transformation>[given, by_a, seen]</transformation></dataOutputAssociation>
        </userTask>
        user b
        boundary t on=a timer=P2D
        exclusive x default=f3
        end e
        f0: s -> m
        f1: m -> a
        f2: a -> x
        f3: x -> m
        f4: x -> e if n > 5
        f5: t -> b
        f6: b -> m
        """,
    "outside_workers": """
        start s
        parallel g
        service a topic=wait out.done==ok
        service b topic=wait
        boundary x on=b error=E
        user c
        exclusive m
        parallel j
        end e
        f1: s -> g
        f2: g -> a
        f3: g -> b
        f4: x -> c
        f5: b -> m
        f6: c -> m
        f9: m -> j
        f7: a -> j
        f8: j -> e
        """,
}


@dataclass
class Walk:
    """One instance: never stored, or stored and restored after every step."""

    execution: Execution
    definition: object
    host: object
    is_restored: bool
    trace: list[object] = field(default_factory=list)

    def choices(self):
        run = self.execution
        found = [("complete", t.element_id, t.token_id) for t in run.user_tasks()]
        found += [("fire", t.element_id, t.token_id) for t in run.timers()]
        found += [("deliver", m.element_id, m.token_id) for m in run.messages()]
        return found + [("finish", s.element_id, s.token_id) for s in run.services()]

    def act(self, index, number):
        verb, element_id, token_id = self.choices()[index]
        run = self.execution
        if verb == "fire":
            run.fire_timer(token_id)
        elif verb == "finish" and number % 2:
            run.throw_error(token_id, "E") if element_id == "b" else run.finish_service(
                token_id, {"ok": number}
            )
        else:
            act = {"complete": run.complete, "deliver": run.deliver, "finish": run.finish_service}
            act[verb](token_id, {"n": number, f"by_{element_id}": number})
        self.note()

    def note(self):
        run = self.execution
        self.trace.append(
            (
                [choice[:2] for choice in self.choices()],
                [timer.due_at for timer in run.timers()],
                run.active_elements(),
                run.flows_taken(),
                [end.element_id for end in run.ends],
                [(event.kind, event.element_id) for event in run.events()],
                run.variables(),
                run.is_ended,
            )
        )
        if self.is_restored:
            self.execution = Execution.load(self.definition, run.dump(), self.host)


def drawn(text, below):
    """Choose a number below a limit, the same for the same text."""
    return int.from_bytes(sha256(text.encode()).digest()[:4]) % below


@pytest.mark.parametrize("name", MODELS)
def test_restoring_changes_nothing(define, host, name):
    host.operations["wait"] = None
    definition = define(MODELS[name])
    ended = 0
    for seed in range(50):
        live, stored = (
            Walk(
                Execution.start(definition, {"n": 0, "items": [1, 2, 3]}, host), definition, host, x
            )
            for x in (False, True)
        )
        live.note()
        stored.note()
        for step in range(1, 25):
            if live.execution.is_ended:
                break
            index = drawn(f"{name} {seed} {step}", len(live.choices()))
            live.act(index, step)
            stored.act(index, step)
            assert stored.trace[-1] == live.trace[-1]
        ended += live.execution.is_ended
    assert ended > 24


@pytest.mark.parametrize("name", MODELS)
def test_flows_taken_are_exactly_those_between_the_tokens(define, host, name):
    """Count tokens by flows alone: every element is entered as often as its flows say."""
    host.operations["wait"] = None
    definition = define(MODELS[name])
    for seed in range(5):
        walk = start_walk(definition, host)
        for step in range(1, 20):
            if walk.execution.is_ended:
                break
            walk.act(drawn(f"{name} {seed} {step}", len(walk.choices())), step)
        flows = [flow for _, _, _, step_flows, *_ in walk.trace for flow in step_flows]
        created = [
            e for _, _, _, _, _, events, *_ in walk.trace for k, e in events if k == "task_created"
        ]
        for element, ends in elements_and_flows(definition):
            entered = [f for f in flows if f in ends and ends[f].target == element.id]
            has_flows = any(f.target == element.id for f in ends.values())
            if element.type == "userTask" and has_flows and name not in MULTIPLE:
                assert len(entered) == created.count(element.id)


def elements_and_flows(definition):
    """List the elements of a definition and of all that it calls, each with its flows."""
    for each in (definition, *definition.relatives.values()):
        for element in each.elements.values():
            yield element, each.flows


MULTIPLE = {"parallel_multi_instance", "sequential_multi_instance_of_sub_processes"}


def start_walk(definition, host):
    execution = Execution.start(definition, {"n": 0, "items": [1, 2, 3]}, host)
    walk = Walk(execution, definition, host, is_restored=True)
    walk.note()
    return walk
