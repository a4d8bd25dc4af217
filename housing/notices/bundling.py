"""How notices of one person and channel leave together."""

from engine.bundles import BY_DAY, HOURLY
from housing.notices.kinds import PORTAL, RINGING, topic_of
from housing.notices.rules import waits_for_day


def bundled_as(kind: str, channel: str) -> str | None:
    """Tell how a notice leaves together with others: a grouping of `engine.bundles`.

    Returns:
        None for what leaves by itself: urgent notices, mail, and what stays in the portal.
    """
    if topic_of(kind).is_urgent or channel == PORTAL:
        return None
    if waits_for_day(kind, channel):
        return BY_DAY
    return HOURLY if channel in RINGING else None
