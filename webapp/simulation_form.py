"""The form of a simulation: what is proposed, what somebody enters, what cannot be used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from engine.simulation.measured import Times
from engine.simulation.plan import Planned
from housing.insight.assumptions import (
    LEAST_REPLICATIONS,
    MOST_REPLICATIONS,
    MOST_STAFF,
    WEEK_WORKING_HOURS,
    Assumptions,
    RoleGiven,
)
from housing.insight.building import ENOUGH, GUESSED_DAYS
from housing.insight.simulating import Prepared
from webapp import labels, model_words

MOST_WEEKS, LEAST_WEEKS = 26, 4
MOST_SEED = 999_999
MOST_PER_WEEK = 2_000
MOST_HOURS = 2_000
MOST_DAYS = 1_000
MOST_CASES = 400_000
"""Cases of all runs together: some minutes of work."""

_WHOLE = 100
SPREADS = ("0", "0.5", "1")


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleLine:
    """A role of the form; `name` is how its fields begin."""

    role: str
    words: str
    mode: str
    staff: str
    hours: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLine:
    """A step of the form.

    Attributes:
        known: what history tells, in words.
        value: what was entered, "" for nothing.
    """

    id: str
    words: str
    who: str
    known: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerLine:
    """A deadline that the case sets; days in service and in the draft."""

    id: str
    words: str
    known: str
    value: str
    new_value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WayLine:
    """A way out of a gateway; per cent."""

    id: str
    gateway: str
    words: str
    known: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulationForm:
    """The form as it stands.

    Attributes:
        values: single fields by name, as typed.
        problems: field to what is wrong with it.
    """

    values: Mapping[str, str]
    roles: tuple[RoleLine, ...]
    steps: tuple[StepLine, ...]
    timers: tuple[TimerLine, ...]
    ways: tuple[WayLine, ...]
    problems: Mapping[str, str] = field(default_factory=dict)


def typed(given: Assumptions) -> Mapping[str, str]:
    """Write assumptions as a person would type them."""
    single = {
        "weeks": str(given.weeks),
        "replications": str(given.replications),
        "seed": str(given.seed),
        "per_week": "" if given.per_week is None else f"{given.per_week:g}",
        "arrivals": given.arrivals,
        "spread": f"{given.spread:g}",
    }
    for role, each in given.roles.items():
        single |= {
            f"mode:{role}": each.mode,
            f"staff:{role}": str(each.staff),
            f"week:{role}": f"{each.hours_a_week:g}",
        }
    single |= {f"hours:{name}": f"{value:g}" for name, value in given.hours.items()}
    single |= {f"days:{name}": f"{value:g}" for name, value in given.days.items()}
    single |= {f"new_days:{name}": f"{value:g}" for name, value in given.new_days.items()}
    return single | {f"way:{name}": f"{_WHOLE * value:g}" for name, value in given.shares.items()}


def show(
    prepared: Prepared, values: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> SimulationForm:
    """Lay out the form: what was typed, beside what history tells."""
    values = {**typed(Assumptions(roles=prepared.roles)), **values}
    return SimulationForm(
        values=values,
        roles=tuple(_role(role, values) for role in prepared.roles),
        steps=tuple(_step(each, prepared, values) for each in _steps(prepared)),
        timers=tuple(_timer(name, prepared, values) for name in _timers(prepared)),
        ways=tuple(_ways(prepared, values)),
        problems=problems or {},
    )


def read(values: Mapping[str, str], prepared: Prepared) -> tuple[Assumptions, Mapping[str, str]]:
    """Read what was typed.

    Returns:
        The assumptions, and field to what is wrong with it; with problems the first are useless.
    """
    reader = _Reader(values)
    given = Assumptions(
        weeks=int(reader.number("weeks", LEAST_WEEKS, MOST_WEEKS) or 12),
        replications=int(
            reader.number("replications", LEAST_REPLICATIONS, MOST_REPLICATIONS) or 50
        ),
        seed=int(reader.number("seed", 0, MOST_SEED) or 0),
        per_week=reader.number("per_week", 0.1, MOST_PER_WEEK),
        arrivals="history" if values.get("arrivals") == "history" else "random",
        spread=float(values.get("spread", "")) if values.get("spread") in SPREADS else 0.5,
        roles={role: reader.role(role) for role in prepared.roles},
        hours=reader.all("hours", [each.id for each in _steps(prepared)], MOST_HOURS),
        days=reader.all("days", _timers(prepared), MOST_DAYS),
        new_days=reader.all("new_days", _timers(prepared), MOST_DAYS),
        shares={
            flow: value / _WHOLE
            for flow, value in reader.all("way", _flows(prepared), _WHOLE).items()
        },
    )
    cases = (given.per_week or prepared.inputs.per_week) * given.replications
    cases *= given.weeks + given.warm_up_weeks
    if cases > MOST_CASES:
        reader.problems["replications"] = _(
            "That would be %(count)d cases; at most %(most)d are simulated. Take fewer runs.",
            count=int(cases),
            most=MOST_CASES,
        )
    return given, reader.problems


class _Reader:
    """Reads typed numbers and collects what is wrong."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: dict[str, str] = {}

    def number(self, name: str, least: float, most: float) -> float | None:
        """Read a number; None if nothing was typed."""
        text = self._values.get(name, "").strip()
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if least <= value <= most:
            return value
        self.problems[name] = _(
            "Enter a number from %(least)s to %(most)s.", least=f"{least:g}", most=f"{most:g}"
        )
        return None

    def role(self, role: str) -> RoleGiven:
        """Read how a role works."""
        staff = self.number(f"staff:{role}", 1, MOST_STAFF)
        hours = self.number(f"week:{role}", 0.5, WEEK_WORKING_HOURS)
        is_staff = self._values.get(f"mode:{role}") == "staff"
        return RoleGiven(
            mode="staff" if is_staff else "elapsed",
            staff=int(staff or 1),
            hours_a_week=hours or WEEK_WORKING_HOURS / 2,
        )

    def all(self, prefix: str, names: list[str], most: float) -> dict[str, float]:
        """Read all numbers of a kind that were typed."""
        found = {name: self.number(f"{prefix}:{name}", 0, most) for name in names}
        return {name: value for name, value in found.items() if value is not None}


def role_words(role: str) -> str:
    """Name a role, or the lane of those whom the case names."""
    if role.startswith("lane:"):
        return model_words.say(role.removeprefix("lane:")) or str(_("Others"))
    return str(labels.label(role, "role"))


def _steps(prepared: Prepared) -> list[Planned]:
    """List what people do in the new version, then what only the old one has."""
    new = list(prepared.new.work)
    there = {each.id for each in new}
    older = prepared.old.work if prepared.old else ()
    return [*new, *(each for each in older if each.id not in there)]


def _timers(prepared: Prepared) -> list[str]:
    older = prepared.old.open_timers if prepared.old else {}
    return list({**older, **prepared.new.open_timers})


def _flows(prepared: Prepared) -> list[str]:
    return [flow for fork in prepared.new.forks for flow in fork.flows]


def _role(role: str, values: Mapping[str, str]) -> RoleLine:
    return RoleLine(
        role=role,
        words=role_words(role),
        mode=values.get(f"mode:{role}", "elapsed"),
        staff=values.get(f"staff:{role}", "1"),
        hours=values.get(f"week:{role}", ""),
    )


def _step(step: Planned, prepared: Prepared, values: Mapping[str, str]) -> StepLine:
    is_staff = values.get(f"mode:{step.role}") == "staff"
    known = prepared.inputs.handling if is_staff else prepared.inputs.elapsed
    return StepLine(
        id=step.id,
        words=model_words.say(step.name) or step.id,
        who=role_words(step.role),
        known=_known(known.get(step.id), is_staff=is_staff),
        value=values.get(f"hours:{step.id}", ""),
    )


def _known(times: Times | None, *, is_staff: bool) -> str:
    if times is None or times.count < ENOUGH:
        guess = _("1 hour of work") if is_staff else _("24 hours")
        count = 0 if times is None else times.count
        return str(_("too few (%(count)d); taken: %(guess)s", count=count, guess=guess))
    mean = f"{times.distribution.mean:.1f}"
    return str(_("%(mean)s h on average, from %(count)d", mean=mean, count=times.count))


def _timer(timer: str, prepared: Prepared, values: Mapping[str, str]) -> TimerLine:
    names = {**(prepared.old.open_timers if prepared.old else {}), **prepared.new.open_timers}
    known = _period_of(timer, prepared)
    if known is None or known.count < ENOUGH:
        words = _("unknown; taken: %(days)d days", days=int(GUESSED_DAYS))
    else:
        words = _("%(days)s days, from %(count)d", days=f"{known.middle:.1f}", count=known.count)
    return TimerLine(
        id=timer,
        words=model_words.say(names[timer]) or timer,
        known=str(words),
        value=values.get(f"days:{timer}", ""),
        new_value=values.get(f"new_days:{timer}", ""),
    )


def _period_of(timer: str, prepared: Prepared) -> Times | None:
    """Find how long a deadline was that the case sets, by the service level that it ends."""
    for plan in (prepared.new, prepared.old):
        for element in plan.elements.values() if plan else ():
            for level in element.levels:
                if level.timer == timer and level.id in prepared.inputs.periods:
                    return prepared.inputs.periods[level.id]
    return None


def _ways(prepared: Prepared, values: Mapping[str, str]) -> Iterator[WayLine]:
    for fork in prepared.new.forks:
        counts = {flow: prepared.inputs.flows.get(flow, 0) for flow in fork.flows}
        total = sum(counts.values())
        for flow in fork.flows:
            target = prepared.new.elements[prepared.new.targets[flow]]
            words = prepared.new.names.get(flow) or target.name or target.id
            known = (
                _(
                    "%(share)d%%, %(count)d of %(total)d",
                    share=round(_WHOLE * counts[flow] / total),
                    count=counts[flow],
                    total=total,
                )
                if total >= ENOUGH
                else _("too few (%(count)d); taken: alike", count=total)
            )
            yield WayLine(
                id=flow,
                gateway=model_words.say(fork.name) or fork.id,
                words=model_words.say(words),
                known=str(known),
                value=values.get(f"way:{flow}", ""),
            )
