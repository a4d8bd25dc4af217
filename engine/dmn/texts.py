"""The FEEL texts of a model: parsed once, problems collected with the element they stand in."""

from engine.dmn.elements import Text
from engine.dmn.xml import Element, attribute, local_name, text_of, type_ref
from engine.errors import Problem
from engine.sentences import sentence
from feel.errors import FeelError
from feel.nodes import Expression, UnaryTests
from feel.parser import parse_expression, parse_unary_tests


class TextReader:
    """Parses texts and remembers what is wrong.

    Attributes:
        names: names of several words that the texts may use.
        problems: findings so far.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.problems: list[Problem] = []

    def refuse(self, node: Element, advice: str) -> None:
        """Report a finding at an element, or at the nearest one around it that has an id."""
        holder: Element | None = node
        while holder is not None and not attribute(holder, "id"):
            holder = holder.getparent()
        self.problems.append(
            Problem(
                element_id=attribute(holder, "id"),
                element_name=attribute(node, "name") or local_name(node),
                advice=advice,
            )
        )

    def expression(self, node: Element, text: str) -> Expression | None:
        """Parse an expression; None if it is not FEEL or empty."""
        if not text.strip():
            return None
        try:
            return parse_expression(text, self.names)
        except FeelError as error:
            self.refuse(
                node,
                sentence(
                    "The expression %(text)s cannot be read: %(error)s",
                    text=repr(text.strip()),
                    error=error,
                ),
            )
            return None

    def tests(self, node: Element | None) -> UnaryTests | None:
        """Parse the unary tests of an element; None if there are none or they are not FEEL."""
        text = text_of(node).strip()
        if node is None or not text:
            return None
        try:
            return parse_unary_tests(text, self.names)
        except FeelError as error:
            self.refuse(
                node,
                sentence(
                    "The tests %(text)s cannot be read: %(error)s", text=repr(text), error=error
                ),
            )
            return None

    def literal(self, node: Element) -> Text:
        """Read a literal expression."""
        text = text_of(node)
        return Text(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            text=text.strip(),
            expression=self.expression(node, text),
        )
