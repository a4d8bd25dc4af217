"""Every expression and script that SpiffWorkflow itself might want to run goes to FEEL."""

from collections.abc import Mapping, MutableMapping

from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.spiff.expressions import expression_of, script_lines
from engine.spiff.runtime import Host


class FeelEnvironment(BasePythonScriptEngineEnvironment):
    """Stands where SpiffWorkflow has Python's evaluator, so that no diagram text is Python."""

    def __init__(self, host: Host) -> None:
        super().__init__({})
        self._host = host

    def evaluate(
        self,
        expression: str,
        context: Mapping[str, object],
        external_context: Mapping[str, object] | None = None,
    ) -> object:
        """Evaluate FEEL over both contexts; the inner one wins."""
        names = {**(external_context or {}), **context}
        return self._host.evaluate(expression_of(expression), names, "")

    def execute(
        self,
        script: str,
        context: MutableMapping[str, object],
        external_context: Mapping[str, object] | None = None,
    ) -> bool:
        """Run lines `name = <FEEL>`."""
        for name, expression in script_lines(script):
            context[name] = self.evaluate(expression, context, external_context)
        return True
