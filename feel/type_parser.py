"""Types as FEEL writes them: `number`, `list<string>`, `context<a: number>`, `function<a> -> b`."""

from feel.nodes import TypeName
from feel.reader import Reader
from feel.sentences import sentence

_LONG_TYPES = (
    "days and time duration",
    "day and time duration",
    "years and months duration",
    "year and month duration",
    "date and time",
)


def read_type(reader: Reader) -> TypeName:
    """Read one type.

    Raises:
        FeelSyntaxError: there is none.
    """
    with reader.nested():
        if reader.ahead().text == "<" and reader.ahead().kind == "operator":
            return _generic(reader)
        return TypeName(_simple(reader))


def _simple(reader: Reader) -> str:
    for long in _LONG_TYPES:
        words = long.split()
        if [token.text for token in reader.tokens[reader.at : reader.at + len(words)]] == words:
            reader.at += len(words)
            return long
    if reader.accept("null"):
        return "Null"
    name = reader.name()
    while reader.accept("."):
        name += "." + reader.name()
    return name


def _generic(reader: Reader) -> TypeName:
    kind = reader.take().text
    reader.expect("<")
    if kind in ("list", "range"):
        parts: tuple[tuple[str, TypeName], ...] = (("", read_type(reader)),)
        reader.expect(">")
    elif kind == "context":
        parts = _entries(reader)
    elif kind == "function":
        parts = _signature(reader)
    else:
        raise reader.error(
            sentence("A type %(kind)s takes no type in angle brackets.", kind=repr(kind))
        )
    return TypeName(kind, parts)


def _entries(reader: Reader) -> tuple[tuple[str, TypeName], ...]:
    entries: list[tuple[str, TypeName]] = []
    while not reader.accept(">"):
        if entries:
            reader.expect(",")
        name = reader.name_before(":")
        if name is None:
            raise reader.error(
                sentence("Expected an entry's name but found %(found)s.", found=reader.found())
            )
        reader.expect(":")
        entries.append((name, read_type(reader)))
    return tuple(entries)


def _signature(reader: Reader) -> tuple[tuple[str, TypeName], ...]:
    parts: list[tuple[str, TypeName]] = []
    while not reader.accept(">"):
        if parts:
            reader.expect(",")
        parts.append((str(len(parts)), read_type(reader)))
    reader.expect("->")
    parts.append(("->", read_type(reader)))
    return tuple(parts)
