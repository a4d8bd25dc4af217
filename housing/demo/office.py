"""What the office does beside single cases: a mass incident, a new price, a process changed."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import TAIPEI
from engine.clock import Clock
from housing.demo.stories import YEAR
from housing.demo.walk import Errand, People
from housing.drafts import queries
from housing.drafts.service import begin, save_file
from housing.repairs import incidents, prices
from housing.repairs.incidents import News
from housing.repairs.models import RepairTicket
from housing.repairs.prices import NewPrice

OUTAGE = "54"
"""Key of the story that becomes a mass incident: a lift stands still, three people report it."""

PRICE = NewPrice(
    code="TAP",
    unit_price_twd=1280,
    valid_from=date(YEAR, 3, 1),
    reason="115 年度耗材單價調整",
)

CHANGE, TABLE = "B2 修繕期限由 5 日改為 7 日", "repair_class.dmn"
"""A draft of the repair process that nobody has submitted yet, and the file that it changes."""


def errands(cast: People, clock: Clock) -> list[Errand]:
    """List what these people do, for the walk through the weeks."""
    manager, officer = cast.actors["manager1"], cast.actors["officer1"]
    supervisor = cast.actors["supervisor1"]

    def change_price(session: Session) -> None:
        prices.set_price(PRICE, by=officer, session=session, clock=clock)

    def open_outage(session: Session) -> None:
        announcement = "B 棟電梯故障停用，維修廠商已排定檢修；期間請使用 A 棟電梯或樓梯。"
        incidents.open_incident(
            incident_number(session), announcement, by=manager, session=session, clock=clock
        )

    def tell_news(session: Session) -> None:
        incident = incidents.incident_of(incident_number(session), session=session)
        if incident is not None:
            news = News(kind="progress", text="廠商已到場檢查，門機零件訂購中，預計三日內更換。")
            incidents.tell_all(incident.id, news, by=manager, session=session, clock=clock)

    def draft_change(session: Session) -> None:
        draft = begin("repair.ticket", title=CHANGE, by=supervisor, session=session, clock=clock)
        table = queries.file(draft.id, TABLE, session=session)
        save_file(
            draft.id,
            TABLE,
            _longer(table.content),
            revision=table.revision,
            by=supervisor,
            session=session,
            clock=clock,
        )

    return [
        Errand(at=_at(2, 16, 10), do=change_price),
        Errand(at=_at(2, 26, 11), do=open_outage),
        Errand(at=_at(2, 27, 15), do=draft_change),
        Errand(at=_at(2, 27, 16), do=tell_news),
    ]


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(YEAR, month, day, hour, tzinfo=TAIPEI)


def _longer(table: bytes) -> bytes:
    """Give class B2, the only one of five days, seven days."""
    return table.replace(b"<text>5</text>", b"<text>7</text>")


def incident_number(session: Session) -> str:
    """Tell the number of the ticket that is the mass incident."""
    wanted = select(RepairTicket.number).where(RepairTicket.token == f"demo-{OUTAGE}")
    return session.scalars(wanted).one()
