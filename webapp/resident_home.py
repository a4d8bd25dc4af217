"""What the start page shows to residents and applicants: their cases and whom they may call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flask
from flask_babel import gettext as _

from engine.calendar import local_date
from engine.queries import Page
from housing.announcements import queries as announcements
from housing.announcements.views import ReaderItem
from housing.people import queries as people
from housing.places import queries as places
from housing.progress import own_cases
from housing.progress.queries import Progress
from housing.repairs import queries as repairs
from housing.repairs.views import TicketRow
from webapp import current, phone, report_lists

MOST_CASES = 3
"""Running cases on the start page; the rest stand on the pages of their kind."""

MOST_NEWS = 4

EMERGENCY = "119"
POLICE = "110"
MANAGER = "property_manager"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseCard:
    """One running case.

    Attributes:
        ticket: what was reported, of a repair; else None.
        next_words: the milestone that usually comes next; with too few past cases to tell, the
            first that the diagram leads to; or "".
        is_next_usual: False where nobody can tell yet whether it comes.
        is_mine: it waits for the reader.
    """

    progress: Progress
    ticket: TicketRow | None
    next_words: str
    is_next_usual: bool
    is_mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Somebody to call.

    Attributes:
        note: who or when, or "".
        is_urgent: for emergencies only.
    """

    words: str
    note: str
    phone: str
    is_urgent: bool = False

    @property
    def address(self) -> str:
        """Give the link that a phone calls; an extension stays out of it."""
        number = self.phone.partition("#")[0]
        return "tel:" + "".join(each for each in number if each.isdigit() or each == "+")


def cases() -> Page[CaseCard]:
    """Read the newest running cases of this request's person."""
    application, account = current.application(), current.account()
    now = application.clock.now()
    with application.reading() as session:
        found = own_cases.running(account.id, limit=MOST_CASES, session=session, now=now)
        ids = [each.case.id for each in found.rows]
        tickets = repairs.tickets_of_instances(ids, session=session)
    rows = tuple(_card(each, tickets) for each in found.rows)
    return Page(rows=rows, total=found.total, offset=0, limit=MOST_CASES)


def contacts() -> Sequence[Contact]:
    """List whom to call: the managers of the reader's communities, the office, emergencies."""
    application, account = current.application(), current.account()
    today = local_date(application.clock.now())
    with application.reading() as session:
        homes = places.units_of(account.id, on=today, session=session)
        communities = [
            (
                places.community(code, session=session),
                people.accounts_in(MANAGER, scope, session=session),
            )
            for code, scope in dict.fromkeys((each.community_code, each.scope) for each in homes)
        ]
    found = [
        Contact(
            words=_("Manager of %(community)s", community=community.name),
            note=_(", ").join(each.name for each in managers),
            phone=community.phone,
        )
        for community, managers in communities
        if community.phone
    ]
    if application.settings.office_phone:
        found.append(
            Contact(
                words=_("Housing office"),
                note=_("Monday to Friday, office hours"),
                phone=application.settings.office_phone,
            )
        )
    return [*found, *_emergencies()]


def news() -> Sequence[ReaderItem]:
    """List what the office tells this person, first what he must confirm."""
    application, account = current.application(), current.account()
    now = application.clock.now()
    with application.reading() as session:
        return announcements.for_reader(session, account, now, MOST_NEWS)


def words() -> Mapping[str, object]:
    """Give the template what only residents and applicants are shown."""
    items = news()
    return {
        "own_cases": cases(),
        "contacts": contacts(),
        "outages": report_lists.announcements(),
        "news": items,
        "to_confirm": [each for each in items if each.must_act],
        "case_lists": _case_lists(),
        "push_key": phone.push_key(),
    }


def _card(progress: Progress, tickets: Mapping[str, TicketRow]) -> CaseCard:
    usual = [each.words for each in progress.ahead if each.is_usual]
    possible = [each.words for each in progress.ahead]
    return CaseCard(
        progress=progress,
        ticket=tickets.get(progress.case.id),
        next_words=next(iter(usual or possible), ""),
        is_next_usual=bool(usual),
        is_mine=any(each.is_residents for each in progress.now),
    )


def _case_lists() -> Sequence[tuple[str, str]]:
    """Name the pages that list all cases of this person, with their addresses."""
    roles = current.roles()
    lists = [
        ("resident", "repairs.list_reports", _("My reports")),
        ("resident", "leases.show_own", _("My lease")),
        ("applicant", "applications.list_applications", _("My applications")),
    ]
    return [(flask.url_for(page), said) for role, page, said in lists if role in roles]


def _emergencies() -> list[Contact]:
    return [
        Contact(words=_("Fire, gas, somebody is hurt"), note="", phone=EMERGENCY, is_urgent=True),
        Contact(words=_("Police"), note="", phone=POLICE, is_urgent=True),
    ]
