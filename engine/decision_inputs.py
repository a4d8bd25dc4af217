"""What a decision reads of a case: paths such as `facts.age`, and their values as FEEL text.

Only these paths are kept with a decision that was made, so that history holds no more about a
person than the decision looked at, and the decision can still be made again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime

from engine.day_counting import DAY_FUNCTIONS
from engine.dmn.elements import (
    Box,
    Decision,
    Entries,
    Function,
    Input,
    Knowledge,
    Loop,
    Model,
    Output,
    Rule,
    Service,
)
from feel.errors import FeelError
from feel.evaluator import evaluate
from feel.free_paths import free_paths
from feel.literals import to_literal
from feel.nodes import Expression, Node, UnaryTests
from feel.values import to_value

MOST_CHARACTERS = 2_000
"""Longest text of one value; a longer one is not kept, and the decision cannot be made again."""


def paths_of(model: Model, element: Decision | Service) -> tuple[str, ...]:
    """List the paths that a decision and those it rests on read of a case, in order of name.

    Of imported models nothing is known here.
    """
    seen: set[str] = set()
    found = set(_paths(model, element.element_id, seen))
    named = {each.variable for each in model.elements.values() if isinstance(each, _COMPUTED)}
    apart = named | DAY_FUNCTIONS | {"?"}
    return tuple(sorted(path for path in found if path.partition(".")[0] not in apart))


def take(paths: tuple[str, ...], variables: Mapping[str, object]) -> dict[str, str]:
    """Write the values that stand at paths of a case's variables as FEEL text.

    A path that goes on within a value, such as the year of a date, ends at the value.
    """
    taken = dict(_value_at(path, variables) for path in paths)
    return {path: text for path, text in taken.items() if len(text) <= MOST_CHARACTERS}


def variables_of(given: Mapping[str, str], *, now: datetime) -> dict[str, object]:
    """Build variables from FEEL texts by path.

    Raises:
        FeelError: a text does not parse.
    """
    variables: dict[str, object] = {}
    for path, text in sorted(given.items()):
        *holders, last = path.split(".")
        holder: dict[str, object] = variables
        for name in holders:
            inner = holder.setdefault(name, {})
            if not isinstance(inner, dict):
                raise FeelError(f"{path} stands inside of another value")
            holder = inner
        holder[last] = evaluate(text, {}, now=now)
    return variables


def missing(paths: tuple[str, ...], given: Mapping[str, str]) -> tuple[str, ...]:
    """Name the paths that nothing is known about."""
    return tuple(path for path in paths if not any(_is_within(path, each) for each in given))


def _is_within(path: str, known: str) -> bool:
    return path == known or path.startswith(f"{known}.") or known.startswith(f"{path}.")


def _value_at(path: str, variables: Mapping[str, object]) -> tuple[str, str]:
    value: object = variables
    taken: list[str] = []
    for name in path.split("."):
        if not isinstance(value, Mapping):
            break
        taken.append(name)
        value = value.get(name)
    return ".".join(taken), to_literal(to_value(value))


_COMPUTED = (Decision, Knowledge, Service)


def _paths(model: Model, element_id: str, seen: set[str]) -> Iterator[str]:
    element = model.elements.get(element_id)
    if element is None or element_id in seen:
        return
    seen.add(element_id)
    if isinstance(element, Decision) and element.box is not None:
        yield from _of_box(element.box)
    if isinstance(element, Knowledge) and element.function is not None:
        yield from _of_box(element.function)
    outputs = element.outputs if isinstance(element, Service) else ()
    for reference in (*element.requires, *outputs):
        yield from _paths(model, reference.removeprefix("#"), seen)


def _of_box(box: Box) -> frozenset[str]:
    local = _local_names(box)
    found = free_paths(_roots(box))
    return frozenset(path for path in found if path.partition(".")[0] not in local)


def _roots(part: object) -> Iterator[Node]:
    """Give the trees of all texts in a box, however deep."""
    if isinstance(part, Expression):
        yield part.root
    elif isinstance(part, UnaryTests):
        yield from part.tests
    elif isinstance(part, tuple):
        for each in part:
            yield from _roots(each)
    elif isinstance(part, Box | Input | Output | Rule):
        for each in fields(part):
            yield from _roots(getattr(part, each.name))


def _local_names(part: object) -> set[str]:
    """Name what a box defines for its own texts: entries, parameters, loop variables."""
    found: set[str] = set()
    if isinstance(part, Entries):
        found |= {name for name, _, _ in part.entries}
    elif isinstance(part, Function):
        found |= {name for name, _ in part.parameters}
    elif isinstance(part, Loop):
        found |= {part.variable, "partial"}
    inner = part if isinstance(part, tuple) else ()
    if isinstance(part, Box):
        inner = tuple(getattr(part, each.name) for each in fields(part))
    for each in inner:
        found |= _local_names(each)
    return found
