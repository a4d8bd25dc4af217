"""What the page of a case tells of related cases: links, mergers, questions to other units."""

import re
from dataclasses import dataclass

from engine.records import Instance
from housing.case_links import rules, views
from housing.case_links.errors import CaseToLinkNotFound
from housing.case_links.views import Candidate, Merged, Related
from housing.dispatches import rules as dispatch_rules
from housing.dispatches import views as dispatches
from housing.dispatches.service import PROCESS as QUESTIONS
from housing.dispatches.views import Dispatch
from housing.subjects import subject_of
from webapp import current

_PARTS = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedCases:
    """Related cases as staff see them.

    Attributes:
        members: merged into this case, now or before.
        dispatches: asked from this case, oldest first.
        parent: number of the case that this one was asked from, or "".
        may_merge: whether this person may merge cases into this one.
        may_dispatch: whether he may ask units from it.
    """

    links: tuple[Related, ...]
    members: tuple[Merged, ...]
    dispatches: tuple[Dispatch, ...]
    parent: str
    may_merge: bool
    may_dispatch: bool


def read(case: Instance) -> RelatedCases:
    """Read the related cases of one on which this request's person works."""
    by = current.actor()
    with current.application().reading() as session:
        return RelatedCases(
            links=views.related(case, by, session=session),
            members=views.members_of(case.id, session=session),
            dispatches=dispatches.of_parent(case.id, session=session),
            parent=dispatches.parent_of(case.id, session=session),
            may_merge=_is_open(case) and views.may_lead(by, case),
            may_dispatch=may_ask(case),
        )


def may_ask(case: Instance) -> bool:
    """Tell whether this request's person may ask units from a case as it is now."""
    by = current.actor()
    is_question = case.process_key == QUESTIONS
    is_unit = any(by.belongs_to(role, case.scope) for role in dispatch_rules.UNITS)
    return _is_open(case) and is_unit and not is_question


def _is_open(case: Instance) -> bool:
    """Tell whether a case goes on and lets other units know of its course."""
    return case.status == "active" and not subject_of(case.process_key).seals_notes


def candidates(lead: Instance, numbers: str) -> tuple[list[Candidate], list[str]]:
    """Preview what merging cases would do.

    Args:
        lead: the case that would decide.
        numbers: of cases, parted by blanks, commas or lines; at most as many as one order may
            merge are looked at.

    Returns:
        The cases found, each once, and the numbers that this person cannot open.
    """
    found: dict[str, Candidate] = {}
    unknown: list[str] = []
    by = current.actor()
    with current.application().reading() as session:
        for number in numbers_in(numbers)[: rules.MOST_MEMBERS]:
            try:
                case = views.find_case(number, by, session=session)
            except CaseToLinkNotFound:
                unknown.append(number)
                continue
            found[case.id] = views.candidate(case, lead, by, session=session)
    return list(found.values()), unknown


def numbers_in(text: str) -> list[str]:
    """List the case numbers that somebody typed, each once."""
    return list(dict.fromkeys(part for part in _PARTS.split(text.strip()) if part))


def instances(numbers: list[str]) -> list[Instance]:
    """Find the cases of an order to merge.

    Raises:
        CaseToLinkNotFound: one of them is no business of this request's person.
    """
    with current.application().reading() as session:
        return [
            views.find_case(each, current.actor(), session=session)
            for each in dict.fromkeys(numbers)
        ]
