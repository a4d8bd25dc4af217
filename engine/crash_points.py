"""Named places at which a chaos test may end its own process; everywhere else they do nothing.

`scheduler.chaos` arms them in the worker processes that it starts itself. Nothing that serves an
office does, and there is no setting for it.
"""

from collections.abc import Callable

POINTS = (
    "after-claim",
    "after-lock",
    "after-operation",
    "after-engine",
    "after-instance",
    "after-writing",
    "after-rung",
    "in-migration",
    "before-failure",
    "before-commit",
    "after-commit",
    "after-take",
    "before-sending",
    "after-sending",
)
"""Every point, in the order a step comes by; the last three are the outbox relay's."""

_hooks: list[Callable[[str], None]] = []


def arm(hook: Callable[[str], None]) -> None:
    """Call something at every point from now on, in this process."""
    _hooks.append(hook)


def reach(point: str) -> None:
    """Come by a point."""
    for hook in _hooks:
        hook(point)
