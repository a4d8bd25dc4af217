"""The catalogue as a whole: all constraints that a file breaks."""

from lxml import etree

from engine.errors import Problem
from engine.standard import (
    activities,
    collaborations,
    data,
    events,
    flows,
    gateways,
    references,
    services,
    texts,
)
from engine.standard.document import Check, read_document

CHECKS: tuple[Check, ...] = (
    *references.CHECKS,
    *flows.CHECKS,
    *events.CHECKS,
    *gateways.CHECKS,
    *activities.CHECKS,
    *texts.CHECKS,
    *data.CHECKS,
    *services.CHECKS,
    *collaborations.CHECKS,
)


def broken_constraints(root: etree._Element) -> list[Problem]:
    """List every constraint that a file breaks, in the order of the catalogue.

    Args:
        root: the root element of the file; processes that are not executable are checked too,
            except by the constraints that speak of executable processes.
    """
    document = read_document(root)
    found = (problem for check in CHECKS for problem in check(document))
    return list(dict.fromkeys(found))
