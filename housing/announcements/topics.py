"""What the diagram `announcement.publish` calls, by topic."""

from collections.abc import Mapping

from housing.announcements import operations
from housing.slices import Verb

TOPICS: Mapping[str, Verb] = {
    "announcement.return_draft": operations.return_draft,
    "announcement.take_redraft": operations.take_redraft,
    "announcement.approve": operations.approve,
    "announcement.schedule": operations.schedule,
    "announcement.publish": operations.publish,
    "announcement.remind": operations.remind,
    "announcement.list_unread": operations.list_unread,
    "announcement.correct": operations.correct,
    "announcement.withdraw": operations.withdraw,
    "announcement.review": operations.review,
    "announcement.expire": operations.expire,
}
