"""The shipped repair diagram, parsed once."""

import pytest
from lxml import etree

from bpmn import catalogue


@pytest.fixture(scope="session")
def diagram() -> etree._Element:
    """The root element of the repair diagram."""
    return etree.fromstring(catalogue.read("repair", "repair.bpmn"))
