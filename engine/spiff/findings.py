"""What the rules of the deploy check share: what is known, and how a finding is made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.day_counting import DAY_FUNCTIONS
from engine.errors import Problem
from engine.sentences import sentence
from engine.spiff.diagram import Diagram, Flow, Node
from engine.spiff.expressions import expression_of
from feel.errors import FeelError
from feel.parser import parse_expression


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a diagram may refer to; None where this is not checked.

    Attributes:
        names: names with spaces that expressions may use.
    """

    topics: frozenset[str] | None = None
    decisions: frozenset[str] | None = None
    forms: frozenset[str] | None = None
    names: frozenset[str] = DAY_FUNCTIONS


NodeRule = Callable[[Diagram, Node, Known], Iterator[Problem]]


def error(item: Node | Flow, advice: str) -> Problem:
    """Make a finding that refuses the deployment."""
    return Problem(element_id=item.id, element_name=item.name, advice=advice)


def warning(item: Node | Flow, advice: str) -> Problem:
    """Make a finding that is only told."""
    return Problem(element_id=item.id, element_name=item.name, advice=advice, severity="warning")


def check_feel(item: Node | Flow, text: str | None, known: Known, what: str) -> Iterator[Problem]:
    """Check that a text, with or without a leading "=", is FEEL; None passes."""
    if text is None:
        return
    try:
        parse_expression(expression_of(text), known.names)
    except FeelError as failure:
        yield error(
            item,
            sentence(
                "%(what)s is not FEEL: %(failure)s %(correction)s",
                what=what,
                failure=failure,
                correction=_correction(text),
            ),
        )


def check_parameter(
    item: Node | Flow, text: str | None, known: Known, what: str
) -> Iterator[Problem]:
    """Check a text that is FEEL only after a leading "="."""
    if text is not None and text.startswith("="):
        yield from check_feel(item, text, known, what)


def check_known(
    item: Node, value: str, choices: frozenset[str] | None, what: str
) -> Iterator[Problem]:
    """Check that a reference leads to something that exists."""
    if choices is None or value.startswith("=") or value in choices:
        return
    yield error(
        item,
        sentence(
            "There is no %(what)s %(value)s. Correct the name or add the %(what)s.",
            what=what,
            value=repr(value),
        ),
    )


def _correction(text: str) -> str:
    if text.startswith(("${", "#{")):
        return sentence("Rewrite %(text)s as FEEL, without the braces.", text=repr(text))
    return sentence("Correct %(text)s.", text=repr(text))
