"""Trials of what breaks beneath the house: connections, the server, the disk; and the backup."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event

from engine.invariants import Facts
from scheduler.chaos import crew, orders
from scheduler.chaos.crew import Crew, at_work
from scheduler.chaos.grounds import PostgresGround, SQLiteGround
from scheduler.chaos.house import House
from scheduler.chaos.killing import figures, stock
from scheduler.chaos.stage import Outcome, Stage, settled

SPARE_PAGES = 4
SHIFTS, SHIFT_SECONDS = 5, 0.8
LATER = timedelta(minutes=20)
"""Longer than any wait before a job is tried again: five such failures would use up all."""
_pause = Event()


def cut_connections(stage: Stage) -> Outcome:
    """Cut connections to PostgreSQL while everybody works; nobody is killed."""
    ground = _server(stage)
    count = stage.share(50, at_least=5)
    house, chaos = _busy_house(stage, "cuts")
    cuts = 0
    with at_work(chaos, ground.workers):
        _pause.wait(0.6)
        for number in range(count):
            _pause.wait(chaos.dice.between(0.05, 0.15))
            cuts += ground.cut_one(house.site.url, number)
            stage.progress(number / count)
    return Outcome(count=cuts, breaches=settled(house.site, chaos.ahead), figures=figures(house))


def restart_server(stage: Stage) -> Outcome:
    """Stop PostgreSQL without a checkpoint while everybody works, and start it again."""
    ground = _server(stage)
    count = stage.share(5, at_least=1)
    house, chaos = _busy_house(stage, "restarts")
    with at_work(chaos, ground.workers):
        for number in range(count):
            _pause.wait(chaos.dice.between(0.4, 0.9))
            ground.restart()
            stage.progress(number / count)
        _pause.wait(0.5)
    return Outcome(count=count, breaches=settled(house.site, chaos.ahead), figures=figures(house))


def fill_the_disk(stage: Stage) -> Outcome:
    """Let the database grow no more while everybody works, then give it room again."""
    house, _ = _busy_house(stage, "disk")
    if isinstance(stage.ground, SQLiteGround):
        _work_without_room(stage, house, stage.ground.pages(house.site.url) + SPARE_PAGES)
    else:
        with _server(stage).cramped(house.site.url):
            _work_without_room(stage, house, None)
    refused = house.site.log.read_text("utf-8").count("failed; the next tick tries again")
    breaches = settled(house.site, LATER * SHIFTS)
    return Outcome(count=SHIFTS, breaches=breaches, figures={"refused": refused, **figures(house)})


def _work_without_room(stage: Stage, house: House, pages: int | None) -> None:
    """Let one process after the other work, each on a later clock, and kill it."""
    for number in range(SHIFTS):
        site = replace(house.site, ahead=LATER * number)
        process = crew.launch(orders.work_cramped, stage.orders(site, f"shift{number}"), pages)
        _pause.wait(SHIFT_SECONDS)
        process.kill()
        process.join()


def back_up_and_restore(stage: Stage) -> Outcome:
    """Back up while everybody writes; what was acknowledged before is in the restored copy."""
    count = 2 if stage.kills >= 2 else 1
    house, chaos = _busy_house(stage, "backup")
    copies: list[tuple[Facts, str]] = []
    with at_work(chaos, stage.ground.workers):
        for number in range(count):
            _pause.wait(0.7)
            before = house.facts().only_stored()
            copies.append((before, stage.ground.copy(house.site.url, f"restored-{number}")))
    breaches, told = settled(house.site, chaos.ahead), figures(house)
    for before, url in copies:
        breaches += settled(house.site.at(url), chaos.ahead, partial(_as_known, before))
    return Outcome(count=count, breaches=breaches, figures=told)


def _as_known(before: Facts, _house: House) -> Facts:
    """Tell what was known when a backup began, whatever its house learnt later."""
    return before


def _busy_house(stage: Stage, name: str) -> tuple[House, Crew]:
    house = stage.house(name)
    stock(house, stage.share(60, at_least=5))
    told = stage.orders(house.site, "worker")
    return house, Crew(orders=told, dice=stage.dice.child(name))


def _server(stage: Stage) -> PostgresGround:
    if not isinstance(stage.ground, PostgresGround):
        raise TypeError("this trial is for a server")
    return stage.ground
