"""Short guides of the daily work: for residents, for those who work on tasks, for chiefs."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from housing.teams.rules import CHIEFS
from webapp import current

RESIDENTS, WORKERS, LEADS = "residents", "workers", "chiefs"

GUIDES: Mapping[str, LazyString] = {
    RESIDENTS: _l("For residents and applicants"),
    WORKERS: _l("For those who work on tasks"),
    LEADS: _l("For chiefs"),
}
"""Name of a guide to whom it is for, as the tabs stand."""

VIEWS: Mapping[str, LazyString] = {
    "mine": _l("What you have claimed or were given."),
    "followup": _l("What you put off until today, with your note why."),
    "returned": _l("What you delegated and a colleague has handed back."),
    "received": _l(
        "What a colleague asks you to prepare for him; you hand it back, he completes it."
    ),
    "delegated": _l("What colleagues prepare for you; you can call it back."),
    "deputy": _l("Tasks of somebody who is absent and whose deputy you are."),
    "team": _l("What nobody of your teams has claimed yet."),
    "all": _l("Everything of your teams, with who holds it."),
    "overdue": _l("What is past its due date, the latest first."),
    "week": _l("What is due until Sunday and not overdue."),
    "paused": _l("Cases that wait for the applicant or are suspended."),
    "done": _l("What you have completed."),
}
"""View of the inbox to what stands in it, in the order of `webapp.inbox_views.VIEWS`."""


def for_reader() -> str:
    """Name the guide of this request's person; strangers read that of residents."""
    roles = current.roles()
    if roles & CHIEFS:
        return LEADS
    return WORKERS if current.is_worker() else RESIDENTS
