"""What the diagram calls around quotes outside the table of consumables, and their sign-off."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from housing.records.service import latest_answers, take_in
from housing.repairs.desk import contractor_of, group_of, move, people_of, rows_of, tell, ticket_of
from housing.repairs.models import QuoteLine, RepairQuote
from housing.repairs.rules import whole
from housing.slices import NOTHING, Call, Result


def request_quote(call: Call, ticket_id: int, substitute_for: int | None = None) -> Result:
    """Ask the repair contractor for a quote outside the table of consumables.

    Returns:
        contractor_code, contractor_scope.

    Raises:
        NoContractorFor: nobody serves the community.
    """
    del substitute_for  # the repair contractor quotes in either case
    ticket = ticket_of(ticket_id, session=call.session)
    company = contractor_of(call, ticket, "B2")
    take_in(call.instance.id, company.scope, "contractor", session=call.session)
    people = people_of(company.code, session=call.session)
    tell(call, ticket, "quote_requested", people, {"contractor": company.name})
    return {"contractor_code": company.code, "contractor_scope": company.scope}


def record_quote(call: Call, ticket_id: int, amount_twd: Decimal) -> Result:
    """Keep a quote with its lines; quotes refused before stay."""
    ticket = ticket_of(ticket_id, session=call.session)
    if call.session.scalar(select(RepairQuote.id).where(RepairQuote.idem == call.key)) is None:
        quote = RepairQuote(
            idem=call.key,
            ticket_id=ticket.id,
            amount_twd=int(amount_twd),
            quoted_at=call.now,
            quoted_by=call.by.name,
        )
        call.session.add(quote)
        call.session.flush()
        lines = rows_of(call, "repair/quote", "lines")
        call.session.add_all(_quote_line(quote.id, line) for line in lines)
    move(call, ticket, "quoted")
    officers = group_of("officer", ticket, session=call.session)
    tell(call, ticket, "quote_submitted", officers, {"amount_twd": int(amount_twd)})
    return NOTHING


def _quote_line(quote_id: int, line: Mapping[str, object]) -> QuoteLine:
    text = str(line.get("text") or line.get("item") or "")
    return QuoteLine(
        quote_id=quote_id,
        item=str(line["item_code"]) if line.get("item_code") else None,
        text=text,
        quantity=whole(line.get("quantity")),
        unit_price_twd=whole(line.get("unit_price")),
    )


def record_sign_off(call: Call, ticket_id: int, decision: str) -> Result:
    """Keep the decision on the newest quote: approve, requote or project."""
    ticket = ticket_of(ticket_id, session=call.session)
    answers = latest_answers(call.instance.id, "repair/sign_off", session=call.session)
    quotes = select(RepairQuote).where(RepairQuote.ticket_id == ticket.id)
    quote = call.session.scalars(quotes.order_by(RepairQuote.id.desc()).limit(1)).first()
    fields: dict[str, object] = {"reason": answers.get("opinion")}
    if quote is not None:
        quote.decision, quote.decided_at, quote.decided_by = decision, call.now, call.by.name
        quote.sign_off_number = str(answers.get("sign_off_no") or "") or None
        fields["amount_twd"] = quote.amount_twd
    is_approved = decision == "approve"
    if is_approved:
        move(call, ticket, "approved")
    company = contractor_of(call, ticket, "B2")
    people = people_of(company.code, session=call.session)
    tell(call, ticket, "quote_approved" if is_approved else "quote_refused", people, fields)
    return NOTHING
