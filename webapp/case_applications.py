"""What the page of an application shows beyond that of any case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from engine.records import Instance
from housing.applications import queries
from housing.applications.changes import CHANGE_FORM, WITHDRAWABLE
from housing.applications.queries import ApplicationView, ConsentLine
from housing.applications.rules import FINAL_STATES
from housing.cases.rules import Viewer
from webapp import current, model_words
from webapp.application_words import STEP_STATES
from webapp.case_part import Part, Templates

STEPS = (_l("Application received"), _l("Under review"), _l("Supplement"), _l("Result"))
"""The citizen's line of progress; a supplement is left out when none was wanted."""

SUPPLEMENT = 3
TEMPLATES = Templates(
    head="cases/application/head.html",
    now="cases/application/now.html",
    facts="cases/application/facts.html",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeWords:
    """A change in the reader's language."""

    at: datetime
    who: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationPart:
    """The application behind a case.

    Attributes:
        steps: of the citizen's line of progress; `reached` counts from 1.
        consents: as they stand now; changes: made after handing in, the newest first.
        can_take_back: this person may withdraw a consent.
    """

    view: ApplicationView
    can_withdraw: bool
    can_extend: bool
    steps: Sequence[str]
    reached: int
    consents: Sequence[ConsentLine] = ()
    changes: Sequence[ChangeWords] = ()
    can_take_back: bool = False
    templates: Templates = TEMPLATES

    @property
    def withdrawable(self) -> frozenset[str]:
        """Name the consents that may be taken back alone."""
        return WITHDRAWABLE if self.can_take_back else frozenset()

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        return self.view.row.round_title


def read(case: Instance, viewer: Viewer, waits: Collection[str]) -> Part:
    """Gather what the page of an application shows.

    Args:
        case: the case.
        viewer: who looks.
        waits: kinds of what the case waits for now.
    """
    with current.application().reading() as session:
        view = queries.application(case.business_key, session=session)
    del waits
    is_running = view.row.state not in FINAL_STATES
    is_own = viewer.relation == "reporter" or current.actor().belongs_to("officer", case.scope)
    had_supplement = view.row.supplement_rounds > 0 or view.row.state == "supplement"
    steps = [str(each) for each in STEPS]
    reached = STEP_STATES.get(view.row.state, len(steps))
    if not had_supplement:
        del steps[SUPPLEMENT - 1]
        reached -= reached >= SUPPLEMENT
    return ApplicationPart(
        view=view,
        can_withdraw=is_running and viewer.relation == "reporter",
        can_extend=view.may_extend and is_own,
        steps=steps,
        reached=reached,
        consents=view.consents,
        changes=_changes(view),
        can_take_back=is_running and is_own,
    )


def _changes(view: ApplicationView) -> tuple[ChangeWords, ...]:
    if not view.changes:
        return ()
    form = model_words.form_in_service(CHANGE_FORM)
    words = {child.name: child.label for group in form.components for child in group.children}
    return tuple(
        ChangeWords(
            at=each.at,
            who=each.account_name,
            fields=tuple(words.get(name, name) for name in each.fields),
        )
        for each in view.changes
    )
