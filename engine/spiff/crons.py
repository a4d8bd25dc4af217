"""Recurring instants as cron writes them: minute, hour, day of month, month, weekday, in Taipei."""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from engine.calendar import TAIPEI
from engine.sentences import sentence

FIELDS = 5


def looks_like_cron(text: str) -> bool:
    """Tell whether a text has the five fields of a cron expression."""
    return len(text.split()) == FIELDS and not text.startswith(("R", "P", "="))


def check_cron(text: str) -> None:
    """Check a cron expression such as "0 8 1 * *" or "0 0 1 1,4,7,10 *".

    Raises:
        ValueError: it is none, or never comes.
    """
    after_cron(text, datetime(2026, 1, 1, tzinfo=TAIPEI))


def after_cron(text: str, instant: datetime) -> datetime:
    """Give the first instant of a cron expression after another, in UTC.

    Raises:
        ValueError: the text is no cron expression, or no instant of it comes within 50 years.
    """
    if len(text.split()) != FIELDS:
        raise ValueError(
            sentence(
                "%(text)s is no cron expression: "
                "write minute, hour, day, month, weekday; 0 8 1 * *",
                text=repr(text),
            )
        )
    try:
        return next(CronSim(text, instant.astimezone(TAIPEI))).astimezone(UTC)
    except CronSimError as error:
        raise ValueError(
            sentence("%(text)s is no cron expression: %(error)s", text=repr(text), error=error)
        ) from error
    except StopIteration as error:
        raise ValueError(sentence("%(text)s never comes", text=repr(text))) from error
