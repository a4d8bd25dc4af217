"""Trials without a kill: the same thing asked for twice, or two things at the same moment."""

from datetime import timedelta

from engine import queries
from scheduler.chaos import crew, diagrams, orders
from scheduler.chaos.house import LONG_AGO, NEVER, House
from scheduler.chaos.stage import Outcome, Stage, settled

THREADS, TIMES = 8, 3


def deliver_often(stage: Stage) -> Outcome:
    """Fire the same jobs three times from each of eight threads, and their successors too."""
    house = stage.house("often")
    cases = stage.share(100, at_least=6)
    for number in range(cases):
        house.start("remind", str(number))
        house.start("late", str(number), late_at=LONG_AGO)
        _, tasks = house.start("answer", str(number))
        house.decide(tasks[0].id)
    fired = 0
    for _ in range(4):  # the rungs of a ladder come one by one, the letters with the first
        due = _due(house)
        fired += len(due)
        told = stage.orders(house.site, "often")
        crew.run_to_its_end(orders.fire_often, told, due, THREADS, TIMES)
    breaches = settled(house.site, timedelta())
    return Outcome(count=fired, breaches=breaches, figures={"deliveries": fired * THREADS * TIMES})


def complete_together(stage: Stage) -> Outcome:
    """Let two people complete one task at the same moment, from forms of the same version."""
    house = stage.house("together")
    count = stage.share(100, at_least=5)
    tasks = [house.start("answer", str(number))[1][0].id for number in range(count)]
    told = stage.orders(house.site, "together")
    crew.run_to_its_end(orders.race, told, tuple((task_id, None) for task_id in tasks))
    breaches = settled(house.site, timedelta())
    return Outcome(count=count, breaches=breaches, figures=_winners(house, tasks))


def complete_against_timer(stage: Stage) -> Outcome:
    """Complete a task at the moment in which its timer takes it away."""
    house = stage.house("timer")
    count = stage.share(100, at_least=5)
    races = []
    for number in range(count):
        instance_id, tasks = house.start("answer", str(number), late_at=LONG_AGO)
        with house.reading() as session:
            jobs = queries.jobs_of(instance_id, session)
        (timer,) = (job.id for job in jobs if job.kind == "timer")
        races.append((tasks[0].id, timer))
    crew.run_to_its_end(orders.race, stage.orders(house.site, "timer"), tuple(races))
    breaches = settled(house.site, timedelta())
    figures = _winners(house, [task_id for task_id, _ in races])
    return Outcome(count=count, breaches=breaches, figures=figures)


def count_together(stage: Stage) -> Outcome:
    """Let two people send forms of one case that were opened before either was sent.

    Each adds one to the number that the form showed; a form that got old is refused and filled in
    again, so that in the end the number is two.
    """
    house = stage.house("count")
    count = stage.share(50, at_least=5)
    pairs = []
    for number in range(count):
        instance_id, tasks = house.start("pair", str(number), key=diagrams.PAIR)
        pairs.append((instance_id, tasks[0].id, tasks[1].id))
    crew.run_to_its_end(orders.count_together, stage.orders(house.site, "count"), tuple(pairs))
    counted = house.site.ledger.count("counted")
    breaches = settled(house.site, timedelta(), lambda each: each.facts().counting(counted))
    return Outcome(count=count, breaches=breaches, figures={"completions": counted.total()})


def _due(house: House) -> tuple[str, ...]:
    with house.reading() as session:
        now = min(house.clock.now(), NEVER)
        return tuple(job.id for job in house.engine.due_jobs(session, now, 10_000))


def _winners(house: House, tasks: list[str]) -> dict[str, int]:
    won = len(house.site.ledger.count("completed").keys() & set(tasks))
    return {"completed": won, "taken away": len(tasks) - won}
