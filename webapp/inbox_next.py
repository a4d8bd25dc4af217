"""Which task comes next, and why."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from engine import inbox
from engine.inbox import Cut, Listing
from engine.queries import UserTask
from webapp import current, formats
from webapp.inbox_views import Wanted, listing_of, reader_now


def next_task(after: UserTask, wanted: Wanted | None) -> UserTask | None:
    """Find what stands behind a task in the view it was opened from; at its end the view's first.

    Without a view, or when nothing is left of it: an own task, then one to claim.
    """
    reader = reader_now()
    views = [wanted] if wanted else []
    own = [Wanted(view="mine"), Wanted(view="team")]
    with current.application().reading() as session:
        for each in (*views, *(other for other in own if other not in views)):
            listing = listing_of(each, reader)
            found = inbox.following(listing, after, reader, session)
            first = inbox.page(listing, Cut(limit=2), reader, session) if found is None else ()
            others = [found, *first]
            for task in others:
                if task is not None and task.id != after.id and task.state == "open":
                    return task
    return None


def most_pressing() -> tuple[UserTask, str] | None:
    """Choose what to do now, and say why: the first own task, else the first one to claim."""
    reader = reader_now()
    with current.application().reading() as session:
        for view in ("mine", "team"):
            listing = Listing(view=view)
            for task in inbox.page(listing, Cut(limit=1), reader, session):
                return task, _why_first(task, view, reader.now)
    return None


def _why_first(task: UserTask, view: str, now: datetime) -> str:
    due, is_own = formats.due(task.due_at, now), view == "mine"
    if due and is_own:
        words = _("Of your own tasks, this one is due first (%(due)s).", due=due.words)
    elif due:
        words = _(
            "You have no task of your own; of those to claim, this one is due first (%(due)s).",
            due=due.words,
        )
    elif is_own:
        words = _(
            "None of your own tasks has a due date; this one comes first by priority and age."
        )
    else:
        words = _("No task to claim has a due date; this one comes first by priority and age.")
    return str(words)


def ago(instant: datetime, now: datetime) -> str:
    """Say how long ago something happened; after an hour, when."""
    seconds = max(0, int((now - instant).total_seconds()))
    if seconds < 60:
        return str(ngettext("%(num)d second ago", "%(num)d seconds ago", seconds))
    if seconds < 3600:
        return str(ngettext("%(num)d minute ago", "%(num)d minutes ago", seconds // 60))
    return formats.moment(instant)
