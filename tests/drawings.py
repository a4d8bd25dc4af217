"""Where the shapes of a diagram lie on its sheet."""

from lxml import etree

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


def boxes(diagram: etree._Element) -> dict[str, Box]:
    """Map the id of each drawn element to where it lies."""
    found = {}
    for shape in diagram.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None
        x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement", "")] = (x, y, x + width, y + height)
    return found


def overlap(first: Box, second: Box) -> bool:
    """Tell whether two boxes share more than an edge."""
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
