"""The house of the chaos suite: an application whose every effect can be counted."""

import smtplib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from engine import outbox
from engine.bundles import Bundle
from engine.clock import Clock, ShiftedClock, SystemClock
from engine.db import Database, UnitOfWork, metadata
from engine.errors import DeliveryFailed
from engine.invariants import Facts
from engine.outbox import NewMessage
from engine.process_engine import ProcessEngine
from engine.records import UserTask
from engine.sla import Rung
from engine.types import CITY, Actor, InstanceRef
from scheduler.chaos import diagrams
from scheduler.chaos.ledger import Ledger

CLERK = Actor(id="clerk", name="Clerk", groups=frozenset({("clerk", CITY)}))
LONG_AGO = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""When everything fell due that is due at once."""
NEVER = datetime(2999, 1, 1, tzinfo=UTC)
LEVELS = ("overdue", "escalated", "chief")
"""What a task is told whose period ended before it began."""
SMTP_PATIENCE = 2.0
"""Seconds until a mail server that says nothing is given up."""
_RUNGS = frozenset({"reminder_sent", "escalated"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Where a house stands; a process is told this much about it.

    Attributes:
        url: of its database.
        folder: of its ledger and of the file that stops its workers.
        ahead: how far its clock is ahead of the machine's; negative behind.
        smtp_port: of the mail server on this machine; none: mail goes into the ledger.
    """

    url: str
    folder: Path
    ahead: timedelta = timedelta()
    smtp_port: int | None = None

    @property
    def stop_file(self) -> Path:
        """The file whose existence stops the workers."""
        return self.folder / "stop"

    @property
    def log(self) -> Path:
        """The log of all its processes."""
        return self.folder / "log"

    def at(self, url: str) -> "Site":
        """Tell the same site with another database."""
        return replace(self, url=url)

    @property
    def ledger(self) -> Ledger:
        """What happened outside the database."""
        return Ledger(self.folder / "ledger")


@dataclass(kw_only=True, slots=True)
class House:
    """An application as the scheduler needs it, on a site.

    Attributes:
        clock: of the business: the machine's, moved by the site.
        system_clock: of the machine; the same here.
    """

    site: Site
    database: Database = field(init=False)
    clock: Clock = field(init=False)
    system_clock: Clock = field(init=False)
    engine: ProcessEngine = field(init=False)
    _shifted: ShiftedClock = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.site.url)
        self.clock = self.system_clock = self._shifted = ShiftedClock(
            SystemClock(), self.site.ahead
        )
        self.engine = ProcessEngine(
            operations={"chaos.announce": announce, "chaos.answer": answer},
            clock=self.clock,
            on_rung=tell,
        )

    def found(self) -> None:
        """Make the tables and deploy the processes."""
        metadata.create_all(self.database.engine)
        for name in (diagrams.case, diagrams.letter, diagrams.pair):
            self.deploy(name())

    def deploy(self, diagram: bytes) -> str:
        """Deploy a diagram; tell the id of its version."""
        with self.unit_of_work() as session:
            files = {"chaos.bpmn": diagram}
            return self.engine.deploy(files, by=CLERK, session=session).id

    def start(
        self,
        fate: str,
        name: str,
        *,
        key: str = diagrams.CASE,
        due_at: datetime = LONG_AGO,
        late_at: datetime = NEVER,
    ) -> tuple[str, tuple[UserTask, ...]]:
        """Start a case, and note it once it is committed.

        Args:
            fate: "poison" lets its answer fail for ever; anything else is only a name.
            name: with the fate its business key.
            key: of the process.
            due_at: when the decision is due; its ladder follows.
            late_at: when the timer takes the decision away.

        Returns:
            The id of the instance, and its open user tasks.
        """
        values = {"fate": fate, "due_at": due_at, "late_at": late_at, "total": 0}
        with self.unit_of_work() as session:
            result = self.engine.start(
                key, values, business_key=f"{fate}-{name}", scope=CITY, by=CLERK, session=session
            )
        self.site.ledger.note("started", result.instance_id)
        return result.instance_id, result.open_tasks

    def decide(self, task_id: str) -> None:
        """Complete a decision and send a letter in the same transaction; note it when committed."""
        with self.unit_of_work() as session:
            self.engine.complete(task_id, {}, by=CLERK, session=session)
            self.engine.publish_message(
                diagrams.LETTER_NAME, task_id, by=CLERK, session=session, message_id=task_id
            )
        self.site.ledger.note("completed", task_id)

    def move(self, ahead: timedelta) -> None:
        """Set how far the clock is ahead of the machine's."""
        self._shifted.offset = ahead

    def facts(self) -> Facts:
        """Put together what is known besides the database."""
        completed = frozenset(self.site.ledger.count("completed"))
        return Facts(
            started=frozenset(self.site.ledger.count("started")),
            completed=completed,
            is_poisoned=lambda business_key: business_key.startswith("poison-"),
            levels=LEVELS,
            owed=owed,
            letters=(diagrams.LETTER, completed),
            posted=self.site.ledger.count("posted"),
        )

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction; it commits on success."""
        return self.database.unit_of_work()

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """Open a session that only reads."""
        return self.database.reading()

    def refresh_clock(self) -> None:
        """Nobody else moves this clock."""

    def ask_bank(self) -> int:
        """There is no bank here."""
        return 0

    def put_drafts_in_service(self) -> int:
        """Nobody drafts here."""
        return 0

    def tidy(self) -> None:
        """Nothing is left lying about here."""

    def deliver(self, message: Bundle) -> None:
        """Post a message, by SMTP if the site has a mail server; note its number when taken."""
        if self.site.smtp_port is not None:
            _mail(message, self.site.smtp_port)
        self.site.ledger.note("posted", message.idem)

    def dispose(self) -> None:
        """Close every connection."""
        self.database.dispose()


def announce(
    fate: str, *, session: UnitOfWork, clock: Clock, instance: InstanceRef
) -> Mapping[str, object]:
    """Tell that a case began: the first notice that is owed."""
    _owe(f"announce:{instance.id}", session, clock)
    return {"done": fate}


def answer(
    fate: str, *, session: UnitOfWork, clock: Clock, instance: InstanceRef
) -> Mapping[str, object]:
    """Answer a case; a poisoned one cannot be answered.

    Raises:
        RuntimeError: the case is poisoned.
    """
    _owe(f"answer:{instance.id}", session, clock)
    if fate == "poison":
        raise RuntimeError("poison")
    return {"done": fate}


def tell(rung: Rung, *, session: UnitOfWork, clock: Clock) -> None:
    """Tell of a rung."""
    _owe(f"{rung.task.id}:{rung.level}", session, clock)


def owed(line: Mapping[str, Any]) -> str | None:
    """Say which notice a line of the history owes; see `engine.invariants.Owed`."""
    details = line["details"]
    if line["kind"] == "service_done":
        return f"{line['element_id']}:{line['instance_id']}"
    if line["kind"] in _RUNGS:
        return f"{details['task_id']}:{details['level']}"
    return None


def message_id(idem: str) -> str:
    """Make the Message-ID of a key: the same for every try."""
    return f"<{idem.replace(':', '.')}@chaos>"


def _owe(idem: str, session: UnitOfWork, clock: Clock) -> None:
    message = NewMessage(idem=idem, channel="mail", recipient="1", payload={})
    outbox.add([message], clock.now(), session.connection())


def _mail(message: Bundle, port: int) -> None:
    """Hand a message to the mail server, with its fixed Message-ID.

    Raises:
        DeliveryFailed: the server refused.
        OSError: it could not be reached, or said nothing in time.
    """
    mail = EmailMessage()
    mail["Message-ID"] = message_id(message.idem)
    mail["From"], mail["To"], mail["Subject"] = "office@chaos", "clerk@chaos", "notice"
    mail.set_content(message.idem)
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=SMTP_PATIENCE) as server:
            server.send_message(mail)
    except smtplib.SMTPException as error:
        raise DeliveryFailed(str(error)) from error
