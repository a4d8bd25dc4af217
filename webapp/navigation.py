"""What the navigation offers to a person, by role: few entries, the rest in groups."""

from dataclasses import dataclass

import flask
from flask_babel import gettext as _

from webapp import current, permissions

REPORTERS = frozenset({"property_manager", "property_manager_lead"})
"""Staff who report for residents and for common areas."""

SECTIONS = {
    "absences": "absences.list_absences",
    "announcements": "announcements.list_kept",
    "applications": "applications.list_applications",
    "calls": "calls.list_calls",
    "calendars": "calendars.show",
    "communities": "communities.list_all",
    "care": "care.panel",
    "approvals": "drafts.list_drafts",
    "decision_editor": "drafts.list_drafts",
    "diagram_editor": "drafts.list_drafts",
    "draft_scenarios": "drafts.list_drafts",
    "drafts": "drafts.list_drafts",
    "form_editor": "drafts.list_drafts",
    "simulations": "drafts.list_drafts",
    "tryouts": "drafts.list_drafts",
    "consumables": "consumables.list_prices",
    "incidents": "incidents.list_incidents",
    "bulk": "inbox.list_tasks",
    "saved_views": "inbox.list_tasks",
    "inbox": "inbox.list_tasks",
    "leases": "leases.list_leases",
    "move_outs": "move_outs.list_move_outs",
    "operations": "operations.show",
    "insight": "processes.list_processes",
    "processes": "processes.list_processes",
    "notifications": "notifications.list_own",
    "simulator": "simulator.list_messages",
    "team": "team.show",
    "units": "repairs.list_reports",
}
"""Blueprint to the entry that stands for its pages."""


CASES = {
    "A": "applications.list_applications",
    "P": "inbox.list_tasks",
    "K": "care.panel",
    "N": "announcements.list_kept",
    "M": "care.list_reports",
    "R": "repairs.list_reports",
    "R-": "leases.list_leases",
    "X": "move_outs.list_move_outs",
}
"""How a case number begins, to the list of such cases."""

Entry = tuple[str, str, str]
"""Endpoint, words, icon."""

MOST_FLAT = 7
"""So many entries stand beside each other; more are put into groups."""

ON_A_PHONE = 4
"""So many fit into the bar of a phone, beside "More"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One entry of the navigation.

    Attributes:
        endpoint: where it leads.
        words: what it says.
        icon: name of a picture in macros/icons.html.
        is_current: whether this page is shown now.
    """

    endpoint: str
    address: str
    words: str
    icon: str
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Entries that belong together; without words they stand by themselves."""

    words: str
    icon: str
    links: tuple[Link, ...]

    @property
    def is_current(self) -> bool:
        """Whether one of its pages is shown now."""
        return any(link.is_current for link in self.links)


@dataclass(frozen=True, kw_only=True, slots=True)
class Navigation:
    """All entries of a person.

    Attributes:
        groups: for wide screens, most used first.
        bar: the few at the bottom of a phone.
        rest: what a phone shows behind "More".
    """

    groups: tuple[Group, ...]
    bar: tuple[Link, ...]
    rest: tuple[Group, ...]


def offer() -> Navigation:
    """Offer the pages this person may open, most used first; a page asks for it twice."""
    found: Navigation | None = flask.g.get("navigation")
    if found is None:
        found = flask.g.navigation = _offer()
    return found


def _offer() -> Navigation:
    person = current.person()
    if person is None:
        return Navigation(groups=(), bar=(), rest=())
    offered = [
        (words, icon, [entry for entry in entries if _may_open(entry, person.roles)])
        for words, icon, entries in _sections(person.roles)
    ]
    here = _here({entry[0] for _words, _icon, entries in offered for entry in entries})
    groups = _grouped(
        [
            Group(words=words, icon=icon, links=tuple(_link(entry, here) for entry in entries))
            for words, icon, entries in offered
            if entries
        ]
    )
    bar = tuple(group.links[0] for group in groups)[:ON_A_PHONE]
    return Navigation(groups=groups, bar=bar, rest=_without(groups, bar))


def _may_open(entry: Entry, roles: frozenset[str]) -> bool:
    endpoint = entry[0]
    return endpoint in flask.current_app.view_functions and permissions.may_open(endpoint, roles)


def _link(entry: Entry, here: str) -> Link:
    endpoint, words, icon = entry
    address = flask.url_for(endpoint)
    return Link(
        endpoint=endpoint, address=address, words=words, icon=icon, is_current=endpoint == here
    )


def _here(offered: set[str]) -> str:
    """Name the entry of this page: its own, else the list that stands for the pages behind it."""
    here = flask.request.endpoint or ""
    if here in offered:
        return here
    number = str((flask.request.view_args or {}).get("number", ""))
    return SECTIONS.get(here.partition(".")[0]) or CASES.get(number[:2], CASES.get(number[:1], ""))


def _grouped(groups: list[Group]) -> tuple[Group, ...]:
    """Dissolve groups of one entry, and all groups when there are few entries."""
    is_small = sum(len(group.links) for group in groups) <= MOST_FLAT
    found: list[Group] = []
    for group in groups:
        if is_small or not group.words or len(group.links) == 1:
            found.extend(Group(words="", icon=link.icon, links=(link,)) for link in group.links)
        else:
            found.append(group)
    return tuple(found)


def _without(groups: tuple[Group, ...], bar: tuple[Link, ...]) -> tuple[Group, ...]:
    left = (
        Group(
            words=group.words,
            icon=group.icon,
            links=tuple(link for link in group.links if link not in bar),
        )
        for group in groups
    )
    return tuple(group for group in left if group.links)


def _sections(roles: frozenset[str]) -> list[tuple[str, str, list[Entry]]]:
    if roles <= {"applicant"}:
        return [("", "", _for_applicants())]
    if roles <= {"resident", "applicant"}:
        news = [_announcements(roles), _messages()]
        return [("", "", _for_residents(roles)), (_("News and messages"), "bell", news)]
    return _for_staff(roles)


def _for_applicants() -> list[Entry]:
    return [
        ("home.index", _("Home"), "home"),
        ("calls.list_calls", _("Calls for applications"), "building"),
        ("applications.list_applications", _("My applications"), "list"),
        ("inbox.list_tasks", _("To do"), "tasks"),
        _messages(),
        ("deadlines.show", _("Count a deadline"), "clock"),
    ]


def _for_residents(roles: frozenset[str]) -> list[Entry]:
    entries = [
        ("home.index", _("Home"), "home"),
        ("repairs.report", _("Report a repair"), "wrench"),
        ("repairs.list_reports", _("My reports"), "list"),
        ("inbox.list_tasks", _("To do"), "tasks"),
        ("leases.show_own", _("My lease"), "building"),
        ("care.signal", _("Ask for help"), "person"),
    ]
    if "applicant" in roles:
        entries.insert(5, ("applications.list_applications", _("My applications"), "list"))
    return entries


def _for_staff(roles: frozenset[str]) -> list[tuple[str, str, list[Entry]]]:
    keepers = bool(roles & {"process_supervisor", "process_approver", "administrator"})
    processes = [
        ("processes.list_processes", _("Processes"), "process"),
        ("drafts.list_drafts", _("Drafts of processes"), "list"),
        ("operations.show", _("Operations"), "gauge"),
    ]
    own = [
        ("home.index", _("Home"), "home"),
        ("inbox.list_tasks", _("Tasks"), "tasks"),
    ]
    team = ("team.show", _("My team"), "person")
    has_all = "section_chief" in roles  # and so as many groups as fit beside each other
    groups = [
        ("", "", own if has_all else [*own, team]),
        (_("Processes and operations"), "process", processes if keepers else []),
        (_("Repairs"), "wrench", _of_repairs(roles)),
        (_("Applications"), "list", _of_applications(roles)),
        (_("Leases"), "building", _of_leases()),
        (_("Care"), "person", _of_care()),
    ]
    tools = [
        *([team] if has_all else []),
        _announcements(roles),
        ("absences.list_absences", _("Absences and deputies"), "person"),
        ("clocks.list_late", _("Late and due soon"), "warning"),
        ("calendars.show", _("Working calendar"), "calendar"),
        ("deadlines.show", _("Count a deadline"), "clock"),
        ("feedback.show", _("Satisfaction"), "gauge"),
        ("communities.list_all", _("Communities"), "building"),
        *([] if keepers else processes),
        _messages(),
    ]
    if roles & {"social_worker", "social_worker_lead"}:
        groups.insert(1, groups.pop())
    return [*groups, (_("Deadlines and tools"), "clock", tools)]


def _of_repairs(roles: frozenset[str]) -> list[Entry]:
    cases = ("repairs.list_reports", _("Repair cases"), "list")
    report = ("repairs.report", _("Report a repair"), "wrench")
    return [
        cases,
        *([report] if roles & REPORTERS else []),
        ("incidents.list_incidents", _("Mass incidents"), "warning"),
        ("repair_figures.show", _("Statistics of repairs"), "gauge"),
        ("consumables.list_prices", _("Price table of consumables"), "list"),
    ]


def _of_applications(roles: frozenset[str]) -> list[Entry]:
    if not roles & {"officer", "section_chief"}:
        return []
    return [
        ("applications.list_applications", _("Applications"), "list"),
        ("calls.list_calls", _("Calls for applications"), "building"),
        ("figures.show_applications", _("Statistics of applications"), "gauge"),
        ("identity.list_claims", _("Identity checks"), "lock"),
    ]


def _of_leases() -> list[Entry]:
    entries = [
        ("leases.list_leases", _("Leases"), "building"),
        ("move_outs.list_move_outs", _("Move-outs"), "arrow"),
    ]
    if current.application().settings.bank == "simulator":
        entries.append(("bank.list_inquiries", _("Simulated bank"), "play"))
    return entries


def _of_care() -> list[Entry]:
    return [
        ("care.panel", _("Care"), "person"),
        ("care.list_reports", _("Care reports"), "list"),
        ("figures.show_care", _("Statistics of care"), "gauge"),
        ("care.access_log", _("Access log"), "lock"),
    ]


def _announcements(roles: frozenset[str]) -> Entry:
    """Lead those who look after announcements to all of them, others to their own."""
    if permissions.may_open("announcements.list_kept", roles):
        return ("announcements.list_kept", _("Announcements"), "bell")
    return ("announcements.list_own", _("Announcements"), "bell")


def _messages() -> Entry:
    """Lead to the simulator in the demo, where everybody's messages are seen, else to one's own."""
    if current.application().settings.is_demo:
        return ("simulator.list_messages", _("Messages"), "mail")
    return ("notifications.list_own", _("My notices"), "mail")
