"""Boxed expressions and decision tables from their elements."""

from collections.abc import Callable, Mapping

from engine.dmn.elements import (
    Box,
    Conditional,
    Entries,
    FilterBox,
    Function,
    Input,
    Invocation,
    Items,
    Loop,
    Output,
    Relation,
    Rule,
    Table,
    Text,
)
from engine.dmn.texts import TextReader
from engine.dmn.xml import Element, attribute, child, children, local_name, text_of, type_ref
from engine.sentences import sentence
from feel.nodes import Expression, UnaryTests
from feel.parser import parse_unary_tests

HIT_POLICIES = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS = ("", "SUM", "COUNT", "MIN", "MAX")
_ANYTHING = parse_unary_tests("-")


class BoxReader:
    """Reads boxes; their texts go through one `TextReader`."""

    def __init__(self, texts: TextReader) -> None:
        self._texts = texts
        self._readers: Mapping[str, Callable[[Element], Box]] = {
            "literalExpression": texts.literal,
            "context": self._context,
            "list": self._list,
            "relation": self._relation,
            "invocation": self._invocation,
            "functionDefinition": self.function,
            "decisionTable": self._table,
            "conditional": self._conditional,
            "for": self._loop,
            "some": self._loop,
            "every": self._loop,
            "filter": self._filter,
        }

    def box_in(self, node: Element) -> Box | None:
        """Read the one box inside an element; None if there is none."""
        for inner in children(node):
            reader = self._readers.get(local_name(inner))
            if reader is not None:
                return reader(inner)
        return None

    def _must(self, node: Element, name: str = "") -> Box:
        """Read the box inside an element or its named child; an empty text if it is missing."""
        holder = child(node, name) if name else node
        box = None if holder is None else self.box_in(holder)
        if box is not None:
            return box
        self._texts.refuse(
            node,
            sentence("The expression %(name)s is missing.", name=repr(name))
            if name
            else "It is empty.",
        )
        return Text(text="", expression=None)

    def _context(self, node: Element) -> Box:
        entries = []
        for entry in children(node, "contextEntry"):
            variable = child(entry, "variable")
            entries.append((attribute(variable, "name"), type_ref(variable), self._must(entry)))
        return Entries(
            element_id=attribute(node, "id"), type_ref=type_ref(node), entries=tuple(entries)
        )

    def _boxes(self, node: Element) -> tuple[Box, ...]:
        return tuple(
            self._readers[local_name(inner)](inner)
            for inner in children(node)
            if local_name(inner) in self._readers
        )

    def _list(self, node: Element) -> Box:
        return Items(
            element_id=attribute(node, "id"), type_ref=type_ref(node), items=self._boxes(node)
        )

    def _relation(self, node: Element) -> Box:
        return Relation(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            columns=tuple(attribute(column, "name") for column in children(node, "column")),
            rows=tuple(self._boxes(row) for row in children(node, "row")),
        )

    def _invocation(self, node: Element) -> Box:
        bindings = []
        for binding in children(node, "binding"):
            name = attribute(child(binding, "parameter"), "name")
            bindings.append((name, self._must(binding)))
        return Invocation(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            function=self._must(node),
            arguments=tuple(bindings),
        )

    def function(self, node: Element) -> Function:
        """Read a function definition."""
        return Function(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            parameters=tuple(
                (attribute(parameter, "name"), type_ref(parameter))
                for parameter in children(node, "formalParameter")
            ),
            body=self.box_in(node),
            kind=attribute(node, "kind") or "FEEL",
        )

    def _conditional(self, node: Element) -> Box:
        return Conditional(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            condition=self._must(node, "if"),
            then=self._must(node, "then"),
            otherwise=self._must(node, "else"),
        )

    def _loop(self, node: Element) -> Box:
        kind = local_name(node)
        return Loop(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            kind=kind,
            variable=attribute(node, "iteratorVariable"),
            source=self._must(node, "in"),
            body=self._must(node, "return" if kind == "for" else "satisfies"),
        )

    def _filter(self, node: Element) -> Box:
        return FilterBox(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            source=self._must(node, "in"),
            condition=self._must(node, "match"),
        )

    # --- decision tables

    def _table(self, node: Element) -> Box:
        inputs = tuple(self._input(column) for column in children(node, "input"))
        outputs = tuple(self._output(column) for column in children(node, "output"))
        return Table(
            element_id=attribute(node, "id"),
            type_ref=type_ref(node),
            hit_policy=self._choice(node, "hitPolicy", "UNIQUE", HIT_POLICIES),
            aggregation=self._choice(node, "aggregation", "", AGGREGATIONS),
            inputs=inputs,
            outputs=outputs,
            rules=tuple(
                self._rule(row, number, len(inputs), len(outputs))
                for number, row in enumerate(children(node, "rule"), 1)
            ),
        )

    def _choice(self, node: Element, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = attribute(node, name) or default
        if value in allowed:
            return value
        self._texts.refuse(
            node,
            sentence(
                "There is no %(name)s %(value)s; choose one of %(choices)s.",
                name=name,
                value=repr(value),
                choices=", ".join(allowed),
            ),
        )
        return default

    def _input(self, node: Element) -> Input:
        inner = child(node, "inputExpression")
        if inner is None:
            self._texts.refuse(node, "The input has no expression.")
            inner = node
        expression = self._texts.literal(inner)
        return Input(
            label=attribute(node, "label") or expression.text,
            expression=expression,
            type_ref=type_ref(inner),
            allowed=self._texts.tests(child(node, "inputValues")),
        )

    def _output(self, node: Element) -> Output:
        default = child(node, "defaultOutputEntry")
        return Output(
            name=attribute(node, "name"),
            type_ref=type_ref(node),
            values=self.values(child(node, "outputValues")),
            default=None if default is None else self._texts.literal(default),
        )

    def values(self, node: Element | None) -> Expression | None:
        """Read a comma-separated list of values as the expression of that list."""
        text = text_of(node).strip()
        if node is None or not text:
            return None
        return self._texts.expression(node, f"[{text}]")

    def _rule(self, node: Element, number: int, inputs: int, outputs: int) -> Rule:
        tests = tuple(self._cell(cell) for cell in children(node, "inputEntry"))
        results = tuple(self._texts.literal(cell) for cell in children(node, "outputEntry"))
        if (len(tests), len(results)) != (inputs, outputs):
            self._texts.refuse(
                node,
                sentence(
                    "Rule %(number)s has %(tests)s tests and %(results)s results, "
                    "the table has %(inputs)s inputs and %(outputs)s outputs.",
                    number=number,
                    tests=len(tests),
                    results=len(results),
                    inputs=inputs,
                    outputs=outputs,
                ),
            )
        return Rule(rule_id=attribute(node, "id") or str(number), tests=tests, results=results)

    def _cell(self, node: Element) -> UnaryTests | None:
        return self._texts.tests(node) if text_of(node).strip() else _ANYTHING
