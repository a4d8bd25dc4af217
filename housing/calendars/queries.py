"""Tell which running due dates a change of the calendar would move."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine import recount_preview
from engine.calendars import Change
from engine.recount_preview import Preview


def effect_of(scope: str, change: Change, now: datetime, *, session: Session) -> Preview:
    """Count the running due dates with the calendar as it would be; nothing is stored."""
    return recount_preview.preview(scope, change, now, session)
