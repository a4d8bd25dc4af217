"""Households of the demo city that move out: one is gone, one waits for its deposit, two prepare.

Invented persons; each step goes through the forms and the engine, as an errand of the same walk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engine import queries
from engine.calendar import TAIPEI, local_date
from engine.queries import TaskFilter
from housing.bootstrap import Application
from housing.cases.service import Completion, submit_task
from housing.demo.errors import StoryBroken
from housing.demo.walk import Errand, People
from housing.leases.queries import lease_of_unit
from housing.move_outs import handover, service
from housing.move_outs.desk import number_by_token
from housing.move_outs.handover import Finding
from housing.move_outs.queries import open_inquiries
from housing.move_outs.service import Notice

Values = Mapping[str, object]

YEAR = 2026
NINE = time(9, 30)
BANK = {"bank_code": "004", "bank_account": "00000012345678"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """A household that moves out.

    Attributes:
        noticed_on, leaves_on: (month, day).
        steps: what people did up to the demo morning: (month, day), login, element, answers.
    """

    login: str
    home: tuple[str, str]
    manager: str
    reason: str
    noticed_on: tuple[int, int]
    leaves_on: tuple[int, int]
    steps: tuple[tuple[tuple[int, int], str, str, Values], ...] = ()


def _inspected(on: tuple[int, int], by: str) -> tuple[tuple[int, int], str, str, Values]:
    items = [{"text": "客廳牆面釘孔", "amount_twd": 800}]
    return on, by, "inspect", {"items": items, "photos": [], "note": ""}


def _handed_over(on: tuple[int, int], by: str) -> tuple[tuple[int, int], str, str, Values]:
    return on, by, "handover", {"handover_result": "done", "has_goods": False}


def _settled(on: tuple[int, int]) -> tuple[tuple[int, int], str, str, Values]:
    return on, "finance1", "settle", {"adjustment_twd": 0}


def _checked(on: tuple[int, int]) -> tuple[tuple[int, int], str, str, Values]:
    return on, "officer1", "check_settlement", {"check_result": "pass", "note": ""}


def _bank(on: tuple[int, int]) -> tuple[tuple[int, int], str, str, Values]:
    return on, "finance1", "bank", {}


HOUSEHOLDS: tuple[Leaving, ...] = (
    Leaving(
        login="neighbour10",
        home=("PX", "B-0201"),
        manager="manager2",
        reason="termination",
        noticed_on=(1, 20),
        leaves_on=(2, 13),
        steps=(
            _inspected((1, 31), "manager2"),
            _handed_over((2, 13), "manager2"),
            _settled((2, 23)),
            _checked((2, 24)),
            _bank((2, 25)),
        ),
    ),
    Leaving(
        login="neighbour16",
        home=("SM", "B-0202"),
        manager="manager1",
        reason="notice",
        noticed_on=(1, 26),
        leaves_on=(2, 26),
        steps=(
            _inspected((2, 13), "manager1"),
            _handed_over((2, 26), "manager1"),
        ),
    ),
    Leaving(
        login="neighbour06",
        home=("SW", "B-0301"),
        manager="manager1",
        reason="notice",
        noticed_on=(2, 10),
        leaves_on=(3, 14),
    ),
    Leaving(
        login="neighbour11",
        home=("PX", "B-0302"),
        manager="manager2",
        reason="notice",
        noticed_on=(2, 25),
        leaves_on=(4, 10),
    ),
)


def errands(application: Application, cast: People) -> list[Errand]:
    """List what these households and the office do, for the walk through the weeks."""
    hand = _Hand(application=application, cast=cast)
    return [errand for each in HOUSEHOLDS for errand in _course(each, hand)]


def _course(of: Leaving, hand: "_Hand") -> Iterator[Errand]:
    yield Errand(at=_at(of.noticed_on), do=partial(hand.give_notice, of))
    for on, login, element, values in of.steps:
        at = _at(on) + timedelta(hours=2)
        if element == "bank":
            yield Errand(at=at, do=hand.answer_bank)
            continue
        if element == "handover":
            yield Errand(at=at - timedelta(minutes=5), do=partial(hand.fill_sheet, of))
        yield Errand(at=at, do=partial(hand.complete, of, login, element, values))


def _at(on: tuple[int, int]) -> datetime:
    return datetime.combine(date(YEAR, *on), NINE, tzinfo=TAIPEI)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hand:
    """Does what the people of these cases do."""

    application: Application
    cast: People

    def give_notice(self, of: Leaving, session: Session) -> None:
        lease = lease_of_unit(
            self.cast.units[of.home], on=date(YEAR, *of.noticed_on), session=session
        )
        if lease is None:
            raise StoryBroken(of.login, "the home is not let")
        notice = Notice(
            token=f"demo:{of.login}",
            lease_id=lease.id,
            reason=of.reason,
            planned_on=date(YEAR, *of.leaves_on),
            values={
                "reason": of.reason,
                "planned_on": date(YEAR, *of.leaves_on),
                "leaving_because": "work",
                "forward_address": "臺中市示範路 100 號",
                "phone": "0900000000",
                **BANK,
            },
        )
        login = of.login if of.reason == "notice" else "officer1"
        service.open_case(
            notice,
            by=self.cast.actors[login],
            engine=self.application.engine,
            session=session,
            clock=self.application.clock,
            vault=self.application.vault,
        )

    def fill_sheet(self, of: Leaving, session: Session) -> None:
        number, clock, by = self._number(of, session), self.application.clock, of.manager
        service.open_sheet(number, session=session, clock=clock)
        today = local_date(clock.now())
        for index, each in enumerate(handover.read(number, session=session, today=today).items):
            found = Finding(finding="wear" if index == 0 else "as_entry")
            handover.save_finding(
                number,
                each.line.id,
                found,
                by=self.cast.actors[by],
                session=session,
                clock=clock,
            )
        keys = [
            {"kind": "key", "serial": "", "count": 2},
            {"kind": "fob", "serial": "", "count": 2},
        ]
        meters = {"water": "1250", "electric": "8120"}
        handover.save_readings(number, meters=meters, keys=keys, session=session, clock=clock)
        for role, login in (("tenant", of.login), ("property_manager", by)):
            name = self.cast.actors[login].name
            signature = {"role": role, "name": name, "typed": name}
            handover.save_signature(
                number, signature, by=self.cast.actors[by], session=session, clock=clock
            )
        handover.finish(
            number,
            by=self.cast.actors[by],
            engine=self.application.engine,
            session=session,
            clock=clock,
        )

    def complete(
        self, of: Leaving, login: str, element: str, values: Values, session: Session
    ) -> None:
        case = queries.by_business_key(self._number(of, session), session)
        wanted = TaskFilter(instance_id=case.id, element_id=element)
        tasks = queries.open_tasks(wanted, session).rows
        if not tasks:
            raise StoryBroken(of.login, f"{element} is not open")
        by, engine = self.cast.actors[login], self.application.engine
        engine.claim(tasks[0].id, by=by, session=session)
        submit_task(
            Completion(task_id=tasks[0].id, values=values),
            by=by,
            engine=engine,
            session=session,
            clock=self.application.clock,
        )

    def answer_bank(self, session: Session) -> None:
        for inquiry in open_inquiries(session=session):
            service.answer_inquiry(
                inquiry.id,
                is_match=True,
                by=self.cast.actors["finance1"],
                engine=self.application.engine,
                session=session,
                clock=self.application.clock,
            )

    def _number(self, of: Leaving, session: Session) -> str:
        return number_by_token(f"demo:{of.login}", session=session)
