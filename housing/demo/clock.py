"""Move the demo clock forward; every deadline on the way fires at its own instant, in order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine import queries
from engine.clock import FrozenClock, ShiftedClock
from engine.errors import JobFailed, LostRace
from engine.queries import TaskFilter
from engine.records import Job
from housing import demo_clock
from housing.bootstrap import Application
from housing.demo.errors import ClockOnlyMovesForward, NoDeadlineAhead
from housing.errors import NotInDemoMode

MOST_DAYS = 60
_MANY = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Advanced:
    """How far the clock moved.

    Attributes:
        now: what it shows.
        fired: how many jobs (timers, reminders, escalations) took effect on the way.
    """

    now: datetime
    fired: int


def advance(application: Application, period: timedelta) -> Advanced:
    """Move the demo clock onward and fire what falls due on the way.

    Each job runs in a unit of work of its own, on a clock that stands at its due instant. The
    scheduler may sweep meanwhile: whoever is first fires a job, and it takes effect once.

    Raises:
        NotInDemoMode: the business runs on the real clock.
        ClockOnlyMovesForward: the period is not positive or too long.
    """
    clock = _shifted(application)
    if not timedelta() < period <= timedelta(days=MOST_DAYS):
        raise ClockOnlyMovesForward(MOST_DAYS)
    begin = clock.now()
    fired = _fire_until(application, begin, begin + period)
    with application.unit_of_work() as session:
        offset = demo_clock.set_instant(
            begin + period, system_clock=application.system_clock, session=session
        )
    clock.offset = offset
    return Advanced(now=clock.now(), fired=fired)


def advance_to_next_deadline(application: Application) -> Advanced:
    """Move the demo clock to just after the next deadline of any case.

    Raises:
        NotInDemoMode: the business runs on the real clock.
        NoDeadlineAhead: no open task or timer is due in the days the clock may move at once.
    """
    now = _shifted(application).now()
    with application.reading() as session:
        deadline = next_deadline(application, now, session)
    if deadline is None:
        raise NoDeadlineAhead
    return advance(application, deadline - now + timedelta(seconds=1))


def next_deadline(application: Application, now: datetime, session: Session) -> datetime | None:
    """Find the next instant at which a task becomes overdue or a timer of a diagram fires."""
    horizon = now + timedelta(days=MOST_DAYS) - timedelta(seconds=1)
    tasks = queries.open_tasks(TaskFilter(limit=_MANY), session).rows
    jobs = application.engine.due_jobs(session, horizon, _MANY)
    instants = [task.due_at for task in tasks if task.due_at is not None]
    instants += [job.due_at for job in jobs if job.kind == "timer"]
    return min((each for each in instants if now < each <= horizon), default=None)


def _shifted(application: Application) -> ShiftedClock:
    if not isinstance(application.clock, ShiftedClock):
        raise NotInDemoMode
    return application.clock


def _fire_until(application: Application, begin: datetime, end: datetime) -> int:
    clock = FrozenClock(begin)
    onward = application.on_clock(clock)
    fired = 0
    passed: set[str] = set()
    while (job := _next_job(onward, end, passed)) is not None:
        clock.set(max(job.due_at, clock.now()))
        if _fire(onward, job):
            fired += 1
        else:
            passed.add(job.id)
    return fired


def _next_job(application: Application, until: datetime, passed: set[str]) -> Job | None:
    with application.reading() as session:
        jobs = application.engine.due_jobs(session, until, len(passed) + 1)
    return next((job for job in jobs if job.id not in passed), None)


def _fire(application: Application, job: Job) -> bool:
    try:
        with application.unit_of_work() as session:
            return application.engine.fire(job.id, session=session)
    except LostRace:
        return False  # somebody works on the case just now; the scheduler's next tick fires it
    except JobFailed as failure:
        with application.unit_of_work() as session:
            application.engine.record_failure(job.id, failure.reason, session=session)
        return False
