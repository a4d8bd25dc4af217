"""Function definitions and invocations."""

from collections.abc import Iterable, Mapping

from feel.builtins.library import BUILTINS
from feel.builtins.registry import Builtin
from feel.compiler.base import Scope, Thunk, compile_all, compile_node, weigh
from feel.errors import FeelTypeError
from feel.nodes import Call, FunctionOf, Name
from feel.types import coerce
from feel.values import FeelFunction

# Characters of a text that a function may read in one step.
_CHARACTERS_A_STEP = 1000


@compile_node.register
def _function(node: FunctionOf) -> Thunk:
    body, cost = compile_node(node.body), weigh(node.body)
    names = tuple(name for name, _ in node.parameters)
    types = tuple(type_name for _, type_name in node.parameters)

    def define(scope: Scope) -> object:
        if node.is_external:
            return scope.run.null("External functions are not supported.")

        def invoke(*arguments: object) -> object:
            scope.run.meter.spend(cost)
            values = [
                value if type_name is None else coerce(value, type_name, scope.run.types)
                for value, type_name in zip(arguments, types, strict=True)
            ]
            return body(Scope(dict(zip(names, values, strict=True)), scope, scope.run))

        return FeelFunction(names, invoke, types)

    return define


@compile_node.register
def _call(node: Call) -> Thunk:
    find = _finder(node)
    positional = compile_all(node.positional)
    named = tuple((name, compile_node(value)) for name, value in node.named)

    def call(scope: Scope) -> object:
        function = find(scope)
        try:
            if named:
                values = {name: value(scope) for name, value in named}
                return _call_named(function, values, scope)
            return _call_in_order(function, [value(scope) for value in positional], scope)
        except FeelTypeError as error:
            return scope.run.null(error.message)
        except ArithmeticError:
            return scope.run.null("The result is too large a number.")

    return call


def _finder(node: Call) -> Thunk:
    """Find the function to call: a variable that holds one, the host's, then the built-in."""
    look_up = compile_node(node.function)
    if not isinstance(node.function, Name):
        return look_up
    name = node.function.name
    builtin = BUILTINS.get(name)

    def find(scope: Scope) -> object:
        current: Scope | None = scope
        while current is not None:
            value = current.names.get(name)
            if isinstance(value, FeelFunction):
                return value
            current = current.parent
        return scope.run.functions.get(name, builtin)

    return find


def _call_in_order(function: object, arguments: list[object], scope: Scope) -> object:
    scope.run.meter.spend(_cost_of(arguments))
    if isinstance(function, Builtin):
        return _noted(function.call(scope.run, arguments), function, scope)
    if isinstance(function, FeelFunction) and len(arguments) != len(function.parameters):
        raise FeelTypeError(
            f"The function takes {len(function.parameters)} arguments, not {len(arguments)}."
        )
    return scope.run.call(function, arguments)


def _noted(value: object, function: Builtin, scope: Scope) -> object:
    """Note a problem where a built-in function gives null."""
    return scope.run.null(f"The function {function.name} gives null.") if value is None else value


def _call_named(function: object, named: Mapping[str, object], scope: Scope) -> object:
    scope.run.meter.spend(_cost_of(named.values()))
    if isinstance(function, Builtin):
        return _noted(function.call_named(scope.run, named), function, scope)
    if not isinstance(function, FeelFunction):
        raise FeelTypeError("This is not a function.")
    if set(named) != set(function.parameters):
        raise FeelTypeError(f"The function's parameters are {', '.join(function.parameters)}.")
    return scope.run.call(function, [named[name] for name in function.parameters])


def _cost_of(arguments: Iterable[object]) -> int:
    """Tell how many steps a call costs: functions walk over the lists and texts they are given."""
    cost = 2
    for argument in arguments:
        if type(argument) is list:
            cost += len(argument)
        elif type(argument) is str:
            cost += len(argument) // _CHARACTERS_A_STEP
    return cost
