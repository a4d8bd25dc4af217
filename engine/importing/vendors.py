"""What other engines write into BPMN files, what is honoured here, and what to use instead."""

from collections.abc import Mapping

from engine.sentences import sentence

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
VENDORS: Mapping[str, str] = {
    CAMUNDA: "camunda",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://www.jboss.org/drools": "drools",
}
"""Namespaces of engines, by the prefix that people know."""

TWINS = frozenset(
    {
        "http://activiti.org/bpmn",
        "http://flowable.org/bpmn",
        "http://operaton.org/schema/1.0/bpmn",
    }
)
"""Engines that share ancestors with Camunda 7: the same names mean the same."""

_CAMUNDA_HONOURED = (
    "assignee", "candidateGroups", "candidateStarterGroups", "collection", "decisionRef", "dueDate",
    "elementVariable", "formKey", "inputOutput", "priority", "properties", "resultVariable",
    "topic", "type", "in", "out", "calledElementBinding", "calledElementVersion",
    "calledElementVersionTag", "historyTimeToLive", "versionTag", "isStartableInTasklist",
)  # fmt: skip
HONOURED = frozenset(("camunda", name) for name in _CAMUNDA_HONOURED)
"""Attributes and extension elements that have an effect, or that need none."""

_TOPIC = 'Set camunda:type="external" and camunda:topic, and register the operation.'
INSTEAD: Mapping[str, str] = {
    "class": sentence("A Java class is not run. %(topic)s", topic=_TOPIC),
    "delegateExpression": sentence("A Java delegate is not run. %(topic)s", topic=_TOPIC),
    "expression": sentence("A Java expression is not run. %(topic)s", topic=_TOPIC),
    "connector": sentence("A connector is not run. %(topic)s", topic=_TOPIC),
    "field": "A field is not injected. Use input parameters.",
    "taskDefinition": sentence("A job of another engine is not run. %(topic)s", topic=_TOPIC),
    "executionListener": "A listener is not run. Draw a service task with a topic.",
    "taskListener": "A listener is not run. Draw a service task with a topic.",
    "formData": "Embedded form fields are not shown. Use camunda:formKey and a form.",
    "formProperty": "Embedded form fields are not shown. Use camunda:formKey and a form.",
    "formRef": "A form reference is not followed. Use camunda:formKey.",
    "candidateUsers": "Candidates are groups here. Use camunda:candidateGroups or an assignee.",
    "candidateStarterUsers": "Starters are groups here. Use camunda:candidateStarterGroups.",
    "asyncBefore": "Each step is saved anyway. Remove it.",
    "asyncAfter": "Each step is saved anyway. Remove it.",
    "async": "Each step is saved anyway. Remove it.",
    "exclusive": "Steps of one instance never run at once. Remove it.",
    "failedJobRetryTimeCycle": "Failed operations are tried three times. Remove it.",
    "initiator": "The starter is kept in the history. Use a variable if you need it.",
    "skipExpression": "Nothing is skipped. Draw a gateway before the task.",
    "assignee": "Use camunda:assignee with =FEEL or plain text.",
    "candidateGroups": "Use camunda:candidateGroups.",
    "collection": "Use camunda:collection with FEEL.",
    "elementVariable": "Use camunda:elementVariable.",
    "dueDate": "Use camunda:dueDate with =FEEL or ISO 8601.",
    "formKey": "Use camunda:formKey.",
    "resultVariable": "Use output parameters.",
    "resultVariableName": "Use output parameters.",
    "errorEventDefinition": "Raise the business error in the operation.",
}
"""What to do instead, by the local name."""
