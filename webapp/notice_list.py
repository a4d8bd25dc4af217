"""The notices of a case as its page lists them for staff, and that its reader has seen them."""

from dataclasses import dataclass
from datetime import datetime

import flask

from engine.dispatches import Dispatch
from housing.notices import queries
from housing.notices.service import mark_read
from housing.people.queries import names_of
from webapp import current

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One message of a notice.

    Attributes:
        name: of the reader.
    """

    message: Dispatch
    name: str
    subject: str

    @property
    def may_retry(self) -> bool:
        """Tell whether it can be sent again."""
        return self.message.state in {"failed", "dead"}

    @property
    def at(self) -> datetime:
        """Tell the instant that matters: delivered, else to be tried."""
        return self.message.sent_at or self.message.not_before


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
    """List the messages about a case, the newest first, at most MOST_SHOWN."""
    with current.application().reading() as session:
        notices = queries.notices_of_case(instance_id, session=session)
        names = names_of({notice.recipient for notice in notices}, session=session)
    lines = [
        Line(message=way, name=names.get(notice.recipient, ""), subject=notice.subject)
        for notice in notices
        for way in notice.ways
    ]
    return lines[:MOST_SHOWN]
