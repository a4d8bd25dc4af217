"""The diagram's calls: known topics, and every operation may run twice for one call."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from engine.calendar import calendar_days_after
from engine.errors import BusinessError
from engine.types import SYSTEM, InstanceRef
from housing.operations import OPERATIONS, WORKER_TOPICS
from housing.repairs import models, operations
from housing.repairs.errors import BalanceBelowZero, NoContractorFor, StageNotReachable


@pytest.fixture
def ticket(house):
    return house.ticket(house.report().number)


@pytest.fixture
def call(house, ticket):
    """Call an operation as the diagram does, in a unit of work of its own."""

    def made(topic, key="one call", **inputs):
        instance = InstanceRef(
            id=ticket.instance_id, business_key=ticket.number, scope="community:SW"
        )
        with house.application.unit_of_work() as session:
            return OPERATIONS[topic](
                instance=instance,
                idempotency_key=key,
                by=SYSTEM,
                engine=house.application.engine,
                session=session,
                clock=house.clock,
                **inputs,
            )

    return made


def count(house, model):
    with house.application.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def dispatch(call, ticket, house, **more):
    inputs = {
        "ticket_id": Decimal(ticket.id),
        "repair_class": "B1",
        "due_at": calendar_days_after(house.clock.now(), 7),
        "substitute_for": None,
        "rework_count": Decimal(0),
    }
    return call("repair.dispatch", **{**inputs, **more})


def test_no_topic_waits_for_an_outside_worker():
    assert frozenset() == WORKER_TOPICS
    rooms = {topic.partition(".")[0] for topic in OPERATIONS}
    assert {"repair", "letter", "lease", "unit"} <= rooms


def test_dispatching_twice_for_one_call_gives_one_order(call, ticket, house):
    first = dispatch(call, ticket, house)
    second = dispatch(call, ticket, house)

    assert first == second
    assert first["contractor_scope"] == "contractor:WAR1"
    assert count(house, models.RepairOrder) == 1


def test_charging_twice_for_one_call_makes_one_ledger_entry(call, ticket, house):
    order_id = dispatch(call, ticket, house)["order_id"]
    inputs = {"ticket_id": ticket.id, "order_id": order_id, "amount_twd": Decimal(3800)}
    first = call("repair.charge_contractor", key="charge", **inputs)
    second = call("repair.charge_contractor", key="charge", **inputs)

    assert first == second
    assert count(house, models.LedgerEntry) == 1


def test_closing_twice_writes_one_line_of_asset_history(call, ticket, house):
    for _ in range(2):
        call("repair.close_ticket", ticket_id=ticket.id, outcome="confirmed")

    assert count(house, models.AssetHistory) == 1
    assert house.ticket(ticket.number).closed_at == house.clock.now()


def test_a_tenant_is_charged_once_and_exactly_the_cost(call, ticket, house):
    triaged = {
        "ticket_id": ticket.id,
        "repair_class": "B2",
        "payer": "tenant",
        "due_days": Decimal(5),
        "in_warranty": False,
        "human_cause": True,
    }
    call("repair.record_triage", **triaged)
    order_id = dispatch(call, ticket, house, repair_class="B2")["order_id"]
    call("repair.record_completion", order_id=order_id, cost_twd=Decimal(900), hours=Decimal(1))
    for _ in range(2):
        call("repair.close_ticket", ticket_id=ticket.id, outcome="accepted")

    assert count(house, models.ChargeBack) == 1
    with house.application.reading() as session:
        assert session.scalar(select(models.ChargeBack.amount_twd)) == 900


def test_a_tenant_does_not_pay_what_the_failed_contractor_is_charged(call, ticket, house):
    triaged = {
        "ticket_id": ticket.id,
        "repair_class": "B1",
        "payer": "tenant",
        "due_days": Decimal(7),
        "in_warranty": True,
        "human_cause": True,
    }
    call("repair.record_triage", **triaged)
    failed = dispatch(call, ticket, house)["order_id"]
    call("repair.record_late", order_id=failed, reason="late")
    order = dispatch(call, ticket, house, key="C2", repair_class="B2", substitute_for=failed)
    call("repair.record_completion", order_id=order["order_id"], cost_twd=Decimal(3800))
    call("repair.close_ticket", ticket_id=ticket.id, outcome="accepted")

    assert count(house, models.ChargeBack) == 0


def test_more_time_for_an_ended_order_is_an_outcome_that_the_diagram_knows(call, ticket, house):
    order_id = dispatch(call, ticket, house)["order_id"]
    call("repair.record_late", order_id=order_id, reason="late")

    with pytest.raises(BusinessError) as refused:
        call(
            "repair.grant_extension",
            order_id=order_id,
            until=house.clock.now().date(),
            reason="parts",
        )
    assert refused.value.code == operations.ORDER_ENDED


def test_who_was_late_once_stays_late_for_ever(call, ticket, house):
    order_id = dispatch(call, ticket, house)["order_id"]
    call("repair.record_late", order_id=order_id, reason="late")
    substitute = dispatch(
        call, ticket, house, key="second", repair_class="B2", substitute_for=order_id
    )
    call("repair.record_completion", order_id=substitute["order_id"], cost_twd=Decimal(3800))
    call("repair.close_ticket", ticket_id=ticket.id, outcome="silent")

    assert substitute["contractor_code"] == "REP1"
    assert house.ticket(ticket.number).late_contractor == "WAR1"


def test_more_than_was_charged_cannot_be_recovered(call, ticket, house):
    order_id = dispatch(call, ticket, house)["order_id"]
    entry = call(
        "repair.charge_contractor",
        ticket_id=ticket.id,
        order_id=order_id,
        amount_twd=Decimal(1000),
    )

    with pytest.raises(BalanceBelowZero):
        call(
            "repair.record_recovery",
            ledger_entry_id=entry["ledger_entry_id"],
            recovered_twd=Decimal(1001),
            outcome="recovered",
        )


def test_an_ended_ticket_is_not_worked_on_again(call, ticket, house):
    call("repair.cancel_ticket", ticket_id=ticket.id)

    with pytest.raises(StageNotReachable):
        dispatch(call, ticket, house)


def test_a_community_without_contractor_is_named(call, ticket, house):
    with house.application.unit_of_work() as session:
        session.execute(models.Base.metadata.tables["contractor_service"].delete())

    with pytest.raises(NoContractorFor):
        dispatch(call, ticket, house)


def test_a_merged_reporter_follows_the_other_case(call, ticket, house):
    later = house.report(text="浴室又在漏水了")
    other = house.ticket(later.number)
    call("repair.merge_ticket", ticket_id=other.id, duplicate_of=ticket.number)

    assert house.ticket(later.number).stage == "merged"
    assert count(house, models.RepairFollower) == 1
