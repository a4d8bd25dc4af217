"""What kinds of notices there are for their readers: how urgent, and by which channels at first."""

from collections.abc import Mapping
from dataclasses import dataclass

CHANNELS = ("mail", "push", "sms", "line")
"""Ways out of the house that a person may choose, in the order of their use as a stand-in."""

PORTAL = "muted"
"""The way of a notice whose reader wants no message: it stands in the portal only."""

RINGING = frozenset({"push", "sms", "line"})
"""Channels that make a noise; mail does not and may arrive at night."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A group of notices that a person sets channels for.

    Attributes:
        defaults: channels of a person who has chosen none.
        is_urgent: it never waits, and keeps one channel at least.
        roles: who is ever told of it; empty for everybody.
    """

    code: str
    defaults: tuple[str, ...]
    is_urgent: bool = False
    roles: frozenset[str] = frozenset()


URGENT = Topic(code="urgent", defaults=("mail", "push", "sms"), is_urgent=True)
REMINDER = Topic(code="reminder", defaults=("mail", "push"))
OVERDUE = Topic(code="overdue", defaults=("mail", "push"))
PROGRESS = Topic(code="progress", defaults=("mail", "push"))
WEEKLY = Topic(
    code="weekly",
    defaults=("mail",),
    roles=frozenset({"property_manager_lead", "social_worker_lead", "section_chief"}),
)
ANNOUNCEMENTS: tuple[Topic, ...] = tuple(
    Topic(code=f"news_{category}", defaults=("mail", "push"))
    for category in ("general", "outage", "safety", "event", "policy")
)
"""One a category, so that each can be muted; an emergency is urgent and cannot."""

TOPICS: tuple[Topic, ...] = (URGENT, PROGRESS, REMINDER, OVERDUE, WEEKLY, *ANNOUNCEMENTS)
"""As the page of preferences lists them."""

QUIET_TOPICS = frozenset({PROGRESS.code, WEEKLY.code, *(topic.code for topic in ANNOUNCEMENTS)})
"""Topics that make no noise at night."""

SOFT_KINDS = frozenset({"due_half", "due_soon"})
"""Rungs 1 and 2 of the notice ladder: held back at night in every channel."""

PUSH_ONLY_KINDS = frozenset({"due_half"})
"""Rung 1 of the notice ladder is a soft push and nothing else."""

_TOPIC_BY_KIND: Mapping[str, Topic] = {
    **{f"announcement_{topic.code.removeprefix('news_')}": topic for topic in ANNOUNCEMENTS},
    "announcement_emergency": URGENT,
    "announcement_corrected_urgent": URGENT,
    "announcement_withdrawn_urgent": URGENT,
    "repair_emergency": URGENT,
    "care_danger": URGENT,
    "care_emergency": URGENT,
    "care_knock": URGENT,
    "due_half": REMINDER,
    "due_soon": REMINDER,
    "overdue": OVERDUE,
    "overdue_supervisor": OVERDUE,
    "escalated": OVERDUE,
    "chief": OVERDUE,
    "team_week": WEEKLY,
}


def topic_of(kind: str) -> Topic:
    """Tell which topic a kind of notice belongs to: PROGRESS unless the table says otherwise."""
    return _TOPIC_BY_KIND.get(kind, PROGRESS)


def topics_for(roles: frozenset[str]) -> tuple[Topic, ...]:
    """List the topics that somebody with these roles may be told of."""
    return tuple(each for each in TOPICS if not each.roles or each.roles & roles)


def topic(code: str) -> Topic | None:
    """Find a topic by its code."""
    return next((each for each in TOPICS if each.code == code), None)


def channels_for(kind: str, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Tell by which channels a notice goes out; a reader who chose none finds it in the portal."""
    if not chosen:
        return (PORTAL,)
    if kind in PUSH_ONLY_KINDS and "push" in chosen:
        return ("push",)
    return chosen
