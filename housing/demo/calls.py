"""The demo city's calls: a rolling one with cases at every stage, one open, one to be approved."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from engine import queries
from engine.calendar import TAIPEI
from engine.queries import TaskFilter
from engine.types import Actor
from housing.applications.call_subject import open_call
from housing.applications.rounds import NewRound, open_at_once
from housing.applications.service import House, Submission, submit
from housing.bootstrap import Application
from housing.cases.service import Completion, submit_task
from housing.demo.walk import Errand
from housing.people import queries as people
from housing.persons.rules import complete_national_id
from housing.slices import Desk

STAYS = timedelta(days=2)
"""The applications came in so long before the demo's morning."""

_NAMES = ("何安居", "沈樂業", "葛一戶", "魏二戶", "姜三戶", "戚四戶", "鄒五戶")


def errands(application: Application, start: datetime) -> Sequence[Errand]:
    """Make the calls and a few applications in them, each through its forms and its process.

    Args:
        application: the demo city on the clock that walks through its weeks.
        start: the demo's morning.
    """

    def make(session: Session) -> None:
        _Calls(application, session).make()

    return [Errand(at=start - STAYS, do=make)]


class _Calls:
    """Makes the calls within one step of the walk."""

    def __init__(self, application: Application, session: Session) -> None:
        self._application = application
        self._clock = application.clock
        self._session = session
        self._serial = count(1)
        known = people.all_accounts(session=session)
        self._actors = {each.login: each.actor for each in known}

    def make(self) -> None:
        """Make everything."""
        rolling = open_at_once(
            NewRound(kind="rolling", title="梧棲三民好宅隨到隨辦"),
            session=self._session,
            clock=self._clock,
        ).number
        open_at_once(
            NewRound(
                kind="periodic",
                title="東區尚武好宅 115 年招租",
                closes_at=self._clock.now() + timedelta(days=21),
            ),
            session=self._session,
            clock=self._clock,
        )
        self._draft()
        self._apply("applicant1", rolling, {"household_class": "care", "class_subtype": "elder"})
        lacking = self._apply("applicant2", rolling, {}, lacks="income_list")
        self._do(lacking, "review", "officer1", {"is_forged": False})
        self._do(lacking, "list_defects", "officer1", {"defects": ["DOC_MISSING_income_list"]})
        qualified = self._apply("officer1", rolling, {})
        self._do(qualified, "review", "officer1", {"is_forged": False})
        checked = self._apply("officer1", rolling, {"household_class": "married"}, "class_proof")
        self._do(checked, "review", "officer1", {"is_forged": False})
        owner = self._apply("officer1", rolling, {"owns_home": "own"})
        self._do(owner, "review", "officer1", {"is_forged": False})
        self._apply("officer1", rolling, {"income_month_person": 60_000})

    def _draft(self) -> None:
        opens_at = self._clock.now() + timedelta(days=45)
        offers = [
            {"site": "PX", "offer_room_type": room, "offer_class": kind, "units": 12}
            for room in ("1BR", "2BR")
            for kind in ("general", "care", "married")
        ]
        values = {
            "title": "北屯勤美好宅 115 年招租",
            "opens_at": opens_at,
            "closes_at": opens_at + timedelta(days=30),
            "offers": offers,
            "income_limit_twd": 57_509,
            "property_limit_twd": 5_790_000,
            "years_limit": 6,
            "is_review_first": True,
            "may_extend_online": False,
            "second_check_percent": 10,
            "uses_score": False,
        }
        desk = Desk(
            by=self._actor("officer1"),
            engine=self._application.engine,
            session=self._session,
            clock=self._clock,
            vault=self._application.vault,
            is_demo=True,
        )
        open_call("periodic", values, desk)

    def _apply(
        self, login: str, number: str, more: Mapping[str, object], brings: str = "", lacks: str = ""
    ) -> str:
        """Hand an application in; gives the id of its case."""
        serial = next(self._serial)
        is_paper = login == "officer1"
        papers = {"register", "income_list", "property_list", brings} - {lacks, ""}
        values = {
            "round": number,
            "site1": "SM",
            "room_type": "1BR",
            "household_class": "general",
            "agrees_general": False,
            "name": _NAMES[serial % len(_NAMES) - 1],
            "nat_id": complete_national_id(f"Y0{serial:07}"),
            "dob": date(1958, 3, serial),
            "mobile": f"0900000{serial:03}",
            "address_registered": f"435 臺中市梧棲區（展示資料）{serial} 號",
            "city_link": "registered",
            "household": [],
            "owns_home": "none",
            "income_month_person": 26_000 + serial * 1_000,
            "property_value": 0,
            "other_subsidy": False,
            "years_used": 0,
            "has_arrears": False,
            "consent_privacy": True,
            "consent_electronic": not is_paper,
            "consent_truth": True,
            **more,
        }
        result = submit(
            Submission(
                token=f"demo-application-{serial}",
                values=values,
                postmark_on=self._clock.now().astimezone(TAIPEI).date() if is_paper else None,
                papers=tuple(sorted(papers)),
            ),
            by=self._actor(login),
            house=House(
                vault=self._application.vault,
                is_demo=True,
                engine=self._application.engine,
                session=self._session,
                clock=self._clock,
            ),
        )
        return result.instance_id

    def _do(self, instance_id: str, element: str, login: str, values: Mapping[str, object]) -> None:
        wanted = TaskFilter(instance_id=instance_id, element_id=element, limit=1)
        task = queries.open_tasks(wanted, self._session).rows[0]
        submit_task(
            Completion(task_id=task.id, values=values),
            by=self._actor(login),
            engine=self._application.engine,
            session=self._session,
            clock=self._clock,
        )

    def _actor(self, login: str) -> Actor:
        return self._actors[login]
