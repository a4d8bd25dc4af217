"""What one evaluation may use, and the counter that holds it to that."""

from dataclasses import dataclass

from feel.errors import FeelBudgetExceeded

MAX_TEXT = 20_000
MAX_WORDS = 8_000
MAX_NESTING = 60
MAX_TREE = 300_000
_ITEM = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Limits of one evaluation.

    Attributes:
        steps: iterations, function calls and items made, all together; long bodies and costly
            functions take several. One is about three microseconds.
        depth: function calls inside each other.
        size: characters of one string.
    """

    steps: int = 10_000
    depth: int = 60
    size: int = 200_000


DEFAULT_BUDGET = Budget()


def check_tree(value: object) -> None:
    """Refuse a value that is small in memory but giant when it is written out or compared.

    Lists that hold the same list twice, many levels deep, are such values.

    Raises:
        FeelBudgetExceeded: its characters, and its items at `_ITEM` each, are more than `MAX_TREE`.
    """
    left = MAX_TREE
    waiting = [value]
    while waiting:
        item = waiting.pop()
        left -= _ITEM + (len(item) if isinstance(item, (str, list, dict)) else 0)
        if left < 0:
            raise FeelBudgetExceeded(f"A value is larger than {MAX_TREE} items and characters.")
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()


class Meter:
    """Counts down one evaluation's budget."""

    __slots__ = ("budget", "depth", "steps")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.steps = budget.steps
        self.depth = 0

    def spend(self, steps: int = 1) -> None:
        """Take steps from the budget.

        Raises:
            FeelBudgetExceeded: there are not so many left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise FeelBudgetExceeded(f"The expression needs more than {self.budget.steps} steps.")

    def check_size(self, characters: int) -> None:
        """Refuse a text that is longer than one string may be.

        Raises:
            FeelBudgetExceeded: it is longer.
        """
        if characters > self.budget.size:
            raise FeelBudgetExceeded(
                f"A text of {characters} characters is longer than {self.budget.size}."
            )

    def enter(self) -> None:
        """Go one function call deeper; `leave` comes back.

        Raises:
            FeelBudgetExceeded: the calls are nested too deeply.
        """
        self.spend()
        self.depth += 1
        if self.depth > self.budget.depth:
            raise FeelBudgetExceeded(
                f"Functions call each other more than {self.budget.depth} deep."
            )

    def leave(self) -> None:
        """Come back from a function call."""
        self.depth -= 1
