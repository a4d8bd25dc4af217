"""Complex gateways, behaviours of loops, ad-hoc sub-processes and quantities of tokens."""

import pytest

from engine.spiff.errors import ActivityNotStartable, StartNotFound
from engine.spiff.execution import Execution
from engine.spiff.linter import lint

PARTIAL_JOIN = """
    start s
    parallel g
    user a
    user b
    user c
    <complexGateway id="j" name="j">
    <activationCondition>activationCount >= 2</activationCondition>
    </complexGateway>
    user d
    f1: s -> g
    f2: g -> a
    f3: g -> b
    f4: g -> c
    f5: a -> j
    f6: b -> j
    f7: c -> j
    f8: j -> d
"""


class Desk:
    """Works on user tasks by element; the instance is restored after every step."""

    def __init__(self, definition, host, **variables):
        self.definition, self.host = definition, host
        self.execution = Execution.start(definition, variables, host)
        self.events = [event.kind for event in self.execution.events()]

    def complete(self, element_id, **values):
        task = next(t for t in self.execution.user_tasks() if t.element_id == element_id)
        self.act(lambda execution: execution.complete(task.token_id, values))

    def act(self, action):
        self.restore()
        action(self.execution)
        self.events += [event.kind for event in self.execution.events()]

    def restore(self):
        self.execution = Execution.load(self.definition, self.execution.dump(), self.host)

    @property
    def open(self):
        return sorted(task.element_id for task in self.execution.user_tasks())


@pytest.fixture
def desk(define, host):
    return lambda text, **variables: Desk(define(text), host, **variables)


def test_a_complex_gateway_fires_once_for_two_of_three_and_absorbs_the_third(desk):
    desk = desk(PARTIAL_JOIN)

    desk.complete("a")
    assert desk.open == ["b", "c"]
    desk.complete("b")
    assert desk.open == ["c", "d"]
    desk.complete("c")
    assert desk.open == ["d"]
    desk.complete("d")
    assert desk.execution.is_ended


def test_a_complex_gateway_that_was_reset_fires_again_in_the_next_round(desk):
    text = PARTIAL_JOIN.replace("f1: s -> g", "f1: s -> m\nexclusive m\nf0: m -> g")
    desk = desk(
        f"{text}\nexclusive x default=fe\nuser e\nf9: d -> x\nfa: x -> m if again\nfe: x -> e"
    )
    for again in (True, False):
        for element_id in ("c", "a", "b"):
            desk.complete(element_id)
        assert desk.open == ["d"]
        desk.complete("d", again=again)

    assert desk.open == ["e"]


def test_a_complex_gateway_sends_tokens_on_every_flow_whose_condition_is_true(desk):
    desk = desk(
        """
        start s
        complex g
        user a
        user b
        user c
        f1: s -> g
        f2: g -> a if n > 1
        f3: g -> b if n > 2
        f4: g -> c if n > 3
        """,
        n=3,
    )

    assert desk.open == ["a", "b"]


def test_a_flow_with_a_condition_may_be_taken_at_the_reset_of_a_complex_gateway(desk):
    text = PARTIAL_JOIN.replace(
        "f8: j -> d", "f8: j -> d\nuser late\nf9: j -> late if not(waitingForStart)"
    )
    desk = desk(text)
    for element_id in ("a", "b"):
        desk.complete(element_id)
    assert desk.open == ["c", "d"]
    desk.complete("c")

    assert desk.open == ["d", "late"]


LOOP = """
    start s
    <userTask id="a" name="a"><multiInstanceLoopCharacteristics {kind}>
    <loopCardinality>3</loopCardinality>{more}</multiInstanceLoopCharacteristics></userTask>
    boundary t on=a signal=one
    user after
    user told
    f1: s -> a
    f2: a -> after
    f3: t -> told
"""


def loop(kind, more=""):
    return LOOP.format(kind=kind, more=more)


@pytest.mark.parametrize(("kind", "told"), [("None", 3), ("One", 1), ("All", 0)])
def test_a_loop_throws_for_its_instances_as_its_behavior_says(desk, bpmn, kind, told):
    references = 'noneBehaviorEventRef="thrown" oneBehaviorEventRef="thrown"'
    text = loop(f'behavior="{kind}" {references}') + SIGNAL_ELSEWHERE
    desk = desk(text)
    for _ in range(3):
        desk.complete("a")

    assert desk.open == ["after", *["told"] * told]


SIGNAL_ELSEWHERE = """
    <intermediateThrowEvent id="elsewhere" name="x"><incoming>f9</incoming>
    <signalEventDefinition id="thrown" signalRef="signal_one"/></intermediateThrowEvent>
    exclusive never default=f8
    f4: after -> never
    f8: never -> z
    f9: never -> elsewhere if false
    end z
"""


def test_a_complex_behavior_throws_where_its_condition_is_true(desk):
    more = """<complexBehaviorDefinition><condition>nrOfCompletedInstances = 2</condition>
        <event id="implicit"><signalEventDefinition signalRef="signal_one"/></event>
        </complexBehaviorDefinition>"""
    desk = desk(loop('behavior="Complex"', more.replace("\n", " ")))
    desk.complete("a")
    assert desk.open == ["a", "a"]
    desk.complete("a")
    assert desk.open == ["a", "told"]
    desk.complete("a")

    assert desk.open == ["after", "told"]


def test_instances_of_a_loop_see_the_standard_counters(desk):
    desk = desk(
        """
        start s
        user a times=3 until="nrOfCompletedInstances = 2"
        user b
        f1: s -> a
        f2: a -> b
        """
    )
    token = desk.execution.user_tasks()[0].token_id
    seen = desk.execution.variables_at(token)
    assert {name: seen[name] for name in seen if name.startswith(("nrOf", "loop"))} == {
        "loopCounter": 0,
        "nrOfInstances": 3,
        "nrOfActiveInstances": 3,
        "nrOfCompletedInstances": 0,
        "nrOfTerminatedInstances": 0,
    }
    desk.complete("a")
    desk.complete("a")

    assert desk.open == ["b"]
    assert desk.execution.variables() == {}


def ad_hoc(attributes="", condition=None):
    completion = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    return f"""
        start s
        <adHocSubProcess id="x" name="x" {attributes}>{completion}
        user a
        user b
        user c
        g1: b -> c
        </adHocSubProcess>
        user after
        f1: s -> x
        f2: x -> after
        """


def test_activities_of_an_ad_hoc_sub_process_are_open_side_by_side(desk):
    desk = desk(ad_hoc())
    assert desk.open == ["a", "b"]
    for element_id in ("b", "c", "a"):
        desk.complete(element_id)

    assert desk.open == ["after"]


def test_activities_of_a_sequential_ad_hoc_sub_process_come_one_by_one(desk):
    desk, seen = desk(ad_hoc('ordering="Sequential"')), []
    while desk.open != ["after"]:
        seen += desk.open
        desk.complete(desk.open[0])

    assert seen == ["a", "b", "c"]


def test_a_completion_condition_cancels_the_rest_of_an_ad_hoc_sub_process(desk):
    desk = desk(ad_hoc(condition="enough"), enough=False)
    desk.complete("b")
    assert desk.open == ["a", "c"]
    desk.complete("c", enough=True)

    assert desk.open == ["after"]
    assert "task_cancelled" in desk.events


def test_what_runs_in_an_ad_hoc_sub_process_is_awaited_if_it_says_so(desk):
    desk = desk(ad_hoc('cancelRemainingInstances="false"', "enough"), enough=False)
    desk.complete("a", enough=True)
    assert desk.open == ["b"]
    desk.complete("b")
    desk.complete("c")

    assert desk.open == ["after"]


def test_activities_of_a_manual_ad_hoc_sub_process_are_started_by_hand(desk):
    desk = desk(ad_hoc('anju:manual="true"', "enough"), enough=False)
    assert desk.open == []
    assert desk.execution.ad_hoc_activities() == ["a", "b"]
    for _ in range(2):
        desk.act(lambda execution: execution.start_ad_hoc("a"))
    assert desk.open == ["a", "a"]
    desk.complete("a")
    desk.complete("a")
    assert desk.open == []
    with pytest.raises(ActivityNotStartable):
        desk.execution.start_ad_hoc("c")
    desk.act(lambda execution: execution.start_ad_hoc("b"))
    desk.complete("b", enough=True)

    assert desk.open == ["after"]


def test_an_activity_starts_when_enough_tokens_have_come_and_sends_several(desk):
    desk = desk(
        """
        start s
        parallel g
        user a
        user b
        <userTask id="c" name="c" startQuantity="2" completionQuantity="3"/>
        boundary t on=c message=m
        user d
        user e
        f1: s -> g
        f2: g -> a
        f3: g -> b
        f4: a -> c
        f5: b -> c
        f6: c -> d
        f7: t -> e
        """
    )
    desk.complete("b")
    assert desk.open == ["a"]
    desk.complete("a")
    assert desk.open == ["c"]
    desk.complete("c")

    assert desk.open == ["d", "d", "d"]
    assert desk.execution.messages() == []


STARTS = """
    <message id="m1" name="m1"/>
    <receiveTask id="r" name="r" instantiate="true" messageRef="message_go"/>
    user a
    f1: r -> a
    catch unused message=go
    f2: a -> unused
"""


def test_a_receive_task_starts_a_process_with_its_message(define, host):
    definition = define(STARTS.replace('<message id="m1" name="m1"/>', ""))
    assert definition.message_starts == {"go": "r"}
    execution = Execution.start(definition, {"x": 1}, host, start_event="r")

    assert [task.element_id for task in execution.user_tasks()] == ["a"]
    assert "message_received" in [event.kind for event in execution.events()]
    with pytest.raises(StartNotFound):
        Execution.start(definition, {}, host)


def gateway(kind):
    return f"""
        <eventBasedGateway id="g" name="g" instantiate="true" eventGatewayType="{kind}"/>
        catch one message=one
        catch two message=two
        user a
        user b
        f1: g -> one
        f2: g -> two
        f3: one -> a
        f4: two -> b
        """


@pytest.mark.parametrize(("kind", "awaited"), [("Exclusive", []), ("Parallel", ["one"])])
def test_an_event_gateway_starts_a_process_with_one_of_its_events(define, host, kind, awaited):
    definition = define(gateway(kind))
    assert definition.message_starts == {"one": "one", "two": "two"}
    execution = Execution.start(definition, {}, host, start_event="two")

    assert [task.element_id for task in execution.user_tasks()] == ["b"]
    assert execution.flows_taken() == ["f2", "f4"]
    assert [wait.name for wait in execution.messages()] == awaited
    for wait in execution.messages():
        execution.deliver(wait.token_id, {})
    assert len(execution.user_tasks()) == 1 + len(awaited)


def test_what_starts_a_process_has_no_incoming_flow(bpmn):
    text = "start s\nf0: s -> g\n" + gateway("Exclusive")

    assert "no flow leads to it" in " ".join(p.advice for p in lint(bpmn(text)))
