"""Which parts of which variables an expression reads: `facts.age`, not only `facts`."""

from collections.abc import Iterable, Iterator

from feel.free_names import children, free_names
from feel.nodes import Name, Node, Path


def free_paths(roots: Iterable[Node]) -> frozenset[str]:
    """Collect the paths that expressions read of names defined outside of them.

    Args:
        roots: trees of expressions, or tests of a cell.

    Returns:
        Names and entries joined by points, each as deep as the text goes.
    """
    roots = tuple(roots)
    free = free_names(roots)
    return frozenset(".".join(path) for root in roots for path in _paths(root) if path[0] in free)


def _paths(node: Node) -> Iterator[tuple[str, ...]]:
    path = _path_of(node)
    if path:
        yield path
        return
    for child in children(node):
        yield from _paths(child)


def _path_of(node: Node) -> tuple[str, ...]:
    if isinstance(node, Name):
        return (node.name,)
    if isinstance(node, Path):
        source = _path_of(node.source)
        return (*source, node.name) if source else ()
    return ()
