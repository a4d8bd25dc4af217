"""What scenarios may do with letters that no form of a diagram does."""

from collections.abc import Callable, Mapping

from housing.errors import ScenarioUnplayable
from housing.letters import queries, service
from housing.letters.service import Proof
from housing.slices import Desk


def prove_service(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> None:
    """Enter the proof of service of a case's letter, now.

    Args:
        instance_id: the case.
        values: kind (registered_receipt when absent), letter (template; the newest when absent).
        desk: who enters it.

    Raises:
        ScenarioUnplayable: no such letter was sent.
    """
    letters = queries.letters_of(instance_id or "", session=desk.session)
    wanted = [
        each
        for each in letters
        if each.sent_at is not None and values.get("letter") in (None, each.kind)
    ]
    if not wanted:
        raise ScenarioUnplayable("no such letter was sent")
    service.prove_service(
        wanted[-1].id,
        Proof(kind=str(values.get("kind", "registered_receipt")), moment=desk.clock.now()),
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )


VERBS: Mapping[str, Callable[[str | None, Mapping[str, object], Desk], None]] = {
    "prove_service": prove_service
}
"""Verbs for the subject of any process that sends letters."""
