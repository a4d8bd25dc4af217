"""What past cases let expect: windows of half and eight of ten, and honesty about few cases."""

from datetime import UTC, datetime, timedelta

from housing.progress import codes, rules
from housing.progress.rules import LEAST_CASES, Course
from housing.vault import Vault

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def past(count: int, *, visited: int | None = None) -> list[Course]:
    """Make cases that came to the visit after 1, 2, 3 ... days and ended ten days later."""
    made = []
    for number in range(1, count + 1):
        reached = {"分案中": BEGAN}
        if visited is None or number <= visited:
            reached["修繕中"] = BEGAN + number * DAY
        made.append(Course(reached=reached, ended_at=BEGAN + (number + 10) * DAY))
    return made


def test_half_of_the_cases_came_by_the_first_day_and_eight_of_ten_by_the_second():
    (found,) = rules.ahead("分案中", BEGAN, ["修繕中"], past(100))

    assert found.is_usual
    assert found.window == rules.Window(early=BEGAN + 50 * DAY, late=BEGAN + 80 * DAY, cases=100)


def test_with_too_few_cases_nothing_is_foretold():
    few = past(LEAST_CASES - 1)
    (found,) = rules.ahead("分案中", BEGAN, ["修繕中"], few)

    assert (found.window, found.is_usual) == (None, False)
    assert rules.end_window("分案中", BEGAN, few) is None


def test_a_stage_that_few_cases_saw_is_not_called_usual():
    (found,) = rules.ahead("分案中", BEGAN, ["修繕中"], past(100, visited=30))

    assert not found.is_usual


def test_a_code_opens_its_own_case_with_an_old_key_too_and_no_other():
    old = Vault(keys={"k1": b"1" * 32})
    both = Vault(keys={"k1": b"1" * 32, "k2": b"2" * 32})
    code = codes.code_of("a" * 32, old)

    assert len(code) == codes.LENGTH
    assert codes.is_code_of(codes.grouped(code).lower(), "a" * 32, both)
    assert codes.code_of("a" * 32, both) != code
    assert not codes.is_code_of(code, "b" * 32, both)
