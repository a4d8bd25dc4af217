"""What the pages of a move-out and of a renewal show beyond those of any case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import flask

from engine.calendar import local_date
from engine.records import Instance
from housing.cases.rules import Viewer
from housing.move_outs import accounts, overview, queries
from housing.move_outs.queries import CaseView, Line
from housing.places.handovers import ItemView
from housing.renewals import queries as renewals
from housing.renewals.queries import RenewalView
from housing.renewals.rules import apply_until
from webapp import current
from webapp.case_part import Part, Templates

MOVE_OUT_TEMPLATES = Templates(
    head="cases/move_out/head.html",
    now="cases/move_out/now.html",
    facts="cases/move_out/facts.html",
)
RENEWAL_TEMPLATES = Templates(
    head="cases/renewal/head.html",
    now="cases/renewal/now.html",
    facts="cases/renewal/facts.html",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveOutPart:
    """The move-out behind a case.

    Attributes:
        lines: of the settlement; `refund_twd` is what they leave of the deposit.
        disputed: items of the exit sheet that the tenant disputes.
        vacancy_days: since the handover; None as long as the household lives there.
        can_take_back, can_extend: this person may do it now.
        sees_handover: this person may open the exit sheet.
        sees_account: this person works here, and an account was named.
    """

    view: CaseView
    lines: Sequence[Line]
    disputed: Sequence[ItemView]
    vacancy_days: int | None
    can_take_back: bool
    can_extend: bool
    sees_handover: bool
    sees_account: bool
    templates: Templates = MOVE_OUT_TEMPLATES

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        return self.view.home

    @property
    def sheet_address(self) -> str:
        """Tell where the handover sheet is filled in and read."""
        return flask.url_for("move_outs.show_handover", number=self.view.number)

    @property
    def sum_twd(self) -> int:
        """Add the lines up."""
        return sum(line.amount_twd for line in self.lines)

    @property
    def refund_twd(self) -> int:
        """Tell what is left of the deposit; below zero the tenant owes it."""
        return self.view.deposit_twd - self.sum_twd


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalPart:
    """The renewal behind a case."""

    view: RenewalView
    home: str
    apply_until_on: date
    can_key_in: bool
    templates: Templates = RENEWAL_TEMPLATES

    @property
    def title(self) -> str:
        """Tell in a few words what it is about."""
        return self.home


def read_move_out(case: Instance, viewer: Viewer, waits: Collection[str]) -> Part:
    """Gather what the page of a move-out shows."""
    application = current.application()
    today = local_date(application.clock.now())
    with application.reading() as session:
        view = queries.case_view(case.business_key, session=session)
        lines = queries.settlement(case.business_key, session=session)
        vacancy = overview.vacancy_since(view.unit_id, view.handed_over_on, today, session=session)
        disputed = queries.disputed_items(case.business_key, session=session)
        has_account = accounts.is_named(case.business_key, session=session)
    waits_for_word = case.status == "active" and "message" in waits
    is_officer = current.actor().belongs_to("officer", case.scope)
    is_own = viewer.relation == "tenant" and view.tenant_account == current.account().id
    is_before = view.state == "open" and view.reason == "notice" and view.leave_on is not None
    return MoveOutPart(
        view=view,
        lines=lines,
        disputed=disputed,
        vacancy_days=vacancy,
        can_take_back=waits_for_word and is_before and (is_own or is_officer),
        can_extend=waits_for_word
        and is_officer
        and view.reason == "death"
        and view.leave_on is None,
        sees_handover=viewer.is_staff and view.leave_on is not None,
        sees_account=viewer.is_staff and has_account,
    )


def read_renewal(case: Instance, viewer: Viewer, waits: Collection[str]) -> Part:
    """Gather what the page of a renewal shows."""
    with current.application().reading() as session:
        view = renewals.renewal(case.business_key, session=session)
        home = renewals.home_of(view, session=session)
    is_officer = viewer.is_staff and current.actor().belongs_to("officer", case.scope)
    return RenewalPart(
        view=view,
        home=home,
        apply_until_on=apply_until(view.lease.end_on),
        can_key_in=case.status == "active" and is_officer and "message" in waits,
    )
