"""`in` and the unary tests of decision table cells."""

from collections.abc import Callable

from feel.comparison import any_of, compare, contains, equal
from feel.compiler.base import Scope, Thunk, compile_node
from feel.free_names import free_names
from feel.nodes import Anything, HalfRange, In, Node, UnaryTests
from feel.values import FeelRange

Test = Callable[[Scope, object], bool | None]


def compile_unary_tests(tests: UnaryTests) -> Test:
    """Turn unary tests into a closure over the scope and the value under test."""
    passes = _compile_tests(tests.tests)
    if not tests.is_negated:
        return passes

    def fails(scope: Scope, value: object) -> bool | None:
        outcome = passes(scope, value)
        return None if outcome is None else not outcome

    return fails


@compile_node.register
def _in(node: In) -> Thunk:
    value, passes = compile_node(node.value), _compile_tests(node.tests)

    def run(scope: Scope) -> object:
        outcome = passes(scope, value(scope))
        if outcome is None:
            return scope.run.null("The value cannot be compared with what follows 'in'.")
        return outcome

    return run


def _compile_tests(nodes: tuple[Node, ...]) -> Test:
    tests = tuple(_compile_test(node) for node in nodes)
    if len(tests) == 1:
        return tests[0]
    return lambda scope, value: any_of(test(scope, value) for test in tests)


def _compile_test(node: Node) -> Test:
    if isinstance(node, Anything):
        return lambda _scope, _value: True
    if isinstance(node, HalfRange):
        return _comparing(node)
    expression = compile_node(node)
    is_condition = "?" in free_names((node,))

    def passes(scope: Scope, value: object) -> bool | None:
        result = expression(Scope({"?": value}, scope, scope.run))
        if is_condition:
            return result if isinstance(result, bool) else None
        if isinstance(result, bool) and not isinstance(value, bool) and value is not None:
            return result
        return matches(value, result)

    return passes


def _comparing(node: HalfRange) -> Test:
    operator, end = node.operator, compile_node(node.end)
    return lambda scope, value: compare(operator, value, end(scope))


def _is_item(value: object, item: object) -> bool:
    if isinstance(item, FeelRange) and not isinstance(value, FeelRange):
        return contains(item, value) is True
    return equal(value, item) is True


def matches(value: object, expected: object) -> bool | None:
    """Tell whether a value equals a result, is one of a list, or lies in a range."""
    if isinstance(expected, FeelRange):
        return contains(expected, value)
    if isinstance(expected, list):
        return equal(value, expected) is True or any(_is_item(value, item) for item in expected)
    return equal(value, expected)
