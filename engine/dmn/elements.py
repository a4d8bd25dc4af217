"""What a decision model consists of, as the reader gives it to the evaluator."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feel.nodes import Expression, TypeName, UnaryTests


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Any expression of a model: a text or a box with others inside.

    Attributes:
        element_id: id in the file, or "".
        type_ref: name of the declared type of its value, or "".
    """

    element_id: str = ""
    type_ref: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Box):
    """A literal expression; without an expression it was not readable."""

    text: str
    expression: Expression | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entries(Box):
    """A boxed context; an entry named "" is its result."""

    entries: tuple[tuple[str, str, Box], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Items(Box):
    """A boxed list."""

    items: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation(Box):
    """A list of contexts written as a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Invocation(Box):
    """A function called with named arguments."""

    function: Box
    arguments: tuple[tuple[str, Box], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Function(Box):
    """A boxed function; parameters are (name, type)."""

    parameters: tuple[tuple[str, str], ...]
    body: Box | None
    kind: str = "FEEL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditional(Box):
    """A boxed if."""

    condition: Box
    then: Box
    otherwise: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop(Box):
    """A boxed for, some or every."""

    kind: str
    variable: str
    source: Box
    body: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterBox(Box):
    """A boxed filter."""

    source: Box
    condition: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """A column of conditions.

    Attributes:
        label: what a reader calls it: its label, else its expression.
        expression: gives the value under test.
        type_ref: declared type, or "".
        allowed: tests that each value must pass, or None.
    """

    label: str
    expression: Text
    type_ref: str
    allowed: UnaryTests | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A column of results.

    Attributes:
        name: entry of the result, "" if it is the only column.
        type_ref: declared type, or "".
        values: expression of the list of allowed values in order of priority, or None.
        default: result if no rule matches, or None.
    """

    name: str
    type_ref: str
    values: Expression | None
    default: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A row: a test for each input, a result for each output.

    Attributes:
        rule_id: its id, else its number from 1.
        tests: None where the cell was not readable.
    """

    rule_id: str
    tests: tuple[UnaryTests | None, ...]
    results: tuple[Text, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table(Box):
    """A decision table.

    Attributes:
        hit_policy: UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE ORDER or OUTPUT ORDER.
        aggregation: SUM, COUNT, MIN, MAX or "".
    """

    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An item definition or one of its components.

    Attributes:
        name: of the type or component.
        type: its shape in FEEL's words.
        base: name of the type it refines, or "".
        is_collection: whether values are lists of it.
        components: entries, if it is a context.
        allowed: tests for a value, or for each item of a collection.
        type_constraint: tests for the whole value, also of a collection.
    """

    name: str
    type: TypeName
    base: str
    is_collection: bool
    components: tuple["Item", ...]
    allowed: UnaryTests | None
    type_constraint: UnaryTests | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DrgElement:
    """A node of the requirements graph.

    Attributes:
        element_id: id in the file.
        name: as the author calls it.
        variable: name under which others see its value.
        type_ref: declared type of the value, or "".
        requires: references `#id` or `namespace#id`, in order.
    """

    element_id: str
    name: str
    variable: str
    type_ref: str = ""
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class InputData(DrgElement):
    """A value that comes from outside."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision(DrgElement):
    """A value that is decided; no box means that no logic is given."""

    box: Box | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge(DrgElement):
    """A business knowledge model: a function that decisions may call."""

    function: Function | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Service(DrgElement):
    """A decision service: a function over a part of the graph.

    Attributes:
        outputs: references of the decisions whose values are the result.
        input_decisions: references of decisions that the caller gives.
        input_data: references of input data that the caller gives.
    """

    outputs: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One file.

    Attributes:
        namespace: its own.
        name: its name.
        elements: nodes of the requirements graph by id.
        items: item definitions by name.
        imports: import name by namespace of the imported model.
        names: names of more than one plain word that its texts may use.
    """

    namespace: str
    name: str
    elements: Mapping[str, DrgElement]
    items: Mapping[str, Item] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
