"""The parts of a FEEL expression, as the parser gives them to the evaluator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, Boolean, null or `@"..."` value."""

    value: object


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or function by name; `?` is the value under test."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`source.name`."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`- operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left operator right` with + - * / **."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left operator right` with = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`left and right`, `left or right`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in test`, `value in (test, test)`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then first else second`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """`name in source` or `name in source..end` of a loop."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for a in b, c in d return body`."""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some|every a in b satisfies condition`."""

    kind: str
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """`{a: b, "c d": e}`; later entries see earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """`[low..high]` and its open forms."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class HalfRange(Node):
    """`< end`, `>= start`, also `= value` and `!= value`: a test, or a range open at one side."""

    operator: str
    end: Node


@dataclass(frozen=True, slots=True)
class Anything(Node):
    """The test `-`."""


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`source[condition]`."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(a, b)` or `function(name: a)`."""

    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """A type: its name, and what it is made of.

    Attributes:
        name: "number", "list", "context", "function", or a name the model defines.
        parts: entries (name, type); "" names the item of a list or the range's ends. For
            functions the last part "->" is the result.
    """

    name: str
    parts: tuple[tuple[str, "TypeName"], ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: TypeName


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    """`function(a: number, b) body`."""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
    is_external: bool


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression, ready for evaluation; equal only to itself.

    Attributes:
        text: what was parsed.
        root: its tree.
        names: free names that the expression uses: variables and functions that it does not
            define itself, without the built-in functions.
    """

    text: str
    root: Node
    names: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class UnaryTests:
    """Parsed unary tests of a decision table cell; equal only to themselves.

    Attributes:
        text: what was parsed.
        tests: one of these must hold.
        is_negated: whether `not(...)` stands around them.
        names: free names, as in `Expression`.
    """

    text: str
    tests: tuple[Node, ...]
    is_negated: bool
    names: frozenset[str]
