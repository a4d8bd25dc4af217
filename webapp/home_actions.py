"""What the start page offers to begin or to look up, by role."""

from collections.abc import Iterator
from dataclasses import dataclass

import flask
from flask_babel import gettext as _

from housing.drafts.rules import APPROVER, SUPERVISOR
from webapp import current, permissions
from webapp.navigation import REPORTERS


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One thing a person can begin or look up.

    Attributes:
        note: one sentence on what it is for; empty says nothing.
        icon: name of a picture in macros/icons.html.
    """

    address: str
    words: str
    note: str
    icon: str


def startable() -> list[Action]:
    """List what this person can begin; residents and applicants see their own cases here too."""
    roles = current.roles()
    if not current.is_worker():
        return list(_of_the_public(roles))
    return [action for action in _of_staff(roles) if action is not None]


def look_up() -> list[Action]:
    """List the cases of all processes that an employee or a contractor may see."""
    if not current.is_worker():
        return []
    offered = (
        _offer("repairs.list_reports", _("Repair cases"), "", "wrench"),
        _offer("applications.list_applications", _("Applications"), "", "list")
        if current.roles() & {"officer", "section_chief"}
        else None,
        _offer("leases.list_leases", _("Leases"), "", "building"),
        _offer("move_outs.list_move_outs", _("Move-outs"), "", "arrow"),
        _offer("care.panel", _("Care"), "", "person"),
    )
    return [action for action in offered if action is not None]


def _of_the_public(roles: frozenset[str]) -> Iterator[Action]:
    offered = []
    if "resident" in roles:
        offered += [
            _offer(
                "repairs.report",
                _("Report a repair"),
                _("Take a photo, say what is broken."),
                "wrench",
            ),
            _offer(
                "repairs.list_reports",
                _("My reports"),
                _("See how far each one is, and what comes next."),
                "list",
            ),
            _offer(
                "leases.show_own",
                _("My lease"),
                _("Renew, give notice of leaving, see what is paid."),
                "building",
            ),
            _offer(
                "care.signal",
                _("Ask for help"),
                _("For yourself or a neighbour; a social worker will call."),
                "person",
            ),
        ]
    offered.append(
        _offer(
            "calls.list_calls",
            _("Apply for a home"),
            _("See which homes are offered now, and who may apply."),
            "home",
        )
    )
    if "applicant" in roles:
        offered.append(
            _offer(
                "applications.list_applications",
                _("My applications"),
                _("How far each one is, and what is needed until when."),
                "list",
            )
        )
    yield from (action for action in offered if action is not None)


def _of_staff(roles: frozenset[str]) -> Iterator[Action | None]:
    if roles & REPORTERS:
        yield _offer("repairs.report", _("Report a repair"), "", "wrench")
    yield _offer("calls.draft", _("Draft a periodic call"), "", "building", kind="periodic")
    if "officer" in roles:
        yield _offer("calls.list_calls", _("Key in a paper application"), "", "list")
        yield _offer("leases.list_leases", _("Begin a move-out"), "", "arrow")
    yield _offer("care.signal", _("Report a care signal"), "", "person")
    if SUPERVISOR in roles:
        yield _offer("drafts.list_drafts", _("Change a process"), "", "process")
    if APPROVER in roles:
        words = _("Decide on changes of processes")
        yield _offer("drafts.list_drafts", words, "", "check", state="submitted")


def _offer(  # noqa: PLR0913  # an entry and where it leads
    endpoint: str,
    words: str,
    note: str,
    picture: str,
    *,
    kind: str | None = None,
    state: str | None = None,
) -> Action | None:
    """Make an entry, or nothing where this person may not go."""
    if not permissions.may_open(endpoint, current.roles()):
        return None
    address = flask.url_for(endpoint, kind=kind, state=state)
    return Action(address=address, words=words, note=note, icon=picture)
