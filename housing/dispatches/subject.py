"""What cases and scenarios need of dispatches."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.records import StepResult
from housing.dispatches import rules, service, views
from housing.errors import ScenarioUnplayable
from housing.notices.codes import GROUPS
from housing.slices import STARTER, Desk, Subject

WITHDRAWERS = frozenset({STARTER, "officer", "section_chief"})
"""Who may withdraw a question: none of those asked may rid himself of it."""


def _context(business_key: str, *, session: Session, now: datetime) -> Mapping[str, object]:
    """Give what the forms show: the question, from which case, the answers in both languages."""
    del now
    found = views.view(views.by_number(business_key, session=session), session=session)
    return {
        "parent_number": found.parent_number,
        "question": found.question,
        "answers_of_units": "\n".join(
            f"{_names(each.group)[0]}：{each.text}" for each in found.answers
        ),
        "answers_of_units_in_english": "\n".join(
            f"{_names(each.group)[1]}: {each.text}" for each in found.answers
        ),
    }


def _names(group: str) -> tuple[str, str]:
    return GROUPS.get(group, (group, group))


def _ask(instance_id: str | None, values: Mapping[str, object], desk: Desk) -> StepResult:
    """Ask units from a case, as its page does: question, units (group to days), lead."""
    if instance_id is None:
        raise ScenarioUnplayable("a question is asked from a case")
    units = values["units"]
    if not isinstance(units, Mapping):
        raise ScenarioUnplayable("units are working days by group")
    asked = rules.question(
        str(values["question"]),
        {str(group): int(str(days)) for group, days in units.items()},
        str(values["lead"]),
        str(values.get("completion") or rules.ALL),
    )
    return service.ask(
        engine_queries.instance(instance_id, desk.session),
        asked,
        by=desk.by,
        engine=desk.engine,
        session=desk.session,
        clock=desk.clock,
    )


SUBJECT = Subject(
    process=service.PROCESS,
    message_forms={service.WITHDRAW_MESSAGE: None},
    message_senders={service.WITHDRAW_MESSAGE: WITHDRAWERS},
    context=_context,
    verbs={"ask": _ask},
)
