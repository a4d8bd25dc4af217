"""Long work, one piece at a time, each in a child process: pages and deadlines stay quick."""

import logging
import multiprocessing
from multiprocessing.process import BaseProcess
from uuid import uuid4

from housing import background_kinds
from housing.background import queries, service
from housing.background.errors import BackgroundTaskStopped, WorkerEnded
from housing.bootstrap import Application

log = logging.getLogger(__name__)


class BackgroundWork:
    """Takes waiting work, starts a child for it and beats for the child while it lives.

    Args:
        application: the wired application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._worker = uuid4().hex
        self._task_id = ""
        self._child: BaseProcess | None = None

    def run(self) -> None:
        """Look after the child, or begin the next piece of work; returns at once."""
        if self._child is not None:
            self._look_after(self._child)
            return
        now, clock = self._application.system_clock.now(), self._application.clock
        with self._application.unit_of_work() as session:
            taken = service.take(self._worker, session=session, now=now, clock=clock)
        if taken is not None:
            self._begin(taken)

    def stop(self) -> None:
        """End the child; the work begins anew when a worker starts."""
        if self._child is not None:
            self._child.terminate()
            self._child.join()
            self._child = None

    def _begin(self, task_id: str) -> None:
        self._task_id = task_id
        self._child = multiprocessing.get_context("spawn").Process(
            target=background_kinds.run_as_child,
            args=(self._application.settings, task_id, self._worker),
            name=f"anju-background-{task_id}",
            daemon=True,
        )
        self._child.start()

    def _look_after(self, child: BaseProcess) -> None:
        if not child.is_alive():
            self._end(child)
            return
        try:
            with self._application.unit_of_work() as session:
                now = self._application.system_clock.now()
                service.beat(self._task_id, self._worker, session=session, now=now)
        except BackgroundTaskStopped:
            if self._is_done():  # it is about to leave by itself
                return
            child.terminate()
            self._end(child)

    def _is_done(self) -> bool:
        with self._application.reading() as session:
            return queries.task(self._task_id, session).state in {"done", "failed"}

    def _end(self, child: BaseProcess) -> None:
        """Forget a child; one that was killed leaves work behind, which then counts as failed."""
        child.join()
        code, self._child = child.exitcode, None
        if not code:
            return
        log.warning("the child for work %s ended with %s", self._task_id, code)
        try:
            with self._application.unit_of_work() as session:
                service.fail(
                    self._task_id,
                    self._worker,
                    WorkerEnded(exit_code=code),
                    session=session,
                    clock=self._application.clock,
                )
        except BackgroundTaskStopped:
            log.info("work %s had ended already", self._task_id)
