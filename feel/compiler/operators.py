"""Literals, names, operators, conditions, lists, contexts and ranges."""

from decimal import Decimal

from feel.arithmetic import calculate, kind, negate
from feel.builtins.library import BUILTINS, as_value
from feel.comparison import compare, less_or_equal
from feel.compiler.base import Scope, Thunk, compile_all, compile_node
from feel.errors import FeelTypeError
from feel.nodes import (
    Arithmetic,
    Between,
    Comparison,
    ContextOf,
    HalfRange,
    If,
    InstanceOf,
    ListOf,
    Literal,
    Logic,
    Name,
    Negate,
    Path,
    RangeOf,
)
from feel.properties import property_of
from feel.types import conforms
from feel.values import DECIMAL128, FeelRange, to_value


@compile_node.register
def _literal(node: Literal) -> Thunk:
    value = node.value
    return lambda _: value


@compile_node.register
def _name(node: Name) -> Thunk:
    name = node.name
    builtin = BUILTINS.get(name)
    path = _as_path(name)

    def look_up(scope: Scope) -> object:
        current: Scope | None = scope
        while current is not None:
            if name in current.names:
                value = current.names[name]
                return value if current.parent is not None else to_value(value)
            current = current.parent
        if name in scope.run.functions:
            return scope.run.functions[name]
        if builtin is not None:
            return as_value(builtin, scope.run)
        if path is not None:
            return path(scope)
        return scope.run.null(f"There is no name {name!r}.")

    return look_up


def _as_path(name: str) -> Thunk | None:
    """Read a name with a dot as a path too: elsewhere in the model it may be a name."""
    source, dot, last = name.rpartition(".")
    return compile_node(Path(Name(source), last)) if dot and source and last else None


@compile_node.register
def _path(node: Path) -> Thunk:
    source, name = compile_node(node.source), node.name

    def follow(scope: Scope) -> object:
        value = source(scope)
        if type(value) is dict and name in value:
            return value[name]
        if type(value) is list:
            scope.run.meter.spend(len(value))
        try:
            return property_of(value, name)
        except FeelTypeError as error:
            return scope.run.null(error.message)

    return follow


@compile_node.register
def _negate(node: Negate) -> Thunk:
    operand = compile_node(node.operand)

    def run(scope: Scope) -> object:
        try:
            return negate(operand(scope))
        except FeelTypeError as error:
            return scope.run.null(error.message)

    return run


# Steps that a power costs.
_POWER_COST = 30
_FAST = {"+": DECIMAL128.add, "-": DECIMAL128.subtract, "*": DECIMAL128.multiply}


@compile_node.register
def _arithmetic(node: Arithmetic) -> Thunk:
    operator, left, right = node.operator, compile_node(node.left), compile_node(node.right)
    fast = _FAST.get(operator)

    def run(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        try:
            if fast is not None and type(one) is Decimal and type(other) is Decimal:
                return fast(one, other)
            if operator == "**":
                scope.run.meter.spend(_POWER_COST)
            elif type(one) is str and type(other) is str:
                scope.run.meter.check_size(len(one) + len(other))
            return calculate(operator, one, other)
        except ArithmeticError:
            return scope.run.null(f"This {operator} has no result.")
        except FeelTypeError as error:
            return scope.run.null(error.message)

    return run


@compile_node.register
def _comparison(node: Comparison) -> Thunk:
    operator, left, right = node.operator, compile_node(node.left), compile_node(node.right)

    def run(scope: Scope) -> object:
        one, other = left(scope), right(scope)
        if type(one) is list or type(one) is dict:
            scope.run.meter.spend(len(one))
        outcome = compare(operator, one, other)
        if outcome is None:
            return scope.run.null(f"{kind(one)} {operator} {kind(other)} cannot be compared.")
        return outcome

    return run


@compile_node.register
def _logic(node: Logic) -> Thunk:
    left, right = compile_node(node.left), compile_node(node.right)
    decisive = node.operator == "or"

    def run(scope: Scope) -> object:
        one = left(scope)
        if one is decisive:
            return decisive
        other = right(scope)
        if other is decisive:
            return decisive
        if type(one) is bool and type(other) is bool:
            return not decisive
        return scope.run.null(
            f"{kind(one)} {node.operator} {kind(other)} is neither true nor false."
        )

    return run


@compile_node.register
def _between(node: Between) -> Thunk:
    value, low, high = compile_all((node.value, node.low, node.high))

    def run(scope: Scope) -> object:
        tested = value(scope)
        above = less_or_equal(low(scope), tested)
        below = less_or_equal(tested, high(scope))
        if above is None or below is None:
            return scope.run.null("These values cannot be compared by between.")
        return above and below

    return run


@compile_node.register
def _if(node: If) -> Thunk:
    condition, then, otherwise = compile_all((node.condition, node.then, node.otherwise))
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


@compile_node.register
def _instance_of(node: InstanceOf) -> Thunk:
    value, type_name = compile_node(node.value), node.type

    def run(scope: Scope) -> object:
        try:
            tested = value(scope)
            if type(tested) is list:
                scope.run.meter.spend(len(tested))
            return conforms(tested, type_name, scope.run.types)
        except FeelTypeError as error:
            return scope.run.null(error.message)

    return run


@compile_node.register
def _list(node: ListOf) -> Thunk:
    items = compile_all(node.items)

    def run(scope: Scope) -> object:
        scope.run.meter.spend()
        return [item(scope) for item in items]

    return run


@compile_node.register
def _context(node: ContextOf) -> Thunk:
    entries = tuple((name, compile_node(value)) for name, value in node.entries)
    is_unique = len(dict(entries)) == len(entries)

    def run(scope: Scope) -> object:
        if not is_unique:
            return scope.run.null("A context has two entries of the same name.")
        made: dict[str, object] = {}
        inner = Scope(made, scope, scope.run)
        for name, value in entries:
            made[name] = value(inner)
        return made

    return run


@compile_node.register
def _range(node: RangeOf) -> Thunk:
    low, high = compile_node(node.low), compile_node(node.high)

    def run(scope: Scope) -> object:
        start, end = low(scope), high(scope)
        if (start is None) == (end is None) and not less_or_equal(start, end):
            return scope.run.null(f"{kind(start)} and {kind(end)} are not the ends of a range.")
        return FeelRange(start, end, node.low_included, node.high_included)

    return run


@compile_node.register
def _half_range(node: HalfRange) -> Thunk:
    operator, end = node.operator, compile_node(node.end)

    def run(scope: Scope) -> object:
        return half_range(operator, end(scope))

    return run


def half_range(operator: str, end: object) -> FeelRange:
    """Make the range that `< end` and the like stand for."""
    if operator in ("<", "<="):
        return FeelRange(None, end, False, operator == "<=")
    if operator in (">", ">="):
        return FeelRange(end, None, operator == ">=", False)
    return FeelRange(end, end)
