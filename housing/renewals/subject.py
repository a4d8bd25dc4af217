"""What cases and scenarios need of renewals."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.records import StepResult, UserTask
from housing.move_outs.subject import VERBS
from housing.records.forms import form_in_service
from housing.records.service import Answers, latest_answers, record
from housing.renewals import queries
from housing.renewals.errors import SecondSupplement, TermTooLong
from housing.renewals.operations import PROCESS
from housing.renewals.rules import next_term
from housing.slices import Desk, Subject

PAPER_MESSAGE = "renewal.paper_application"
PAPER_FORM = "lease_renewal/paper"
SUPPLEMENT_FORM = "lease_renewal/supplement"


def _post(
    instance_id: str, message: str, values: Mapping[str, object], desk: Desk
) -> StepResult | None:
    """Key in an application on paper: its form is kept, its variables go to the case."""
    form = form_in_service(PAPER_FORM, session=desk.session)
    answers = Answers(instance_id=instance_id, form=form, form_key=PAPER_FORM, values=values)
    record(answers, by=desk.by, session=desk.session, clock=desk.clock)
    names = form.variable_names()
    variables = {name: value for name, value in values.items() if name in names}
    return desk.engine.send_message(
        instance_id, message, variables, by=desk.by, session=desk.session
    )


def _check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule of renewals.

    Raises:
        SecondSupplement: papers were asked for once already.
        TermTooLong: the new term is longer than three years.
    """
    asks_again = task.element_id == "review" and values.get("review_result") == "supplement"
    if asks_again and latest_answers(task.instance_id, SUPPLEMENT_FORM, session=session):
        raise SecondSupplement
    if task.element_id == "sign":
        case = engine_queries.instance(task.instance_id, session)
        lease = queries.renewal(case.business_key, session=session).lease
        latest_on = next_term(lease.end_on, None)[1]
        end_on = values.get("new_end_on")
        if isinstance(end_on, date) and end_on > latest_on:
            raise TermTooLong(latest_on.isoformat())


SUBJECT = Subject(
    process=PROCESS,
    message_forms={PAPER_MESSAGE: PAPER_FORM},
    message_senders={PAPER_MESSAGE: frozenset()},
    post=_post,
    check=_check,
    context=queries.context,
    facts=queries.facts,
    fact_kinds=queries.FACT_KINDS,
    verbs=VERBS,
)
"""The daily watch `lease.watch` has no forms and needs no subject."""
