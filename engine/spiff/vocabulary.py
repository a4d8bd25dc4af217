"""Names of the BPMN vocabulary: namespaces and the elements this engine knows."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ANJU = "https://anju.example.org/schema/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

NAMESPACES = {"bpmn": BPMN, "camunda": CAMUNDA, "anju": ANJU}

TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
    }
)
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

DRAWING = frozenset(
    {
        "association",
        "auditing",
        "category",
        "categoryValueRef",
        "correlationSubscription",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "documentation",
        "extensionElements",
        "group",
        "incoming",
        "laneSet",
        "monitoring",
        "outgoing",
        "performer",
        "property",
        "resourceRole",
        "supports",
        "textAnnotation",
    }
)
"""Children of a process or sub-process that are drawn or described, never executed."""


def bpmn(tag: str) -> str:
    """Qualify a BPMN tag with its namespace."""
    return f"{{{BPMN}}}{tag}"


def camunda(name: str) -> str:
    """Qualify a camunda: attribute or tag with its namespace."""
    return f"{{{CAMUNDA}}}{name}"


def anju(name: str) -> str:
    """Qualify an anju: attribute or tag with its namespace."""
    return f"{{{ANJU}}}{name}"
