"""The state of one evaluation: instant, host functions, budget and what went wrong."""

from collections.abc import Callable, Mapping
from datetime import datetime

from feel.budget import Budget, Meter
from feel.errors import FeelTypeError
from feel.nodes import TypeName
from feel.values import FeelFunction

_MOST_PROBLEMS = 50

# Null as a value: a function that gives plain None may not be used as an expression.
Null = bool | None


class Run:
    """One evaluation.

    Attributes:
        now: the instant of `now()` and `today()`.
        functions: functions of the host by name.
        meter: counts the budget down.
        problems: why some part became null, in order; a bounded list.
        types: types that the model defines, by name.
        read: evaluates a text without variables, for functions that read FEEL.
    """

    __slots__ = ("functions", "meter", "now", "problems", "read", "types")

    def __init__(
        self,
        now: datetime,
        functions: Mapping[str, FeelFunction],
        budget: Budget,
        types: Mapping[str, TypeName],
    ) -> None:
        self.now = now
        self.functions = functions
        self.types = types
        self.meter = Meter(budget)
        self.read: Callable[[str], object] | None = None
        self.problems: list[str] = []

    def null(self, problem: str) -> Null:
        """Note why a part has no value, and give null for it."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)
        return None

    def call(self, function: object, arguments: list[object]) -> object:
        """Call a function value with arguments in order.

        Raises:
            FeelTypeError: it is no function, or takes another count of arguments.
            FeelBudgetExceeded: the calls are too many or nested too deeply.
        """
        if not isinstance(function, FeelFunction):
            raise FeelTypeError("This is not a function.")
        self.meter.enter()
        try:
            return function.invoke(*arguments)
        finally:
            self.meter.leave()
