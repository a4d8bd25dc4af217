"""The face of FEEL: evaluate an expression or unary tests over variables."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from feel.budget import DEFAULT_BUDGET, Budget, check_tree
from feel.compiler import calls, loops, operators
from feel.compiler.base import Scope, Thunk, compile_node
from feel.compiler.tests import Test, compile_unary_tests
from feel.errors import FeelBudgetExceeded
from feel.names import odd_names
from feel.nodes import Expression, TypeName, UnaryTests
from feel.parser import parse_expression, parse_unary_tests
from feel.run import Run
from feel.values import FeelFunction, to_value

Functions = Mapping[str, Callable[..., object] | FeelFunction]
"""Host functions by name: Python functions, or functions whose parameters are told already."""

NO_FUNCTIONS: Functions = MappingProxyType({})
NO_TYPES: Mapping[str, TypeName] = MappingProxyType({})

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


class Evaluation:
    """Several expressions evaluated together: one instant, one budget, one list of problems.

    Args:
        now: the instant of `now()` and `today()`.
        functions: host functions by name; names may hold spaces.
        budget: limits of steps, depth and size for all of them together.
        types: types that the model defines, for `instance of` and parameters.
    """

    def __init__(
        self,
        *,
        now: datetime,
        functions: Functions = NO_FUNCTIONS,
        budget: Budget = DEFAULT_BUDGET,
        types: Mapping[str, TypeName] = NO_TYPES,
    ) -> None:
        self.run = Run(now, host_functions(functions), budget, types)
        self.run.read = lambda text: self.value(text, {})

    @property
    def problems(self) -> tuple[str, ...]:
        """Why some parts became null, in order; a bounded list."""
        return tuple(self.run.problems)

    def value(self, expression: str | Expression, variables: Mapping[str, object]) -> object:
        """Evaluate an expression.

        Raises:
            FeelSyntaxError: the text is not FEEL.
            FeelBudgetExceeded: the expression asks for more than the budget.
        """
        if isinstance(expression, str):
            expression = parse_expression(expression, known_names(variables, self.run.functions))
        try:
            value = compiled(expression)(Scope(variables, None, self.run))
        except RecursionError as error:
            raise FeelBudgetExceeded("The expression goes too deep.") from error
        if isinstance(value, (list, dict)):
            check_tree(value)
        return value

    def passes(
        self, tests: str | UnaryTests, value: object, variables: Mapping[str, object]
    ) -> bool | None:
        """Tell whether a value passes unary tests; null if it cannot be compared.

        Raises:
            FeelSyntaxError: the text is not FEEL unary tests.
            FeelBudgetExceeded: the tests ask for more than the budget.
        """
        if isinstance(tests, str):
            tests = parse_unary_tests(tests, known_names(variables, self.run.functions))
        try:
            return compiled_tests(tests)(Scope(variables, None, self.run), to_value(value))
        except RecursionError as error:
            raise FeelBudgetExceeded("The tests go too deep.") from error


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
    evaluation = Evaluation(now=now, functions=functions, budget=budget)
    return evaluation.value(expression, variables)


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
    evaluation = Evaluation(now=now, functions=functions, budget=budget)
    value = evaluation.value(expression, variables)
    return Outcome(value=value, problems=evaluation.problems)


def evaluate_unary_tests(  # noqa: PLR0913 - the test, the value, and what each evaluation takes
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
    evaluation = Evaluation(now=now, functions=functions, budget=budget)
    return evaluation.passes(tests, value, variables) is True


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
    return {
        name: function if isinstance(function, FeelFunction) else _host_function(function)
        for name, function in functions.items()
    }


_NONE: Mapping[str, FeelFunction] = MappingProxyType({})


@lru_cache(maxsize=512)
def _host_function(function: Callable[..., object]) -> FeelFunction:
    parameters = tuple(
        parameter.rstrip("_").replace("_", " ")
        for parameter in inspect.signature(function).parameters
    )
    return FeelFunction(parameters, lambda *arguments: to_value(function(*arguments)))
