"""Taiwan's public holidays: a kept library, corrected by the official office calendars as data.

Sources: 紀念日及節日實施條例; the yearly 政府行政機關辦公日曆表, kept in `engine/data`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import holidays

from engine.periods.calendars import KINDS, SpecialDay

FIRST_YEAR = 2023
LAW = "紀念日及節日實施條例"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Corrections:
    """What the official calendars say beyond or instead of the library."""

    announced_years: frozenset[int]
    days: tuple[SpecialDay, ...]


@cache
def announced_years() -> frozenset[int]:
    """Tell the years whose official calendar was compared with the library's days."""
    return _corrections().announced_years


@cache
def days_of(year: int) -> Mapping[date, SpecialDay]:
    """List the days off and the make-up working days of a year.

    A year that is not among the announced ones is what the law lets expect; make-up days may
    follow.
    """
    found = {
        on: SpecialDay(on=on, kind="holiday", name=name.replace("; ", "、"), source=LAW)
        for on, name in holidays.country_holidays("TW", years=year, language="zh_TW").items()
        if on.year == year
    }
    return MappingProxyType({**found, **_corrected(year)})


def _corrected(year: int) -> dict[date, SpecialDay]:
    return {day.on: day for day in _corrections().days if day.on.year == year}


@cache
def _corrections() -> _Corrections:
    text = files("engine").joinpath("data/taiwan_days.json").read_text("utf-8")
    found = json.loads(text)
    return _Corrections(
        announced_years=frozenset(found["announced_years"]),
        days=tuple(
            SpecialDay(
                on=date.fromisoformat(row["on"]),
                kind=next(kind for kind in KINDS if kind == row["kind"]),
                name=row["name"],
                source=found["source"],
            )
            for row in found["days"]
        ),
    )
