"""Announcements of the demo city in every state, with readers; all texts are invented.

Each goes through the form, the process and the notices, as an errand of the same walk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine import queries as engine_queries
from engine.calendar import TAIPEI
from engine.queries import TaskFilter
from forms.validation import validate
from housing.announcements import queries, questions, service
from housing.bootstrap import Application
from housing.cases.queries import form_context
from housing.cases.service import Completion, submit_task
from housing.demo.errors import StoryBroken
from housing.demo.office import incident_number
from housing.demo.stories import YEAR
from housing.demo.walk import Errand, People
from housing.records.forms import form_in_service, form_of_task

Values = Mapping[str, object]

OFFICER = "officer1"
SW_READERS = ("resident1", "neighbour01", "neighbour02", "neighbour05")
PX_READERS = ("resident2", "neighbour07", "neighbour08", "neighbour11")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What somebody does with an announcement later.

    Attributes:
        after: its drafting.
        act: element of a task, or read, acknowledge, correct, withdraw.
        who: logins; of read and acknowledge all of them.
    """

    after: timedelta
    act: str
    who: tuple[str, ...] = (OFFICER,)
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One announcement: when it was drafted, by whom, what its form said, what followed."""

    key: str
    at: datetime
    by: str
    values: Values
    steps: tuple[Step, ...] = ()
    is_of_incident: bool = False


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(YEAR, month, day, hour, minute, tzinfo=TAIPEI)


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


def _days(count: int) -> timedelta:
    return timedelta(days=count)


_APPROVED = Step(after=_hours(3), act="approve", values={"approval": "approve"})

ALL: tuple[Told, ...] = (
    Told(
        key="event",
        at=_at(1, 19, 10),
        by="manager2",
        values={
            "category": "event",
            "title": "除夕前大掃除日，一起整理中庭",
            "body": "二月一日 9 時在中庭集合，備有手套與茶點。\n\n- 穿好走的鞋\n- 大型家具請先登記",
            "near_scope": "community",
            "community": "PX",
            "end_at": "2026-02-01T18:00",
        },
        steps=(_APPROVED, Step(after=_days(1), act="read", who=PX_READERS)),
    ),
    Told(
        key="policy",
        at=_at(2, 10, 10),
        by=OFFICER,
        values={
            "category": "policy",
            "title": "115 年租金補貼三月起受理申請",
            "body": "三月一日起線上受理，三月三十一日截止。\n\n1. 備妥身分證與租約\n"
            "2. 於網站填寫申請\n3. 結果以電子郵件通知\n\n詳情：https://example.org/rent",
            "easy_body": "三月可以申請租金補貼。\n不會用網路，可以請物管幫忙。",
            "scope_kind": "city",
            "end_at": "2026-03-31T23:59",
            "is_public": True,
            "translations": [
                {
                    "language": "en",
                    "title": "Rent subsidy 2026: apply from March",
                    "body": "Apply online from 1 to 31 March.\n\n1. Have your ID and lease ready\n"
                    "2. Fill in the form\n3. The result comes by e-mail\n\n"
                    "More: https://example.org/rent",
                },
                {
                    "language": "vi",
                    "title": "Trợ cấp tiền thuê nhà 2026: nộp đơn từ tháng 3",
                    "body": "Nộp đơn trực tuyến từ ngày 1 đến 31 tháng 3.",
                },
            ],
        },
        steps=(
            Step(after=_hours(5), act="read", who=SW_READERS[:2]),
            Step(after=_days(2), act="read", who=PX_READERS),
        ),
    ),
    Told(
        key="corrected",
        at=_at(2, 12, 9),
        by="manager1",
        values={
            "category": "general",
            "title": "A 棟地下室清洗，請移車",
            "body": "二月二十日清洗地下一樓，請於 8 時前移車。",
            "near_scope": "building",
            "building": "SM/A",
            "end_at": "2026-03-10T18:00",
        },
        steps=(
            _APPROVED,
            Step(
                after=_days(1),
                act="correct",
                who=("manager1",),
                values={
                    "title": "A 棟地下室清洗改期，請移車",
                    "body": "改於三月九日清洗地下一樓，請於 8 時前移車。",
                    "easy_body": "",
                    "reason": "清洗日改為三月九日。",
                },
            ),
        ),
    ),
    Told(
        key="withdrawn",
        at=_at(2, 16, 14),
        by=OFFICER,
        values={
            "category": "general",
            "title": "水塔清洗停水半日",
            "body": "二月二十一日上午清洗水塔，請先儲水。",
            "scope_kind": "community",
            "community": "SM",
            "end_at": "2026-02-21T18:00",
        },
        steps=(
            Step(
                after=_hours(1),
                act="withdraw",
                values={
                    "is_wrong_scope": True,
                    "reason": "本公告誤發至貴社宅，水塔不清洗，造成困擾敬請見諒。",
                },
            ),
        ),
    ),
    Told(
        key="emergency",
        at=_at(2, 20, 2, 10),
        by="manager2",
        values={
            "category": "emergency",
            "title": "B 棟瓦斯異味，請開窗並走樓梯離開",
            "body": "B 棟三樓有瓦斯異味，請勿開關電器，走樓梯至中庭集合。",
            "near_scope": "building",
            "building": "PX/B",
            "until_at": "2026-02-20T06:00",
        },
        steps=(
            Step(after=timedelta(minutes=20), act="read", who=("neighbour11", "neighbour12")),
            Step(after=_hours(7), act="review"),
        ),
    ),
    Told(
        key="drill",
        at=_at(2, 24, 10),
        by=OFFICER,
        values={
            "category": "safety",
            "title": "三月十四日消防演習，請確認知悉",
            "body": "三月十四日 10 時全社宅消防演習。\n\n- 聽到警報走樓梯至中庭\n- 請勿搭電梯\n"
            "- 需要協助者請先告知物管",
            "easy_body": "三月十四日早上十點，會有警報聲。\n不要怕，請走樓梯到中庭。",
            "scope_kind": "community",
            "community": "SW",
            "must_acknowledge": True,
            "end_at": "2026-03-14T12:00",
        },
        steps=(
            Step(after=_hours(4), act="acknowledge", who=SW_READERS[1:3]),
            Step(after=_days(1), act="read", who=("neighbour05",)),
        ),
    ),
    Told(
        key="lift",
        at=_at(2, 26, 11, 30),
        by="manager1",
        values={
            "category": "outage",
            "title": "B 棟電梯停用至三月五日",
            "body": "零件更換中，請使用 A 棟電梯或樓梯；搬運重物請洽管理室協助。",
            "near_scope": "building",
            "building": "SW/B",
            "until_at": "2026-03-05T18:00",
        },
        steps=(
            Step(after=_hours(1), act="approve", values={"approval": "approve"}),
            Step(after=_hours(2), act="read", who=("neighbour05", "neighbour06")),
        ),
        is_of_incident=True,
    ),
    Told(
        key="returned",
        at=_at(2, 27, 9),
        by="manager2",
        values={
            "category": "general",
            "title": "公共曬衣場整修",
            "body": "曬衣場下週整修。",
            "near_scope": "community",
            "community": "PX",
        },
        steps=(
            Step(
                after=_hours(2),
                act="approve",
                values={"approval": "return", "return_reason": "請寫明日期與替代場地。"},
            ),
        ),
    ),
    Told(
        key="scheduled",
        at=_at(2, 27, 15),
        by=OFFICER,
        values={
            "category": "safety",
            "title": "三月起電梯年度安全檢查",
            "body": "各社宅電梯將輪流停用半日檢查，時間張貼於公布欄。",
            "scope_kind": "role",
            "role": "resident",
            "from_at": "2026-03-06T09:00",
            "end_at": "2026-03-31T18:00",
        },
    ),
    Told(
        key="waiting",
        at=_at(3, 1, 16),
        by="manager1",
        values={
            "category": "outage",
            "title": "三月八日上午 B 棟停水",
            "body": "三月八日 9 時至 12 時更換水表，B 棟停水，請先儲水。",
            "near_scope": "building",
            "building": "SW/B",
            "from_at": "2026-03-06T18:00",
            "until_at": "2026-03-08T12:00",
        },
    ),
)


def errands(application: Application, people: People) -> Sequence[Errand]:
    """List what happens with announcements."""
    hand = _Hand(application=application, people=people)
    return [each for told in ALL for each in _course(told, hand)]


def _course(told: Told, hand: "_Hand") -> Iterator[Errand]:
    yield Errand(at=told.at, do=lambda session: hand.draft(told, session))
    for step in told.steps:

        def do(session: Session, step: Step = step) -> None:
            hand.act(told, step, session)

        yield Errand(at=told.at + step.after, do=do)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hand:
    """Fills forms and hands them in."""

    application: Application
    people: People

    def draft(self, told: Told, session: Session) -> None:
        """Draft an announcement."""
        by, clock = self.people.actors[told.by], self.application.clock
        values = dict(told.values)
        if told.is_of_incident:
            values["incident"] = incident_number(session)
        form = form_in_service(service.DRAFT_FORM, session=session)
        context = questions.opening(session=session, by=by)
        checked = validate(form, values, context=context, now=clock.now())
        if not checked.is_valid:
            raise StoryBroken(told.key, f"{service.DRAFT_FORM}: {dict(checked.errors)}")
        service.send_draft(
            f"demo-{told.key}",
            checked.values,
            by=by,
            engine=self.application.engine,
            session=session,
            clock=clock,
        )

    def act(self, told: Told, step: Step, session: Session) -> None:
        """Do what comes next."""
        found = queries.by_token(session, f"demo-{told.key}")
        if step.act in ("read", "acknowledge"):
            self._read(found.number, step, session)
        elif step.act in ("correct", "withdraw"):
            self._change(found.number, step, session)
        else:
            self._complete(found.instance_id or "", step, session)

    def _read(self, number: str, step: Step, session: Session) -> None:
        verb = service.acknowledge if step.act == "acknowledge" else service.mark_read
        for login in step.who:
            reader = int(self.people.actors[login].id)
            verb(number, reader, session=session, clock=self.application.clock)

    def _change(self, number: str, step: Step, session: Session) -> None:
        verb = service.correct if step.act == "correct" else service.withdraw
        verb(
            number,
            step.values,
            by=self.people.actors[step.who[0]],
            engine=self.application.engine,
            session=session,
            clock=self.application.clock,
        )

    def _complete(self, instance_id: str, step: Step, session: Session) -> None:
        engine, clock = self.application.engine, self.application.clock
        wanted = TaskFilter(instance_id=instance_id, element_id=step.act)
        tasks = engine_queries.open_tasks(wanted, session).rows
        if not tasks:
            raise StoryBroken(instance_id, f"{step.act} is not open")
        form, now = form_of_task(tasks[0], session=session), clock.now()
        context = form_context(tasks[0], engine=engine, session=session, now=now)
        checked = validate(form, dict(step.values), context=context, now=now)
        if not checked.is_valid:
            raise StoryBroken(instance_id, f"{tasks[0].form_key}: {dict(checked.errors)}")
        submit_task(
            Completion(task_id=tasks[0].id, values=checked.values),
            by=self.people.actors[step.who[0]],
            engine=engine,
            session=session,
            clock=clock,
            vault=self.application.vault,
        )
