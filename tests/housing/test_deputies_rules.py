"""Pure rules of deputies: chains end at somebody who is there, rights, circles."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.types import Actor
from housing.deputies.rules import (
    Deputy,
    Period,
    Pool,
    cycle_through,
    line_of,
    may_arrange,
    missing_rights,
    uncovered_groups,
)

DAY = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE = [str(number) for number in range(1, 7)]


def days(first: int, last: int) -> Period:
    return Period(from_at=DAY + timedelta(days=first), until_at=DAY + timedelta(days=last))


def pool(person: str, *deputies: str, period: Period | None = None) -> Pool:
    return Pool(
        person_id=person,
        period=period or days(0, 10),
        deputies=tuple(Deputy(person_id=each) for each in deputies),
    )


def ids(line) -> list[str]:
    return [each.person_id for each in line]


pools = st.dictionaries(
    st.sampled_from(PEOPLE),
    st.lists(st.sampled_from(PEOPLE), max_size=4, unique=True),
    max_size=len(PEOPLE),
).map(lambda found: {person: pool(person, *named) for person, named in found.items()})


@settings(max_examples=150, deadline=None)
@given(pools, st.sampled_from(PEOPLE))
def test_a_chain_ends_at_people_who_are_there_or_at_nobody(absent, person):
    line = ids(line_of(person, absent))

    assert not set(line) & set(absent)
    assert len(line) == len(set(line))
    assert person not in line


@settings(max_examples=150, deadline=None)
@given(pools)
def test_pools_that_were_entered_one_by_one_never_lead_in_a_circle(found):
    kept: dict[str, Pool] = {}
    for person, each in found.items():
        if not cycle_through(each, kept.values()):
            kept[person] = each

    assert all(not _leads_back(person, kept) for person in kept)


def _leads_back(start: str, kept: dict[str, Pool]) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        for deputy in kept[waiting.pop()].deputies:
            if deputy.person_id == start:
                return True
            if deputy.person_id in kept and deputy.person_id not in seen:
                seen.add(deputy.person_id)
                waiting.append(deputy.person_id)
    return False


def test_the_next_of_the_pool_comes_before_the_deputy_of_an_absent_deputy():
    absent = {"1": pool("1", "2", "3"), "2": pool("2", "4")}

    assert ids(line_of("1", absent)) == ["3", "4"]


def test_a_deputy_of_a_deputy_covers_no_more_than_both():
    narrow = Deputy(person_id="2", groups=frozenset({"officer"}))
    absent = {
        "1": Pool(person_id="1", period=days(0, 9), deputies=(narrow,)),
        "2": pool("2", "3"),
    }

    (place,) = line_of("1", absent)

    assert place.covers("officer")
    assert not place.covers("finance")


def test_a_circle_is_written_out_and_only_counts_when_all_are_away_together():
    others = [pool("2", "3"), pool("3", "1")]
    assert cycle_through(pool("1", "2"), others) == ("1", "2", "3", "1")

    apart = [pool("2", "3", period=days(0, 3)), pool("3", "1", period=days(5, 9))]
    assert cycle_through(pool("1", "2"), apart) == ()


def test_a_right_of_the_whole_city_is_one_of_every_community():
    needed = [("officer", "community:SW"), ("finance", "city")]
    held = {("officer", "city"), ("finance", "community:SW")}

    assert missing_rights(needed, held, ()) == (("finance", "city"),)
    assert missing_rights(needed, held, {"officer"}) == ()
    assert uncovered_groups(needed, [Deputy(person_id="2", groups=frozenset({"officer"}))]) == (
        "finance",
    )


def test_a_lead_enters_the_absence_of_his_own_team_only():
    lead = Actor(id="9", name="", groups=frozenset({("property_manager_lead", "community:SW")}))

    assert may_arrange(lead, "1", [("property_manager", "community:SW")])
    assert not may_arrange(lead, "1", [("property_manager", "community:PX")])
    assert not may_arrange(lead, "1", [("officer", "city")])
