"""A worker that stops in the middle of every notice until it is told to go on; see test_crashes.

Arguments: the database's address, the instant it lives at. Before the transaction of a notice
commits it writes a line; after a line on its input it goes on.
"""

import sys
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import Clock, FrozenClock
from engine.db import Database
from engine.outbox import NewMessage, add
from engine.process_engine import ProcessEngine
from engine.sla import Rung
from scheduler.sweep import Sweep


class Worker:
    """The least that a sweep needs."""

    def __init__(self, url: str, instant: datetime) -> None:
        self.database = Database(url)
        self.clock = self.system_clock = FrozenClock(instant)
        self.engine = ProcessEngine(operations={}, clock=self.clock, on_rung=tell)
        self.unit_of_work = self.database.unit_of_work


def tell(rung: Rung, *, session: Session, clock: Clock) -> None:
    idem = f"{rung.task.id}:{rung.level}"
    message = NewMessage(idem=idem, channel="mail", recipient="1", payload={})
    add([message], clock.now(), session.connection())
    session.flush()
    sys.stdout.write("in the middle\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    worker = Worker(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
    Sweep(worker, "mortal", lambda: True).run()
    sys.stdout.write("finished\n")
