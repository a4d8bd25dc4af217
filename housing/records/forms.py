"""The forms of cases: as shipped, and as deployed with a version of a process."""

from sqlalchemy.orm import Session

from engine import definition_queries
from engine import queries as engine_queries
from engine.records import UserTask
from forms import catalogue, schema
from forms.schema import Form
from housing.records.errors import TaskHasNoForm

_FORMS: dict[tuple[str, str], Form] = {}
"""Forms by version of the process and form key; a deployed version never changes."""


def form_of(form_key: str) -> Form:
    """Read a shipped form definition.

    Raises:
        FormNotFound: no such form is shipped.
    """
    return schema.load(catalogue.read(form_key))


def form_of_task(task: UserTask, *, session: Session) -> Form:
    """Read the form of a user task, in the version that was deployed with its process.

    Raises:
        TaskHasNoForm: the diagram names none.
        DefinitionNotFound: the version was deployed without it.
    """
    if task.form_key is None:
        raise TaskHasNoForm(task.name)
    definition_id = engine_queries.instance(task.instance_id, session).definition_id
    known = _FORMS.get((definition_id, task.form_key))
    if known is None:
        name = f"forms/{task.form_key}.json"
        known = schema.load(definition_queries.resource(definition_id, name, session))
        _FORMS[definition_id, task.form_key] = known
    return known
