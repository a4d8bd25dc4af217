"""What can go wrong with API tokens."""

from dataclasses import dataclass

from engine.errors import Conflict, Invalid, NotFound


@dataclass(eq=False)
class TokenNameTaken(Conflict):
    """There already is an API token %(name)s; revoke it first or choose another name."""

    name: str


@dataclass(eq=False)
class TokenNameInvalid(Invalid):
    """The name of an API token has 1 to 64 letters, digits, dots, underscores or hyphens."""


@dataclass(eq=False)
class TokenNotFound(NotFound):
    """There is no API token %(name)s."""

    name: str
