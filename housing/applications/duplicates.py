"""Applications of one person or family: found by the persons named, settled by a choice.

One application a family and site (出租辦法 art. 7); who is named in two counts as well.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select, union
from sqlalchemy.orm import Session

from housing.applications.desk import (
    application_by_number,
    application_of,
    members_of,
    move,
    sites_of,
    tell_applicant,
)
from housing.applications.drawing import pass_turn
from housing.applications.models import (
    ApplicationMember,
    ApplicationSite,
    DuplicateSet,
    HousingApplication,
)
from housing.applications.rules import FINAL_STATES
from housing.letters import service as letters
from housing.letters.queries import letters_of
from housing.letters.service import NewLetter
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

CHOICE_LETTER = "duplicate_choice"
CHOICE_FORMS = ("application_review/choose_application", "application_review/merge_same")


def others_of(application: HousingApplication, *, session: Session) -> list[HousingApplication]:
    """Find running or qualified applications of the call that name one of the same persons.

    Only those for one of the same sites; rejected, withdrawn and merged ones do not count.
    """
    people = {application.person_id}
    people |= {each.person_id for each in members_of(application.id, session=session)}
    # by the indexes of the persons first: a call has thousands of applications, a family a few
    naming = union(
        select(HousingApplication.id).where(HousingApplication.person_id.in_(people)),
        select(ApplicationMember.application_id).where(ApplicationMember.person_id.in_(people)),
    )
    is_for_same_site = exists().where(
        ApplicationSite.application_id == HousingApplication.id,
        ApplicationSite.site.in_(sites_of(application.id, session=session)),
    )
    rows = select(HousingApplication).where(
        HousingApplication.id.in_(naming),
        HousingApplication.id != application.id,
        HousingApplication.round_id == application.round_id,
        HousingApplication.state.not_in(FINAL_STATES - {"qualified"}),
        is_for_same_site,
    )
    return list(session.scalars(rows.order_by(HousingApplication.counts_at)))


def mark_duplicates(application: HousingApplication, call: Call) -> str:
    """Put an application and the others of its family into one set.

    Returns:
        same_person, family, or none.
    """
    others = others_of(application, session=call.session)
    if not others:
        return "none"
    is_same = any(each.person_id == application.person_id for each in others)
    found = _set_of([application, *others], "same_person" if is_same else "family", call)
    for each in (application, *others):
        each.set_id = found.id
    return found.kind


def members_of_set(set_id: int, *, session: Session) -> list[HousingApplication]:
    """List the applications of a set that are still running, the earliest first."""
    rows = select(HousingApplication).where(
        HousingApplication.set_id == set_id,
        HousingApplication.state.not_in(FINAL_STATES - {"qualified"}),
    )
    order = (HousingApplication.counts_at, HousingApplication.id)
    return list(session.scalars(rows.order_by(*order)))


def ask_choice(call: Call, application_id: int) -> Result:
    """Ask the family which of its applications stays: one notice for all, ten days from service.

    Every case waits for its service and may bring the choice; who did not get the letter is told.

    Returns:
        letter_id, the key by which this case waits for the service; choice_by: the account that
        chooses, or None for paper.
    """
    application = application_of(application_id, session=call.session)
    move(application, "duplicate", at=call.now)
    found = members_of_set(application.set_id or 0, session=call.session)
    numbers = [each.number for each in found]
    row = call.session.get_one(DuplicateSet, application.set_id or 0, with_for_update=True)
    if row.letter_id is not None and application.number in (row.asked or []):
        letter_id = f"{row.letter_id}:{application.number}"
        letters.tell_also(row.letter_id, letter_id, engine=call.engine, session=call.session)
        tell_applicant(call, application, "application_choice", {"numbers": "、".join(numbers)})
    else:
        row.letter_id, row.asked = _send_choice(call, application, numbers), numbers
        letter_id = str(row.letter_id)
    choice_by = str(application.account_id) if application.channel == "online" else None
    return {"letter_id": letter_id, "choice_by": choice_by}


def _send_choice(call: Call, application: HousingApplication, numbers: Sequence[str]) -> int:
    letter_id = letters.write(
        NewLetter(
            key=call.key,
            instance=call.instance,
            template=CHOICE_LETTER,
            person_id=application.person_id,
            fields={"numbers": "、".join(numbers)},
            period="10d",
            channel=None if application.channel == "online" else "registered_mail",
        ),
        by=call.by,
        session=call.session,
        clock=call.clock,
    )
    letters.send(letter_id, engine=call.engine, session=call.session, clock=call.clock)
    return letter_id


def choice_notices(application: HousingApplication, *, session: Session) -> int:
    """Count the notices that asked the family of an application to choose, in all its cases."""
    if application.set_id is None:
        return 0
    cases = select(HousingApplication.instance_id).where(
        HousingApplication.set_id == application.set_id
    )
    sent = [
        letter.kind
        for instance_id in session.scalars(cases)
        for letter in letters_of(instance_id or "", session=session)
    ]
    return sent.count(CHOICE_LETTER)


def resolve_duplicate(call: Call, application_id: int) -> Result:
    """Keep the application that was chosen; it gets the earliest time of receipt of the set.

    Returns:
        kept_here, and the numbers of the other cases to tell: merged_numbers, kept_numbers.
    """
    application = application_of(application_id, session=call.session)
    kept = application_by_number(_chosen(call, application), session=call.session)
    found = members_of_set(application.set_id or 0, session=call.session)
    kept.counts_at = min([kept.counts_at, *(each.counts_at for each in found)])
    if application.set_id is not None:
        row = call.session.get_one(DuplicateSet, application.set_id)
        row.kept_number, row.resolved_at = kept.number, call.now
    others = [each for each in found if each.id not in (kept.id, application.id)]
    for each in (*others, *([] if kept.id == application.id else [application])):
        each.merged_into_id = kept.id
        move(each, "merged", at=call.now)
    is_kept = kept.id == application.id
    return {
        "kept_here": is_kept,
        "merged_numbers": [each.number for each in others],
        "kept_numbers": [] if is_kept else [kept.number],
    }


def merge(call: Call, application_id: int) -> Result:
    """End an application in favour of the one that was kept."""
    application = application_of(application_id, session=call.session)
    move(application, "merged", at=call.now)
    application.decided_at = call.now
    kept = (
        application_of(application.merged_into_id, session=call.session).number
        if application.merged_into_id is not None
        else ""
    )
    tell_applicant(call, application, "application_merged", {"kept": kept})
    pass_turn(application, call)
    return NOTHING


def expire_choice(call: Call, application_id: int) -> Result:
    """Write down that the family chose none; all of the set are rejected."""
    move(application_of(application_id, session=call.session), "rejecting", at=call.now)
    return {"rejection_reason": "DUPLICATE"}


def choices(application: HousingApplication, *, session: Session) -> list[Mapping[str, object]]:
    """List the applications of a family to choose from, for the form."""
    found = members_of_set(application.set_id or 0, session=session)
    return [{"value": each.number, "label": each.number} for each in found]


def _chosen(call: Call, application: HousingApplication) -> str:
    for form_key in CHOICE_FORMS:
        answers = latest_answers(call.instance.id, form_key, session=call.session)
        if number := answers.get("kept_number"):
            return str(number)
    return application.number


def _set_of(found: list[HousingApplication], kind: str, call: Call) -> DuplicateSet:
    for each in found:
        known = call.session.get(DuplicateSet, each.set_id) if each.set_id else None
        if known is not None and known.resolved_at is None:
            return known
    row = DuplicateSet(kind=kind, found_at=call.now)
    call.session.add(row)
    call.session.flush()
    return row
