"""Rules of the deploy check: quantities, behaviours of loops, ad-hoc and complex constructs."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.behaviors import BEHAVIORS, THROWN, read_behavior
from engine.spiff.building import read_ad_hoc
from engine.spiff.data import read_data, stores_of
from engine.spiff.diagram import Diagram, Node, find, text_of
from engine.spiff.findings import Known, NodeRule, check_feel, error, warning
from engine.spiff.quantities import MOST_TOKENS, quantity_of
from engine.spiff.vocabulary import ACTIVITIES


def token_quantity(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Check how many tokens an activity collects and sends."""
    for name in ("startQuantity", "completionQuantity"):
        if quantity_of(node.xml.get(name)) is None:
            yield error(
                node,
                sentence(
                    "Its %(name)s is no whole number from 1 to %(most_tokens)s. Correct it.",
                    name=name,
                    most_tokens=MOST_TOKENS,
                ),
            )


def loop_kinds(_: Diagram, node: Node, __: Known) -> Iterator[Problem]:
    """Refuse activities that are repeated in two ways at once."""
    kinds = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
    if sum(len(find(node.xml, f"./bpmn:{kind}")) for kind in kinds) > 1:
        yield error(node, "It has two loop markers. Keep one of them.")
    for xml in find(node.xml, "./bpmn:multiInstanceLoopCharacteristics"):
        if (text_of(xml, "./bpmn:loopCardinality") or "").lstrip("= ").startswith("-"):
            yield error(node, "Its cardinality is negative. Write a whole number from 0.")


def loop_behavior(diagram: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check what a multi-instance activity throws when an instance is done."""
    behavior = read_behavior(diagram, node)
    if behavior.kind not in BEHAVIORS:
        choices = ", ".join(sorted(BEHAVIORS))
        yield error(
            node,
            sentence(
                "Its behavior %(kind)s does not exist. Use one of: %(choices)s.",
                kind=behavior.kind,
                choices=choices,
            ),
        )
    for trigger in behavior.triggers():
        if trigger is None:
            yield error(node, "The event its behavior throws is not in the file. Choose one.")
        elif trigger.kind not in THROWN or not trigger.is_known:
            choices = ", ".join(sorted(THROWN))
            yield error(
                node,
                sentence(
                    "Its behavior throws a %(kind)s. Use one of: %(choices)s.",
                    kind=trigger.kind,
                    choices=choices,
                ),
            )
    for condition, _ in behavior.cases:
        yield from check_feel(node, condition, known, "The condition of its behavior")


def ad_hoc(diagram: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check ad-hoc sub-processes."""
    if node.type != "adHocSubProcess":
        return
    inside, rule = diagram.inside(node.id), read_ad_hoc(node)
    if not any(inner.type in ACTIVITIES for inner in inside):
        yield error(node, "An ad-hoc sub-process with no activity does nothing. Draw one in it.")
    for inner in inside:
        if inner.type in {"startEvent", "endEvent"}:
            advice = "Remove it: its activities begin and end by themselves."
            yield error(
                inner,
                sentence(
                    "An ad-hoc sub-process has no %(type)s. %(advice)s",
                    type=inner.type,
                    advice=advice,
                ),
            )
    if node.xml.get("ordering", "Parallel") not in {"Parallel", "Sequential"}:
        yield error(node, "Its ordering is neither Parallel nor Sequential. Correct it.")
    if rule.is_manual and rule.completion is None:
        yield error(node, "It would never end. Give it a completion condition.")
    yield from check_feel(node, rule.completion, known, "The completion condition")


def complex_gateway(diagram: Diagram, node: Node, known: Known) -> Iterator[Problem]:
    """Check the activation condition of a complex gateway."""
    if node.type != "complexGateway":
        return
    activation = text_of(node.xml, "./bpmn:activationCondition")
    yield from check_feel(node, activation, known, "The activation condition")
    if activation is None and len(diagram.incoming.get(node.id, [])) > 1:
        advice = "Write one, such as activationCount >= 2."
        yield warning(
            node,
            sentence(
                "Without activation condition the first token activates it. %(advice)s",
                advice=advice,
            ),
        )


def data_associations(diagram: Diagram, node: Node, _: Known) -> Iterator[Problem]:
    """Tell which data associations are not carried out, and where a data store is meant."""
    if node.type not in ACTIVITIES:
        return
    for advice in read_data(diagram, node).advice:
        yield warning(node, advice)
    for store in sorted(set(stores_of(diagram, node))):
        advice = "Let a service task read and write what others share."
        yield warning(
            node,
            sentence(
                "The data store %(store)s is a variable of this case only. %(advice)s",
                store=store,
                advice=advice,
            ),
        )


STRUCTURE_RULES: tuple[NodeRule, ...] = (
    token_quantity,
    loop_kinds,
    loop_behavior,
    ad_hoc,
    complex_gateway,
    data_associations,
)
