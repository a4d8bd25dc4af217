"""XML of diagrams and decision tables in a form that two files can be compared in."""

import re
from collections.abc import Iterator

from lxml import etree

Element = etree._Element

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)
_DEFAULTS = frozenset(
    {
        ("cancelActivity", "true"),
        ("isInterrupting", "true"),
        ("isForCompensation", "false"),
        ("startQuantity", "1"),
        ("completionQuantity", "1"),
        ("instantiate", "false"),
        ("parallelMultiple", "false"),
        ("gatewayDirection", "Unspecified"),
        ("isSequential", "false"),
        ("triggeredByEvent", "false"),
        ("isCollection", "false"),
        ("isClosed", "false"),
        ("processType", "None"),
    }
)
"""Attributes that mean nothing when they are written out."""

_SPACES = re.compile(r"\s+")


def parse(content: bytes) -> Element:
    """Read an XML file without entities and network.

    Raises:
        ValueError: it is no XML.
    """
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error


def local(element: Element) -> str:
    """Give the tag without its namespace."""
    return etree.QName(element).localname


def children(element: Element) -> Iterator[Element]:
    """Give the child elements, without comments."""
    return (child for child in element if isinstance(child.tag, str))


def words(text: str | None) -> str:
    """Give a text with single spaces; line breaks of a name are drawing only."""
    return _SPACES.sub(" ", text or "").strip()


def lines(text: str | None) -> str:
    """Give a text of several lines without the indentation of the file."""
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())


def attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Give the attributes by their full name; values that are the default are left out."""
    for name, value in element.attrib.items():
        if (str(name), str(value)) not in _DEFAULTS and value != "":
            yield str(name), str(value)


def canonical(element: Element) -> str:
    """Write an element so that prefixes, order of attributes and indentation do not matter.

    Ids of the parts are left out: tools make them anew.
    """
    own = sorted(f"{name}={value!r}" for name, value in attributes(element) if name != "id")
    parts = [canonical(child) for child in children(element)]
    text = lines(element.text)
    return f"{local(element)}[{' '.join(own)}]({text}{' '.join(parts)})"
