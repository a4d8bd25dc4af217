"""Parallel and inclusive joins: which one need not wait any more."""

from engine.simulation.model import Model, Node
from engine.simulation.state import Scope


class Joins:
    """The joins of a model, with what can still reach them."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._ahead: dict[str, frozenset[str]] = {}

    def ready(self, scope: Scope) -> str | None:
        """Find a join that fires now, and take the tokens it uses; None if all must wait."""
        for element, waiting in scope.parked.items():
            node = self._model.nodes[element]
            if self._fires(scope, node, waiting):
                left = {flow: count - 1 for flow, count in waiting.items() if count > 1}
                if left:
                    scope.parked[element] = left
                else:
                    del scope.parked[element]
                return element
        return None

    def _fires(self, scope: Scope, node: Node, waiting: dict[str, int]) -> bool:
        if node.kind == "parallel" or len(waiting) == len(node.incoming):
            return len(waiting) == len(node.incoming)
        others = {visit.node.id for visit in scope.visits} | scope.parked.keys() - {node.id}
        return not any(node.id in self.ahead(other) for other in others)

    def ahead(self, element: str) -> frozenset[str]:
        """List the elements that a token in an element may still reach."""
        if element not in self._ahead:
            found: set[str] = set()
            open_ones = [element]
            while open_ones:
                node = self._model.nodes[open_ones.pop()]
                flows = (*node.flows, *(f for each in node.boundaries for f in each.flows))
                for target in {self._model.targets[flow] for flow in flows} - found:
                    found.add(target)
                    open_ones.append(target)
            self._ahead[element] = frozenset(found)
        return self._ahead[element]
