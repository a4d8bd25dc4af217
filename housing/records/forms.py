"""The forms of cases: as in service, as deployed with the version of a case, and as shipped."""

from sqlalchemy.orm import Session

from engine import definition_queries
from engine import queries as engine_queries
from engine.errors import DefinitionNotFound
from engine.records import UserTask
from forms import catalogue, schema
from forms.schema import Form
from housing import packages
from housing.records.errors import TaskHasNoForm

_FORMS: dict[tuple[str, str], Form] = {}
"""Forms by version of the process and form key; a deployed version never changes."""


def form_of(form_key: str) -> Form:
    """Read a shipped form definition.

    Raises:
        FormNotFound: no such form is shipped.
    """
    return schema.load(catalogue.read(form_key))


def form_in_service(form_key: str, *, session: Session) -> Form:
    """Read a form that opens a case, as the newest version of its process has it.

    While nothing of its process is deployed, or without it, it is the shipped one.

    Args:
        form_key: its folder is the package, such as "repair/report".
        session: any.

    Raises:
        FormNotFound: no such form is deployed or shipped.
    """
    key = packages.process_of(form_key.partition("/")[0])
    try:
        newest = definition_queries.definition(key, None, session)
        return _deployed(newest.id, form_key, session)
    except DefinitionNotFound:
        return form_of(form_key)


def form_of_case(form_key: str, definition_id: str, *, session: Session) -> Form:
    """Read the form of a message to a case, in the version that the case runs on.

    Raises:
        FormNotFound: neither this version nor the newest has it, and it is not shipped.
    """
    try:
        return _deployed(definition_id, form_key, session)
    except DefinitionNotFound:
        return form_in_service(form_key, session=session)


def form_of_task(task: UserTask, *, session: Session) -> Form:
    """Read the form of a user task, in the version that was deployed with its process.

    Raises:
        TaskHasNoForm: the diagram names none.
        DefinitionNotFound: the version was deployed without it.
    """
    if task.form_key is None:
        raise TaskHasNoForm(task.name)
    definition_id = engine_queries.instance(task.instance_id, session).definition_id
    return _deployed(definition_id, task.form_key, session)


def _deployed(definition_id: str, form_key: str, session: Session) -> Form:
    known = _FORMS.get((definition_id, form_key))
    if known is None:
        name = f"forms/{form_key}.json"
        known = schema.load(definition_queries.resource(definition_id, name, session))
        _FORMS[definition_id, form_key] = known
    return known
