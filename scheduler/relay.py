"""The relay: deliver what stands in the outbox, at least once, with a fixed Message-ID."""

import logging

from engine import crash_points, outbox
from engine.errors import DeliveryFailed
from engine.outbox import Message
from scheduler.ports import Application

BATCH = 50

log = logging.getLogger(__name__)


class Relay:
    """Delivers messages outside any transaction and marks them afterwards.

    Args:
        application: the wired application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def run(self) -> int:
        """Deliver what is due now, one batch.

        Returns:
            How many messages were delivered.
        """
        taken = self._take()
        crash_points.reach("after-take")
        return sum(self._deliver(message) for message in taken)

    def _take(self) -> tuple[Message, ...]:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            return outbox.take(now, BATCH, session.connection())

    def _deliver(self, message: Message) -> bool:
        crash_points.reach("before-sending")
        try:
            self._application.deliver(message)
        except (DeliveryFailed, OSError) as failure:
            log.warning("message %s: %s", message.idem, failure)
            self._postpone(message, str(failure))
            return False
        crash_points.reach("after-sending")
        self._mark_sent(message)
        return True

    def _mark_sent(self, message: Message) -> None:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            outbox.mark_sent(message, now, session.connection())

    def _postpone(self, message: Message, reason: str) -> None:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            outbox.postpone(message, reason, now, session.connection())
