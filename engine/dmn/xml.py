"""Safe reading of DMN files: no entities, no network, no giant trees."""

from collections.abc import Iterator

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from engine.sentences import sentence

NAMESPACES = frozenset(
    (
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    )
)
Element = etree._Element


def parse_xml(xml: bytes) -> Element:
    """Read the root of a DMN 1.3, 1.4 or 1.5 file.

    Raises:
        DeploymentRefused: it is no XML, has a document type, or is no DMN of these versions.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise refused(sentence("This is not an XML file: %(msg)s.", msg=error.msg)) from error
    if root.getroottree().docinfo.doctype:
        raise refused("A decision model has no document type declaration; remove it.")
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise refused("This is no DMN 1.3, 1.4 or 1.5 model; save it in one of these versions.")
    return root


def refused(advice: str) -> DeploymentRefused:
    """Refuse the whole file for one reason."""
    return DeploymentRefused((Problem(element_id="", element_name="", advice=advice),))


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    return etree.QName(element).localname


def children(element: Element, *names: str) -> Iterator[Element]:
    """Give the children of DMN itself, all or those of some names."""
    home = etree.QName(element).namespace
    for child in element:
        if not isinstance(child.tag, str) or etree.QName(child).namespace != home:
            continue
        if not names or local_name(child) in names:
            yield child


def child(element: Element, *names: str) -> Element | None:
    """Give the first child of some names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """Give the text of an element's `text` child, or its own; "" if there is none."""
    if element is None:
        return ""
    inner = child(element, "text")
    return (inner if inner is not None else element).text or ""


def attribute(element: Element | None, name: str) -> str:
    """Give an attribute, "" if the element or the attribute is not there."""
    return "" if element is None else element.get(name, "")


def type_ref(element: Element | None) -> str:
    """Give a type reference, as an attribute or as a child, without the prefix `feel:`."""
    if element is None:
        return ""
    text = element.get("typeRef")
    if text is None:
        text = text_of(child(element, "typeRef"))
    text = text.strip()
    return text.removeprefix("feel:")
