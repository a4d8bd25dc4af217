"""Data of an activity: what its associations copy when it begins and when it is done.

A data object, data store or property is a variable of the instance. Data inputs and outputs that
an association or a call uses are locals of the activity, on its loop if it has one. BPMN 2.0.2,
10.4.2: an association transforms, or carries out its assignments, or else copies.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree
from SpiffWorkflow.task import Task

from engine.day_counting import DAY_FUNCTIONS
from engine.sentences import sentence
from engine.spiff.diagram import Diagram, Node, find, text_of
from engine.spiff.expressions import expression_of
from engine.spiff.scopes import evaluate, visible, write_outside
from engine.spiff.values import check_variables
from feel.errors import FeelError
from feel.parser import parse_expression

_KINDS = ("Input", "Output")


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """One value that an association hands over.

    Attributes:
        target: name of the variable that takes it.
        sources: names of the variables it comes from; without expression just the one copied.
        expression: FEEL that gives the value.
    """

    target: str
    sources: tuple[str, ...]
    expression: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DataRule:
    """What is copied into and out of an activity.

    Attributes:
        names: the locals that the activity has while it is active.
    """

    names: tuple[str, ...]
    inputs: tuple[Copy, ...]
    outputs: tuple[Copy, ...]


@dataclass(kw_only=True, slots=True)
class DataReading:
    """What was read of the associations of an activity.

    Attributes:
        advice: why associations are not carried out, a sentence each with what to do.
        names: locals, in order.
    """

    inputs: list[Copy] = field(default_factory=list)
    outputs: list[Copy] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    advice: list[str] = field(default_factory=list)

    def rule(self) -> DataRule | None:
        """Give what is to be done, None if nothing is."""
        if not self.inputs and not self.outputs:
            return None
        return DataRule(
            names=tuple(self.names), inputs=tuple(self.inputs), outputs=tuple(self.outputs)
        )


def read_data(diagram: Diagram, node: Node) -> DataReading:
    """Read the data associations of an activity; what cannot be read is told, not refused."""
    reading = DataReading()
    inputs, outputs = (find(node.xml, f"./bpmn:data{kind}Association") for kind in _KINDS)
    if not inputs and not outputs:
        return reading
    own = _own_items(diagram, node)
    others = {key: name for key, name in diagram.data.items() if key not in own}
    for xml in inputs:
        reading.inputs += _Association(xml, others, own, reading).copies()
    for xml in outputs:
        reading.outputs += _Association(xml, own, others, reading).copies()
    local = set(own.values())
    used = [copy.target for copy in reading.inputs]
    used += [source for copy in reading.outputs for source in copy.sources if source in local]
    reading.names.update(dict.fromkeys(used))
    return reading


def stores_of(diagram: Diagram, node: Node) -> Iterator[str]:
    """Name the data stores that the associations of an activity read or write."""
    for kind in _KINDS:
        for xml in find(node.xml, f"./bpmn:data{kind}Association/*"):
            if _id(xml) in diagram.stores:
                yield diagram.data[_id(xml)]


def handed_over(diagram: Diagram, node: Node, kind: str) -> tuple[str, ...]:
    """Name the data inputs ("dataInput") or outputs of a call; a loop hands over single items."""
    found = find(node.xml, f"./bpmn:ioSpecification/bpmn:{kind}")
    names = [diagram.data.get(item.get("id", ""), "") for item in found]
    for loop in find(node.xml, "./bpmn:multiInstanceLoopCharacteristics"):
        whole, single = _LOOP_ITEMS[kind]
        collection = diagram.data.get(text_of(loop, f"./bpmn:{whole}") or "")
        names = [name for name in names if name != collection]
        items = find(loop, f"./bpmn:{single}")
        names += [" ".join((i.get("name") or i.get("id") or "").split()) for i in items]
    return tuple(name for name in names if _is_variable(name))


def take_in(task: Task, rule: DataRule) -> None:
    """Fill the data inputs of an activity that begins; its outputs are null."""
    names = task.internal_data.setdefault("locals", {})
    if rule.names and rule.names[0] in names:
        return
    values = _values(task, rule.inputs)
    names.update(dict.fromkeys(rule.names) | check_variables(values))


def give_out(task: Task, rule: DataRule) -> None:
    """Copy the data outputs of an activity that is done, and forget its locals."""
    names = task.internal_data.get("locals", {})
    missing = set(rule.names) - set(names)
    known = [copy for copy in rule.outputs if missing.isdisjoint(copy.sources)]
    values = _values(task, known)
    for name in rule.names:
        names.pop(name, None)
    if not names:
        task.internal_data.pop("locals", None)
    write_outside(task, values)


_LOOP_ITEMS: Mapping[str, tuple[str, str]] = {
    "dataInput": ("loopDataInputRef", "inputDataItem"),
    "dataOutput": ("loopDataOutputRef", "outputDataItem"),
}


def _values(task: Task, copies: list[Copy] | tuple[Copy, ...]) -> dict[str, object]:
    seen = visible(task)
    return {
        copy.target: seen.get(copy.sources[0])
        if copy.expression is None
        else evaluate(task, copy.expression)
        for copy in copies
    }


class _Association:
    """Reads one association between what stands around an activity and what it holds."""

    def __init__(
        self,
        xml: etree._Element,
        sources: Mapping[str, str],
        targets: Mapping[str, str],
        reading: DataReading,
    ) -> None:
        self._xml = xml
        self._sources = sources
        self._targets = targets
        self._reading = reading

    def copies(self) -> list[Copy]:
        """Give what is to be copied; nothing, with advice, if it cannot be carried out."""
        try:
            return list(self._copies())
        except LookupError as error:
            name = self._xml.get("id") or "without id"
            self._reading.advice.append(
                sentence(
                    "The data association %(name)s is not carried out: %(value)s",
                    name=name,
                    value=error.args[0],
                )
            )
            return []

    def _copies(self) -> Iterator[Copy]:
        transformations = find(self._xml, "./bpmn:transformation")
        assignments = find(self._xml, "./bpmn:assignment")
        if assignments and not transformations:
            yield from [self._assigned(each) for each in assignments]
            return
        target = self._target(text_of(self._xml, "./bpmn:targetRef"))
        if transformations:
            expression = _feel(transformations[0])
            yield Copy(target=target, sources=self._origins(), expression=expression)
            return
        sources = self._origins()
        if len(sources) != 1:
            raise LookupError("it does not have exactly one source. Choose one.")
        yield Copy(target=target, sources=sources)

    def _origins(self) -> tuple[str, ...]:
        references = find(self._xml, "./bpmn:sourceRef")
        sources = tuple(self._sources.get(_id(each), "") for each in references)
        if not all(_is_variable(source) for source in sources):
            raise LookupError("its source is not in reach. Choose another source.")
        return sources

    def _assigned(self, xml: etree._Element) -> Copy:
        texts = {part: find(xml, f"./bpmn:{part}") for part in ("from", "to")}
        if not texts["from"] or not texts["to"]:
            raise LookupError("an assignment has no from or no to. Write both.")
        place = expression_of(texts["to"][0].text or "")
        aim = self._targets.get(place) or (place if place in self._targets.values() else None)
        if aim is None or not _is_variable(aim):
            aim = self._target(text_of(self._xml, "./bpmn:targetRef"))
        return Copy(target=aim, sources=self._origins(), expression=_feel(texts["from"][0]))

    def _target(self, reference: str | None) -> str:
        target = self._targets.get((reference or "").rpartition(":")[2], "")
        if not _is_variable(target):
            raise LookupError("its target is not in reach. Choose another target.")
        return target


def _feel(xml: etree._Element) -> str:
    language, text = xml.get("language", "feel"), expression_of(xml.text or "")
    if "feel" not in language.lower():
        raise LookupError(
            sentence(
                "its expression is written in %(language)s. Rewrite it as FEEL.", language=language
            )
        )
    try:
        parse_expression(text, DAY_FUNCTIONS)
    except FeelError as failure:
        raise LookupError(
            sentence("its expression is not FEEL: %(failure)s Correct it.", failure=failure)
        ) from failure
    return text


def _own_items(diagram: Diagram, node: Node) -> dict[str, str]:
    found = find(node.xml, "./bpmn:ioSpecification/*") + find(node.xml, "./bpmn:property")
    keys = [xml.get("id", "") for xml in found]
    return {key: diagram.data[key] for key in keys if key in diagram.data}


def _is_variable(name: str) -> bool:
    return bool(name) and not name.startswith("$")


def _id(xml: etree._Element) -> str:
    return (xml.text or "").strip().rpartition(":")[2]
