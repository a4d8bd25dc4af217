"""The steps of a draft's diagram as a table: the editor's equal list, before any script runs."""

from dataclasses import dataclass

from lxml import etree

from webapp import labels, model_words

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_ANJU = "{https://anju.example.org/schema/1.0}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One element of the diagram.

    Attributes:
        kind: of the element, such as "userTask".
        who: role or lane, in the reader's language.
        deadline: amount as written; "" for none.
        unit: of that amount.
    """

    id: str
    name: str
    kind: str
    who: str
    deadline: str
    unit: str


def steps(bpmn: bytes) -> tuple[Step, ...]:
    """List the steps of a diagram in the order of the file; none if it cannot be read."""
    try:
        root = etree.fromstring(bpmn, _PARSER)
    except etree.XMLSyntaxError:
        return ()
    lanes = {
        reference.text or "": lane.get("name", "")
        for lane in root.iter(f"{_BPMN}lane")
        for reference in lane.iterfind(f"{_BPMN}flowNodeRef")
    }
    return tuple(
        _step(each, lanes.get(each.get("id", ""), "")) for each in root.iter() if _is_step(each)
    )


def _is_step(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or not element.tag.startswith(_BPMN):
        return False
    return etree.QName(element).localname in labels.WORDS["element"]


def _step(element: etree._Element, lane: str) -> Step:
    role = element.get(f"{_CAMUNDA}candidateGroups", "")
    level = element.find(f"{_BPMN}extensionElements/{_ANJU}sla")
    return Step(
        id=element.get("id", ""),
        name=model_words.say(element.get("name", "")),
        kind=etree.QName(element).localname,
        who=labels.label(role, "role") if role else model_words.say(lane),
        deadline=level.get("amount", "") if level is not None else "",
        unit=level.get("unit", "calendar_days") if level is not None else "",
    )
