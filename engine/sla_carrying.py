"""SLA clocks of instances that are carried over to another version, and back again.

Each clock follows a policy: keep_remaining (its due date stays, the rungs are those of the new
version), restart (the period begins anew now) or new (the period of the new version, counted from
the old start).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import jobs, sla_clocks
from engine.sla_clocks import SlaClock
from engine.sla_rules import ClockRule
from engine.spiff.model import ClockPlace

KEEP, RESTART, NEW = "keep_remaining", "restart", "new"
POLICIES = (KEEP, RESTART, NEW)
EVERY = "*"
"""The key of the policy for the clocks that are not named."""


def policy_of(policies: Mapping[str, str], sla_id: str) -> str:
    """Tell what becomes of a clock; it keeps what remains unless the plan says otherwise."""
    return policies.get(sla_id) or policies.get(EVERY) or KEEP


def pairs(
    before: Iterable[ClockPlace], after: Iterable[ClockPlace]
) -> Iterator[tuple[ClockPlace, ClockPlace]]:
    """Pair the service levels of two versions: of the same token and id, else its only one."""
    old, new = _by_token(before), _by_token(after)
    for token, places in new.items():
        earlier = old.get(token, [])
        for place in places:
            same = [each for each in earlier if each.rule.id == place.rule.id]
            if not same and len(earlier) == len(places) == 1:
                same = earlier
            if same:
                yield same[0], place


def kept(clock: SlaClock, place: ClockPlace, clock_id: str) -> SlaClock:
    """Give a clock that keeps its due date, with the name and the rungs of the new version."""
    rungs = {
        "ladder": place.rule.ladder,
        "timer": place.rule.timer,
        "rungs": [rung.as_json() for rung in place.rule.rungs],
        "short_rungs": [rung.as_json() for rung in place.rule.short_rungs],
    }
    return _renamed(replace(clock, rule={**clock.rule, **rungs}), place, clock_id)


def counted_by(clock: SlaClock, fresh: SlaClock, place: ClockPlace, clock_id: str) -> SlaClock:
    """Give a clock with the period of the new version, from its old start; pauses stay."""
    rule = {**fresh.rule, "start": clock.rule["start"]}
    return _renamed(replace(clock, rule=rule, calendar=fresh.calendar), place, clock_id)


def restarted(clock: SlaClock, fresh: SlaClock) -> SlaClock:
    """Give a clock that begins anew; what was ordered before stays readable."""
    return replace(fresh, orders=clock.orders, plan=clock.plan + 1)


def is_unchanged(old: SlaClock, new: SlaClock) -> bool:
    """Tell whether the ladder that was laid out still stands."""
    same_rule = all(old.rule[name] == new.rule[name] for name in ("rungs", "short_rungs"))
    return same_rule and (old.id, old.due_at) == (new.id, new.due_at)


def backup(instance_id: str, connection: Connection) -> list[dict[str, Any]]:
    """Give the rows of the clocks that still count."""
    return [sla_clocks.as_row(each) for each in sla_clocks.open_of(instance_id, connection)]


def restore(
    instance_id: str,
    rows: Sequence[Mapping[str, Any]],
    now: datetime,
    connection: Connection,
) -> None:
    """Let the clocks count again as they did; what fired meanwhile does not fire twice.

    A waiver of today stays, and so does an extension.
    """
    known = {each.id: each for each in sla_clocks.all_of(instance_id, connection)}
    olds = [sla_clocks.from_kept(row) for row in rows]
    begun = [
        each for each in known.values() if each.is_open and each.id not in {o.id for o in olds}
    ]
    jobs.close(instance_id, dict.fromkeys([*known, *(o.id for o in olds)], "cancelled"), connection)
    ended = [replace(each, state="cancelled", ended_at=now) for each in begun]
    present = [_as_before(old, known[old.id]) for old in olds if old.id in known]
    missing = [replace(old, plan=old.plan + 1) for old in olds if old.id not in known]
    sla_clocks.change([*ended, *present], connection)
    sla_clocks.insert_new(missing, connection)
    planned = [each.next_job(now) for each in (*present, *missing)]
    jobs.insert_new(instance_id, [job for job in planned if job is not None], connection)


def _as_before(old: SlaClock, now: SlaClock) -> SlaClock:
    if not now.is_open and now.state == "waived":
        return now
    done = tuple(dict.fromkeys((*old.rungs_done, *now.rungs_done)))
    again = replace(old, rungs_done=done, plan=now.plan + 1, breached_at=now.breached_at)
    if now.orders == old.orders:
        return again
    return replace(again, orders=now.orders, due_at=now.due_at, counted_from=now.counted_from)


def _renamed(clock: SlaClock, place: ClockPlace, clock_id: str) -> SlaClock:
    rule: ClockRule = place.rule
    return replace(
        clock,
        id=clock_id,
        token_id=place.token_id,
        sla_id=rule.id,
        kind=place.kind,
        element_id=place.element_id,
        name=rule.name[:200],
        basis=rule.basis,
    )


def _by_token(places: Iterable[ClockPlace]) -> dict[str, list[ClockPlace]]:
    found: dict[str, list[ClockPlace]] = {}
    for place in places:
        found.setdefault(place.token_id or "", []).append(place)
    return found
