"""From tokens to the tree: recursive descent for forms, precedence climbing for operators.

Grammar of DMN 1.5, 10.3.1.2. Operators bind, from weak to strong: or, and, comparison, + -, * /,
**, unary minus, instance of, and the suffixes (path, filter, invocation).
"""

from functools import lru_cache

from feel.errors import FeelBudgetExceeded, FeelTypeError
from feel.free_names import free_names
from feel.nodes import (
    Anything,
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextOf,
    Expression,
    Filter,
    For,
    FunctionOf,
    HalfRange,
    If,
    In,
    InstanceOf,
    Iteration,
    ListOf,
    Literal,
    Logic,
    Name,
    Negate,
    Node,
    Path,
    Quantified,
    RangeOf,
    TypeName,
    UnaryTests,
)
from feel.reader import Reader
from feel.sentences import sentence
from feel.temporal import parse_temporal
from feel.type_parser import read_type
from feel.values import number

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_NO_OPERAND = frozenset(
    (")", "]", "}", ",", ":", "..", "=", "!=", "<=", ">=", "<", ">", "+", "*", "/", "**", ".")
) | frozenset(("and", "or", "then", "else", "return", "satisfies", "in", "between", "instance"))


@lru_cache(maxsize=4096)
def parse_expression(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """Parse an expression; the same text and names give the same, cached object.

    Args:
        text: FEEL.
        names: known names that are more than one plain word; plain words may be left out.

    Raises:
        FeelSyntaxError: the text is not FEEL; tells line and column.
        FeelBudgetExceeded: the text is too long or nested too deeply.
    """
    try:
        parser = _Parser(text, names)
        root = parser.whole(parser.expression())
        return Expression(text, root, free_names((root,)))
    except RecursionError as error:
        raise FeelBudgetExceeded("The expression is nested too deeply.") from error


@lru_cache(maxsize=4096)
def parse_unary_tests(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Parse the tests of a decision table cell: `-`, `< 5`, `"a", "b"`, `not([1..3])`.

    Args:
        text: FEEL unary tests.
        names: as in `parse_expression`.

    Raises:
        FeelSyntaxError: the text is not FEEL; tells line and column.
        FeelBudgetExceeded: the text is too long or nested too deeply.
    """
    try:
        parser = _Parser(text, names)
        tests, is_negated = parser.unary_tests()
        return UnaryTests(text, tests, is_negated, free_names(tests) - {"?"})
    except RecursionError as error:
        raise FeelBudgetExceeded("The tests are nested too deeply.") from error


class _Parser:
    """Reads one text."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.reader = Reader(text, names)

    def whole(self, root: Node) -> Node:
        """Make sure that nothing is left over."""
        if self.reader.token.kind != "end":
            raise self.reader.error(
                sentence("Did not expect %(found)s here.", found=self.reader.found())
            )
        return root

    # --- unary tests

    def unary_tests(self) -> tuple[tuple[Node, ...], bool]:
        """Read the tests of a cell and whether `not(...)` stands around them."""
        reader = self.reader
        if reader.sees("-") and reader.ahead().kind == "end":
            return (Anything(),), False
        if reader.sees("not") and reader.ahead().text == "(":
            negated = self._negated_tests()
            if negated is not None:
                return negated, True
        tests = self._tests()
        self.whole(tests[0])
        return tests, False

    def _negated_tests(self) -> tuple[Node, ...] | None:
        """Read `not(...)` if it spans the whole text; else the cursor stays."""
        reader = self.reader
        start = reader.at
        reader.at += 2
        tests = self._tests()
        reader.expect(")")
        if reader.token.kind == "end":
            return tests
        reader.at = start
        return None

    def _tests(self) -> tuple[Node, ...]:
        tests = [self.test()]
        while self.reader.accept(","):
            tests.append(self.test())
        return tuple(tests)

    def test(self) -> Node:
        """Read one test: a half range or any expression."""
        if self.reader.sees(*_COMPARISONS):
            operator = self.reader.take().text
            return HalfRange(operator, self.binary(4))
        return self.expression()

    # --- forms

    def expression(self) -> Node:
        """Read any expression."""
        with self.reader.nested():
            return self.binary(1)

    def _if(self) -> Node:
        condition = self.expression()
        self.reader.expect("then")
        then = self.expression()
        self.reader.expect("else")
        return If(condition, then, self.expression())

    def _for(self) -> Node:
        iterations = self._iterations()
        self.reader.expect("return")
        self.reader.learn(("partial",))
        return For(iterations, self.expression())

    def _quantified(self, kind: str) -> Node:
        iterations = self._iterations()
        self.reader.expect("satisfies")
        return Quantified(kind, iterations, self.expression())

    def _iterations(self) -> tuple[Iteration, ...]:
        iterations = [self._iteration()]
        while self.reader.accept(","):
            iterations.append(self._iteration())
        return tuple(iterations)

    def _iteration(self) -> Iteration:
        name = self.reader.name_before("in")
        if name is None:
            raise self.reader.error("Expected the name of a loop variable and 'in'.")
        self.reader.expect("in")
        source = self.expression()
        end = self.expression() if self.reader.accept("..") else None
        self.reader.learn((name,))
        return Iteration(name, source, end)

    def _function(self) -> Node:
        reader = self.reader
        reader.expect("(")
        parameters: list[tuple[str, TypeName | None]] = []
        while not reader.accept(")"):
            if parameters:
                reader.expect(",")
            parameters.append(self._parameter())
        reader.learn(name for name, _ in parameters)
        is_external = reader.accept("external")
        return FunctionOf(tuple(parameters), self.expression(), is_external)

    def _parameter(self) -> tuple[str, TypeName | None]:
        name = self.reader.name_before(":", ",", ")")
        if name is None:
            raise self.reader.error(
                sentence("Expected a parameter but found %(found)s.", found=self.reader.found())
            )
        return name, read_type(self.reader) if self.reader.accept(":") else None

    # --- operators

    def binary(self, level: int) -> Node:
        """Read operators that bind at least as strong as a level.

        Levels: 1 or, 2 and, 3 comparison, 4 + -, 5 * /, 6 **.
        """
        if level == 7:
            return self._unary()
        if level == 3:
            return self._comparison()
        operators = _OPERATORS[level]
        left = self.binary(level + 1)
        while self.reader.sees(*operators):
            operator = self.reader.take().text
            right = self.binary(level + 1)
            made = Logic if level < 3 else Arithmetic
            left = made(operator, left, right)
        return left

    def _comparison(self) -> Node:
        left = self.binary(4)
        while True:
            if self.reader.sees(*_COMPARISONS):
                operator = self.reader.take().text
                left = Comparison(operator, left, self.binary(4))
            elif self.reader.accept("between"):
                low = self.binary(4)
                self.reader.expect("and")
                left = Between(left, low, self.binary(4))
            elif self.reader.accept("in"):
                left = In(left, self._in_tests())
            else:
                return left

    def _in_tests(self) -> tuple[Node, ...]:
        """Read what follows `in`: one test, or several in parentheses."""
        reader = self.reader
        if not reader.sees("("):
            return (self.test() if reader.sees(*_COMPARISONS) else self.binary(4),)
        start = reader.at
        reader.take()
        tests = self._tests()
        if reader.accept(")") and not reader.sees(".", "[", "(", "+", "-", "*", "/", "**"):
            return tests
        reader.at = start
        return (self.binary(4),)

    def _unary(self) -> Node:
        if self.reader.accept("-"):
            with self.reader.nested():
                return Negate(self._unary())
        return self._instance_of(self._suffixed(self._primary()))

    def _instance_of(self, value: Node) -> Node:
        while self.reader.sees("instance") and self.reader.ahead().text == "of":
            self.reader.at += 2
            value = InstanceOf(value, read_type(self.reader))
        return value

    def _suffixed(self, source: Node) -> Node:
        while True:
            if self.reader.accept("."):
                source = Path(source, self.reader.name())
            elif self.reader.sees("[") and self._begins_filter():
                source = self._filter(source)
            elif self.reader.accept("("):
                source = self._arguments(source)
            else:
                return source

    def _begins_filter(self) -> bool:
        """Tell a filter from the closing bracket of an open range `]1..5[`."""
        token = self.reader.ahead()
        if token.kind == "end":
            return False
        return not (token.kind in ("operator", "name") and token.text in _NO_OPERAND)

    def _filter(self, source: Node) -> Node:
        self.reader.take()
        self.reader.learn(("item",))
        condition = self.expression()
        self.reader.expect("]")
        return Filter(source, condition)

    def _arguments(self, function: Node) -> Node:
        reader = self.reader
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not reader.accept(")"):
            if positional or named:
                reader.expect(",")
            name = self._argument_name()
            if name is None and named:
                raise reader.error("Arguments are either all named or all without names.")
            if name is None:
                positional.append(self.expression())
            else:
                named.append((name, self.expression()))
        if positional and named:
            raise reader.error("Arguments are either all named or all without names.")
        return Call(function, tuple(positional), tuple(named))

    def _argument_name(self) -> str | None:
        name = self.reader.name_before(":")
        if name is not None:
            self.reader.expect(":")
        return name

    # --- primary

    def _primary(self) -> Node:
        token = self.reader.token
        if token.kind == "number":
            return Literal(self._number())
        if token.kind == "string":
            return Literal(self.reader.take().text)
        if token.kind == "at":
            return Literal(self._temporal())
        if token.kind == "operator":
            return self._bracketed()
        if token.kind == "name":
            return self._worded()
        raise self.reader.error(
            sentence("Did not expect %(found)s here.", found=self.reader.found())
        )

    def _number(self) -> object:
        token = self.reader.take()
        try:
            return number(token.text)
        except FeelTypeError as error:
            raise self.reader.error(error.message, token) from error

    def _temporal(self) -> object:
        token = self.reader.take()
        try:
            return parse_temporal(token.text)
        except FeelTypeError as error:
            raise self.reader.error(error.message, token) from error

    def _worded(self) -> Node:
        text = self.reader.token.text
        if text in _CONSTANTS:
            self.reader.take()
            return Literal(_CONSTANTS[text])
        if text == "if":
            self.reader.take()
            return self._if()
        if text == "for":
            self.reader.take()
            return self._for()
        if text in ("some", "every"):
            return self._quantified(self.reader.take().text)
        if text == "function" and self.reader.ahead().text == "(":
            self.reader.take()
            return self._function()
        return Name(self.reader.name())

    def _bracketed(self) -> Node:
        token = self.reader.token
        if token.text == "(":
            return self._parenthesis()
        if token.text == "[":
            return self._list_or_range()
        if token.text == "]":
            self.reader.take()
            return self._range(self.expression(), low_included=False)
        if token.text == "{":
            return self._context()
        raise self.reader.error(
            sentence("Did not expect %(found)s here.", found=self.reader.found())
        )

    def _parenthesis(self) -> Node:
        self.reader.take()
        inner = self.test()
        if self.reader.sees(".."):
            return self._range(inner, low_included=False)
        self.reader.expect(")")
        return inner

    def _list_or_range(self) -> Node:
        self.reader.take()
        if self.reader.accept("]"):
            return ListOf(())
        first = self.test()
        if self.reader.sees(".."):
            return self._range(first, low_included=True)
        items = [first]
        while self.reader.accept(","):
            items.append(self.test())
        self.reader.expect("]")
        return ListOf(tuple(items))

    def _range(self, low: Node, *, low_included: bool) -> Node:
        self.reader.expect("..")
        high = self.expression()
        if not self.reader.sees("]", ")", "["):
            raise self.reader.error(
                sentence("A range ends with ] or ), not %(found)s.", found=self.reader.found())
            )
        return RangeOf(low, high, low_included, self.reader.take().text == "]")

    def _context(self) -> Node:
        self.reader.take()
        entries: list[tuple[str, Node]] = []
        while not self.reader.accept("}"):
            if entries:
                self.reader.expect(",")
            entries.append(self._entry())
        return ContextOf(tuple(entries))

    def _entry(self) -> tuple[str, Node]:
        reader = self.reader
        name = reader.take().text if reader.token.kind == "string" else reader.name_before(":")
        if name is None:
            raise reader.error(
                sentence("Expected the name of an entry but found %(found)s.", found=reader.found())
            )
        reader.expect(":")
        value = self.expression()
        reader.learn((name,))
        return name, value


_OPERATORS: dict[int, tuple[str, ...]] = {
    1: ("or",),
    2: ("and",),
    4: ("+", "-"),
    5: ("*", "/"),
    6: ("**",),
}
