"""What can go wrong with the office's calendars."""

from engine.errors import NotAllowed


class OnlyDisasterDays(NotAllowed):
    """Officers enter days closed by a disaster; all other changes are for process supervisors."""
