"""The one table from the topics of diagrams to functions of the business."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.service_tasks import Operation
from engine.types import Actor, InstanceRef
from housing.repairs import operations as repairs
from housing.repairs import quoting, substitution
from housing.repairs.desk import Call

Verb = Callable[..., Mapping[str, object]]


def _operation(verb: Verb) -> Operation:
    """Gather what the engine injects by name into one `Call`; inputs pass through as they are."""

    def operation(
        *,
        instance: InstanceRef,
        idempotency_key: str,
        by: Actor,
        session: Session,
        clock: Clock,
        **inputs: object,
    ) -> Mapping[str, object]:
        call = Call(instance=instance, key=idempotency_key, by=by, session=session, clock=clock)
        return verb(call, **inputs)

    return operation


OPERATIONS: Mapping[str, Operation] = {
    "repair.notify_emergency": _operation(repairs.notify_emergency),
    "repair.record_triage": _operation(repairs.record_triage),
    "repair.merge_ticket": _operation(repairs.merge_ticket),
    "repair.cancel_ticket": _operation(repairs.cancel_ticket),
    "repair.set_stage": _operation(repairs.set_stage),
    "repair.dispatch": _operation(repairs.dispatch),
    "repair.record_visit": _operation(repairs.record_visit),
    "repair.hold_ticket": _operation(repairs.hold_ticket),
    "repair.resume_ticket": _operation(repairs.resume_ticket),
    "repair.request_quote": _operation(quoting.request_quote),
    "repair.record_quote": _operation(quoting.record_quote),
    "repair.record_sign_off": _operation(quoting.record_sign_off),
    "repair.grant_extension": _operation(repairs.grant_extension),
    "repair.record_completion": _operation(repairs.record_completion),
    "repair.record_late": _operation(repairs.record_late),
    "repair.serve_last_call": _operation(substitution.serve_last_call),
    "repair.charge_contractor": _operation(substitution.charge_contractor),
    "repair.record_recovery": _operation(substitution.record_recovery),
    "repair.start_rework": _operation(repairs.start_rework),
    "repair.record_project": _operation(repairs.record_project),
    "repair.close_ticket": _operation(repairs.close_ticket),
}
"""Topic to function; the engine's own topic `engine.reschedule` is not among them."""

WORKER_TOPICS: frozenset[str] = frozenset()
"""Topics of shipped packages that an outside worker serves."""
