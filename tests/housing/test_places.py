"""Who lives where, what is under warranty, who repairs."""

from datetime import date

import pytest

from housing.people import service as people
from housing.people.service import NewAccount
from housing.places import queries
from housing.places.errors import CommunityNotFound, ContractorNotFound, UnitNotFound
from housing.places.models import (
    Asset,
    Building,
    Community,
    Contractor,
    ContractorService,
    Residency,
    Unit,
)
from housing.places.rules import code_of, community_scope, contractor_scope, is_covered

RIGHT = "a long right password"
LAST_DAY = date(2026, 6, 30)


@pytest.fixture
def resident(database, clock):
    new = NewAccount(login="resident1", name="林小安", password=RIGHT)
    with database.unit_of_work() as session:
        return people.open_account(new, session=session, clock=clock)


@pytest.fixture
def homes(database, resident):
    """Two homes of one community; the resident moved from the first to the second."""
    with database.unit_of_work() as session:
        session.add(
            Community(code="SW", name="東區尚武好宅", address="", handed_over_on=date(2024, 7, 1))
        )
        session.flush()
        building = Building(community_code="SW", code="A", name="A 棟")
        session.add(building)
        session.flush()
        units = [
            Unit(
                building_id=building.id,
                community_code="SW",
                code=f"A-03{number:02}",
                floor=3,
                room_type="1BR",
            )
            for number in (1, 2)
        ]
        session.add_all(units)
        session.flush()
        first, second = (unit.id for unit in units)
        moved_on = date(2026, 1, 15)
        session.add_all(
            [
                Residency(
                    unit_id=first, account_id=resident, from_on=date(2024, 8, 1), until_on=moved_on
                ),
                Residency(
                    unit_id=second, account_id=resident, from_on=date(2026, 1, 16), until_on=None
                ),
                Asset(
                    community_code="SW",
                    unit_id=first,
                    category="water",
                    name="水龍頭",
                    warranty_end_on=LAST_DAY,
                ),
                Asset(
                    community_code="SW",
                    unit_id=None,
                    category="water",
                    name="管線",
                    warranty_end_on=date(2030, 1, 1),
                ),
                Asset(
                    community_code="SW",
                    unit_id=None,
                    category="lift",
                    name="電梯",
                    warranty_end_on=None,
                ),
            ]
        )
    return first, second


def test_a_resident_lives_in_one_home_until_the_day_of_the_move(database, resident, homes):
    first, second = homes
    with database.reading() as session:

        def home_on(day):
            return [u.id for u in queries.units_of(resident, on=day, session=session)]

        assert home_on(date(2024, 7, 31)) == []
        assert home_on(date(2026, 1, 15)) == [first]
        assert home_on(date(2026, 1, 16)) == [second]
        assert queries.residents_of(second, on=date(2026, 3, 2), session=session) == [resident]


def test_a_home_is_named_by_its_community_and_code(database, homes):
    with database.reading() as session:
        assert queries.unit(homes[0], session=session).label == "東區尚武好宅 A-0301"
        assert [u.code for u in queries.units_in("SW", session=session)] == ["A-0301", "A-0302"]


def test_a_warranty_covers_its_last_day_and_not_the_next(database, homes):
    with database.reading() as session:
        covered = [
            queries.in_warranty(homes[0], "water", on=day, session=session)
            for day in (LAST_DAY, date(2026, 7, 1))
        ]
    assert covered == [True, False]


def test_a_home_without_such_an_asset_is_covered_like_the_common_area(database, homes):
    day = date(2027, 1, 1)
    with database.reading() as session:
        assert queries.in_warranty(homes[1], "water", on=day, session=session)
        assert not queries.in_warranty(homes[1], "lift", on=day, session=session)
        assert not queries.in_warranty(homes[1], "gas", on=day, session=session)
        assert not queries.in_warranty_common("PX", "water", on=day, session=session)


def test_each_community_has_one_contractor_of_a_kind(database, homes):
    with database.unit_of_work() as session:
        session.add_all(
            [
                Contractor(code="WAR1", name="大安營造", phone=""),
                Contractor(code="REP1", name="中興修繕", phone=""),
            ]
        )
        session.flush()
        session.add(ContractorService(community_code="SW", kind="warranty", contractor_code="WAR1"))

    with database.reading() as session:
        builder = queries.contractor_for("SW", "warranty", session=session)
        assert builder is not None
        assert (builder.code, builder.scope) == ("WAR1", "contractor:WAR1")
        assert queries.contractor_for("SW", "repair", session=session) is None
        assert queries.contractor("WAR1", session=session) == builder


def test_what_does_not_exist_is_not_found(database):
    with database.reading() as session:
        with pytest.raises(CommunityNotFound):
            queries.community("XX", session=session)
        with pytest.raises(UnitNotFound):
            queries.unit(99, session=session)
        with pytest.raises(ContractorNotFound):
            queries.contractor("XX", session=session)


def test_a_scope_names_its_community_or_contractor():
    assert code_of(community_scope("SW")) == "SW"
    assert code_of(contractor_scope("WAR1")) == "WAR1"


def test_without_any_warranty_nothing_is_covered():
    assert not is_covered([None], LAST_DAY)
    assert not is_covered([], LAST_DAY)
