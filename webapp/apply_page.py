"""The online application in steps: each step is a part of the one form; drafts are sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import flask

from engine.records import StepResult
from forms import validation
from forms.schema import Field, Form
from housing.applications import call_subject, drafts, mydata, queries
from housing.applications.drafts import Draft
from housing.applications.errors import RoundNotFound, RoundNotOpen
from housing.applications.mydata import SimulatedMyData, Transfer
from housing.applications.queries import CallView
from housing.applications.service import APPLICATION_FORM, House, Submission, submit
from webapp import current, model_words

TOKEN = "_token"  # noqa: S105  # name of a draft's key, no secret
MYDATA = SimulatedMyData(base="/mydata")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step: its number from 1, its name in addresses, its title."""

    number: int
    name: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplyPage:
    """What a step's page shows beside its form.

    Attributes:
        context: all that was typed in other steps, and what the choices offer.
        transfer: the newest one from MyData, or None.
    """

    call: CallView
    step: Step
    steps: Sequence[Step]
    form: Form
    draft: Draft | None
    context: Mapping[str, object]
    transfer: Transfer | None

    @property
    def is_last(self) -> bool:
        """Tell whether this step submits."""
        return self.step.number == len(self.steps)

    @property
    def next_step(self) -> str:
        """Name the step that follows; the last one stays."""
        return self.steps[min(self.step.number, len(self.steps) - 1)].name

    @property
    def previous_step(self) -> str:
        """Name the step before; "" at the first."""
        return self.steps[self.step.number - 2].name if self.step.number > 1 else ""


def whole_form() -> Form:
    """Read the form in the reader's language."""
    return model_words.form_in_service(APPLICATION_FORM)


def steps_of(form: Form) -> list[tuple[Step, Field]]:
    """List the steps of the form: its groups in order; a group is named after its first field."""
    return [
        (Step(number=place, name=f"step{place}", title=group.label), group)
        for place, group in enumerate(form.components, start=1)
    ]


def read(number: str, step_name: str) -> ApplyPage:
    """Gather a step's page for this request's person.

    Raises:
        RoundNotFound: there is no such call, or no such step.
        RoundNotOpen: it takes no applications now.
    """
    application, account = current.application(), current.account()
    form = whole_form()
    pairs = steps_of(form)
    found = next(((step, group) for step, group in pairs if step.name == step_name), None)
    if found is None:
        raise RoundNotFound(number)
    step, group = found
    with application.reading() as session:
        call = queries.call(number, session=session)
        draft = drafts.read(str(account.id), number, vault=application.vault, session=session)
        transfer = mydata.newest(str(account.id), number, session=session)
    if call.stage != "open":
        raise RoundNotOpen(number)
    return ApplyPage(
        call=call,
        step=step,
        steps=[each for each, _group in pairs],
        form=Form(id=form.id, title=form.title, components=group.children),
        draft=draft,
        context={**offered(call), **(draft.values if draft else {})},
        transfer=transfer,
    )


def offered(call: CallView) -> Mapping[str, object]:
    """Give what the form's choices offer for one call."""
    with current.application().reading() as session:
        names = {str(each["value"]): each for each in _sites(call_subject.opening(session=session))}
    sites = sorted({each.site for each in call.offers})
    return {
        "rounds": [{"value": call.number, "label": call.title}],
        "sites": [names.get(site, {"value": site, "label": site}) for site in sites],
    }


def _sites(offer: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = offer["sites"]
    return found if isinstance(found, list) else []


def keep(page: ApplyPage, raw: Mapping[str, object], step: str) -> None:
    """Keep what was typed in a step, sealed, with what was typed before."""
    application, account = current.application(), current.account()
    known = dict(page.draft.values) if page.draft else {TOKEN: uuid4().hex}
    with application.unit_of_work() as session:
        drafts.save(
            str(account.id),
            page.call.number,
            step,
            {**known, **raw},
            vault=application.vault,
            session=session,
            clock=application.clock,
        )


def first_step_with_errors(page: ApplyPage, raw: Mapping[str, object]) -> str | None:
    """Name the first step that has an error in all that was typed; None when all is well."""
    form, now = whole_form(), current.application().clock.now()
    typed = {**(page.draft.values if page.draft else {}), **raw}
    checked = validation.validate(form, typed, context=page.context, now=now)
    for step, group in steps_of(form):
        names = {child.name for child in group.children}
        if any(error.partition("-")[0] in names for error in checked.errors):
            return step.name
    return None


def send(page: ApplyPage, raw: Mapping[str, object]) -> StepResult:
    """Submit the application; the same draft sent again makes no second one.

    Raises:
        Invalid: the application breaks a rule that the form does not know.
    """
    application, account = current.application(), current.account()
    now = application.clock.now()
    typed = {**(page.draft.values if page.draft else {}), **raw}
    values = validation.validate(whole_form(), typed, context=page.context, now=now).values
    with application.unit_of_work() as session:
        has_mydata = values.get("use_mydata") is True and mydata.use(
            str(account.id), page.call.number, session=session, clock=application.clock
        )
        result = submit(
            Submission(
                token=str(typed.get(TOKEN) or uuid4().hex),
                values=values,
                has_mydata=has_mydata,
                address=flask.request.remote_addr or "",
            ),
            by=current.actor(),
            house=House(
                vault=application.vault,
                is_demo=application.settings.is_demo,
                engine=application.engine,
                session=session,
                clock=application.clock,
            ),
        )
        drafts.discard(str(account.id), page.call.number, session=session)
    return result


def needs_transfer(page: ApplyPage, values: Mapping[str, object]) -> bool:
    """Tell whether the person wants MyData and has not been there for this application."""
    is_wanted = values.get("use_mydata") is True
    return is_wanted and (page.transfer is None or page.transfer.state == "used")
