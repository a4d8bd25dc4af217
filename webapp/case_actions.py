"""Further actions of a case in the reader's words: what the diagram calls them."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine import definition_queries
from engine.records import Instance, ProcessElement, ProcessModel
from forms.schema import Form
from housing.cases import actions
from housing.cases.actions import CaseAction
from housing.cases.rules import Viewer
from housing.slices import Desk
from housing.subjects import context_of_case
from webapp import case_access, current, model_words


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLine:
    """A link to an action."""

    message: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionPage:
    """What the page of one action shows.

    Attributes:
        context: what the expressions of its form may name.
        form: with texts in the reader's language.
    """

    case: Instance
    action: CaseAction
    words: str
    form: Form
    context: Mapping[str, object]


def lines(case: Instance, viewer: Viewer, model: ProcessModel) -> tuple[ActionLine, ...]:
    """List what this request's person may do with a case beside its tasks."""
    with current.application().reading() as session:
        found = actions.actions_of(case, viewer, current.actor(), session=session)
    return tuple(ActionLine(message=each.message, words=_words(each, model)) for each in found)


def read(number: str, message: str) -> ActionPage:
    """Read one action for this request's person.

    Raises:
        InstanceNotFound: there is no such case, or it is no business of his.
        ActionUnknown, ActionPast, InstanceNotActive: as `housing.cases.actions.action_of`.
    """
    access, application = case_access.find(number), current.application()
    case, now = access.case, application.clock.now()
    with application.reading() as session:
        action = actions.action_of(case, message, access.viewer, current.actor(), session=session)
        deployed = definition_queries.definition_by_id(case.definition_id, session)
        model = definition_queries.process_model(deployed, session)
        context = context_of_case(case.process_key, number, session=session, now=now)
    return ActionPage(
        case=case,
        action=action,
        words=_words(action, model),
        form=model_words.say_form(action.form),
        context=context,
    )


def send(page: ActionPage, values: Mapping[str, object]) -> None:
    """Do it.

    Raises:
        Invalid, Conflict: as `housing.cases.actions.act`.
    """
    application = current.application()
    with application.unit_of_work() as session:
        desk = Desk(
            by=current.actor(),
            engine=application.engine,
            session=session,
            clock=application.clock,
            vault=application.vault,
            is_demo=application.settings.is_demo,
        )
        actions.act(page.case, page.action, values, desk)


def _words(action: CaseAction, model: ProcessModel) -> str:
    """Name an action as its element is named; one without a name as what holds it."""
    by_id = {each.id: each for each in model.elements}
    return model_words.say(_name(by_id.get(action.element_id), by_id) or action.message)


def _name(element: ProcessElement | None, by_id: Mapping[str, ProcessElement]) -> str:
    while element is not None and not element.name:
        element = by_id.get(element.scope)
    return element.name if element is not None else ""
