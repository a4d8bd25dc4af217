"""Move a token of an instance by hand: for a case that stands where nobody meant it to."""

from collections.abc import Callable

from engine.spiff.errors import TokenNotFound
from engine.spiff.execution import Execution


def token_mover(source: str, target: str) -> Callable[[Execution], None]:
    """Make the action of a step that moves one token.

    Args:
        source: id of the element it waits at, or of the token itself.
        target: id of the element it goes on at.

    Returns:
        The action; it raises TokenNotFound when nothing waits there, MoveImpossible when the
        target cannot be reached, and moves the oldest of several tokens.
    """

    def move(execution: Execution) -> None:
        tokens = execution.tokens_at(source)
        execution.move_token(tokens[0] if tokens else _token(source), target)

    return move


def _token(source: str) -> str:
    """Take a text for a token's id.

    Raises:
        TokenNotFound: it is none.
    """
    if len(source) != 32:
        raise TokenNotFound(source)
    return source
