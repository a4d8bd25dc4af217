"""What the diagram `lease.move_out` calls: one function a topic."""

from datetime import date

from sqlalchemy import select

from engine.calendar import local_date
from housing.care.desk import open_case_of
from housing.care.service import LEFT_MESSAGE
from housing.leases import queries as leases
from housing.leases import service as lease_service
from housing.leases.service import Movement
from housing.move_outs import accounts
from housing.move_outs.desk import case_by_number, exit_sheet, home_of, lease_of
from housing.move_outs.errors import SheetNotFinished
from housing.move_outs.models import BankInquiry, MoveOutCase, SettlementLine
from housing.move_outs.rules import (
    CHARGEABLE,
    compensation,
    refund,
    rent_of_last_month,
)
from housing.move_outs.service import announce_closing
from housing.persons import service as persons
from housing.persons.queries import person
from housing.places import service as places
from housing.places.handovers import ItemView
from housing.records.service import latest_answers
from housing.slices import NOTHING, Call, Result

HANDOVER_FORM = "move_out/handover"
SETTLE_FORM = "move_out/settle"


def record_death(call: Call, tenant_id: int, died_on: date) -> Result:
    """Note the tenant's death; nobody writes to him any more."""
    persons.record_death(int(tenant_id), died_on, session=call.session, clock=call.clock)
    return NOTHING


def open_case(call: Call, leave_on: date, rent_until: date) -> Result:
    """Settle the days of a move-out: the home is given notice, a running renewal is over."""
    case = _case(call)
    case.leave_on, case.rent_until = leave_on, rent_until
    _set_unit(call, case, "notice_given", "notice")
    if case.reason != "term":
        announce_closing(case, engine=call.engine, session=call.session)
    return NOTHING


def take_over(call: Call, heir_id: int) -> Result:
    """Put the heir in the tenant's place: same term, same terms."""
    case = _case(call)
    today = local_date(call.now)
    lease_service.take_over(case.lease_id, int(heir_id), today, session=call.session)
    case.state = "taken_over"
    return NOTHING


def withdraw(call: Call) -> Result:
    """Let the lease go on after a notice was taken back."""
    case = _case(call)
    case.state = "withdrawn"
    _set_unit(call, case, "leased", "withdrawn")
    return NOTHING


def record_occupation(call: Call, until: date) -> Result:
    """Charge what staying on after the end costs, up to a new day of handover."""
    case = _case(call)
    lease = lease_of(case, session=call.session)
    after = case.leave_on or lease.end_on
    amount = compensation(lease.rent_twd, after, until)
    _put(call, case, "compensation", f"占用補償（至 {until.isoformat()}）", amount)
    return NOTHING


def record_handover(call: Call, rent_until: date) -> Result:
    """End the lease after the handover, held or deemed.

    Returns:
        handed_over_on; disputes: ids of the items that the tenant disputes.

    Raises:
        SheetNotFinished: the handover was held, but its sheet is not signed.
    """
    case = _case(call)
    case.is_deemed = _was_deemed(call)
    sheet = exit_sheet(case, session=call.session)
    if not case.is_deemed and (sheet is None or not sheet.is_final):
        raise SheetNotFinished
    today = local_date(call.now)
    case.handed_over_on, case.state = today, "handed_over"
    items = sheet.items if sheet is not None else ()
    for item in items:
        _charge_item(call, case, item)
    lease_service.end(case.lease_id, rent_until, case.reason, session=call.session)
    _set_unit(call, case, "vacant", "handed over")
    _set_unit(call, case, "preparing", "to be prepared")
    _tell_care(call, case)
    return {
        "handed_over_on": today,
        "disputes": [item.id for item in items if item.details.get("is_disputed")],
    }


def _tell_care(call: Call, case: MoveOutCase) -> None:
    """Hand the household's care case over to the next district, or end it after a death."""
    cared = open_case_of(case.unit_id, session=call.session)
    if cared is None:
        return
    call.engine.publish_message(
        LEFT_MESSAGE,
        cared.number,
        {"leave_reason": "death" if case.reason == "death" else "move_out"},
        message_id=f"left:{case.number}",
        by=call.by,
        session=call.session,
    )


def record_dispute(call: Call, item_id: int, amount_twd: int) -> Result:
    """Keep what a disputed item costs after the ruling."""
    return _rule(call, int(item_id), amount_twd, "裁決")


def record_appeal(call: Call, item_id: int, amount_twd: int) -> Result:
    """Keep what a disputed item costs after the section chief's review."""
    return _rule(call, int(item_id), amount_twd, "覆核")


def draft_settlement(call: Call, rent_until: date, goods_cost_twd: int) -> Result:
    """Draw up what is taken from the deposit.

    Returns:
        sum_twd and refund_twd; below zero the tenant owes it.
    """
    case = _case(call)
    lease = lease_of(case, session=call.session)
    owed = leases.arrears(lease.id, on=local_date(call.now), session=call.session)
    is_billed = _has_rent_of(lease.id, rent_until, call)
    rent = 0 if is_billed else rent_of_last_month(lease.rent_twd, rent_until)
    _put(call, case, "arrears", "未繳費用", owed)
    _put(call, case, "rent", f"遷出月份租金（{rent_until:%Y-%m}）", rent)
    _put(call, case, "goods", "遺留物處理費用", int(goods_cost_twd or 0))
    return _totals(call, case)


def record_settlement(call: Call, adjustment_twd: int) -> Result:
    """Add the cashier's adjustment.

    Returns:
        refund_twd; settlement_fields: what the letter of the settlement needs.
    """
    case = _case(call)
    answers = latest_answers(call.instance.id, SETTLE_FORM, session=call.session)
    text = str(answers.get("adjustment_reason") or "調整")
    _put(call, case, "adjustment", text, int(adjustment_twd or 0))
    case.state = "settled"
    totals = _totals(call, case)
    fields = _letter_fields(call, case, int(str(totals["refund_twd"])))
    return {**totals, "settlement_fields": fields}


def bill(call: Call, amount_twd: int) -> Result:
    """Take the whole deposit and charge what is missing."""
    case = _case(call)
    _withhold_all(call, case)
    movement = Movement(
        lease_id=case.lease_id,
        kind="other",
        amount_twd=int(amount_twd),
        key=f"settlement:{case.number}",
        reason=f"退租結算補繳 {case.number}",
        instance_id=call.instance.id,
    )
    lease_service.charge(movement, local_date(call.now), session=call.session, clock=call.clock)
    return NOTHING


def ask_bank(call: Call) -> Result:
    """Ask the bank whether the account belongs to the tenant.

    Returns:
        inquiry_id; the message `bank.account_checked` of this key brings is_account_good.
    """
    known = call.session.scalar(select(BankInquiry).where(BankInquiry.idem == call.key))
    if known is None:
        known = _inquire(call)
    return {"inquiry_id": known.id}


def record_refund(call: Call, refund_twd: int, outcome: str) -> Result:
    """Record that the deposit was refunded, or seized by order of a court."""
    case = _case(call)
    kind = "refunded" if outcome == "paid" else "seized"
    held = leases.deposit_held(case.lease_id, session=call.session)
    _withhold(call, case, held - int(refund_twd))
    _move(call, case, kind, int(refund_twd))
    case.refunded_twd = int(refund_twd) if outcome == "paid" else 0
    return NOTHING


def read_item(call: Call, item_id: int) -> Result:
    """Read a disputed item of the exit sheet.

    Returns:
        item_name, item_price_twd, item_life_span_years, item_age_years.

    Raises:
        SheetNotFinished: there is no such item on a sheet.
    """
    case = _case(call)
    sheet = exit_sheet(case, session=call.session)
    items = {item.id: item for item in sheet.items} if sheet is not None else {}
    item = items.get(int(item_id))
    if item is None:
        raise SheetNotFinished
    return {
        "item_name": item.name,
        "item_price_twd": int(item.details.get("price_twd") or 0),
        "item_life_span_years": int(item.details.get("life_span_years") or 1),
        "item_age_years": int(item.details.get("age_years") or 0),
    }


def close(call: Call) -> Result:
    """Close the case: refund and preparation of the home are done."""
    _case(call).state = "closed"
    return NOTHING


def _case(call: Call) -> MoveOutCase:
    return case_by_number(call.instance.business_key, session=call.session)


def _rule(call: Call, item_id: int, amount_twd: int, by_what: str) -> Result:
    case = _case(call)
    sheet = exit_sheet(case, session=call.session)
    names = {item.id: item.name for item in sheet.items} if sheet else {}
    line = SettlementLine(
        key=f"item:{item_id}",
        kind="damage",
        text=f"{names.get(item_id, '')}（{by_what}）",
        amount_twd=int(amount_twd),
        item_id=item_id,
    )
    _put_line(call, case, line)
    return NOTHING


def _charge_item(call: Call, case: MoveOutCase, item: ItemView) -> None:
    """Charge a damaged or missing item that nobody disputes."""
    details = item.details
    if details.get("finding") not in CHARGEABLE or details.get("is_disputed"):
        return
    line = SettlementLine(
        key=f"item:{item.id}",
        kind="damage",
        text=item.name,
        amount_twd=int(details.get("price_twd") or 0),
        item_id=item.id,
    )
    _put_line(call, case, line)


def _put(call: Call, case: MoveOutCase, kind: str, text: str, amount_twd: int) -> None:
    """Put a line into the settlement of which there is one of its kind."""
    _put_line(call, case, SettlementLine(key=kind, kind=kind, text=text, amount_twd=amount_twd))


def _put_line(call: Call, case: MoveOutCase, line: SettlementLine) -> None:
    """Put a line into the settlement; one of the same key is replaced."""
    known = call.session.scalar(
        select(SettlementLine).where(
            SettlementLine.case_id == case.id, SettlementLine.key == line.key
        )
    )
    if known is None:
        line.case_id = case.id
        call.session.add(line)
    else:
        known.text, known.amount_twd = line.text, line.amount_twd
    call.session.flush()


def _lines(call: Call, case: MoveOutCase) -> list[SettlementLine]:
    wanted = select(SettlementLine).where(
        SettlementLine.case_id == case.id, SettlementLine.amount_twd != 0
    )
    return list(call.session.scalars(wanted.order_by(SettlementLine.id)))


def _totals(call: Call, case: MoveOutCase) -> Result:
    amounts = [line.amount_twd for line in _lines(call, case)]
    deposit = leases.deposit_held(case.lease_id, session=call.session)
    return {"sum_twd": sum(amounts), "refund_twd": refund(deposit, amounts)}


def _letter_fields(call: Call, case: MoveOutCase, refund_twd: int) -> dict[str, object]:
    lines = [{"text": line.text, "amount_twd": line.amount_twd} for line in _lines(call, case)]
    return {
        "lease_number": lease_of(case, session=call.session).number,
        "home": home_of(case, session=call.session),
        "handed_over_on": case.handed_over_on,
        "deposit_twd": leases.deposit_held(case.lease_id, session=call.session),
        "lines": lines,
        "refund_twd": max(0, refund_twd),
        "bill_twd": max(0, -refund_twd),
    }


def _has_rent_of(lease_id: int, rent_until: date, call: Call) -> bool:
    """Tell whether the rent of the leaving month was charged by a bill."""
    month = (rent_until.year, rent_until.month)
    return any(
        line.kind == "rent" and line.on is not None and (line.on.year, line.on.month) == month
        for line in leases.account_lines(lease_id, session=call.session)
    )


def _inquire(call: Call) -> BankInquiry:
    case = _case(call)
    account = accounts.newest(case.id, session=call.session)
    lease = lease_of(case, session=call.session)
    inquiry = BankInquiry(
        idem=call.key,
        case_id=case.id,
        bank_code=account.bank_code if account else "",
        account_number=account.masked if account else "",
        account_id=account.id if account else None,
        holder_name=person(lease.tenant_id, session=call.session).name,
        asked_at=call.now,
    )
    call.session.add(inquiry)
    call.session.flush()
    return inquiry


def _was_deemed(call: Call) -> bool:
    """Tell whether the handover was deemed done: its form came after the last handover's."""
    deemed = latest_answers(call.instance.id, "move_out/deem", session=call.session)
    held = latest_answers(call.instance.id, HANDOVER_FORM, session=call.session)
    return bool(deemed) and held.get("handover_result") == "absent"


def _withhold_all(call: Call, case: MoveOutCase) -> None:
    _withhold(call, case, leases.deposit_held(case.lease_id, session=call.session))


def _withhold(call: Call, case: MoveOutCase, amount_twd: int) -> None:
    if amount_twd > 0:
        _move(call, case, "withheld", amount_twd)


def _move(call: Call, case: MoveOutCase, kind: str, amount_twd: int) -> None:
    movement = Movement(
        lease_id=case.lease_id,
        kind=kind,
        amount_twd=amount_twd,
        key=f"{kind}:{case.number}",
        reason=f"退租結算 {case.number}",
        instance_id=call.instance.id,
    )
    lease_service.record_deposit(movement, by=call.by, session=call.session, clock=call.clock)


def _set_unit(call: Call, case: MoveOutCase, state: str, why: str) -> None:
    change = places.StateChange(
        unit_id=case.unit_id,
        to_state=state,
        on=local_date(call.now),
        key=f"{case.number}:{state}",
        reason=f"{case.number} {why}",
        instance_id=call.instance.id,
    )
    places.change_state(change, by=call.by, session=call.session, clock=call.clock)
