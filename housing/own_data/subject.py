"""What cases and scenarios need of requests about one's own data."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.records import StepResult, UserTask
from engine.types import Actor
from housing.errors import ScenarioUnplayable
from housing.own_data import service
from housing.own_data.desk import request_by_number
from housing.own_data.errors import DataStillNeeded, ReasonNeeded
from housing.own_data.models import DataCorrection
from housing.own_data.service import PROCESS, REQUEST_FORM
from housing.own_data.words import FIELD_WORDS, KIND_WORDS
from housing.slices import Desk, Opening, Subject
from housing.vault import Vault

READERS = frozenset({"officer", "section_chief"})


def _open(opening: Opening, desk: Desk) -> StepResult:
    new = service.read_form(opening.token, opening.values)
    result = service.ask(new, desk)
    if result is None:
        raise ScenarioUnplayable("the same form was sent before")
    return result


def _check(task: UserTask, values: Mapping[str, object], *, session: Session) -> None:
    """Refuse answers that break a rule of the law.

    Raises:
        ReasonNeeded: a refusal without reason or article.
        DataStillNeeded: an end is granted while a lease or an application runs.
    """
    if task.element_id != "review":
        return
    row = request_by_number(task.business_key, session=session)
    decision = values.get("decision")
    if decision == "refuse" and not (values.get("reason") and values.get("basis")):
        raise ReasonNeeded
    if decision == "grant" and row.kind != "correct" and service.is_needed(row, session):
        raise DataStillNeeded


def _forbid(task: UserTask, by: Actor, *, session: Session) -> None:
    """Refuse who would decide on his own request.

    Raises:
        OwnRequest: it is his own.
    """
    service.forbid_own(request_by_number(task.business_key, session=session), by)


def _keep(  # noqa: PLR0913  # the face of a subject
    task: UserTask,
    values: Mapping[str, object],
    *,
    by: Actor,
    session: Session,
    clock: Clock,
    vault: Vault | None,
) -> Mapping[str, object]:
    """Put a decision into the request's own row; what is to be corrected is written here.

    Operations of diagrams get no keys, so the sealed value is opened while the form is taken in;
    the step that follows is of the same transaction.
    """
    if task.element_id != "review":
        return values
    row = request_by_number(task.business_key, session=session)
    row.decision, row.reason = str(values["decision"]), str(values.get("reason") or "")
    row.basis = str(values["basis"]) if row.decision == "refuse" else None
    row.decided_by, row.decided_by_name = by.id, by.name
    if row.decision == "grant" and row.kind == "correct" and vault is not None:
        service.correct(row, by=by, vault=vault, session=session, clock=clock)
    return {name: value for name, value in values.items() if name in {"decision", "basis"}}


def _context(business_key: str, *, session: Session, **_when: object) -> Mapping[str, object]:
    """Give the names that the forms may use; the person's own words stand on the case page."""
    row = request_by_number(business_key, session=session)
    about = f"：{FIELD_WORDS[row.field]}" if row.field else ""
    decided = f"。承辦人意見：{row.reason}" if row.reason else ""
    return {
        "request_words": f"請求事項：{KIND_WORDS[row.kind]}{about}。內容與理由見案件頁{decided}"
    }


def _facts(
    business_key: str, *, session: Session, **_when: object
) -> Mapping[str, Mapping[str, object]]:
    row = request_by_number(business_key, session=session)
    found = select(func.count(DataCorrection.id)).where(DataCorrection.request_id == row.id)
    return {
        "data_request": {
            "number": row.number,
            "state": row.state,
            "corrections": session.scalar(found) or 0,
            "closes_on": row.closes_on.isoformat() if row.closes_on else None,
        }
    }


SUBJECT = Subject(
    process=PROCESS,
    start_form=REQUEST_FORM,
    open=_open,
    check=_check,
    forbid=_forbid,
    context=_context,
    keep=_keep,
    readers=READERS,
    facts=_facts,
    fact_kinds=frozenset({"data_request"}),
)
