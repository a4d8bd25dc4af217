"""Subscriptions: the messages and signals an instance waits for, one row each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert

from engine.tables import subscription


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A token that waits for a message or signal.

    Attributes:
        kind: message or signal.
    """

    token_id: str
    element_id: str
    kind: str
    name: str
    correlation: str | None


_INSERT = insert(subscription)
_DELETE = delete(subscription).where(
    subscription.c.instance_id == bindparam("of_instance"),
    subscription.c.token_id == bindparam("of_token"),
    subscription.c.name == bindparam("of_name"),
)


def subscribe(instance_id: str, waits: Iterable[Subscription], connection: Connection) -> None:
    """Write new subscriptions, in one statement."""
    rows = [
        {
            "instance_id": instance_id,
            "token_id": each.token_id,
            "element_id": each.element_id,
            "kind": each.kind,
            "name": each.name,
            "correlation": each.correlation,
        }
        for each in waits
    ]
    if rows:
        connection.execute(_INSERT, rows)


def unsubscribe(
    instance_id: str, tokens_and_names: Sequence[tuple[str, str]], connection: Connection
) -> None:
    """Remove subscriptions, in one statement."""
    if tokens_and_names:
        connection.execute(
            _DELETE,
            [
                {"of_instance": instance_id, "of_token": token_id, "of_name": name}
                for token_id, name in tokens_and_names
            ],
        )
