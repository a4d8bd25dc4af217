"""Trials that kill: at random with -9, and at each named crash point."""

from datetime import timedelta
from threading import Event

from engine.crash_points import POINTS
from engine.invariants import Breach
from engine.migration import Plan
from scheduler.chaos import crew, diagrams, orders
from scheduler.chaos.crew import Crew, at_work
from scheduler.chaos.house import CLERK, LONG_AGO, House
from scheduler.chaos.stage import Outcome, Stage, settled

SHORTEST_LIFE, LONGEST_LIFE = 0.05, 0.2
"""Seconds between two kills; several processes are alive at any time."""
PASSINGS = 3
HEAD_START = 0.6
_pause = Event()


def kill_at_random(stage: Stage) -> Outcome:
    """Kill one of several working processes with -9, again and again, and replace it."""
    house = stage.house("kills")
    stock(house, stage.share(100, at_least=5))
    chaos = Crew(orders=stage.orders(house.site, "worker"), dice=stage.dice.child("kills"))
    with at_work(chaos, stage.ground.workers):
        _pause.wait(HEAD_START)
        for number in range(stage.kills):
            _pause.wait(chaos.dice.between(SHORTEST_LIFE, LONGEST_LIFE))
            chaos.kill_one()
            stage.progress(number / stage.kills)
    breaches = settled(house.site, chaos.ahead)
    return Outcome(count=stage.kills, breaches=breaches, figures=figures(house))


def crash_at_each_point(stage: Stage) -> Outcome:
    """End a process at each crash point, at its first, second and third passing."""
    house = stage.house("points")
    passings = range(1, PASSINGS + 1) if stage.kills >= PASSINGS * len(POINTS) else (1,)
    ahead, never_reached = timedelta(), []
    breaches: tuple[Breach, ...] = ()
    crashes = [(point, passing) for point in POINTS for passing in passings]
    for number, crash in enumerate(crashes, start=1):
        if not _crash(stage, house, crash):
            never_reached.append(Breach(invariant="I2", text=f"{crash[0]} was never reached"))
        if crash[1] == passings[-1]:
            ahead += timedelta(days=2)
            breaches += settled(house.site, ahead)
        if breaches:
            break
        stage.progress(number / len(crashes))
    told = {"points": len(POINTS), **figures(house)}
    return Outcome(count=number, breaches=(*never_reached, *breaches), figures=told)


def _crash(stage: Stage, house: House, crash: tuple[str, int]) -> bool:
    """Let a process do everything once and end at a point; tell whether it did."""
    name = f"{crash[0]}-{crash[1]}"
    if crash[0] == "in-migration":
        _order_migration(house, name)
    told = stage.orders(house.site, name)
    return crew.run(orders.everything_once, told.crashing(crash)) == orders.CRASHED


def _order_migration(house: House, name: str) -> None:
    """Order that some new cases go over to a new edition of their process."""
    old = house.deploy(diagrams.case())
    cases = [house.start("remind", f"{name}-{number}")[0] for number in range(PASSINGS)]
    new = house.deploy(diagrams.case(f" {name}"))
    with house.unit_of_work() as session:
        plan = Plan(source_id=old, target_id=new)
        house.engine.migrations.start(plan, cases, reason="chaos", by=CLERK, session=session)


def stock(house: House, cases: int) -> None:
    """Have work lying there from the first moment on."""
    for number in range(cases):
        house.start("remind", f"stock-{number}")
        house.start("late", f"stock-{number}", late_at=LONG_AGO)


def figures(house: House) -> dict[str, int]:
    """Count what happened in a house."""
    posted = house.site.ledger.count("posted")
    return {
        "cases": len(house.site.ledger.count("started")),
        "mails": len(posted),
        "mails twice": sum(count - 1 for count in posted.values()),
    }
