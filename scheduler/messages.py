"""Messages that are kept until somebody waits for them, or their time is over."""

import logging

from scheduler.ports import Application

log = logging.getLogger(__name__)


class Messages:
    """Brings kept messages to those who wait by now, and drops expired ones.

    Args:
        application: the wired application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def run(self) -> int:
        """Look once.

        Returns:
            How many messages expired; the log tells it too.
        """
        with self._application.unit_of_work() as session:
            expired = self._application.engine.match_buffered(session=session)
        if expired:
            log.warning("%d messages expired: nobody waited for them in time", expired)
        return expired
