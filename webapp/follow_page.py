"""The page on which anybody with its code follows a case, and the code shown on other pages."""

from dataclasses import dataclass
from functools import cached_property

import flask
import segno

from engine import queries as engine_queries
from engine.errors import InstanceNotFound
from engine.records import Instance
from housing.cases.rules import Viewer
from housing.progress import codes, queries, service
from housing.progress.queries import FOLLOWED, Progress
from webapp import case_access, current

FOLLOWERS = frozenset({"reporter", "household", "follower", "staff"})
"""Who is shown the code of a case: how people stand to it."""


@dataclass(frozen=True, kw_only=True)
class FollowLink:
    """How a case can be followed without an account.

    Attributes:
        code: in groups, for people.
        path: of the page, with the code.
    """

    number: str
    code: str
    path: str

    @property
    def address(self) -> str:
        """Give the whole address, for the QR code."""
        return current.application().settings.base_url + self.path

    @cached_property
    def picture(self) -> str:
        """Draw the QR code as an address of data."""
        return segno.make(self.address, error="m").svg_data_uri(border=2, scale=4)


def link_of(case: Instance) -> FollowLink | None:
    """Give the code of a case; None where cases cannot be followed."""
    if case.process_key not in FOLLOWED:
        return None
    code = codes.grouped(codes.code_of(case.id, current.application().vault))
    path = flask.url_for("follow.show", number=case.business_key, code=code)
    return FollowLink(number=case.business_key, code=code, path=path)


def link_for(case: Instance, viewer: Viewer) -> FollowLink | None:
    """Give the code of a case to those it concerns; contractors follow it in their own pages."""
    return link_of(case) if viewer.relation in FOLLOWERS else None


def address_for(number: str) -> str:
    """Give the whole address under which a case is followed; "" where there is none."""
    with current.application().reading() as session:
        try:
            found = link_of(engine_queries.by_business_key(number, session))
        except InstanceNotFound:
            return ""
    return found.address if found else ""


def is_closed() -> bool:
    """Tell whether too many wrong codes came from this address."""
    application = current.application()
    with application.reading() as session:
        return service.is_closed(_address(), session=session, clock=application.system_clock)


def find(number: str, code: str) -> Instance | None:
    """Find the case that number and code open; a wrong pair is counted and answered with None."""
    application = current.application()
    with application.reading() as session:
        found = queries.case_with_code(number, code, vault=application.vault, session=session)
    if found is None:
        with application.unit_of_work() as session:
            service.note_wrong_code(_address(), session=session, clock=application.system_clock)
    return found


def read(case: Instance) -> Progress:
    """Read how far a case is."""
    application = current.application()
    with application.reading() as session:
        past = queries.Past(session, application.clock.now())
        return queries.progress(case, past, session=session)


def may_open_case(case: Instance) -> bool:
    """Tell whether this request's person has the whole page of the case."""
    return current.person() is not None and case_access.may_open(case.id)


def _address() -> str:
    return flask.request.remote_addr or ""
