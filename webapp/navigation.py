"""What the navigation offers to a person, by role."""

from dataclasses import dataclass

import flask
from flask_babel import gettext as _

from webapp import current, permissions

REPORTERS = frozenset({"property_manager", "property_manager_lead"})
"""Staff who report for residents and for common areas."""

SECTIONS = {
    "applications": "applications.list_applications",
    "calls": "calls.list_calls",
    "calendars": "calendars.show",
    "care": "care.panel",
    "cases": "repairs.list_reports",
    "consumables": "repairs.list_reports",
    "incidents": "repairs.list_reports",
    "inbox": "inbox.list_tasks",
    "leases": "leases.list_leases",
    "move_outs": "move_outs.list_move_outs",
    "operations": "operations.show",
    "processes": "processes.list_processes",
    "notifications": "notifications.list_own",
    "simulator": "simulator.list_messages",
}
"""Blueprint to the entry that stands for its pages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One entry of the navigation.

    Attributes:
        endpoint: where it leads.
        words: what it says.
        icon: name of a picture in macros/icons.html.
        count: length of the list behind it; None shows nothing.
        is_current: whether this page is shown now.
    """

    endpoint: str
    address: str
    words: str
    icon: str
    is_current: bool
    count: int | None = None


def links() -> list[Link]:
    """List the pages this person may open, most used first."""
    person = current.person()
    if person is None:
        return []
    entries = _entries(person.roles)
    return [
        _link(endpoint, words, icon)
        for endpoint, words, icon in entries
        if endpoint in flask.current_app.view_functions
        and permissions.may_open(endpoint, person.roles)
    ]


def _link(endpoint: str, words: str, icon: str) -> Link:
    return Link(
        endpoint=endpoint,
        address=flask.url_for(endpoint),
        words=words,
        icon=icon,
        is_current=_is_here(endpoint),
    )


def _is_here(endpoint: str) -> bool:
    """Tell whether this page belongs to an entry; a list stands for the pages behind it too."""
    here = flask.request.endpoint or ""
    return here == endpoint or SECTIONS.get(here.partition(".")[0]) == endpoint


def _entries(roles: frozenset[str]) -> list[tuple[str, str, str]]:
    if roles <= {"applicant"}:
        return _for_applicants()
    return _for_residents() if roles <= {"resident", "applicant"} else _for_staff(roles)


def _for_applicants() -> list[tuple[str, str, str]]:
    return [
        ("applications.list_applications", _("My applications"), "list"),
        ("calls.list_calls", _("Calls for applications"), "building"),
        ("inbox.list_tasks", _("To do"), "tasks"),
        ("care.signal", _("Ask for help"), "person"),
        _messages(),
        ("deadlines.show", _("Count a deadline"), "clock"),
    ]


def _for_residents() -> list[tuple[str, str, str]]:
    return [
        ("home.index", _("Home"), "home"),
        ("repairs.report", _("Report a repair"), "wrench"),
        ("repairs.list_reports", _("My reports"), "list"),
        ("inbox.list_tasks", _("To do"), "tasks"),
        ("leases.show_own", _("My lease"), "building"),
        _messages(),
        ("deadlines.show", _("Count a deadline"), "clock"),
    ]


def _for_staff(roles: frozenset[str]) -> list[tuple[str, str, str]]:
    entries = [
        ("home.index", _("Home"), "home"),
        ("inbox.list_tasks", _("Tasks"), "tasks"),
        ("repairs.list_reports", _("Repair cases"), "list"),
        ("repair_figures.show", _("Statistics of repairs"), "gauge"),
        ("leases.list_leases", _("Leases"), "building"),
        ("move_outs.list_move_outs", _("Move-outs"), "arrow"),
        ("care.panel", _("Care"), "person"),
        ("care.list_reports", _("Care reports"), "list"),
        ("care.access_log", _("Access log"), "lock"),
        ("processes.list_processes", _("Processes"), "process"),
        ("operations.show", _("Operations"), "gauge"),
        _messages(),
        ("clocks.list_late", _("Late and due soon"), "warning"),
        ("calendars.show", _("Working calendar"), "calendar"),
        ("deadlines.show", _("Count a deadline"), "clock"),
    ]
    if roles & {"officer", "section_chief"}:
        entries.insert(3, ("applications.list_applications", _("Applications"), "list"))
        entries.insert(4, ("calls.list_calls", _("Calls for applications"), "building"))
    if current.application().settings.bank == "simulator":
        entries.append(("bank.list_inquiries", _("Simulated bank"), "play"))
    if roles & REPORTERS:
        entries.insert(3, ("repairs.report", _("Report a repair"), "wrench"))
    return entries


def _messages() -> tuple[str, str, str]:
    """Lead to the simulator in the demo, where everybody's messages are seen, else to one's own."""
    if current.application().settings.is_demo:
        return ("simulator.list_messages", _("Messages"), "mail")
    return ("notifications.list_own", _("My notices"), "mail")
