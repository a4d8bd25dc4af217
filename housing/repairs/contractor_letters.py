"""Letters to contractors: written, sent and served in the portal at once."""

from collections.abc import Mapping
from datetime import datetime

from housing.letters import service as letters
from housing.letters.service import NewLetter
from housing.slices import Call

PORTAL = "portal"


def send_to_contractor(
    call: Call, template: str, contractor: str, fields: Mapping[str, object]
) -> datetime:
    """Write a letter to a contractor and serve it where his orders are.

    Args:
        call: the circumstances; its key makes a repetition harmless.
        template: name of the letter's words.
        contractor: code.
        fields: what the words need.

    Returns:
        The instant of service.
    """
    new = NewLetter(
        key=f"{call.key}:{template}",
        instance=call.instance,
        template=template,
        contractor=contractor,
        fields=fields,
        channel=PORTAL,
    )
    letter_id = letters.write(new, by=call.by, session=call.session, clock=call.clock)
    served_at = letters.send(letter_id, engine=call.engine, session=call.session, clock=call.clock)
    return served_at or call.now
