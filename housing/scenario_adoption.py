"""Record the expectations of a scenario anew after an intended change of the process."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from housing.scenario_checks import Mismatch

Raw = dict[str, Any]
"""A scenario as in its file."""


def adopt(raw: Mapping[str, Any], found: Sequence[Mismatch]) -> Raw:
    """Give a scenario that expects what is: every expectation that did not hold is replaced.

    What does not exist any more, such as the due date of a step that is gone, is not expected any
    more; what was expected and holds stays.

    Args:
        raw: the scenario, with the steps in which the expectations did not hold.
        found: of `housing.scenarios.play` for this very scenario.
    """
    changed: Raw = deepcopy(dict(raw))
    for each in found:
        then = _then_of(changed, each.step)
        _REPLACE.get(each.key, _replace_fact)(then, each)
        if then.get(each.key) in ({}, []) and each.key not in _MAY_BE_EMPTY:
            del then[each.key]
    return changed


_MAY_BE_EMPTY = frozenset({"open", "end"})


def _then_of(raw: Raw, position: int) -> Raw:
    """Find the expectations of a step; the start, if there is one, is step 0."""
    given, steps = raw["given"], raw["steps"]
    holder = given if "start" in given and position == 0 else None
    if holder is None:
        holder = steps[position - 1] if "start" in given else steps[position]
    if not isinstance(holder.get("then"), dict):
        holder["then"] = {}
    then: Raw = holder["then"]
    return then


def _replace_all(then: Raw, found: Mismatch) -> None:
    then[found.key] = found.actual


def _replace_fact(then: Raw, found: Mismatch) -> None:
    facts: Raw = then[found.key]
    if found.actual is None and found.key == "due":
        del facts[found.name]
    else:
        facts[found.name] = found.actual


def _replace_clock(then: Raw, found: Mismatch) -> None:
    clocks: Raw = then["clocks"]
    sla_id, _, fact = found.name.partition("/")
    if fact:
        clocks[sla_id][fact] = found.actual
    else:
        del clocks[sla_id]


def _replace_refusal(then: Raw, found: Mismatch) -> None:
    if found.actual is None:
        del then["refused"]
    else:
        then["refused"] = found.actual


_REPLACE: Mapping[str, Callable[[Raw, Mismatch], None]] = {
    "open": _replace_all,
    "end": _replace_all,
    "ended": _replace_all,
    "cases": _replace_all,
    "clocks": _replace_clock,
    "notices": _replace_all,
    "refused": _replace_refusal,
}
