"""How a built-in function is declared and how its arguments find their places."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from feel.arithmetic import kind
from feel.errors import FeelTypeError
from feel.kinds import coerced, is_kind
from feel.run import Run

Function = TypeVar("Function", bound=Callable[..., object])

_SIGNATURE = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*)\)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: as FEEL calls it; may hold spaces.
        kind: which values it takes, see `feel.kinds`.
        is_optional: whether it may be left out or null.
    """

    name: str
    kind: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function.

    Attributes:
        parameters: in order.
        is_variadic: whether the last parameter takes any count of arguments; the function gets
            them as a list if it is the only one, else one by one.
        function: gets the run first, then the arguments.
    """

    parameters: tuple[Parameter, ...]
    is_variadic: bool
    function: Callable[..., object]

    def bind(self, arguments: Sequence[object], *, loosely: bool) -> list[object] | None:
        """Check arguments against the parameters.

        Args:
            arguments: values in order.
            loosely: whether [x] may stand for x, x for [x] and a date for its midnight.

        Returns:
            The arguments to call with, or None if they do not fit.
        """
        parameters = self._places(len(arguments))
        if parameters is None:
            return None
        bound: list[object] = []
        for parameter, value in zip(parameters, arguments, strict=False):
            if not self._put(parameter, value, bound, loosely=loosely):
                return None
        return [bound] if self.is_variadic and len(self.parameters) == 1 else bound

    def _places(self, count: int) -> tuple[Parameter, ...] | None:
        """Give a parameter for each of so many arguments, or None if there are not so many."""
        if self.is_variadic:
            extra = count - len(self.parameters) + 1
            return None if extra < 1 else self.parameters[:-1] + self.parameters[-1:] * extra
        needed = sum(not parameter.is_optional for parameter in self.parameters)
        return self.parameters if needed <= count <= len(self.parameters) else None

    @staticmethod
    def _put(parameter: Parameter, value: object, bound: list[object], *, loosely: bool) -> bool:
        if is_kind(value, parameter.kind) or (value is None and parameter.is_optional):
            bound.append(value)
            return True
        if loosely:
            value = coerced(value, parameter.kind)
            bound.append(value)
            return is_kind(value, parameter.kind)
        return False

    def order(self, named: Mapping[str, object]) -> list[object] | None:
        """Put named arguments in order; None if the names do not fit."""
        names = [parameter.name for parameter in self.parameters]
        if self.is_variadic or not named.keys() <= set(names):
            return None
        for parameter in self.parameters:
            if not parameter.is_optional and parameter.name not in named:
                return None
        return [named.get(name) for name in names]


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A built-in function with all ways to call it."""

    name: str
    overloads: tuple[Overload, ...]

    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Call with arguments in order.

        Raises:
            FeelTypeError: no way to call it takes these arguments.
        """
        for loosely in (False, True):
            for overload in self.overloads:
                bound = overload.bind(arguments, loosely=loosely)
                if bound is not None:
                    return overload.function(run, *bound)
        kinds = ", ".join(kind(value) for value in arguments)
        raise FeelTypeError(f"The function {self.name} does not take ({kinds}).")

    def call_named(self, run: Run, named: Mapping[str, object]) -> object:
        """Call with arguments by name.

        Raises:
            FeelTypeError: no way to call it takes these arguments.
        """
        for loosely in (False, True):
            for overload in self.overloads:
                ordered = overload.order(named)
                bound = None if ordered is None else overload.bind(ordered, loosely=loosely)
                if bound is not None:
                    return overload.function(run, *bound)
        given = ", ".join(named)
        raise FeelTypeError(f"The function {self.name} does not take ({given}).")


class Registry:
    """Collects the functions of one module."""

    def __init__(self) -> None:
        self.overloads: dict[str, list[Overload]] = {}

    def add(self, *signatures: str) -> Callable[[Function], Function]:
        """Declare a function that needs its arguments only."""

        def register(function: Function) -> Function:
            self._register(signatures, lambda _run, *arguments: function(*arguments))
            return function

        return register

    def add_with_run(self, *signatures: str) -> Callable[[Function], Function]:
        """Declare a function that also needs the run, as its first parameter."""

        def register(function: Function) -> Function:
            self._register(signatures, function)
            return function

        return register

    def _register(self, signatures: Sequence[str], function: Callable[..., object]) -> None:
        for signature in signatures:
            name, parameters, is_variadic = read_signature(signature)
            overload = Overload(parameters, is_variadic, function)
            self.overloads.setdefault(name, []).append(overload)


def read_signature(signature: str) -> tuple[str, tuple[Parameter, ...], bool]:
    """Read `name(a: string, b: number?)`; `name(*items: any)` takes any count."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(signature)
    texts = [text for text in match["parameters"].split(", ") if text]
    is_variadic = bool(texts) and texts[-1].startswith("*")
    parameters = []
    for text in texts:
        name, kind_name = text.lstrip("*").split(": ")
        parameters.append(Parameter(name, kind_name.rstrip("?"), kind_name.endswith("?")))
    return match["name"], tuple(parameters), is_variadic
