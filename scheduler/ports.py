"""What the scheduler needs of the wired application."""

from contextlib import AbstractContextManager
from typing import Protocol

from engine.bundles import Bundle
from engine.clock import Clock
from engine.db import UnitOfWork
from engine.process_engine import ProcessEngine


class Application(Protocol):
    """The wired application, as `housing.bootstrap` builds it."""

    @property
    def engine(self) -> ProcessEngine:
        """The process engine."""
        ...

    @property
    def clock(self) -> Clock:
        """The business clock; a demo city may move it."""
        ...

    @property
    def system_clock(self) -> Clock:
        """The clock of the machine."""
        ...

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction; it commits on success."""
        ...

    def refresh_clock(self) -> None:
        """Take over what another process did to the business clock of a demo city."""
        ...

    def ask_bank(self) -> int:
        """Put open questions about accounts to the bank; gives how many it answered."""
        ...

    def put_drafts_in_service(self) -> int:
        """Put approved drafts of processes in service whose day has come; gives how many."""
        ...

    def tidy(self) -> None:
        """Remove what nobody needs any more: ended sessions, photos never handed in."""
        ...

    def deliver(self, bundle: Bundle, /) -> None:
        """Deliver what leaves the outbox in one piece.

        Raises:
            DeliveryRefused: it is never to be tried again.
            DeliveryFailed: it is to be tried again.
            OSError: the network failed; likewise.
        """
        ...
