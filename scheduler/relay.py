"""The relay: deliver what stands in the outbox, at least once, with a fixed Message-ID."""

import logging
from collections import Counter
from datetime import timedelta

from engine import bundles, crash_points, outbox, queries
from engine.bundles import Bundle
from engine.errors import DeliveryFailed, DeliveryRefused
from housing.notices.rules import rings_at
from scheduler.ports import Application

BATCH = 50

PATIENCE = 2
"""Failures in a row after which the rest of a channel waits for the next round."""

SLACK = timedelta(seconds=30)
"""What must be left of a lease before a delivery begins: the longest that one may take."""

log = logging.getLogger(__name__)


class Relay:
    """Delivers bundles outside any transaction and marks their messages afterwards.

    Args:
        application: the wired application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def run(self) -> int:
        """Deliver what is due now, one batch.

        A channel that hangs does not hold up the others: after some failures in a row its
        messages go back unsent, and so does everything whose lease is nearly over.

        Returns:
            How many bundles were delivered.
        """
        began_at = self._application.system_clock.now()
        failures: Counter[str] = Counter()
        delivered = 0
        taken = self._take()
        crash_points.reach("after-take")
        for bundle in taken:
            is_late = self._application.system_clock.now() - began_at > outbox.LEASE - SLACK
            if is_late or failures[bundle.channel] >= PATIENCE:
                self._give_back(bundle)
                continue
            outcome = self._deliver(bundle)
            delivered += outcome == "sent"
            failures[bundle.channel] = failures[bundle.channel] + 1 if outcome == "failed" else 0
        return delivered

    def _take(self) -> tuple[Bundle, ...]:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            due_at = queries.next_due(session)
            is_caught_up = due_at is None or now - due_at < bundles.LATE
            connection = session.connection()
            return bundles.take(
                now,
                BATCH,
                is_caught_up=is_caught_up,
                connection=connection,
                may_leave=rings_at,
            )

    def _deliver(self, bundle: Bundle) -> str:
        """Deliver one bundle and note how it went: sent, refused or failed."""
        crash_points.reach("before-sending")
        try:
            self._application.deliver(bundle)
        except DeliveryRefused as refusal:
            log.warning("message %s was refused for good: %s", bundle.idem, refusal.reason)
            self._give_up(bundle, refusal.reason)
            return "refused"
        except (DeliveryFailed, OSError) as failure:
            log.warning("message %s: %s", bundle.idem, failure)
            self._postpone(bundle, str(failure))
            return "failed"
        crash_points.reach("after-sending")
        self._mark_sent(bundle)
        return "sent"

    def _mark_sent(self, bundle: Bundle) -> None:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            for message in bundle.messages:
                outbox.mark_sent(message, now, session.connection())

    def _postpone(self, bundle: Bundle, reason: str) -> None:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            for message in bundle.messages:
                outbox.postpone(message, reason, now, session.connection())

    def _give_up(self, bundle: Bundle, reason: str) -> None:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            for message in bundle.messages:
                outbox.give_up(message, reason, now, session.connection())

    def _give_back(self, bundle: Bundle) -> None:
        now = self._application.clock.now()
        with self._application.unit_of_work() as session:
            for message in bundle.messages:
                outbox.give_back(message, now, session.connection())
