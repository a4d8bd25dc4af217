"""Measures of a project (C1 專案處理): what their forms offer and check, the letters they need."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from engine.calendar import local_date
from housing.leases.queries import lease_of_unit
from housing.letters import service as letters
from housing.letters.service import NewLetter
from housing.persons.queries import person_of_account
from housing.places import queries as places
from housing.records.service import latest_answers
from housing.repairs.contractor_letters import send_to_contractor
from housing.repairs.desk import orders_of, people_of, place_of, tell, tell_residents, ticket_of
from housing.repairs.errors import PeriodEndsBeforeItBegins
from housing.repairs.models import RepairTicket
from housing.repairs.rules import whole
from housing.slices import NOTHING, Call, Result

PROJECT = "project"
"""Stage of a ticket while its measures are carried out."""

PENALTY_FORM = "repair/project_penalty"
REHOUSING_FORM = "repair/project_rehousing"
WORKS_FORM = "repair/project_works"
MEMO_FORM = "repair/project_memo"

PERIODS: Mapping[str, tuple[str, str]] = {
    REHOUSING_FORM: ("from_on", "to_on"),
    WORKS_FORM: ("signed_on", "planned_completion_on"),
}
"""Forms that name a period: the fields of its first and last day."""

FREE_HOMES = 100
"""So many free homes are offered at most."""


def notify_penalty(call: Call, ticket_id: int) -> Result:
    """Send the contractor the notice of a contract penalty, served in the portal at once.

    A penalty under a contract is no administrative decision: the letter names objection, mediation
    (政府採購法 §85-1) and the courts, not the administrative appeal.
    """
    ticket = ticket_of(ticket_id, session=call.session)
    answers = latest_answers(call.instance.id, PENALTY_FORM, session=call.session)
    code, penalty_twd = str(answers["contractor"]), whole(answers["penalty_twd"])
    memo = latest_answers(call.instance.id, MEMO_FORM, session=call.session)
    failed = [
        order for order in orders_of(ticket.id, session=call.session) if order.contractor == code
    ]
    fields = {
        "place": place_of(ticket, session=call.session),
        "what": ticket.text,
        "original_due_on": local_date(failed[-1].original_due_at) if failed else None,
        "memo_no": memo.get("memo_no"),
        "breach": answers["breach"],
        "contract_clause": answers["contract_clause"],
        "penalty_twd": penalty_twd,
        "days": whole(answers["pay_days"]),
    }
    send_to_contractor(call, "repair_penalty", code, fields)
    people = people_of(code, session=call.session)
    tell(call, ticket, "penalty_imposed", people, {"amount_twd": penalty_twd})
    return NOTHING


def notify_rehousing(call: Call, ticket_id: int) -> Result:
    """Send the tenant where the household stays during the repair, and tell who reported.

    Without a tenant, and without a reporter whom the office knows as a person, nobody can get the
    letter; those who reported are told all the same.
    """
    ticket = ticket_of(ticket_id, session=call.session)
    answers = latest_answers(call.instance.id, REHOUSING_FORM, session=call.session)
    shelter = _shelter(answers, call.session)
    person_id = _tenant(ticket, call)
    if person_id is not None:
        fields = {
            "place": place_of(ticket, session=call.session),
            "shelter": shelter,
            "from_on": _day(answers["from_on"]),
            "to_on": _day(answers["to_on"]),
            "arrangement": answers["arrangement"],
        }
        new = NewLetter(
            key=f"{call.key}:repair_rehousing",
            instance=call.instance,
            template="repair_rehousing",
            person_id=person_id,
            fields=fields,
        )
        letter_id = letters.write(new, by=call.by, session=call.session, clock=call.clock)
        letters.send(letter_id, engine=call.engine, session=call.session, clock=call.clock)
    tell_residents(call, ticket, "rehousing_arranged", {"shelter": shelter})
    return NOTHING


def contractors_of(ticket: RepairTicket, *, session: Session) -> Sequence[Mapping[str, object]]:
    """List who got an order of a ticket, the newest first, as {value, label}."""
    orders = orders_of(ticket.id, session=session)
    names = {order.contractor: order.contractor_name for order in reversed(orders)}
    return [{"value": code, "label": name} for code, name in names.items()]


def free_homes(ticket: RepairTicket, *, session: Session) -> Sequence[Mapping[str, object]]:
    """List the homes that are ready to be moved into, those of the same community first."""
    ready = places.units_in_state("ready", session=session)
    own_first = sorted(ready, key=lambda home: home.community_code != ticket.community)
    return [{"value": home.id, "label": home.label} for home in own_first[:FREE_HOMES]]


def check_period(form_key: str, values: Mapping[str, object]) -> None:
    """Refuse a period whose last day lies before its first.

    Raises:
        PeriodEndsBeforeItBegins: it does.
    """
    first, last = (_day(values[name]) for name in PERIODS[form_key])
    if last < first:
        raise PeriodEndsBeforeItBegins(first_on=first, last_on=last)


def _shelter(answers: Mapping[str, object], session: Session) -> str:
    if answers["shelter"] == "home":
        return places.unit(whole(answers["home_id"]), session=session).label
    return str(answers["shelter_place"])


def _tenant(ticket: RepairTicket, call: Call) -> int | None:
    """Find who gets the letter: the tenant of the home, else the reporter."""
    if ticket.unit_id is not None:
        today = local_date(call.now)
        lease = lease_of_unit(ticket.unit_id, on=today, session=call.session)
        if lease is not None:
            return lease.tenant_id
    reporter = person_of_account(ticket.reporter_id, session=call.session)
    return reporter.id if reporter is not None else None


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
