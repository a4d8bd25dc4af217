"""All built-in functions by name."""

from collections.abc import Mapping

from feel.builtins import (
    booleans,
    contexts,
    conversions,
    dates,
    lists,
    numbers,
    ranges,
    strings,
)
from feel.builtins.registry import Builtin, Overload
from feel.run import Run
from feel.values import FeelFunction

_MODULES = (booleans, contexts, conversions, dates, lists, numbers, ranges, strings)


def _collect() -> Mapping[str, Builtin]:
    overloads: dict[str, list[Overload]] = {}
    for module in _MODULES:
        for name, ways in module.FUNCTIONS.overloads.items():
            overloads.setdefault(name, []).extend(ways)
    return {name: Builtin(name, tuple(ways)) for name, ways in overloads.items()}


BUILTINS: Mapping[str, Builtin] = _collect()

# Names of several words, which the parser must know.
LONG_NAMES = frozenset(name for name in BUILTINS if not name.isidentifier()) | {
    "time offset",
    "start included",
    "end included",
}


def as_value(builtin: Builtin, run: Run) -> FeelFunction:
    """Make a built-in function a value, for instance to hand it to `sort`."""
    parameters = tuple(parameter.name for parameter in builtin.overloads[0].parameters)
    return FeelFunction(parameters, lambda *arguments: builtin.call(run, arguments))
