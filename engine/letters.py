"""Letters: what a thrown or published message or signal carries from transaction to transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from engine.instances import SeenInstance
from engine.jobs import NewJob
from engine.spiff.codec import from_plain, to_plain
from engine.spiff.model import Event
from engine.types import CITY, SYSTEM, Actor

TIME_TO_LIVE = timedelta(days=1)
"""How long a message waits for somebody who waits for it, unless its sender says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A message or signal on its way.

    Attributes:
        correlation: the key of the one it is for; None for whoever alone waits for the name.
        variables: what becomes variables of the receiver.
        expires_at: until when a message waits for somebody who waits for it.
        source: id of the instance that threw it; None when it came from outside.
        element_id: what threw it, or "".
        business_key: of the instance that threw it, or "".
        scope: where an instance that it starts belongs.
        by: who sent it.
    """

    name: str
    expires_at: datetime
    correlation: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    source: str | None = None
    element_id: str = ""
    business_key: str = ""
    scope: str = CITY
    by: Actor = SYSTEM

    def to_payload(self) -> dict[str, Any]:
        """Write it for a JSON column, without loss."""
        return {
            "name": self.name,
            "expires_at": self.expires_at.isoformat(),
            "correlation": self.correlation,
            "variables": to_plain(self.variables),
            "source": self.source,
            "element_id": self.element_id,
            "business_key": self.business_key,
            "scope": self.scope,
            "by": [self.by.id, self.by.name, self.by.on_behalf_of],
        }

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> "Letter":
        """Read what `to_payload` wrote."""
        by_id, by_name, on_behalf_of = payload["by"]
        plain = ("name", "correlation", "source", "element_id", "business_key", "scope")
        return cls(
            **{name: payload[name] for name in plain},
            expires_at=datetime.fromisoformat(payload["expires_at"]),
            variables=from_plain(payload["variables"]),
            by=Actor(id=by_id, name=by_name, on_behalf_of=on_behalf_of),
        )

    def to_job(self, kind: str, idem: str, now: datetime) -> NewJob:
        """Make the job that carries it, due now; it belongs to no instance.

        Args:
            kind: message or signal.
            idem: two letters of one key are one letter.
            now: the instant of sending.
        """
        return NewJob(
            kind=kind,
            element_id=self.element_id,
            token_id=uuid4().hex,
            due_at=now,
            idem=idem,
            payload=self.to_payload(),
            is_of_instance=False,
        )


def letters_thrown(
    events: Iterable[Event], seen: SeenInstance, by: Actor, now: datetime
) -> list[NewJob]:
    """Make the jobs of the messages and signals that a step threw, in order."""
    thrown = [event for event in events if event.kind in {"message_thrown", "signal_thrown"}]
    return [
        _letter(event, seen, by, now).to_job(
            event.kind.removesuffix("_thrown"), f"thrown:{seen.id}:{seen.version}:{count}", now
        )
        for count, event in enumerate(thrown)
    ]


def _letter(event: Event, seen: SeenInstance, by: Actor, now: datetime) -> Letter:
    key, variables = event.details.get("correlation"), event.details.get("variables")
    return Letter(
        name=str(event.details["name"]),
        expires_at=now + TIME_TO_LIVE,
        correlation=None if key is None else str(key),
        variables=variables if isinstance(variables, Mapping) else {},
        source=seen.id,
        element_id=event.element_id,
        business_key=seen.business_key,
        scope=seen.scope,
        by=by,
    )
