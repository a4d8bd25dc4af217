"""Which names an expression takes from outside."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import singledispatch

from feel.builtins.library import BUILTINS
from feel.nodes import ContextOf, Filter, For, FunctionOf, Iteration, Name, Node, Quantified

_NOTHING: frozenset[str] = frozenset()


def free_names(roots: Iterable[Node]) -> frozenset[str]:
    """Collect names that are neither defined inside nor built in.

    Inside a filter a name may also be an entry of the filtered items, so names there are left out.
    """
    found: set[str] = set()
    for root in roots:
        found |= _free(root)
    return frozenset(found) - BUILTINS.keys()


@singledispatch
def _free(node: Node) -> frozenset[str]:
    return _union(_free(child) for child in children(node))


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return _NOTHING.union(*parts)


def children(node: Node) -> Iterator[Node]:
    """Give the nodes directly inside a node."""
    for entry in fields(node):
        yield from _nodes_in(getattr(node, entry.name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


@_free.register
def _(node: Name) -> frozenset[str]:
    return frozenset((node.name,))


@_free.register
def _(node: Filter) -> frozenset[str]:
    return _free(node.source)


@_free.register
def _(node: ContextOf) -> frozenset[str]:
    found: set[str] = set()
    defined: set[str] = set()
    for name, value in node.entries:
        found |= _free(value) - defined - {name}
        defined.add(name)
    return frozenset(found)


@_free.register
def _(node: FunctionOf) -> frozenset[str]:
    return _free(node.body) - {name for name, _ in node.parameters}


@_free.register
def _(node: For) -> frozenset[str]:
    return _loop(node.iterations, node.body, frozenset(("partial",)))


@_free.register
def _(node: Quantified) -> frozenset[str]:
    return _loop(node.iterations, node.condition, _NOTHING)


def _loop(iterations: tuple[Iteration, ...], body: Node, defined: frozenset[str]) -> frozenset[str]:
    found: frozenset[str] = _NOTHING
    for iteration in iterations:
        outside = _free(iteration.source)
        if iteration.end is not None:
            outside |= _free(iteration.end)
        found |= outside - defined
        defined |= {iteration.name}
    return found | (_free(body) - defined)
