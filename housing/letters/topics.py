"""What any diagram may call to write and send letters, by topic."""

from collections.abc import Mapping

from housing.letters import service
from housing.letters.service import NewLetter
from housing.records.service import latest_answers
from housing.slices import Call, Result, Verb


def issue(  # noqa: PLR0913  # the inputs of the service task, each optional but the template
    call: Call,
    template: str,
    person_id: int | None = None,
    contractor: str | None = None,
    *,
    fields: Mapping[str, object] | None = None,
    form: str | None = None,
    reason_code: str | None = None,
    legal_basis: str | None = None,
    period: str | None = None,
    channel: str | None = None,
) -> Result:
    """Write a letter of the case and send it at once.

    Args:
        call: the circumstances.
        template: name of the words.
        person_id: the addressee, or `contractor` instead.
        contractor: code of the firm it goes to.
        fields: what the words need and the process knows: codes, ids, days, amounts.
        form: key of a form whose newest answers fill the rest: free text never enters the process.
        reason_code: why, as a code.
        legal_basis: that of the words when absent.
        period: what service starts: 7d, 3wd, 3m.
        channel: chosen by the addressee's consent when absent.

    Returns:
        letter_id, sent_at, and served_at: null as long as a proof has to come by post. Either way
        the message `letter.served` (key `=letter_id`) brings served_at to the case.
    """
    answers = latest_answers(call.instance.id, form, session=call.session) if form else {}
    new = NewLetter(
        key=call.key,
        instance=call.instance,
        template=template,
        person_id=None if person_id is None else int(person_id),
        contractor=contractor,
        fields={**answers, **(fields or {})},
        reason_code=reason_code,
        legal_basis=legal_basis,
        period=period,
        channel=channel,
    )
    letter_id = service.write(new, by=call.by, session=call.session, clock=call.clock)
    served_at = service.send(letter_id, engine=call.engine, session=call.session, clock=call.clock)
    return {"letter_id": letter_id, "sent_at": call.now, "served_at": served_at}


TOPICS: Mapping[str, Verb] = {"letter.issue": issue}
