"""A short run of the chaos suite; `make chaos` is the long one. And what it must notice."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from engine import crash_points, sabotage
from engine.errors import EngineError
from engine.invariants import NAMES, broken
from engine.jobs import MAX_ATTEMPTS
from engine.sla_tables import sla_clock
from engine.tables import history, incident, job, outbox, process_instance, user_task
from scheduler.chaos import crew, orders, suite
from scheduler.chaos.dice import Dice
from scheduler.chaos.house import House, Site
from scheduler.chaos.orders import Orders
from scheduler.chaos.stage import Outcome, drain
from scheduler.chaos.suite import TRIALS, Wish
from webapp.cli import chaos as command
from webapp.cli.main import commands

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
QUICK = ("kill", "points", "twice", "timer", "clock")
PAGE = 4096
QUICK_SERVER = ("kill", "timer", "cut")


@pytest.fixture
def server(postgres_server) -> str:
    return postgres_server


def run(database: str, only: tuple[str, ...] = (), *, url: str | None = None, **wish):
    asked = Wish(database=database, kills=4, seed="test", only=only, url=url, **wish)
    return list(suite.run(asked, lambda _: None))


def test_every_invariant_holds_on_sqlite():
    results = run("sqlite", QUICK)

    assert [result.trial for result in results] == list(QUICK)
    assert [result for result in results if not result.is_good] == []


def test_every_invariant_holds_on_postgresql(server):
    results = run("postgres", QUICK_SERVER, url=server)

    assert [result.trial for result in results] == list(QUICK_SERVER)
    assert [result for result in results if not result.is_good] == []


@pytest.mark.parametrize(
    ("name", "invariant"), [("two-commits", "I10"), ("no-version", "I5"), ("no-recheck", "I1")]
)
def test_a_broken_engine_turns_the_suite_red(name, invariant):
    results = run("sqlite", sabotages=(name,))

    assert invariant in {each for result in results for each in result.broken}


def test_a_broken_engine_turns_the_suite_red_on_postgresql(server):
    (result,) = run("postgres", url=server, sabotages=("no-recheck",))

    assert "I1" in result.broken


def test_each_sabotage_is_looked_for_by_a_trial():
    revealed = {name for trial in TRIALS for name in trial.reveals}

    assert revealed == set(sabotage.SABOTAGES) == set(command.SABOTAGES)


def test_each_crash_point_stands_in_the_code_once_or_more():
    sources = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "scheduler").rglob("*.py")]
    text = "".join(path.read_text("utf-8") for path in sources)

    assert [p for p in crash_points.POINTS if f'crash_points.reach("{p}")' not in text] == []


def test_an_unknown_trial_is_told_with_those_there_are():
    with pytest.raises(EngineError, match="no trial quake; there are kill"):
        run("sqlite", ("quake",))


def test_the_same_seed_gives_the_same_throws():
    throws = [Dice("seed").child("kills").between(0, 1) for _ in range(2)]

    assert throws[0] == throws[1]
    assert Dice("seed").share() != Dice("other").share()


@pytest.fixture
def settled_house(sqlite_url, tmp_path):
    """A house at rest, with a case of every fate."""
    house = House(site=Site(url=sqlite_url, folder=tmp_path, ahead=timedelta(minutes=2)))
    house.found()
    house.start("remind", "1")
    for fate in ("answer", "poison"):
        _, tasks = house.start(fate, "1")
        house.decide(tasks[0].id)
    drain(house)
    yield house
    house.dispose()


def breaches(house: House, **more) -> set[str]:
    facts = replace(house.facts(), **more)
    return {each.invariant for each in broken(house.database, facts, house.clock.now())}


def test_a_house_at_rest_breaks_nothing(settled_house):
    assert breaches(settled_house) == set()


def test_workers_that_end_right_after_each_lease_open_no_incident(sqlite_url, tmp_path):
    house = House(site=Site(url=sqlite_url, folder=tmp_path))
    house.found()
    for number in range(4):
        house.start("remind", str(number))

    for number in range(MAX_ATTEMPTS + 2):
        site = replace(house.site, ahead=number * crew.LEASE)
        told = Orders(site=site, name=f"w{number}", crash=("after-claim", 1))
        assert crew.run(orders.deliver_once, told) == orders.CRASHED

    house.move((MAX_ATTEMPTS + 3) * crew.LEASE)
    drain(house)
    assert breaches(house) == set()
    house.dispose()


def line_again(kind):
    row = select(*(c for c in history.c if c.name != "id")).where(history.c.kind == kind).limit(1)
    names = [c.name for c in history.c if c.name != "id"]
    return insert(history).from_select(names, row)


@pytest.mark.parametrize(
    ("damage", "invariant"),
    [
        (line_again("task_completed"), "I1"),
        (delete(history).where(history.c.kind == "escalated"), "I2"),
        (update(history).where(history.c.kind == "ended").values(step=9), "I3"),
        (delete(outbox).where(outbox.c.idem.like("announce:%")), "I4"),
        (update(outbox).values(sent_at=None), "I4"),
        (update(user_task).where(user_task.c.state == "completed").values(state="open"), "I5"),
        (update(user_task).where(user_task.c.state == "open").values(state="cancelled"), "I6"),
        (update(process_instance).values(state=b"x"), "I6"),
        (update(sla_clock).values(ended_at=None), "I6"),
        (update(job).where(job.c.kind == "rung").values(state="pending"), "I7"),
        (delete(incident), "I8"),
        (update(process_instance).values(version=99), "I10"),
    ],
)
def test_each_invariant_notices_its_damage(settled_house, damage, invariant):
    with settled_house.unit_of_work() as session:
        session.execute(damage)

    assert invariant in breaches(settled_house)


def test_pages_that_are_damaged_are_noticed(settled_house, sqlite_url):
    settled_house.dispose()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // PAGE * PAGE
    content[middle : middle + PAGE] = b"\xff" * PAGE
    path.write_bytes(content)

    assert "I9" in breaches(settled_house)


def test_the_invariants_have_the_numbers_of_the_design():
    assert list(NAMES) == [f"I{number}" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("arguments", "words", "status"),
    [
        (["--only", "clock"], "Every invariant holds.", 0),
        (["--sabotage", "no-version"], "no-version: noticed, broken: I5 what was acknowledged", 1),
        (["--only", "quake"], "no trial quake", 2),
        (["--url", "postgresql://"], "--url is the address of a PostgreSQL server", 2),
    ],
)
def test_the_command_says_what_holds_and_what_is_broken(arguments, words, status):
    result = CliRunner().invoke(commands, ["chaos", "--db", "sqlite", "--kills", "2", *arguments])

    assert words in result.output
    assert result.exit_code == status


def test_the_command_gives_one_json_object():
    arguments = ["chaos", "--db", "sqlite", "--kills", "2", "--only", "clock", "--json"]
    told = json.loads(CliRunner().invoke(commands, arguments).output)

    assert told["holds"]
    assert [result["trial"] for result in told["results"]] == ["clock"]


def test_a_sabotage_that_nobody_noticed_is_told_and_is_no_success(monkeypatch, capsys):
    sound = replace(suite.TRIALS[0], name="none", reveals=frozenset({"two-commits"}))
    monkeypatch.setattr(suite, "TRIALS", (replace(sound, run=lambda _: Outcome(count=1)),))
    wish = command.Wish(
        database="sqlite", kills=1, seed="s", sabotage="two-commits", only=(), url=None
    )

    assert command.run(wish, as_json=False) == 0
    assert "two-commits: NOT NOTICED" in capsys.readouterr().out
