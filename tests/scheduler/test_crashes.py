"""kill -9 in the middle of a transaction: nothing is lost and nothing happens twice."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.tables import history, job, outbox

pytestmark = [pytest.mark.integration, pytest.mark.slow]

WORKER = Path(__file__).parent / "mortal_worker.py"
ROOT = Path(__file__).parents[2]
LEVELS = {"half", "day_before", "overdue", "escalated", "chief"}
KILLS = 4
LEASE = timedelta(seconds=31)


@contextmanager
def working(url: str, instant: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # our own script
        [sys.executable, str(WORKER), url, instant],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        yield worker


def let_work(worker: subprocess.Popen[str], notices: int | None) -> None:
    """Let a worker finish some notices and kill it in the next one; None lets it finish."""
    assert worker.stdout is not None
    assert worker.stdin is not None
    done = 0
    while worker.stdout.readline() == "in the middle\n":
        if done == notices:
            worker.kill()
            return
        done += 1
        worker.stdin.write("go on\n")
        worker.stdin.flush()


def test_a_worker_killed_in_the_middle_of_notices_loses_none_and_doubles_none(house, clock):
    cases = [
        house.start("reminders_only", {"due_at": clock.now() + timedelta(days=7)}) for _ in range(4)
    ]
    clock.advance(timedelta(days=30))

    for kill in range(KILLS):
        clock.advance(LEASE)
        with working(house.database.url, clock.now().isoformat()) as worker:
            let_work(worker, notices=kill)
        assert worker.returncode == -9
    clock.advance(LEASE)
    with working(house.database.url, clock.now().isoformat()) as worker:
        let_work(worker, notices=None)
    assert worker.returncode == 0

    expected = {f"{case.user_task('wait').id}:{level}" for case in cases for level in LEVELS}
    with house.database.reading() as session:
        messages = Counter(session.scalars(select(outbox.c.idem)))
        told = Counter(
            f"{line.details['task_id']}:{line.details['level']}"
            for line in session.execute(select(history.c.details, history.c.kind))
            if line.kind in {"reminder_sent", "escalated"}
        )
        states = set(session.scalars(select(job.c.state)))
    assert messages == Counter(expected)
    assert told == Counter(expected)
    assert states == {"done"}
