"""Levels, intervals, the mood scale, months and lateness of care."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from bpmn import catalogue
from engine.decisions import parse_decisions
from engine.types import Actor
from housing.care import rules

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEVELS = {
    "life_danger": "emergency",
    "violence_now": "emergency",
    "child_alone": "emergency",
    "suicide_plan": "emergency",
    "unseen_2d": "high",
    "violence_past": "high",
    "elder_alone_ill": "high",
    "arrears_2m": "medium",
    "new_single_parent": "medium",
    "mental_without_care": "medium",
    "new_care_household": "low",
    "own_request": "low",
    "elder_alone": "low",
}
ORDER = ["none", "low", "medium", "high", "emergency"]


def level(flags: list[str], bsrs5: int | None = None) -> object:
    model = parse_decisions(catalogue.read("care_case", "care_level.dmn"))
    found = model.evaluate("care_level", {"flags": flags, "bsrs5": bsrs5}, now=NOW).value
    assert isinstance(found, dict)
    return found["level"]


@pytest.mark.parametrize(("first", "second"), list(product(LEVELS, repeat=2)))
def test_of_two_risks_the_graver_one_decides(first, second):
    assert level([first, second]) == max(LEVELS[first], LEVELS[second], key=ORDER.index)


@pytest.mark.parametrize(
    ("points", "expected"),
    [(None, "none"), (0, "none"), (5, "none"), (6, "medium"), (9, "medium"), (10, "high")],
)
def test_the_mood_scale_alone_leads_to_a_level(points, expected):
    assert level([], points) == expected


def test_ten_points_raise_a_medium_risk_to_high():
    assert level(["arrears_2m"], 10) == "high"


def test_the_mood_scale_counts_only_when_all_five_were_answered():
    answers = dict.fromkeys(rules.BSRS_ITEMS, 2)

    assert rules.bsrs_score(answers) == 10
    assert rules.bsrs_score({**answers, "bsrs_low": None}) is None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 2), 3, date(2026, 6, 2)),
    ],
)
def test_months_are_cut_to_the_length_of_the_month(day, months, expected):
    assert rules.months_later(day, months) == expected


def test_a_report_is_due_at_the_end_of_the_fifth_and_late_from_the_sixth():
    due_on = rules.report_due(date(2026, 12, 1)).date()

    assert due_on == date(2027, 1, 5)
    assert rules.days_late(date(2027, 1, 5), due_on) == 0
    assert rules.days_late(date(2027, 1, 11), due_on) == 6


@pytest.mark.parametrize(
    ("role", "scope", "expected"),
    [
        ("social_worker", "community:SW", "record"),
        ("social_worker_lead", "community:SW", "record"),
        ("social_worker", "community:PX", None),
        ("officer", "city", "overview"),
        ("section_chief", "city", "overview"),
        ("property_manager", "community:SW", "flag"),
        ("property_manager", "community:PX", None),
        ("administrator", "city", None),
        ("process_supervisor", "city", None),
        ("ethics_office", "city", None),
        ("resident", "community:SW", None),
    ],
)
def test_each_role_sees_its_part_of_a_case(role, scope, expected):
    actor = Actor(id="1", name="", groups=frozenset({(role, scope)}))

    found = rules.view_of(actor, "community:SW")

    assert (found.level if found else None) == expected
