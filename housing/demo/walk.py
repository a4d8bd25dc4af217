"""Let the stories of the demo city happen: a frozen clock, the real engine, the real forms."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine import outbox, queries
from engine.calendar import TAIPEI, local_date
from engine.clock import FrozenClock
from engine.records import Job, UserTask
from engine.types import Actor
from housing import subjects
from housing.bootstrap import Application
from housing.cases.service import Completion, submit_task
from housing.demo import chance
from housing.demo.courses import CANCEL, CLAIM, EXTENSION, Day, Move, Photos
from housing.demo.errors import StoryBroken
from housing.demo.filling import FormFiller, Page, Values
from housing.demo.habits import at_work, element_of, login_of
from housing.demo.stories import Story
from housing.files.service import FileStore
from housing.notices import mailbox
from housing.notices.rules import QUIET_UNTIL
from housing.repairs import service as repairs
from housing.repairs.service import EXTENSION_FORM, REPORT_FORM, Report

PHONE = "0900000123"
_BATCH = 1000
_TIED = 50
"""So many jobs may fall due at one instant; those beyond keep the order of their ids."""


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """Who acts and where: logins to actors, (community, unit code) to unit ids."""

    actors: Mapping[str, Actor]
    units: Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """Something that happens at an instant beside the stories."""

    at: datetime
    do: Callable[[Session], object]


@dataclass(slots=True)
class Case:
    """A story on its way.

    Attributes:
        next_at: when its next move comes; None while it waits for its task.
        made: moves made so far.
        last_at: when the last one was made.
    """

    story: Story
    next_at: datetime | None
    number: str = ""
    instance_id: str = ""
    made: int = 0
    last_at: datetime | None = None

    @property
    def next_move(self) -> Move | None:
        """Tell what comes next; None after the last move."""
        moves = self.story.moves
        return moves[self.made] if self.made < len(moves) else None


class Walk:
    """Walks all stories together, in the order of time, and fires every deadline between them.

    Args:
        application: wired to `clock`.
        clock: stands where the walk is.
        people: who acts.
        progress: called after each report that was taken in.
        errands: what happens beside the stories, in the order of time.
    """

    def __init__(
        self,
        application: Application,
        clock: FrozenClock,
        people: People,
        progress: Callable[[], object],
        errands: Iterable[Errand] = (),
    ) -> None:
        self._engine = application.engine
        self._application = application
        self._clock = clock
        self._people = people
        self._progress = progress
        self._errands = list(errands)
        self._cases: dict[str, Case] = {}
        self._by_instance: dict[str, Case] = {}
        files = FileStore(application.settings.files_path, clock=clock, sync=_leave_to_the_system)
        self._filler = FormFiller(files, clock, lambda key: self._cases[key].number)

    def run(self, stories: Iterable[Story], until: datetime) -> None:
        """Live until an instant, one unit of work a day.

        Raises:
            StoryBroken: a move does not fit the process.
        """
        self._cases = {each.key: Case(story=each, next_at=each.reported_at) for each in stories}
        first = min(case.story.reported_at for case in self._cases.values())
        for day_end in _day_ends(first, until):
            with self._application.unit_of_work() as session:
                self._live(min(day_end, until), session)

    def _live(self, until: datetime, session: Session) -> None:
        while (instant := self._next_instant(until, session)) is not None:
            self._clock.set(max(instant, self._clock.now()))
            if not self._fire_due(session) and not self._run_errand(session):
                self._move(self._due_case(), session)
            self._deliver(session)
        self._clock.set(until)
        self._deliver(session)

    def _next_instant(self, until: datetime, session: Session) -> datetime | None:
        instants = [case.next_at for case in self._cases.values() if case.next_at is not None]
        instants += [each.at for each in self._errands[:1]]
        job_due_at = queries.next_due(session)
        soonest = min([*instants, *([job_due_at] if job_due_at else [])], default=until)
        return soonest if soonest < until else None

    def _run_errand(self, session: Session) -> bool:
        if not self._errands or self._errands[0].at > self._clock.now():
            return False
        self._errands.pop(0).do(session)
        return True

    def _due_case(self) -> Case:
        waiting = ((case.next_at, case) for case in self._cases.values() if case.next_at)
        return min(waiting, key=lambda pair: (pair[0], int(pair[1].story.key)))[1]

    def _fire_due(self, session: Session) -> bool:
        due = self._engine.due_jobs(session, self._clock.now(), _TIED)
        if not due:
            return False
        job = _first(due, session)
        case = self._by_instance.get(job.instance_id or "")  # none: a start by schedule
        if not self._engine.fire(job.id, session=session):
            story = case.story.key if case else "-"
            raise StoryBroken(story, f"the job of {job.element_id} did not fire")
        if case is not None:
            self._plan(case, session)
        return True

    def _deliver(self, session: Session) -> None:
        """Put what may leave the house now into the mailbox."""
        session.flush()
        connection, now = session.connection(), self._clock.now()
        messages = outbox.take(now, _BATCH, connection)
        mailbox.store_all([mailbox.post_of(each) for each in messages], session=session, now=now)
        for message in messages:
            outbox.mark_sent(message, now, connection)

    def _move(self, case: Case, session: Session) -> None:
        if not case.instance_id:
            self._report(case, session)
        elif (move := case.next_move) is not None:
            self._make(case, move, session)
            case.made += 1
        case.last_at = self._clock.now()
        self._plan(case, session)

    def _plan(self, case: Case, session: Session) -> None:
        """Find out when the next move comes: some time after its task came up."""
        case.next_at = None
        move = case.next_move
        since = None if move is None else self._since(case, move, session)
        if move is not None and since is not None:
            wanted = max(since + move.after, self._clock.now())
            login = login_of(move, case.story)
            case.next_at = at_work(wanted, login, case.story.key, case.made)

    def _since(self, case: Case, move: Move, session: Session) -> datetime | None:
        if move.do in {CANCEL, EXTENSION}:
            return case.last_at
        task = self._find_task(case, move, session)
        return None if task is None else task.created_at

    def _find_task(self, case: Case, move: Move, session: Session) -> UserTask | None:
        tasks = queries.tasks_of(case.instance_id, session)
        wanted = element_of(move)
        open_ones = (each for each in tasks if each.state == "open")
        return next((each for each in open_ones if each.element_id == wanted), None)

    def _report(self, case: Case, session: Session) -> None:
        story, by = case.story, self._people.actors[case.story.by]
        page = self._page(case, REPORT_FORM, by, session)
        report = Report(
            token=f"demo-{story.key}",
            values=self._filler.fill(page, _typed_report(story)),
            unit_id=self._people.units.get((story.trouble.community, story.home or "")),
            community=story.trouble.community if story.is_common else None,
        )
        reported = repairs.report(
            report, by=by, engine=self._engine, session=session, clock=self._clock
        )
        case.number, case.instance_id = reported.number, reported.instance_id
        self._by_instance[reported.instance_id] = case
        self._progress()

    def _make(self, case: Case, move: Move, session: Session) -> None:
        by = self._people.actors[login_of(move, case.story)]
        if move.do == CANCEL:
            repairs.cancel(case.number, by=by, engine=self._engine, session=session)
        elif move.do == EXTENSION:
            self._ask_for_time(case, move, by, session)
        elif (task := self._find_task(case, move, session)) is None:
            raise StoryBroken(case.story.key, f"{move.do} is not open")
        elif move.do.startswith(CLAIM):
            self._engine.claim(task.id, by=by, session=session)
        else:
            self._complete(case, move, task, by, session)

    def _ask_for_time(self, case: Case, move: Move, by: Actor, session: Session) -> None:
        page = self._page(case, EXTENSION_FORM, by, session)
        repairs.request_extension(
            case.number,
            self._filler.fill(page, move.values),
            by=by,
            engine=self._engine,
            session=session,
            clock=self._clock,
        )

    def _complete(
        self, case: Case, move: Move, task: UserTask, by: Actor, session: Session
    ) -> None:
        context = {
            **self._engine.task_context(task.id, session),
            **subjects.business_context(task, session=session, now=self._clock.now()),
        }
        page = self._page(case, task.form_key or "", by, session, context)
        submit_task(
            Completion(task_id=task.id, values=self._filler.fill(page, move.values)),
            by=by,
            engine=self._engine,
            session=session,
            clock=self._clock,
        )

    def _page(
        self, case: Case, form_key: str, by: Actor, session: Session, context: Values | None = None
    ) -> Page:
        return Page(
            form_key=form_key,
            story=case.story,
            made=case.made,
            by=by,
            session=session,
            context=context or {"now": self._clock.now()},
        )


def _leave_to_the_system(_handle: int) -> None:
    """Let the system write a file when it likes: a demo city that was lost is made anew."""


def _typed_report(story: Story) -> Values:
    return {
        "where": "common" if story.is_common else "unit",
        "place": story.place,
        "category": story.trouble.category,
        "text": story.text,
        "photos": Photos(count=chance.between(1, 2, "photos", story.key)),
        "phone": PHONE,
        "emergency": list(story.emergency),
        "visit_times": [{"on": Day(days=2), "part": "morning"}],
        "entry_without_presence": False,
    }


def _day_ends(first: datetime, until: datetime) -> Iterator[datetime]:
    """List where days end, from quiet hours to quiet hours, so that held notices come in time."""
    day = local_date(first)
    while day <= local_date(until):
        day += timedelta(days=1)
        yield datetime.combine(day, QUIET_UNTIL, tzinfo=TAIPEI)


def _first(due: Sequence[Job], session: Session) -> Job:
    """Choose among what falls due first by what it is about: ids differ in every city."""
    tied = [each for each in due if (each.due_at, each.kind) == (due[0].due_at, due[0].kind)]
    return min(tied, key=lambda job: _about(job, session)) if len(tied) > 1 else due[0]


def _about(job: Job, session: Session) -> tuple[str, str]:
    """Name what a job is about: the case or the message's key, and the element."""
    if job.instance_id is None:
        return str(job.payload.get("correlation") or ""), job.element_id
    return queries.instance(job.instance_id, session).business_key, job.element_id
