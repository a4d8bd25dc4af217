"""The decision tables of repairs: complete, and as the chart of the source document says."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import catalogue
from engine.decisions import parse_decisions

NOW = datetime(2024, 5, 1, tzinfo=UTC)
AMOUNTS = st.integers(min_value=0, max_value=10_000_000)
CLASSES = ("A", "B1", "B2", "C1", "D")
REASONS = (
    "late",
    "refuses",
    "cannot",
    "breach",
    "design_defect",
    "major_damage",
    "relocation",
    "retry",
)


def decide(decision: str, **variables: object) -> object:
    model = parse_decisions(catalogue.read("repair", f"{decision}.dmn"))
    return model.evaluate(decision, variables, now=NOW).value


def expected_class(
    *, broken: bool, simple: bool, human: bool, self_repairable: bool, warranty: bool
) -> tuple[str, str, int]:
    """Read off the chart: class, who pays, days."""
    if not broken or simple:
        return "D", "agency", 0
    if human and self_repairable:
        return "A", "tenant", 14
    if warranty:
        return "B1", "tenant" if human else "warranty", 7
    return "B2", "tenant" if human else "agency", 5


@pytest.mark.parametrize(
    ("broken", "simple", "human", "self_repairable", "warranty"),
    list(product([True, False], repeat=5)),
)
def test_every_finding_has_one_class(
    broken: bool, simple: bool, human: bool, self_repairable: bool, warranty: bool
) -> None:
    found = decide(
        "repair_class",
        broken=broken,
        simple=simple,
        human_cause=human,
        self_repairable=self_repairable,
        is_common_area=False,
        in_warranty=warranty,
    )

    repair_class, payer, days = expected_class(
        broken=broken,
        simple=simple,
        human=human,
        self_repairable=self_repairable,
        warranty=warranty,
    )
    assert found == {"repair_class": repair_class, "payer": payer, "due_days": Decimal(days)}


@pytest.mark.parametrize("findings", [{"broken": False}, {"broken": True, "simple": True}])
def test_class_d_needs_no_further_finding(findings: dict[str, bool]) -> None:
    found = decide("repair_class", **findings)

    assert found == {"repair_class": "D", "payer": "agency", "due_days": 0}


@pytest.mark.parametrize(("warranty", "expected"), [(True, "B1"), (False, "B2")])
def test_nobody_repairs_a_common_area_himself(warranty: bool, expected: str) -> None:
    found = decide(
        "repair_class",
        broken=True,
        simple=False,
        human_cause=True,
        self_repairable=True,
        is_common_area=True,
        in_warranty=warranty,
    )

    assert isinstance(found, dict)
    assert found["repair_class"] == expected


@pytest.mark.parametrize(
    ("in_table", "amount_twd", "expected"),
    [
        (True, None, "DIRECT"),
        (True, 99_999, "DIRECT"),
        (False, None, "QUOTE"),
        (False, 1, "QUOTE_OFF"),
        (False, 10_000, "QUOTE_OFF"),
        (False, 10_001, "QUOTE_CHF"),
        (None, None, "QUOTE"),
    ],
)
def test_route_follows_the_table_of_consumables_and_the_limit(
    in_table: bool | None, amount_twd: int | None, expected: str
) -> None:
    found = decide("repair_route", in_table=in_table, amount_twd=amount_twd, quote_limit_twd=10_000)

    assert found == expected


def test_the_limit_of_the_officer_is_a_setting() -> None:
    found = decide("repair_route", in_table=False, amount_twd=12_000, quote_limit_twd=20_000)

    assert found == "QUOTE_OFF"


@pytest.mark.parametrize(("order_class", "reason"), list(product(CLASSES, REASONS)))
def test_every_failure_has_a_way_on(order_class: str, reason: str) -> None:
    found = decide("b1_failure", order_class=order_class, failure_reason=reason)

    assert isinstance(found, dict)
    assert found["failure_route"] in {"C1", "C2", "RETRY"}


@pytest.mark.parametrize(
    ("order_class", "reason", "route", "measure"),
    [
        ("B1", "late", "C2", "none"),
        ("B1", "refuses", "C2", "none"),
        ("B1", "cannot", "C2", "none"),
        ("B1", "design_defect", "C1", "engineering"),
        ("B2", "design_defect", "C1", "engineering"),
        ("B1", "major_damage", "C1", "works"),
        ("B2", "relocation", "C1", "rehousing"),
        ("B2", "late", "C1", "penalty"),
        ("B2", "breach", "C1", "penalty"),
        ("B1", "retry", "RETRY", "none"),
        ("C1", "retry", "C1", "works"),
    ],
)
def test_failure_leads_to_project_or_substitute_performance(
    order_class: str, reason: str, route: str, measure: str
) -> None:
    found = decide("b1_failure", order_class=order_class, failure_reason=reason)

    assert found == {"failure_route": route, "suggested_measure": measure}


@given(AMOUNTS, AMOUNTS)
def test_a_quote_goes_to_the_chief_exactly_above_the_limit(amount: int, limit: int) -> None:
    found = decide("repair_route", in_table=False, amount_twd=amount, quote_limit_twd=limit)

    assert found == ("QUOTE_CHF" if amount > limit else "QUOTE_OFF")
