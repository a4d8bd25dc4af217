"""Stock SpiffWorkflow as its own documentation uses it, to compare with: nothing here is corrected.

Its parser, its Python scripts, its serializer, one JSON text an instance. Only for measurements of
our own diagrams, never for a file of somebody else.
"""

from collections.abc import Mapping
from typing import cast

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from engine.spiff import codec
from engine.spiff.definition import Definition
from engine.spiff.runtime import Host, Runtime
from engine.spiff.stepping import all_tasks


class StockProcess:
    """A process definition for stock SpiffWorkflow.

    Args:
        bpmn: one of our own diagrams; its scripts must be Python too.
        key: id of the process.
    """

    def __init__(self, bpmn: bytes, key: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(bpmn))
        self._specs = (parser.get_spec(key), parser.get_subprocess_specs(key))
        registry = BpmnWorkflowSerializer.configure()
        self._serializer = BpmnWorkflowSerializer(registry)

    def start(self, variables: Mapping[str, object]) -> str:
        """Start an instance, run to its waiting states and write it as JSON."""
        return self._save(self._begin(variables))

    def count_tasks(self, variables: Mapping[str, object]) -> int:
        """Start an instance and count its task objects."""
        return len(self._begin(variables).tasks)

    def complete(self, state: str, values: Mapping[str, object]) -> str:
        """Restore an instance, complete its first user task, run on and write it again."""
        workflow = self._serializer.deserialize_json(state)
        ready = workflow.get_tasks(state=TaskState.READY)
        task = next(each for each in ready if each.task_spec.manual)
        task.data.update(values)
        task.run()
        workflow.do_engine_steps()
        return self._save(workflow)

    def _begin(self, variables: Mapping[str, object]) -> BpmnWorkflow:
        workflow = BpmnWorkflow(*self._specs)
        workflow.task_tree.data.update(variables)
        workflow.do_engine_steps()
        return workflow

    def _save(self, workflow: BpmnWorkflow) -> str:
        text: str = self._serializer.serialize_json(workflow)
        return text


def count_tasks(definition: Definition, blob: bytes) -> int:
    """Count the task objects of a stored state of ours, to compare."""
    nobody = cast("Host", None)  # nothing runs: the state is only looked at
    return len(list(all_tasks(codec.load(definition, blob, Runtime(nobody)))))
