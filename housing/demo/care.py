"""Care in the demo city: households who are looked after, and the station's monthly reports.

All persons and troubles are invented. Each step goes through the forms, the engine and the notices
like those of the repairs, as errands of the same walk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engine import queries
from engine.calendar import TAIPEI
from engine.queries import TaskFilter
from forms.validation import validate
from forms.viewing import initial_values
from housing.bootstrap import Application
from housing.care import service
from housing.care.desk import open_case_of
from housing.care.rules import BSRS_ITEMS
from housing.care.service import Signal
from housing.cases.queries import form_context
from housing.cases.service import Completion, submit_task
from housing.demo.errors import StoryBroken
from housing.demo.walk import Errand, People
from housing.records.forms import form_of_task

Values = Mapping[str, object]
Actions = Sequence[tuple[str, int]]

YEAR = 2026
WORKERS: Mapping[str, str] = {"SW": "social1", "PX": "social2", "SM": "social1"}
LEAD, OFFICER, CHIEF = "sociallead1", "officer1", "chief1"
ROUNDS: Mapping[str, int] = {"high": 7, "medium": 31, "low": 92}


@dataclass(frozen=True, kw_only=True, slots=True)
class Household:
    """A household that is looked after.

    Attributes:
        on: when the signal came, (month, day).
        flags: risks that the social worker ticks.
        level: of the plan; "" leaves the case at triage, "none" opens none.
        visits: how many visits took place.
        actions: agreed at the first visit, with the days until they are due.
        is_refused: the household refuses visits.
        is_found: the weekly watch opens the case.
    """

    home: tuple[str, str]
    on: tuple[int, int]
    source: str
    by: str
    text: str
    flags: tuple[str, ...] = ()
    level: str = ""
    visits: int = 0
    bsrs: int = 1
    actions: tuple[tuple[str, int], ...] = ()
    is_refused: bool = False
    is_found: bool = False


HOUSEHOLDS: tuple[Household, ...] = (
    Household(
        home=("PX", "A-0502"),
        on=(1, 12),
        source="arrears",
        by="social2",
        text="",
        flags=("arrears_2m",),
        level="medium",
        visits=2,
        actions=(("instalment", 14),),
        is_found=True,
    ),
    Household(
        home=("SW", "A-0501"),
        on=(1, 28),
        source="observation",
        by="manager1",
        text="信箱塞滿，兩天沒看到人，鄰居也說沒遇到。",
        flags=("unseen_2d", "elder_alone_ill"),
        level="high",
        visits=4,
        bsrs=2,
        actions=(("long_term_care", 14), ("alarm_device", 60)),
    ),
    Household(
        home=("SW", "B-0202"),
        on=(2, 3),
        source="referral",
        by="social1",
        text="區公所轉介，剛離婚並獨自照顧兩名子女。",
        flags=("new_single_parent",),
        level="medium",
        visits=1,
        actions=(("employment", 21),),
    ),
    Household(
        home=("SM", "B-0401"),
        on=(2, 5),
        source="request",
        by="resident3",
        text="最近睡不好，想找人談談。",
        flags=("own_request",),
        level="low",
        visits=1,
    ),
    Household(
        home=("PX", "A-0402"),
        on=(2, 9),
        source="repair",
        by="manager2",
        text="修繕人員進屋時發現堆滿雜物，走道難以通行。",
        flags=("elder_alone",),
        level="low",
        is_refused=True,
    ),
    Household(
        home=("PX", "B-0601"),
        on=(2, 12),
        source="observation",
        by="manager2",
        text="半夜常有爭吵聲，小孩哭得很大聲。",
        flags=("violence_past",),
        level="high",
        visits=2,
        bsrs=1,
        actions=(("legal_aid", 30),),
    ),
    Household(
        home=("SM", "A-0301"),
        on=(2, 16),
        source="observation",
        by="manager1",
        text="住戶好幾天沒出門。",
        level="none",
    ),
    Household(
        home=("SW", "A-0402"),
        on=(2, 27),
        source="observation",
        by="manager1",
        text="長者在大廳迷路，說不出自己住幾樓。",
    ),
)
"""One case is still at triage, one was not opened, one household refuses."""

REPORT: Values = {
    "narrative": "持續訪視獨居長者與單親家庭，並於社區中庭辦理量血壓與法律諮詢。",
    "next_month": "加強獨居長者電話問安，辦理就業媒合說明會。",
    "problems": "",
}


def errands(application: Application, people: People) -> Sequence[Errand]:
    """List what happens in care, in the order of time."""
    hand = _Hand(application=application, people=people)
    planned = [each for household in HOUSEHOLDS for each in _course(household, hand)]
    planned += _reports(hand)
    return sorted(planned, key=lambda each: each.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hand:
    """Fills forms and hands them in."""

    application: Application
    people: People

    def signal(self, of: Household, session: Session) -> None:
        now = self.application.clock.now()
        new = Signal(
            key=f"demo:{of.home[0]}:{of.home[1]}",
            source=of.source,
            unit_id=self.people.units[of.home],
            seen_at=now,
            seen=("unseen_2d",) if "unseen_2d" in of.flags else (),
            text=of.text,
        )
        service.signal(
            new,
            by=self.people.actors[of.by],
            engine=self.application.engine,
            session=session,
            clock=self.application.clock,
        )

    def case_of(self, home: tuple[str, str], session: Session) -> str:
        """Find the instance of a home's open case."""
        found = open_case_of(self.people.units[home], session=session)
        if found is None or found.instance_id is None:
            raise StoryBroken(home[1], "there is no open care case")
        return found.instance_id

    def report_of(self, number: str, session: Session) -> str:
        """Find the instance of a monthly report."""
        return queries.by_business_key(number, session).id

    def complete(self, step: "_Step", instance_id: str, session: Session) -> None:
        """Complete the open task of an element.

        Raises:
            StoryBroken: there is no such task, or the form refuses the answers.
        """
        engine, clock = self.application.engine, self.application.clock
        wanted = TaskFilter(instance_id=instance_id, element_id=step.element)
        found = queries.open_tasks(wanted, session).rows
        if not found:
            raise StoryBroken(instance_id, f"{step.element} is not open")
        form, now = form_of_task(found[0], session=session), clock.now()
        context = form_context(found[0], engine=engine, session=session, now=now)
        filled = {**initial_values(form, context=context, now=now), **step.values}
        checked = validate(form, filled, context=context, now=now)
        if not checked.is_valid:
            raise StoryBroken(instance_id, f"{found[0].form_key}: {dict(checked.errors)}")
        submit_task(
            Completion(task_id=found[0].id, values=checked.values),
            by=self.people.actors[step.login],
            engine=engine,
            session=session,
            clock=clock,
            vault=self.application.vault,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """One form that somebody hands in."""

    at: datetime
    element: str
    login: str
    values: Values


def _course(of: Household, hand: _Hand) -> Iterator[Errand]:
    begun = _at(of.on)
    if not of.is_found:
        yield Errand(at=begun, do=partial(hand.signal, of))
    for step in _steps(of, begun):

        def do(session: Session, step: _Step = step) -> None:
            hand.complete(step, hand.case_of(of.home, session), session)

        yield Errand(at=step.at, do=do)


def _steps(of: Household, begun: datetime) -> Iterator[_Step]:
    worker = WORKERS[of.home[0]]
    if not of.level:
        return
    triage = begun + timedelta(hours=4)
    yield _Step(at=triage, element="triage", login=worker, values=_triage(of))
    if of.level == "none":
        return
    planned = begun + timedelta(days=1)
    first = (planned + timedelta(days=min(3, ROUNDS[of.level]))).date()
    yield _Step(at=planned, element="plan", login=worker, values=_plan(of, first))
    on = first
    for number in range(of.visits):
        at = datetime.combine(on, time(14), tzinfo=TAIPEI)
        on += timedelta(days=ROUNDS[of.level])
        actions = of.actions if number == 0 else ()
        yield _Step(at=at, element="visit", login=worker, values=_visit(of, at, on, actions))
        passed = at + timedelta(hours=20)
        values: Values = {"record_review": "pass"}
        yield _Step(at=passed, element="review_record", login=LEAD, values=values)
        if actions:
            done: Values = {"referral_result": "accepted", "referral_ref": "受理中心 115-02-08"}
            ended = passed + timedelta(days=2)
            yield _Step(at=ended, element="act", login=worker, values=done)


def _triage(of: Household) -> Values:
    is_violent = "violence_past" in of.flags
    return {
        "flags": list(of.flags),
        "household_violence": is_violent,
        "contact_way": "phone_only" if is_violent else "any",
        "finding": "電話聯絡並詢問鄰居，情形如通報。",
    }


def _plan(of: Household, first: date) -> Values:
    if of.is_refused:
        return {"consent": "refused", "refusal_text": "表示自己會整理，不需要協助。"}
    return {
        "consent": "agreed",
        "plan_level": of.level,
        "next_date": first,
        "goals": "確認生活與安全，連結所需資源。",
        "pm_advice": ["no_contact"] if "violence_past" in of.flags else ["watch_seen"],
    }


def _visit(of: Household, at: datetime, next_on: date, actions: Actions) -> Values:
    return {
        "visit_result": "met",
        "minutes": 60,
        "place": "station" if "violence_past" in of.flags else "home",
        "visitors": "社工一人",
        "met_whom": "承租人本人",
        "danger": False,
        "health": "精神尚可，按時服藥。",
        **dict.fromkeys(BSRS_ITEMS, of.bsrs),
        "bsrs_suicide": 0,
        "housing": "fair",
        "contact": "some",
        "actions": [
            {"what": kind, "who": "服務站", "due": at.date() + timedelta(days=days)}
            for kind, days in actions
        ],
        "risk": of.level,
        "next_date": next_on,
        "confidential": "示範資料：家庭關係詳如會談摘要。",
    }


def _reports(hand: _Hand) -> Iterator[Errand]:
    returned = {"report_review": "return", "return_reason": "請補充未遇次數之處理情形。"}
    approved = {"approval": "approve", "approval_no": "中市住服字第1150000021號"}
    late = {"approval": "approve", "approval_no": "中市住服字第1150000027號"}
    steps = (
        ("M115-01-SW", (2, 3), "prepare", "social1", REPORT),
        ("M115-01-SW", (2, 4), "review", OFFICER, {"report_review": "pass"}),
        ("M115-01-SW", (2, 5), "approve", CHIEF, approved),
        ("M115-01-SM", (2, 4), "prepare", "social1", REPORT),
        ("M115-01-SM", (2, 6), "review", OFFICER, returned),
        ("M115-01-PX", (2, 9), "prepare", "social2", REPORT),
        ("M115-01-PX", (2, 10), "review", OFFICER, {"report_review": "pass"}),
        ("M115-01-PX", (2, 11), "approve", CHIEF, late),
        ("M115-02-SW", (2, 27), "prepare", "social1", REPORT),
    )
    for number, on, element, login, values in steps:
        step = _Step(at=_at(on), element=element, login=login, values=values)

        def do(session: Session, step: _Step = step, number: str = number) -> None:
            hand.complete(step, hand.report_of(number, session), session)

        yield Errand(at=step.at, do=do)


def _at(on: tuple[int, int]) -> datetime:
    return datetime(YEAR, *on, 10, 30, tzinfo=TAIPEI)
