"""A crowd for benchmarks: accounts of a large office, and as many open tasks as it is asked for.

Rows are written as the engine and the repairs write them, without running processes.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import insert, inspect, text
from sqlalchemy.orm import Session

from engine import bench_diagrams, bench_inbox, inbox
from engine.bench_inbox import NewTask
from engine.db import metadata
from engine.inbox import Cut, Listing, Narrowing, Reader
from engine.types import CITY, SYSTEM
from housing.bootstrap import Application
from housing.cases import indexing, search
from housing.demo import chance
from housing.errors import DatabaseNotEmpty
from housing.people.models import Account, Membership, WebSession
from housing.people.queries import actor_of
from housing.people.rules import token_hash
from housing.places.models import Community
from housing.repairs import queries as repairs
from housing.repairs.models import RepairTicket
from housing.repairs.service import PROCESS as REPAIRS

STAFF = 200
GROUPS = 40
SCOPES = 10
BATCH = 2_000
ME = 1
"""The account that looks: two groups in the whole city, as every member of the staff."""

COMMON = "漏水"
"""Words of about every tenth report."""

RARE = "電梯異音"
"""Words of about every five hundredth report."""

PLACES = ("廚房", "浴室", "陽台", "客廳", "主臥室", "玄關", "梯廳", "地下室", "頂樓", "管道間")
TROUBLES = (
    *("牆面漏水", "水龍頭滴水", "插座沒電", "馬桶不通", "冷氣不冷", "門鎖卡住", "紗窗破損"),
    *("磁磚膨起", "燈具閃爍", "對講機無聲"),
)
PERIOD = 50 * 86_400
"""Seconds over which due dates lie; the first of them is LATE ago."""

LATE = timedelta(days=10)

Told = Callable[[str, int, int], None]
"""Hears how far a part is: its name, done, of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look into the inbox: what is listed, and which page of it, from 1."""

    view: str
    text: str = ""
    page: int = 1


def ensure_empty(application: Application) -> None:
    """Refuse a database that holds anything: a benchmark drops its tables when it is done.

    Raises:
        DatabaseNotEmpty: there are tables.
    """
    with application.reading() as session:
        if inspect(session.connection()).get_table_names():
            raise DatabaseNotEmpty


def found(application: Application, tasks: int, told: Told) -> str:
    """Fill an empty house; a fifth as many tasks again are done.

    Returns:
        The token of an open session of the account that looks.
    """
    now = application.system_clock.now()
    with application.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    token = secrets.token_urlsafe(32)
    with application.unit_of_work() as session:
        _hire(session, now)
        _build(session, now)
        files = {"bench.bpmn": bench_diagrams.steps(bench_inbox.STEPS)}
        definition = application.engine.deploy(files, by=SYSTEM, session=session)
        session.add(_session(ME, token, now))
    total = tasks + tasks // 5
    for begun in range(0, total, BATCH):
        numbers = range(begun, min(begun + BATCH, total))
        with application.unit_of_work() as session:
            rows = [_rows(number, tasks, now) for number in numbers]
            bench_inbox.insert_tasks([task for task, _ticket in rows], definition.id, session)
            session.execute(insert(RepairTicket), [ticket for _task, ticket in rows])
            indexing.write({REPAIRS: [task.id for task, _ticket in rows]}, session)
        told("fill", numbers.stop, total)
    application.database.tend()
    return token


def leave(application: Application) -> None:
    """Drop every table of a house that a crowd was founded in."""
    with application.database.connect_for_migration() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def measure(application: Application, look: Look, repeats: int) -> tuple[float, int]:
    """Look several times as the page does, without drawing it.

    Returns:
        The median in milliseconds, and the length of the list.
    """
    spent, total = [], 0
    for _ in range(repeats):
        begun_at = perf_counter()
        total = _look(application, look)
        spent.append(1000 * (perf_counter() - begun_at))
    return median(spent), total


def last_page(application: Application, view: str, wanted: int, size: int) -> int:
    """Tell the page of a view to look at: the wanted one, or the last one of a shorter list."""
    with application.reading() as session:
        counts = inbox.counts(_reader(application, session), session)
    return max(1, min(wanted, -(-counts[view] // size)))


def _look(application: Application, look: Look) -> int:
    with application.reading() as session:
        reader = _reader(application, session)
        sought = search.search_for(look.text, reader.actor, session)
        listing = Listing(view=look.view, narrowing=Narrowing(search=sought))
        cut = Cut(offset=25 * (look.page - 1))
        _counts, tasks = inbox.look(listing, cut, reader, session)
        repairs.tickets_of_instances({each.instance_id for each in tasks.rows}, session=session)
    return tasks.total


def _reader(application: Application, session: Session) -> Reader:
    now = application.clock.now()
    actor = actor_of(ME, session=session)
    return Reader(
        actor=actor, now=now, week_end=now + timedelta(days=5), day_end=now + timedelta(hours=8)
    )


def _hire(session: Session, now: datetime) -> None:
    """Give every account two of the groups, in the whole city."""
    people = [
        {
            "id": number,
            "login": f"staff{number}",
            "name": f"承辦人{number}",
            "password_hash": "-",
            "language": "zh_Hant_TW",
            "state": "active",
            "created_at": now,
        }
        for number in range(1, STAFF + 1)
    ]
    session.execute(insert(Account), people)
    session.execute(insert(Membership), list(_memberships()))


def _build(session: Session, now: datetime) -> None:
    """Write a community for every scope."""
    rows = [
        {
            "code": f"C{number}",
            "name": f"第{number}社宅",
            "address": "",
            "handed_over_on": now.date(),
            "phone": None,
        }
        for number in range(SCOPES)
    ]
    session.execute(insert(Community), rows)


def _memberships() -> Iterator[Mapping[str, object]]:
    for number in range(1, STAFF + 1):
        for group in {number % GROUPS, (number + 7) % GROUPS}:
            yield {"account_id": number, "role": _group(group), "scope": CITY}
        yield {"account_id": number, "role": "officer", "scope": CITY}


def sign_in(application: Application, number: int) -> tuple[str, ...]:
    """Open a session for each of the first accounts; return their tokens."""
    now = application.system_clock.now()
    tokens = tuple(secrets.token_urlsafe(32) for _ in range(number))
    with application.unit_of_work() as session:
        session.add_all(_session(ME + at, token, now) for at, token in enumerate(tokens))
    return tokens


def _session(account_id: int, token: str, now: datetime) -> WebSession:
    return WebSession(
        token_hash=token_hash(token),
        account_id=account_id,
        address="127.0.0.1",
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=8),
    )


def _group(number: int) -> str:
    return f"group-{number:02}"


def _rows(number: int, tasks: int, now: datetime) -> tuple[NewTask, dict[str, Any]]:
    """Make a task and the report of its case; numbers from `tasks` on are done."""
    scope = f"community:C{chance.between(0, SCOPES - 1, 'scope', number)}"
    task = _task(number, scope, now, is_done=number >= tasks)
    trouble = RARE if number % 499 == 0 else chance.choose(TROUBLES, "trouble", number)
    return task, {
        "number": task.business_key,
        "token": task.id,
        "instance_id": task.id,
        "community": scope.partition(":")[2],
        "unit_code": f"A-{number % 900:04}",
        "is_common_area": False,
        "category": "water",
        "place": chance.choose(PLACES, "place", number),
        "text": f"{trouble}，已經{number % 30}天，請盡快處理。",
        "phone": "",
        "visit_times": [],
        "may_enter_without_presence": False,
        "photos": [],
        "is_emergency": False,
        "reporter_id": ME,
        "reporter_name": f"住戶{number}",
        "submitted_at": task.begun_at,
        "stage": "triage",
        "stage_at": task.begun_at,
        "measures": [],
        "rework_count": 0,
    }


def _task(number: int, scope: str, now: datetime, *, is_done: bool) -> NewTask:
    """Every second task is claimed by one of its group; every twentieth has no due date."""
    group = number % GROUPS
    staff = group + GROUPS * chance.between(0, STAFF // GROUPS - 1, "staff", number) or STAFF
    due_in = timedelta(seconds=chance.between(0, PERIOD, "due", number))
    return NewTask(
        id=f"{number:032x}",
        business_key=f"R115-{number:06}",
        step=number % bench_inbox.STEPS,
        group=_group(group),
        scope=scope,
        holder=staff if is_done or (number // GROUPS) % 2 == 0 else None,
        begun_at=now - timedelta(seconds=chance.between(0, PERIOD, "begun", number)),
        due_at=None if number % 20 == 7 else now - LATE + due_in,
        ended_at=now if is_done else None,
        is_suspended=number % 199 == 0 and not is_done,
        is_paused=number % 211 == 0 and not is_done,
    )
