"""The one table from the topics of diagrams to functions of the business."""

from collections import ChainMap
from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.process_engine import ProcessEngine
from engine.service_tasks import Operation
from engine.types import Actor, InstanceRef
from housing.announcements.topics import TOPICS as ANNOUNCEMENTS
from housing.applications.topics import TOPICS as APPLICATIONS
from housing.care.topics import TOPICS as CARE
from housing.dispatches.topics import TOPICS as DISPATCHES
from housing.leases.topics import TOPICS as LEASES
from housing.letters.topics import TOPICS as LETTERS
from housing.move_outs.topics import TOPICS as MOVE_OUTS
from housing.own_data.topics import TOPICS as OWN_DATA
from housing.renewals.topics import TOPICS as RENEWALS
from housing.repairs.topics import TOPICS as REPAIRS
from housing.slices import Call, Verb

TOPICS: Mapping[str, Verb] = ChainMap(
    dict(REPAIRS),
    dict(LETTERS),
    dict(LEASES),
    dict(CARE),
    dict(DISPATCHES),
    dict(APPLICATIONS),
    dict(MOVE_OUTS),
    dict(RENEWALS),
    dict(OWN_DATA),
    dict(ANNOUNCEMENTS),
)
"""Topic to verb, of all slices."""

WORKER_TOPICS: frozenset[str] = frozenset()
"""Topics of shipped packages that an outside worker serves."""


def _operation(verb: Verb) -> Operation:
    """Gather what the engine injects by name into one `Call`; inputs pass through as they are."""

    def operation(  # noqa: PLR0913  # what the engine injects by name
        *,
        instance: InstanceRef,
        idempotency_key: str,
        by: Actor,
        engine: ProcessEngine,
        session: Session,
        clock: Clock,
        **inputs: object,
    ) -> Mapping[str, object]:
        call = Call(
            instance=instance,
            key=idempotency_key,
            by=by,
            engine=engine,
            session=session,
            clock=clock,
        )
        return verb(call, **inputs)

    return operation


OPERATIONS: Mapping[str, Operation] = {topic: _operation(verb) for topic, verb in TOPICS.items()}
"""Topic to function; the engine's own topic `engine.reschedule` is not among them."""
