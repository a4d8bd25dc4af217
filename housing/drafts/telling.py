"""Tell approvers what awaits them, and those who drafted what became of it."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import CITY, Actor
from housing.drafts import contents
from housing.drafts.models import ProcessDraft
from housing.drafts.rules import APPROVER
from housing.notices import tidings
from housing.people import queries as people


def tell_approvers(draft: ProcessDraft, by: Actor, *, session: Session, clock: Clock) -> None:
    """Tell everybody who may approve a submitted draft; who had a hand in it may not."""
    authors = contents.authors(draft.id, session=session)
    approvers = [str(each.id) for each in people.accounts_in(APPROVER, CITY, session=session)]
    readers = [each for each in approvers if each not in authors]
    _tell("draft_submitted", draft, by, readers, session=session, clock=clock)


def tell_authors(
    kind: str, draft: ProcessDraft, by: Actor, *, session: Session, clock: Clock
) -> None:
    """Tell those who drafted, edited or submitted it.

    Args:
        kind: draft_approved, draft_sent_back or draft_stopped.
        draft: after what was done.
        by: who did it; he is not told.
        session: of the unit of work.
        clock: of the business.
    """
    authors = contents.authors(draft.id, session=session) - {by.id}
    _tell(kind, draft, by, sorted(authors), session=session, clock=clock)


def _tell(  # noqa: PLR0913  # one notice, in full
    kind: str,
    draft: ProcessDraft,
    by: Actor,
    readers: Iterable[str],
    *,
    session: Session,
    clock: Clock,
) -> None:
    now = clock.now()
    until = {"until": draft.go_live_at} if draft.go_live_at else {}
    reason = draft.reason if kind == "draft_submitted" else draft.decision_reason
    fields = {
        "what": draft.title,
        "name": by.name,
        **({"reason": reason} if reason else {}),
        **until,
    }
    tidings.tell(
        readers,
        kind,
        fields,
        url=f"/drafts/{draft.id}/changes" if kind == "draft_submitted" else f"/drafts/{draft.id}",
        occasion=f"draft:{draft.id}:{now:%Y%m%dT%H%M%S}",
        session=session,
        clock=clock,
    )
