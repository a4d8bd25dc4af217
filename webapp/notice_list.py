"""The notices of a case as its page lists them for staff, and that its reader has seen them."""

from dataclasses import dataclass

import flask

from engine.dispatches import Dispatch
from housing.notices import queries
from housing.notices.queries import Notice
from housing.notices.service import mark_read
from housing.people.queries import names_of
from webapp import current

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One notice to one reader, with all its messages.

    Attributes:
        name: of the reader.
    """

    notice: Notice
    name: str

    @property
    def failed(self) -> list[Dispatch]:
        """List the messages that did not arrive and can be sent again."""
        return [each for each in self.notice.ways if each.state in {"failed", "dead"}]


def note_reading(instance_id: str) -> None:
    """Note that this request's person has opened a case about which he was told something.

    A page that a browser only fetches in advance is not read by anybody.
    """
    if "prefetch" in flask.request.headers.get("Sec-Purpose", ""):
        return
    application, account = current.application(), current.account()
    with application.reading() as session:
        has_unread = queries.has_unread(instance_id, account.id, session=session)
    if has_unread:
        with application.unit_of_work() as session:
            mark_read(instance_id, account.id, session=session, clock=application.clock)


def of_case(instance_id: str) -> list[Line]:
    """List who was told what about a case, the newest first, at most MOST_SHOWN."""
    with current.application().reading() as session:
        notices = queries.notices_of_case(instance_id, session=session)[:MOST_SHOWN]
        names = names_of({notice.recipient for notice in notices}, session=session)
    return [Line(notice=each, name=names.get(each.recipient, "")) for each in notices]
