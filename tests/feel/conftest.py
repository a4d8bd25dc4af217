"""What the FEEL tests share: one instant and a short way to evaluate."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feel.evaluator import Outcome, examine

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def value() -> Callable[..., object]:
    """Evaluate a text over variables given as keywords."""

    def evaluate_text(text: str, **variables: object) -> object:
        return examine(text, variables, now=NOW).value

    return evaluate_text


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """Evaluate a text and keep the problems."""

    def examine_text(text: str, **variables: object) -> Outcome:
        return examine(text, variables, now=NOW)

    return examine_text
