"""The face of FEEL: evaluate an expression or unary tests over variables."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from feel.budget import DEFAULT_BUDGET, Budget
from feel.compiler import calls, loops, operators
from feel.compiler.base import Scope, Thunk, compile_node
from feel.compiler.tests import Test, compile_unary_tests
from feel.errors import FeelBudgetExceeded
from feel.names import odd_names
from feel.nodes import Expression, UnaryTests
from feel.parser import parse_expression, parse_unary_tests
from feel.run import Run
from feel.values import FeelFunction, to_value

Functions = Mapping[str, Callable[..., object]]
NO_FUNCTIONS: Functions = MappingProxyType({})

# Importing these registers their compile functions.
COMPILERS = (calls, loops, operators)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A value, and why parts of the expression became null.

    Attributes:
        value: the result.
        problems: one sentence each, in order of evaluation; empty if nothing went wrong.
    """

    value: object
    problems: tuple[str, ...]


def evaluate(
    expression: str | Expression,
    variables: Mapping[str, object],
    *,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
    budget: Budget = DEFAULT_BUDGET,
) -> object:
    """Evaluate an expression; what goes wrong inside is null, as DMN says.

    Args:
        expression: FEEL text (parsed once, then cached) or a parsed expression.
        variables: values by name; int and float are taken as numbers.
        now: the instant of `now()` and `today()`.
        functions: host functions by name; names may hold spaces.
        budget: limits of steps, depth and size.

    Raises:
        FeelSyntaxError: the text is not FEEL.
        FeelBudgetExceeded: the expression asks for more than the budget.
    """
    return examine(expression, variables, now=now, functions=functions, budget=budget).value


def examine(
    expression: str | Expression,
    variables: Mapping[str, object],
    *,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
    budget: Budget = DEFAULT_BUDGET,
) -> Outcome:
    """Evaluate as `evaluate` does, and tell also what went wrong inside.

    Raises:
        FeelSyntaxError: the text is not FEEL.
        FeelBudgetExceeded: the expression asks for more than the budget.
    """
    host = host_functions(functions)
    if isinstance(expression, str):
        expression = parse_expression(expression, known_names(variables, host))
    run = Run(now, host, budget)
    try:
        value = compiled(expression)(Scope(variables, None, run))
    except RecursionError as error:
        raise FeelBudgetExceeded("The expression goes too deep.") from error
    return Outcome(value=value, problems=tuple(run.problems))


def evaluate_unary_tests(
    tests: str | UnaryTests,
    value: object,
    variables: Mapping[str, object],
    *,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
    budget: Budget = DEFAULT_BUDGET,
) -> bool:
    """Tell whether a value passes unary tests such as `< 5`, `"a", "b"` or `not([1..3])`.

    Args:
        tests: FEEL text (parsed once, then cached) or parsed tests.
        value: the value under test, `?` in the text.
        variables: other values by name.
        now: the instant of `now()` and `today()`.
        functions: host functions by name.
        budget: limits of steps, depth and size.

    Returns:
        Whether it passes; what cannot be compared does not pass.

    Raises:
        FeelSyntaxError: the text is not FEEL unary tests.
        FeelBudgetExceeded: the tests ask for more than the budget.
    """
    host = host_functions(functions)
    if isinstance(tests, str):
        tests = parse_unary_tests(tests, known_names(variables, host))
    run = Run(now, host, budget)
    try:
        return compiled_tests(tests)(Scope(variables, None, run), to_value(value)) is True
    except RecursionError as error:
        raise FeelBudgetExceeded("The tests go too deep.") from error


@lru_cache(maxsize=8192)
def compiled(expression: Expression) -> Thunk:
    """Compile an expression once."""
    return compile_node(expression.root)


@lru_cache(maxsize=8192)
def compiled_tests(tests: UnaryTests) -> Test:
    """Compile unary tests once."""
    return compile_unary_tests(tests)


def known_names(
    variables: Mapping[str, object], functions: Mapping[str, object] = NO_FUNCTIONS
) -> frozenset[str]:
    """Collect the names that the parser must know: those that are not one plain word."""
    names = odd_names(variables)
    return names | _odd(tuple(functions)) if functions else names


@lru_cache(maxsize=256)
def _odd(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in names if not name.isidentifier())


def host_functions(functions: Functions) -> Mapping[str, FeelFunction]:
    """Make Python functions callable in FEEL; a trailing underscore of a parameter is dropped."""
    if not functions:
        return _NONE
    return {name: _host_function(name, function) for name, function in functions.items()}


_NONE: Mapping[str, FeelFunction] = MappingProxyType({})


@lru_cache(maxsize=512)
def _host_function(name: str, function: Callable[..., object]) -> FeelFunction:
    parameters = tuple(
        parameter.rstrip("_").replace("_", " ")
        for parameter in inspect.signature(function).parameters
    )
    return FeelFunction(parameters, lambda *arguments: to_value(function(*arguments)))
