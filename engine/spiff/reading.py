"""Read XML that strangers may have written: no entities, no network, bounded size, no DOCTYPE."""

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from engine.sentences import sentence
from engine.spiff.vocabulary import BPMN

SIZE_LIMIT_BYTES = 5 * 1024 * 1024
ELEMENT_LIMIT = 8_000
"""BPMN elements of one file, shapes not counted; the largest real models hold some hundreds."""


def read_xml(text: bytes) -> etree._Element:
    """Parse a BPMN file safely and give its root element.

    Raises:
        DeploymentRefused: the file is too large, holds too many elements,
            is not well-formed XML or holds a DOCTYPE.
    """
    if len(text) > SIZE_LIMIT_BYTES:
        raise refused("The file is larger than 5 MB. Split the process or remove embedded images.")
    try:
        root = etree.fromstring(text, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused(
            sentence("The file is not well-formed XML: %(error)s.", error=error)
        ) from error
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise refused("The file holds a DOCTYPE, which is not allowed. Remove it.")
    if sum(1 for _ in root.iter(f"{{{BPMN}}}*")) > ELEMENT_LIMIT:
        raise refused("The file holds more than 8,000 elements. Split the process.")
    return root


def refused(advice: str) -> DeploymentRefused:
    """Make the refusal of a whole file, for one reason."""
    return DeploymentRefused(problems=(Problem(element_id="", element_name="", advice=advice),))


def _parser() -> etree.XMLParser[etree._Element]:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
