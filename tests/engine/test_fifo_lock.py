"""SQLite's writers queue: first come, first served, and nobody starves."""

import threading

import pytest
from sqlalchemy import select

from engine.db import Database, FifoLock, metadata
from engine.tables import job

WRITERS = 12
PATIENCE = 30


class Queue:
    """Threads that take a lock one after another, each known to wait before the next one comes."""

    def __init__(self, lock: FifoLock) -> None:
        self.lock = lock
        self.served: list[int] = []
        self._threads: list[threading.Thread] = []

    def come(self, number: int) -> None:
        """Let one more thread wait; return when it stands in the queue."""
        waiting = self.lock.waiting
        thread = threading.Thread(target=self._take, args=(number,), daemon=True)
        self._threads.append(thread)
        thread.start()
        while self.lock.waiting == waiting:
            thread.join(0.001)

    def leave(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)

    def _take(self, number: int) -> None:
        with self.lock:
            self.served.append(number)


def test_whoever_comes_first_is_served_first():
    queue = Queue(FifoLock())

    with queue.lock:
        for number in range(WRITERS):
            queue.come(number)
        assert queue.served == []
    queue.leave()

    assert queue.served == list(range(WRITERS))


def test_a_writer_that_comes_again_and_again_lets_everybody_else_pass():
    queue = Queue(FifoLock())
    with queue.lock:
        queue.come(1)
        queue.come(2)

    with queue.lock:  # the greedy one is back at once, and last
        served = list(queue.served)
    queue.leave()

    assert served == [1, 2]


def test_a_lock_is_free_again_after_an_error():
    lock = FifoLock()
    with pytest.raises(RuntimeError, match="broken"), lock:
        raise RuntimeError("broken")

    with lock:
        assert lock.waiting == 0


@pytest.mark.integration
def test_writers_of_one_sqlite_file_take_turns_and_readers_pass_them(sqlite_url):
    database = Database(sqlite_url)
    metadata.create_all(database.engine)
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with database.unit_of_work():
            inside.set()
            go_on.wait(PATIENCE)
            order.append("first")

    def follow() -> None:
        with database.unit_of_work():
            order.append("second")

    holder, follower = threading.Thread(target=hold), threading.Thread(target=follow)
    holder.start()
    assert inside.wait(PATIENCE)
    follower.start()
    with database.reading() as session:
        order.append("reader")
        assert session.execute(select(job)).all() == []
    go_on.set()
    holder.join(PATIENCE)
    follower.join(PATIENCE)
    database.dispose()

    assert order == ["reader", "first", "second"]
