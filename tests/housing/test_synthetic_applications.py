"""The synthetic set has the figures of its source, on every machine."""

from collections import Counter

import pytest

from housing.demo.synthetic import COUNT, OUTCOMES, QUALIFIED, the_set
from housing.persons.rules import check_national_id


@pytest.fixture(scope="module")
def applied():
    return the_set()


def test_the_set_has_the_figures_of_its_source(applied):
    assert len(applied) == COUNT == 4_786
    assert Counter(each.outcome for each in applied) == OUTCOMES
    not_qualified = sum(OUTCOMES[each] for each in list(OUTCOMES)[:6])
    assert (not_qualified, COUNT - not_qualified) == (1_582, QUALIFIED)


def test_shares_of_channel_mydata_and_supplements(applied):
    online = sum(each.is_online for each in applied)

    assert online * 100 // COUNT == 81
    assert sum(each.has_mydata for each in applied) == online * 60 // 100
    supplements = sum(OUTCOMES[each] for each in ("expired", "answered", "fell_back"))
    assert round(supplements * 100 / COUNT) == 28
    assert round(OUTCOMES["answered"] * 100 / supplements) == 72


def test_the_same_seed_gives_the_same_set(applied):
    assert the_set(20) == applied[:20]


def test_ids_belong_to_nobody_and_couples_name_each_other(applied):
    people = [each.applicant for each in applied]
    doubles = [each for each in applied if each.outcome == "duplicate"]
    ids = {each.applicant.national_id: each for each in doubles}

    assert len({each.national_id for each in people}) == COUNT
    assert all(each.national_id[1] == "0" for each in people)
    assert check_national_id(people[0].national_id, is_demo=True)[1] == "citizen"
    assert all(each.members[0].national_id in ids for each in doubles)
