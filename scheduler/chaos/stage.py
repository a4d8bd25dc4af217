"""What every trial needs: houses to torment, dice, and the check afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from engine import queries
from engine.invariants import Breach, Facts, broken
from scheduler.chaos.dice import Dice
from scheduler.chaos.grounds import Ground
from scheduler.chaos.house import NEVER, House, Site
from scheduler.chaos.orders import Orders
from scheduler.relay import Relay
from scheduler.sweep import Sweep

FIRST_PAUSE = timedelta(minutes=2)
"""Longer than any lease."""
NEXT_PAUSE = timedelta(hours=7)
"""Longer than any wait before another try."""
MOST_PAUSES = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a trial ended.

    Attributes:
        count: how often it struck.
        breaches: invariants that do not hold afterwards.
        figures: what else is worth telling, by name.
    """

    count: int
    breaches: tuple[Breach, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What a trial is given.

    Attributes:
        folder: for its sites.
        kills: how many kills were asked for; everything else is in proportion.
        sabotage: what breaks the engine of every process it starts.
        progress: tells how far it is, from 0 to 1.
        houses: those that were founded.
    """

    ground: Ground
    folder: Path
    dice: Dice
    kills: int
    sabotage: tuple[str, ...] = ()
    progress: Callable[[float], None] = lambda _: None
    houses: list[House] = field(default_factory=list)

    def share(self, of_hundred: int, at_least: int = 1) -> int:
        """Tell how many there should be if there were so many at a hundred kills."""
        return max(at_least, min(of_hundred, of_hundred * self.kills // 100))

    def house(self, name: str) -> House:
        """Found a new house on an empty database."""
        folder = self.folder / name
        folder.mkdir()
        house = House(site=Site(url=self.ground.fresh(name), folder=folder))
        self.houses.append(house)
        house.found()
        return house

    def close(self) -> None:
        """Close every house that was founded."""
        for house in self.houses:
            house.dispose()

    def orders(self, site: Site, name: str) -> Orders:
        """Write the orders of a process."""
        return Orders(site=site, name=name, sabotage=self.sabotage, seed=f"{self.dice.seed}/{name}")


def settled(
    site: Site, ahead: timedelta, facts: Callable[[House], Facts] = House.facts
) -> tuple[Breach, ...]:
    """Let a sound scheduler do what is left, on a later clock, and check every invariant.

    Args:
        site: of the house; nobody works there any more.
        ahead: how far the clocks of those who worked there were ahead.
        facts: tells, when all is done, what is known besides the database.
    """
    house = House(site=replace(site, ahead=ahead + FIRST_PAUSE))
    try:
        drain(house)
        return broken(house.database, facts(house), house.clock.now())
    finally:
        house.dispose()


def drain(house: House) -> None:
    """Fire and deliver, moving the clock on, until nothing is due before the end of days."""
    ahead = house.site.ahead
    sweep, relay = Sweep(house, "drain", lambda: True), Relay(house)
    for _ in range(MOST_PAUSES):
        while sweep.run() or relay.run():
            pass
        with house.reading() as session:
            counts = queries.queue_counts(NEVER - NEXT_PAUSE, session)
        if not counts.overdue and not counts.unsent_messages:
            return
        ahead += NEXT_PAUSE
        house.move(ahead)
