"""Scopes, and the dispatch that turns a node into a closure."""

from collections.abc import Callable, Mapping
from functools import singledispatch

from feel.free_names import children
from feel.nodes import Node
from feel.run import Run


class Scope:
    """Names that an expression sees, from the inside out.

    Attributes:
        names: the innermost names.
        parent: the scope around; None for the variables of the host.
        run: the evaluation that this belongs to.
    """

    __slots__ = ("names", "parent", "run")

    def __init__(self, names: Mapping[str, object], parent: "Scope | None", run: Run) -> None:
        self.names = names
        self.parent = parent
        self.run = run


# Nodes whose evaluation costs one step.
_NODES_A_STEP = 4

Thunk = Callable[[Scope], object]


@singledispatch
def compile_node(node: Node) -> Thunk:
    """Turn a node into a closure that gives its value in a scope."""
    raise TypeError(type(node).__name__)


def compile_all(nodes: tuple[Node, ...]) -> tuple[Thunk, ...]:
    """Turn several nodes into closures."""
    return tuple(compile_node(node) for node in nodes)


def weigh(node: Node) -> int:
    """Tell how many steps one more evaluation of a body costs, at least 1."""
    count, waiting = 0, [node]
    while waiting:
        count += 1
        waiting += children(waiting.pop())
    return 1 + count // _NODES_A_STEP
